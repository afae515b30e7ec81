"""Addresses (RFC 5322, 3.4): parsed without ever raising, written so that nobody can be smuggled in."""

import re
from collections.abc import Iterable, Iterator, Sequence

from tui.mail.header import decode_words
from tui.mail.noun import noun
from tui.mail.text import clean_line

MAX_FIELD = 65_536
"""Characters of an address field that are looked at; the rest of an absurd one is left out."""
MAX_ADDRESSES = 5_000
CLAIMS = "! "
"""Before an address whose name is made to look like another address, in lists."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)'  # possessive: it takes all or ends, never tries again
    r"|(?P<open>\()|(?P<special>[<>,;:])"
    r"|(?P<word>[^\s\"(<>,;:]+)|(?P<space>\s+)",
    re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"\\.|[()]", re.DOTALL)
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_QUOTES = re.compile(r"[\x00-\x1f\"(),.:;<>@\[\\\]\x7f]")  # all of ASCII but atext and the blank
_SPEC = re.compile(
    r'(?:[^\s@<>,;:"()\[\]\\]+|"(?:[^"\\\r\n]|\\[^\r\n])*")@(?:[^\s@<>,;:"()\[\]\\]+|\[[^\s\[\]\\]+\])\Z'
)


@noun
class Address:
    """One mailbox in an address field.

    Attributes:
        name: the display name, decoded and cleaned to one line; "" when there is none.
        spec: the addr-spec ``local@domain`` as written, cleaned; "" when the field was too damaged to tell.
    """

    name: str
    spec: str

    @property
    def label(self) -> str:
        """What a list shows: the name, else the address."""
        return self.name or self.spec or "(no sender)"

    @property
    def claims_another(self) -> bool:
        """Whether the name holds an ``@`` and is not the address itself: it may be made to look like another one."""
        return "@" in self.name and self.name.strip("'\"<>() ").casefold() != self.spec.casefold()

    @property
    def listed(self) -> str:
        """What a row shows: the label, but of a name that claims another address the true one, marked."""
        return f"{CLAIMS}{self.spec or '(no address)'}" if self.claims_another else self.label

    @property
    def domain(self) -> str:
        return self.spec.rpartition("@")[2].lower()

    @property
    def is_valid(self) -> bool:
        """Whether a submission server could be given this address."""
        return bool(_SPEC.match(self.spec)) and len(self.spec) <= 254

    def same_mailbox(self, other: "Address") -> bool:
        """Whether both reach the same person: compared without regard to case."""
        return self.spec.casefold() == other.spec.casefold()

    def __str__(self) -> str:
        """The address as a person types it, quoted where it must be: ``"Péter, Rózsa" <rozsa@example.org>``."""
        if not self.name:
            return self.spec
        name = self.name
        if _NEEDS_QUOTES.search(name):
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{name} <{self.spec}>" if self.spec else name


def short_label(people: Sequence[Address]) -> str:
    """Return what a list shows of several: the first, and how many more; "" for nobody."""
    if not people:
        return ""
    return people[0].listed if len(people) == 1 else f"{people[0].listed} +{len(people) - 1}"


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            position += 1
            continue
        position = match.end()
        if match.lastgroup != "open":
            yield match.lastgroup, match.group(match.lastgroup)
            continue
        depth, start = 1, position
        for edge in _COMMENT_EDGE.finditer(text, position):
            depth += {"(": 1, ")": -1}.get(edge.group(), 0)
            position = edge.end()
            if not depth:
                break
        else:
            position = len(text)
        yield "comment", text[start : position - 1]


def parse_addresses(field: str) -> tuple[Address, ...]:
    """Return the addresses of a raw address field or of what a person typed.

    Groups are flattened, comments become names where there is no other, encoded words are decoded after the
    structure is known (so that an encoded comma is no separator), and damage yields what can be saved.

    Args:
        field: the unfolded field body, encoded words still encoded.
    """
    found: list[Address] = []
    words: list[str] = []
    written: list[str] = []
    spec: list[str] = []
    comment = ""
    in_angle = had_angle = False

    def finish() -> None:
        nonlocal comment, in_angle, had_angle
        if had_angle:
            name, address = "".join(words), "".join(spec)
        else:
            bare, raw = "".join(words).strip(), "".join(written).strip()
            is_spec = ("@" in bare and " " not in bare) or bool(_SPEC.match(raw))
            name, address = ("", raw if _SPEC.match(raw) else bare) if is_spec else (bare, "")
        name = clean_line(decode_words(name), 500) or clean_line(decode_words(comment), 500)
        address = clean_line(address, 500)
        if name or address:
            found.append(Address(name, address))
        words.clear()
        written.clear()
        spec.clear()
        comment, in_angle, had_angle = "", False, False

    for kind, value in _tokens(field[:MAX_FIELD]):
        if len(found) >= MAX_ADDRESSES:
            break
        if kind == "special" and value == "<":
            in_angle = had_angle = True
            spec.clear()
        elif kind == "special" and value == ">":
            in_angle = False
        elif kind == "special" and in_angle and value in ":,;":
            spec.clear() if value == ":" else None  # an obsolete source route ends here
        elif kind == "special" and value == ":":
            words.clear()  # the name of a group
            written.clear()
        elif kind == "special":
            finish()
        elif kind == "comment":
            comment = comment or value
        elif in_angle:
            if kind == "quoted":
                spec.append(f'"{value}"')
            elif kind == "word":
                spec.append(value)
        elif kind == "quoted":
            words.append(_UNESCAPE.sub(r"\1", value))
            written.append(f'"{value}"')
        else:
            words.append(value)
            written.append(value)
    finish()
    return tuple(found)


def format_addresses(addresses: Iterable[Address]) -> str:
    """Return the addresses as a person types them, comma between."""
    return ", ".join(str(address) for address in addresses)
