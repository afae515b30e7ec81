"""A message that another program has written, made ready to be submitted as it is (RFC 6409, 8)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.date import format_date
from tui.mail.draft import Attachment, Draft
from tui.mail.draft_message import from_message
from tui.mail.errors import ConfigError, MailError
from tui.mail.fields import find_message_ids
from tui.mail.identity import Identity
from tui.mail.noun import dataclass
from tui.mail.parse import parse_message

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PRIVATE = re.compile(rb"(?im)^(?:bcc|resent-bcc|return-path)[ \t]*:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A message with its SMTP envelope.

    Attributes:
        data: the final octets: CRLF, without Bcc, with Date and Message-ID; else as they came.
        draft: the same for editing, should it be taken out of the outbox; its recipients are the envelope's.
    """

    data: bytes
    draft: Draft


def make_ready(raw: bytes, identities: Sequence[Identity], *, date: datetime) -> ReadyMade:
    """Return what is to be submitted. CPU only; with large files for worker threads.

    Who is named in To, Cc and Bcc gets it. Bcc goes, as does a trace of an earlier journey (Return-Path); what a
    message must have and lacks is added. Nothing else of it is changed, so that signatures hold.

    Args:
        raw: the message, lines ended in any way.
        identities: those that may send it; the one it is from is chosen, and the first where it says nobody.
        date: for the Date field where it has none, with its time zone.

    Raises:
        ConfigError: when it is from somebody else, or nobody is to receive it.
    """
    head, body = parted(raw)
    message = parse_message(head + b"\r\n" + body)
    header = message.header
    identity = _identity(header.addresses("From"), identities)
    ids = find_message_ids(header.raw_field("Message-ID"), 1)
    message_id = ids[0] if ids else new_message_id(identity.address.domain)
    try:
        draft = from_message(message, identities)
    except MailError:  # signed, encrypted or too long for the editor: edited, it goes along as it was
        draft = Draft(
            identity,
            subject=header.text("Subject", 4_000),
            attachments=(Attachment("message.eml", "message/rfc822", raw),),
        )
    to, cc, bcc = (tuple(each for each in header.addresses(name) if each.spec) for name in ("To", "Cc", "Bcc"))
    draft = replace(draft, identity=identity, to=to, cc=cc, bcc=bcc, message_id=message_id)
    if not draft.recipients:
        raise ConfigError("This message names no recipient.", cure="Give it a To, Cc or Bcc field.")
    missing = [
        (not header.all("Date"), b"Date: " + format_date(date).encode("ascii")),
        (not header.addresses("From"), b"From: <" + identity.address.spec.encode() + b">"),
        (not ids, b"Message-ID: " + message_id.encode("ascii")),
    ]
    added = b"".join(line + b"\r\n" for is_missing, line in missing if is_missing)
    return ReadyMade(added + without_private(head) + b"\r\n" + body, draft)


def without_private(head: bytes) -> bytes:
    """Return a header block without what is nobody's but the sender's: Bcc, and traces of an earlier journey."""
    return _PRIVATE.sub(b"", head)


def parted(raw: bytes) -> tuple[bytes, bytes]:
    """Return header block and body, lines ended by CRLF, without the empty line between them."""
    data = _LINE_END.sub(b"\r\n", raw).lstrip(b"\r\n")
    if data.startswith(b"From "):  # a line of mbox
        data = data.partition(b"\r\n")[2]
    head, _, body = data.partition(b"\r\n\r\n")
    return head.removesuffix(b"\r\n") + b"\r\n", body


def _identity(written: Sequence[Address], identities: Sequence[Identity]) -> Identity:
    if not written:
        return identities[0]
    for identity in identities:
        if any(identity.address.same_mailbox(address) for address in written):
            return identity
    known = ", ".join(dict.fromkeys(identity.address.spec for identity in identities))
    raise ConfigError(
        f"This message is from {written[0].spec or 'nobody'}, which is no address of yours.",
        cure=f"Write it from {known}, or name the account that sends it: --account.",
    )
