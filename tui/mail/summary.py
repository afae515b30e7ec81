"""A whole message → its row in a list: what an IMAP server does for its clients, done here where there is none."""

import time

from tui.mail.address import Address, parse_addresses
from tui.mail.date import parse_date
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS, Flags
from tui.mail.header import decode_field
from tui.mail.ids import Uid
from tui.mail.message import Header, Message
from tui.mail.text import clean_line

MAX_ADDRESSES = 500
"""Addresses of one field that a row keeps; the reader has the header itself."""
MAX_ID = 8_000
"""Characters of a Message-ID, or of In-Reply-To, that are kept."""
LEEWAY = 86_400
"""Seconds by which a clock elsewhere may be ahead of ours."""


def summarize(
    message: Message, uid: Uid, size: int, received: int, flags: Flags = NO_FLAGS, snippet: str = ""
) -> Envelope:
    """Return the row of a message.

    Args:
        message: parsed, with its structure.
        uid: in its mailbox.
        size: octets.
        received: seconds since 1970 UTC.
        flags: it has.
        snippet: the first words of its text.
    """
    fields: dict[str, str] = {}
    for name, body in message.header.fields:
        fields.setdefault(name.lower(), body)

    def addresses(name: str) -> tuple[Address, ...]:
        return parse_addresses(fields[name])[:MAX_ADDRESSES] if name in fields else ()

    writers = addresses("from")
    return Envelope(
        uid=uid,
        flags=flags,
        received=received,
        sent=parse_date(fields.get("date", "")),
        size=size,
        subject=decode_field(fields.get("subject", "")),
        from_=writers,
        sender=addresses("sender") or writers,
        reply_to=addresses("reply-to") or writers,
        to=addresses("to"),
        cc=addresses("cc"),
        bcc=addresses("bcc"),
        message_id=_id(fields, "message-id"),
        in_reply_to=_id(fields, "in-reply-to"),
        structure=message.structure,
        has_file=any(part.is_attachment for part in message.structure.leaves()),
        snippet=snippet,
    )


def _id(fields: dict[str, str], name: str) -> str:
    return clean_line(fields.get(name, "")[:MAX_ID])


def arrival(data: bytes, now: float | None = None) -> tuple[int, str]:
    """Return when a message reached its mailbox (seconds since 1970 UTC), and its Message-ID.

    That is when the last server on its way says that it took it (the first Received field), else when it was written;
    what lies in the future cannot be so: then it is now.

    Args:
        data: the message, wire bytes; its header is enough.
        now: seconds since 1970 UTC.
    """
    latest = int(time.time() if now is None else now)
    end = data.find(b"\r\n\r\n")
    header = Header.parse(data[: end if end >= 0 else len(data)])
    took = header.raw_field("received").rpartition(";")[2]
    for text in (took, header.raw_field("date")):
        when = parse_date(text) if text else None
        if when is not None and 0 < when <= latest + LEEWAY:
            return when, clean_line(header.raw_field("message-id")[:MAX_ID])
    return latest, clean_line(header.raw_field("message-id")[:MAX_ID])
