"""``* n FETCH (…)`` → data by item: the common items by expressions, in any order; the rest by the tokenizer."""

import re
from collections.abc import Sequence
from functools import lru_cache

from tui.imap import envelope as envelope_
from tui.imap import structure
from tui.imap.dates import seconds
from tui.imap.tokens import Cursor, Malformed, Value
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS, Flags, canonical
from tui.mail.header import decode_bytes
from tui.mail.ids import Uid
from tui.mail.part import Part
from tui.mail.text import clean_line

MAX_FLAGS = 500
"""Flags of one message that are kept."""
_CACHEABLE = 300
_MAX_CACHED = 4_000

_FETCH = re.compile(rb"\* (\d{1,10}) FETCH \(", re.IGNORECASE)
_ITEM = re.compile(
    rb' ?(?:UID (\d{1,10})(?=[ )])|FLAGS \(([^()"\r\n]*+)\)|INTERNALDATE "([^"]*+)"|RFC822\.SIZE (\d{1,15})(?=[ )])'
    rb"|MODSEQ \((\d{1,19})\)|(ENVELOPE) (?=\()|(BODYSTRUCTURE) (?=\()|(\))\Z)"
)
_USUAL = re.compile(
    rb'\* (\d{1,10}) FETCH \(UID (\d{1,10}) FLAGS \(([^()"\r\n]*+)\) INTERNALDATE "([^"]*+)"'
    rb" RFC822\.SIZE (\d{1,15})(?=[ )])"
)
"""What nearly all servers answer to our question, in one go."""
_KEY = re.compile(rb" *([A-Za-z0-9.\-]+)(?:\[([^\]\r\n]{0,200})\])?(?:<(\d+)>)? ")
_STRING = re.compile(rb' *(?:"|~?\{\d+\+?\}\r\n)')
"""How a string begins; a body that is an atom is none."""

Fetch = re.compile(rb"\* \d+ FETCH ", re.IGNORECASE)
"""Begins every response that `parse` takes."""


class FetchData:
    """What one FETCH response told of one message; None or empty for what it did not.

    Attributes:
        structure, outline: the MIME tree, or what `tui.imap.structure.read` makes it of.
        bodies: section → octets, for ``BODY[section]``; NIL ones are absent.
        asked: it holds something that servers do not send unasked.
    """

    __slots__ = (
        "asked",
        "bodies",
        "fields",
        "flags",
        "has_file",
        "modseq",
        "outline",
        "received",
        "sequence",
        "server_thread",
        "size",
        "structure",
        "uid",
    )

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self.uid: Uid | None = None
        self.flags: Flags | None = None
        self.received: int | None = None
        self.size = 0
        self.modseq = 0
        self.fields: envelope_.Fields | None = None
        self.structure: Part | None = None
        self.outline = b""
        self.server_thread = ""
        self.has_file = False
        self.bodies: dict[str, bytes] = {}
        self.asked = False


def parse(line: bytes, literals: Sequence[bytes]) -> FetchData:
    """Read a FETCH response. Damage ends the reading, what was understood until then stays.

    Args:
        line, literals: a response as `tui.imap.wire` gives it.

    Raises:
        Malformed: when it is no FETCH response.
    """
    usual = _USUAL.match(line)
    if usual is not None:
        sequence, uid, flags, received, size = usual.groups()
        data = FetchData(int(sequence))
        data.uid = _uid(uid)
        data.flags = flags_of(flags)
        data.received = seconds(received)
        data.size = int(size)
        data.asked = True
        position = _usual_rest(data, line, usual.end())
        if position < 0:
            return data
    else:
        begin = _FETCH.match(line)
        if begin is None:
            raise Malformed("no FETCH response")
        data = FetchData(int(begin.group(1)))
        position = begin.end()
    item_at = _ITEM.match
    try:
        while True:
            item = item_at(line, position)
            kind = item.lastindex if item is not None else 0
            if item is None or kind is None or kind == 0:
                position = _other(data, line, literals, position)
                continue
            position = item.end()
            if kind == 1:
                data.uid = _uid(item.group(1))
            elif kind == 2:
                data.flags = flags_of(item.group(2))
            elif kind == 6:
                data.asked = True
                read = envelope_.fast(line, position)
                if read is None:
                    cursor = Cursor(line, literals, position)
                    data.fields, position = envelope_.from_value(cursor.value()), cursor.position
                else:
                    data.fields, position = read
            elif kind == 7:
                data.asked = True
                position = _structure(data, line, literals, position)
            elif kind == 3:
                data.asked = True
                data.received = seconds(item.group(3))
            elif kind == 4:
                data.asked = True
                data.size = int(item.group(4))
            elif kind == 5:
                data.modseq = int(item.group(5))
            else:
                return data
    except Malformed:
        data.asked = data.asked or data.uid is not None  # better a row with gaps than a message that nobody sees
        return data


