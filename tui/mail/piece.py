"""The address that is being typed: what stands behind the last comma of a field, and what may be meant by it."""

from tui.mail.address import parse_addresses
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be meant.

    Attributes:
        text: what stands in the field when it is taken: an address with its name, or several.
        label, spec: what is shown of it, cleaned: who, and the address.
        detail: muted words behind it.
    """

    text: str
    label: str
    spec: str
    detail: str = ""


def begins(typed: str) -> int:
    """Return where the piece begins that is being typed: behind the last comma that is not within quotes or angles."""
    start, quoted, angle, escaped = 0, False, False, False
    for place, character in enumerate(typed):
        if escaped:
            escaped = False
        elif quoted:
            quoted, escaped = character != '"', character == "\\"
        elif character == '"':
            quoted = True
        elif character in "<>":
            angle = character == "<"
        elif character in ",;" and not angle:
            start = place + 1
    return start


def piece(typed: str) -> str:
    """Return what is being typed, "" where that is an address already: there is nothing to be completed."""
    words = typed[begins(typed) :].strip()
    found = parse_addresses(words)
    return "" if len(found) == 1 and found[0].is_valid else words


def with_piece(typed: str, text: str) -> str:
    """Return a field in which something else stands for the piece that was being typed; another one may follow."""
    before = typed[: begins(typed)].rstrip()
    return f"{before}{' ' if before else ''}{text}, "
