"""How an envelope lies in its row: flags as bits, addresses and structure as compact JSON.

Addresses are a list of fields (From, Sender, Reply-To, To, Cc, Bcc), each a flat list ``[name, spec, name, spec, …]``;
``0`` stands for "the same as From", and empty fields at the end are left out. A structure is the list of its parts,
outermost first, each ``[number of children, section, type, params, encoding, size, disposition, filename, content id,
description]``, cut where only defaults follow; one that is not understood yet is a BLOB, as the server sent it.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED, DELETED, DRAFT, FLAGGED, FORWARDED, NO_FLAGS, OURS, SEEN, Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.part import Part

BITS: Final = {SEEN: 1, ANSWERED: 2, FLAGGED: 4, DELETED: 8, DRAFT: 16, FORWARDED: 32}
"""One bit each; never renumbered. The others are kept as text."""
SEEN_BIT: Final = BITS[SEEN]

SHOWN: Final = 0
"""In the column ``hidden``: it is in the lists."""
AWAY: Final = 1
"""It is going elsewhere, or has gone, and the server does not know yet."""
ASIDE: Final = 2
"""Its keywords put it aside until a time: see `tui.mail.snooze`."""

UID_BITS = 32
UID_MASK = (1 << UID_BITS) - 1
MAX_INTEGER = (1 << 63) - 1

LIST_COLUMNS = (
    "id, flags, keywords, received, sent, size, has_file, subject, snippet, message_id, in_reply_to, addresses"
)
ALL_COLUMNS = f"{LIST_COLUMNS}, structure"
INSERT = (
    "INSERT INTO envelopes (id, mailbox, received, flags, hidden, keywords, sent, size, has_file, who, subject,"
    " snippet, message_id, in_reply_to, addresses, structure) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode
_quoted = json.encoder.encode_basestring
"""Quotes one string as `_encode` does; a list of addresses is put together of these in half the time."""


def row_id(mailbox: MailboxId, uid: int) -> int:
    """Return the key of a row in ``envelopes``."""
    return mailbox << UID_BITS | uid


def row_uid(id: int) -> Uid:
    """Return the UID in a row's key."""
    return Uid(id & UID_MASK)


def row_ids(mailbox: MailboxId, uids: Iterable[int]) -> list[int]:
    """Return keys without repetition; numbers that can be no UID are left out (they would name another mailbox)."""
    base = mailbox << UID_BITS
    return [base | uid for uid in dict.fromkeys(uids) if 0 < uid <= UID_MASK]


@lru_cache(4096)
def pack_flags(flags: Flags) -> tuple[int, str]:
    """Return (bits, other flags as text)."""
    bits = 0
    others = []
    for flag in flags:
        bit = BITS.get(flag)
        if bit:
            bits |= bit
        else:
            others.append(flag)
    return bits, " ".join(sorted(others))


@lru_cache(4096)
def unpack_flags(bits: int, others: str) -> Flags:
    """Return the flags of a row."""
    if not others and not bits:
        return NO_FLAGS
    return frozenset([*(flag for flag, bit in BITS.items() if bits & bit), *others.split()])


def aside(others: str) -> int:
    """Return what keywords, parted by spaces, say of the column ``hidden``: `SHOWN` or `ASIDE`."""
    if OURS not in others.casefold():
        return SHOWN
    from tui.mail.snooze import is_put_aside  # noqa: PLC0415 - late: start-up time

    return ASIDE if is_put_aside(others.split()) else SHOWN


def _flat(addresses: Iterable[Address]) -> str:
    return "[" + ",".join([f"{_quoted(address.name)},{_quoted(address.spec)}" for address in addresses]) + "]"


def _addresses(envelope: Envelope) -> str:
    from_ = envelope.from_
    sender = "0" if envelope.sender == from_ else _flat(envelope.sender)
    reply_to = "0" if envelope.reply_to == from_ else _flat(envelope.reply_to)
    fields = f"[{_flat(from_)},{sender},{reply_to},{_flat(envelope.to)}"
    if envelope.bcc:
        return f"{fields},{_flat(envelope.cc)},{_flat(envelope.bcc)}]"
    return f"{fields},{_flat(envelope.cc)}]" if envelope.cc else f"{fields}]"


def pack(mailbox: MailboxId, envelope: Envelope, bits: int, others: str, hidden: int) -> tuple[Any, ...]:
    """Return the values for `INSERT`."""
    structure: str | bytes | None = envelope.outline or None
    if structure is None and envelope.structure is not None:
        structure = pack_structure(envelope.structure)
    return (
        mailbox << UID_BITS | envelope.uid,
        mailbox,
        envelope.received,
        bits,
        hidden,
        others,
        envelope.sent,
        min(envelope.size, MAX_INTEGER),
        envelope.has_file,
        envelope.from_[0].listed if envelope.from_ else "",
        envelope.subject,
        envelope.snippet,
        envelope.message_id,
        envelope.in_reply_to,
        _addresses(envelope),
        structure,
    )


def _people(flat: list[str]) -> tuple[Address, ...]:
    if len(flat) == 2:
        return (Address(flat[0], flat[1]),)
    return tuple(map(Address, flat[::2], flat[1::2]))


def recipients(addresses: str) -> tuple[Address, ...]:
    """Return whom a row's mail went to, by its column of addresses: To, else Cc, else Bcc."""
    fields = _decode(addresses)
    return next((_people(field) for field in fields[3:6] if field), ())


def unpack(row: tuple[Any, ...]) -> Envelope:
    """Return the envelope in a row of `LIST_COLUMNS` or `ALL_COLUMNS`."""
    fields = _decode(row[11])
    from_ = _people(fields[0])
    count = len(fields)
    structure = row[12] if len(row) > 12 else None
    return Envelope(
        row[0] & UID_MASK,
        unpack_flags(row[1], row[2]),
        row[3],
        row[4],
        row[5],
        row[7],
        from_,
        _people(fields[1]) if fields[1] != 0 else from_,
        _people(fields[2]) if fields[2] != 0 else from_,
        _people(fields[3]),
        _people(fields[4]) if count > 4 else (),
        _people(fields[5]) if count > 5 else (),
        row[9],
        row[10],
        unpack_structure(structure) if isinstance(structure, str) else None,
        bool(row[6]),
        row[8],
        structure if isinstance(structure, bytes) else b"",
    )


def pack_structure(root: Part) -> str:
    """Return a MIME tree as JSON. Never recurses."""
    nodes = []
    for part in root.walk():
        node: list[Any] = [
            len(part.children),
            part.section,
            part.type,
            part.params,
            part.encoding,
            part.size,
            part.disposition,
            part.filename,
            part.content_id,
            part.description,
        ]
        while len(node) > 1 and not node[-1]:
            node.pop()
        nodes.append(node)
    return _encode(nodes)


_DEFAULTS: Final[list[Any]] = [0, "", "", None, "", 0, "", "", "", ""]


def unpack_structure(text: str) -> Part | None:
    """Return the MIME tree of a row. Never recurses."""
    done: list[Part] = []
    for node in reversed(_decode(text)):
        children, section, type_, params, encoding, size, disposition, filename, content_id, description = (
            node + _DEFAULTS[len(node) :]
        )
        below = tuple([done.pop() for _ in range(children)])
        done.append(
            Part(section, type_, params or {}, encoding, size, disposition, filename, content_id, description, below)
        )
    return done.pop() if done else None
