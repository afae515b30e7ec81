"""What judges a mail that left: the standard library's parser, and what the composition is known to be made of."""

import inspect
import re
from collections.abc import Sequence
from email import message_from_bytes
from email.errors import MultipartInvariantViolationDefect
from email.header import decode_header, make_header
from email.message import Message as Judged
from email.utils import getaddresses

from tests.mail.compositions import ID, Composition, words_of
from tests.mail.odd_mails import ME


def faults(given: Composition, sender: bytes, recipients: Sequence[bytes], raw: bytes) -> list[str]:
    """Return what is wrong in a mail that a server got, as the standard library's parser reads it.

    Args:
        given: what was to be sent.
        sender, recipients: of the SMTP envelope.
        raw: the octets, dots undone.
    """
    made = message_from_bytes(raw)
    head, _, _ = raw.partition(b"\r\n\r\n")
    got = [each.decode().casefold() for each in recipients]
    lines = raw.split(b"\r\n")
    names = list(made.keys())
    wrong = {
        "sender": sender.decode() == ME.address.spec,
        "recipients": sorted(got) == sorted(given.shown | given.hidden),
        "shown recipients": given.kind == "passed on" or _named(made, "To", "Cc") == given.shown,
        "resent to": given.kind != "passed on" or _named(made, "Resent-To", most=1) == given.shown,
        "from": given.kind == "passed on" or _named(made, "From") == {ME.address.spec},
        "fields": {each.lower() for each in names} <= {each.lower() for each in given.fields},
        "doubled fields": given.kind == "passed on" or len(names) == len({each.lower() for each in names}),
        "hidden": not any(re.search(r"(?i)^(resent-)?bcc", each) for each in names),
        "lines": b"\r" not in b"".join(lines) and b"\n" not in b"".join(lines) and all(head.split(b"\r\n")),
        "long lines": given.kind == "passed on" or max(map(len, lines)) <= 998,
        "subject": given.subject is None or _ends(words_of(_decoded(made["Subject"])), given.subject),
        "ids": given.ids is None or _ids_are_right(made, given.ids),
        "text": not given.text or any(given.text in _text(part) for part in made.walk()),
        "defects": given.kind in ("passed on", "forwarded") or not any(map(_defects, made.walk())),
        "file names": all(_is_name(part.get_filename()) for part in made.walk()),
    }
    return [f"{given.kind}: {what}" for what, is_right in wrong.items() if not is_right]


def _named(made: Judged, *fields: str, most: int | None = None) -> set[str]:
    """Return the addresses in the first ``most`` fields of these names."""
    wanted = {each.lower() for each in fields}
    raw = [str(value) for name, value in made.raw_items() if name.lower() in wanted][:most]
    decoded = [value.encode("utf-8", "surrogateescape").decode() for value in raw]
    lenient = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
    return {spec.casefold() for _, spec in getaddresses(decoded, **lenient) if spec}


def _ends(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether a subject is what it must be; of one that is forwarded the end, what stands before it differs."""
    if wanted[:1] == ("Fwd:",):
        return tuple(words[:1]) == ("Fwd:",) and tuple(words[len(words) - len(wanted) + 1 :]) == tuple(wanted[1:])
    return tuple(words) == tuple(wanted)


def _decoded(value: object) -> str:
    return str(make_header(decode_header(str(value or ""))))


def _ids_are_right(made: Judged, ids: tuple[str, str, tuple[str, ...]]) -> bool:
    own, answered, references = (str(made[name] or "") for name in ("Message-ID", "In-Reply-To", "References"))
    return (
        bool(ID.match(own.strip()))
        and ids[0] in ("", own.strip())
        and answered.split() == ids[1].split()
        and references.split() == list(ids[2])
    )


def _text(part: Judged) -> str:
    octets = part.get_payload(decode=True)
    return octets.decode("utf-8", "replace") if isinstance(octets, bytes) else ""


def _defects(part: Judged) -> bool:
    return any(not isinstance(each, MultipartInvariantViolationDefect) for each in part.defects)


def _is_name(name: str | None) -> bool:
    return name is None or (name != "" and not re.search(r"[/\x00-\x1f\x7f]", name))