def _usual_rest(data: FetchData, line: bytes, position: int) -> int:
    """Read the envelope and the structure where they follow as usual. Return -1 at the end, else where to go on."""
    if not line.startswith(b" ENVELOPE (", position):
        return position
    read = envelope_.fast(line, position + 10)
    if read is None:
        return position
    data.fields, position = read
    if not line.startswith(b" BODYSTRUCTURE (", position):
        return position
    skimmed = structure.skim(line, position + 15)
    if skimmed is None:
        return position
    data.outline, data.has_file, position = skimmed
    return -1 if line[position:] == b")" else position


def _structure(data: FetchData, line: bytes, literals: Sequence[bytes], position: int) -> int:
    """Read a structure, or leave it for later. Return the position behind it."""
    skimmed = structure.skim(line, position)
    if skimmed is not None:
        data.structure = None
        data.outline, data.has_file, position = skimmed
        return position
    read = structure.fast(line, position)
    if read is None:
        cursor = Cursor(line, literals, position)
        data.structure, position = structure.from_value(cursor.value()), cursor.position
    else:
        data.structure, position = read
    data.outline = b""
    data.has_file = has_file(data.structure)
    return position


def _uid(raw: bytes) -> Uid | None:
    value = int(raw)
    return Uid(value) if 0 < value < 2**32 else None


def _other(data: FetchData, line: bytes, literals: Sequence[bytes], position: int) -> int:
    """Read one item by the tokenizer; items nobody asked for are passed over. Return the position behind it."""
    key = _KEY.match(line, position)
    if key is None:
        raise Malformed("an item was expected")
    name = key.group(1).upper()
    cursor = Cursor(line, literals, key.end())
    value = cursor.value()
    if key.group(2) is not None:
        data.asked = True
        if isinstance(value, bytes) and _STRING.match(line, key.end()):
            data.bodies[key.group(2).decode("ascii", "replace").upper()] = value
    elif name == b"ENVELOPE":
        data.asked = True
        data.fields = envelope_.from_value(value)
    elif name == b"BODYSTRUCTURE":
        data.asked = True
        data.structure = structure.from_value(value)
        data.has_file = has_file(data.structure)
    elif name == b"FLAGS":
        words = [word for word in value if isinstance(word, bytes)] if isinstance(value, list) else []
        data.flags = _flags(words)
    elif name == b"UID" and isinstance(value, bytes) and value.isdigit():
        data.uid = _uid(value[:20])
    elif name == b"INTERNALDATE" and isinstance(value, bytes):
        data.asked = True
        data.received = seconds(value)
    elif name == b"RFC822.SIZE" and isinstance(value, bytes) and value.isdigit():
        data.asked = True
        data.size = min(int(value[:20]), 2**53)
    elif name in (b"THREADID", b"X-GM-THRID"):
        data.server_thread = _thread(value)
    return cursor.position


def _thread(value: Value) -> str:
    """Return what the server calls a thread: a number, or a name in a list (RFC 8474, 5.2); "" for NIL."""
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return clean_line(decode_bytes(value[:300])) if isinstance(value, bytes) and value != b"NIL" else ""


def flags_of(raw: bytes) -> Flags:
    """Return flags from between their parentheses, cleaned; no more than `MAX_FLAGS` of them."""
    return _cached_flags(raw) if len(raw) < _CACHEABLE else _flags(raw.split(None, MAX_FLAGS)[:MAX_FLAGS])


@lru_cache(_MAX_CACHED)
def _cached_flags(raw: bytes) -> Flags:
    return _flags(raw.split())


def _flags(words: Sequence[bytes]) -> Flags:
    if not words:
        return NO_FLAGS
    cleaned = (clean_line(decode_bytes(word[:200]), 100) for word in words[:MAX_FLAGS])
    return canonical(flag for flag in cleaned if flag)


_NO_FIELDS: envelope_.Fields = (None, "", (), (), (), (), (), (), "", "")


def envelope(data: FetchData) -> Envelope | None:
    """Return the row of a message; None when the response named no UID or was not about envelopes."""
    if data.uid is None or not data.asked:
        return None
    sent, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = data.fields or _NO_FIELDS
    return Envelope(
        data.uid,
        NO_FLAGS if data.flags is None else data.flags,
        data.received if data.received is not None else sent or 0,
        sent,
        data.size,
        subject,
        from_,
        sender,
        reply_to,
        to,
        cc,
        bcc,
        message_id,
        in_reply_to,
        data.structure,
        data.has_file,
        "",
        data.outline,
        data.server_thread,
    )


def has_file(shape: Part | None) -> bool:
    """Return whether some part is what a person would call a file."""
    if shape is None:
        return False
    if not shape.children:
        return bool(shape.disposition or shape.filename) and shape.is_attachment
    pending = list(shape.children)
    for part in pending:
        if part.is_multipart:
            pending.extend(part.children)
        elif (part.disposition or part.filename) and part.is_attachment:
            return True
    return False


__all__ = ["Fetch", "FetchData", "Value", "envelope", "flags_of", "has_file", "parse"]
