"""Sending a message on as it came, to somebody else (RFC 5322, 3.6.6): its own words, with a note of who did so."""

import re
from collections.abc import Sequence
from datetime import datetime

from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.date import format_date
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.fields import address_field, field
from tui.mail.identity import Identity
from tui.mail.parse import parse_message
from tui.mail.ready_made import ReadyMade, parted, without_private


def resend(raw: bytes, identity: Identity, to: Sequence[Address], *, date: datetime) -> ReadyMade:
    """Return a message to be submitted once more, to other people. CPU only; with large ones for worker threads.

    Args:
        raw: the message as it came.
        identity: who sends it on.
        to: whom to.
        date: of the resending, with its time zone.

    Raises:
        MailError: when nobody is to receive it, or an address is none.
    """
    if not to:
        raise MailError("Nobody is to get this.", cure="Name somebody.")
    head, body = parted(raw)
    message_id = new_message_id(identity.address.domain)
    note = (
        field("Resent-Date", format_date(date).split(" "))
        + address_field("Resent-From", (identity.address,))
        + address_field("Resent-To", tuple(to))
        + field("Resent-Message-ID", (message_id,))
    )
    subject = parse_message(head + b"\r\n").header.text("Subject", 4_000)
    draft = Draft(
        identity,
        to=tuple(to),
        subject=subject,
        attachments=(Attachment("message.eml", "message/rfc822", raw),),
        message_id=message_id,
    )
    return ReadyMade(note + without_private(_named(head)) + b"\r\n" + body, draft)


def _named(head: bytes) -> bytes:
    """Return a header block whose every line is a field or goes on with one: what is neither would end it."""
    lines = re.sub(rb"\r\n(?=[ \t])", b"\0", head.strip(b"\r\n")).split(b"\r\n")
    good = [line for line in lines if re.match(rb"[!-9;-~]+[ \t]*:", line)]
    return b"".join(line.replace(b"\0", b"\r\n") + b"\r\n" for line in good)
