"""A draft as a message in the server's Drafts, there and back, so that other programs can go on with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tui.mail.address import Address, format_addresses, parse_addresses
from tui.mail.compose import mime, new_message_id
from tui.mail.date import format_date
from tui.mail.domain import wire_spec
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.fields import address_field, field, find_message_ids, ids_field, is_message_id, text_field
from tui.mail.flowed import unflow
from tui.mail.identity import Identity
from tui.mail.message import Message
from tui.mail.part import Part
from tui.mail.transfer import MAX_TEXT, decode_part, decode_text

MARK = "X-Tidings-Draft"
"""The field by which a copy of ours is found again where the server does not tell its UID."""
UNFINISHED = "X-Tidings-"
"""Before To, Cc, Bcc: such a field holds what was typed so far where that is no list of addresses yet."""
MOST_REFERENCES = 40


def to_message(draft: Draft, mark: str, *, date: datetime) -> bytes:
    """Return a draft as wire bytes for APPEND. Bcc is in them, and whatever is still missing is no error.

    CPU only; with large attachments for worker threads.

    Args:
        draft: what was written so far.
        mark: for `MARK`; a word of ASCII letters and digits, another one for every version.
        date: for the Date field, with its time zone.

    Raises:
        MailError: when the sender's own address is none.
    """
    out = [
        field("Date", format_date(date).split(" ")),
        address_field("From", (draft.identity.address,)),
    ]
    for name, addresses in (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc)):
        good = tuple(address for address in addresses if _is_good(address))
        if good:
            out.append(address_field(name, good))
        if len(good) < len(addresses):
            out.append(text_field(UNFINISHED + name, format_addresses(addresses)))
    out.append(text_field("Subject", draft.subject))
    if is_message_id(draft.message_id):
        out.append(field("Message-ID", (draft.message_id,)))
    out.append(ids_field("In-Reply-To", draft.in_reply_to.split()))
    out.append(ids_field("References", draft.references))
    out.append(field(MARK, (mark,)))
    return b"".join([*out, *mime(draft)])


def _is_good(address: Address) -> bool:
    try:
        wire_spec(address)
    except MailError:
        return False
    return True


def from_message(message: Message, identities: Sequence[Identity], words: str = "") -> Draft:
    """Return the draft that a message in Drafts is, whichever program wrote it.

    The message id is kept where the draft is one of ours; another program may have sent its own already.

    Args:
        message: with all its bodies.
        identities: the user's; the one it is from is chosen, else the first.
        words: its text, cleaned, where it has no plain text: formatting is not kept.

    Raises:
        MailError: when it cannot be edited without losing a part of it.
    """
    header = message.header
    is_ours = bool(header.raw_field(MARK))
    ids = find_message_ids(header.raw_field("Message-ID"), 1)
    identity = _identity(header.addresses("From"), identities)
    answered = find_message_ids(header.raw_field("In-Reply-To"), 1)
    text, rest, is_html = _parts(message)
    return Draft(
        identity,
        to=_recipients(message, "To", is_ours),
        cc=_recipients(message, "Cc", is_ours),
        bcc=_recipients(message, "Bcc", is_ours),
        subject=header.text("Subject", 4_000),
        body=_body(message, text) if text is not None else words,
        attachments=tuple(_attachment(message, part) for part in rest),
        in_reply_to=answered[0] if answered else "",
        references=find_message_ids(" ".join(header.all("References")))[-MOST_REFERENCES:],
        message_id=ids[0] if is_ours and ids else new_message_id(identity.address.domain),
        markdown=is_ours and is_html and text is not None,
    )


def _identity(written: Sequence[Address], identities: Sequence[Identity]) -> Identity:
    for identity in identities:
        for address in written:
            if identity.address.same_mailbox(address):
                return replace(identity, address=Address(address.name or identity.address.name, address.spec))
    return identities[0]


def _recipients(message: Message, name: str, is_ours: bool) -> tuple[Address, ...]:
    unfinished = message.header.text(UNFINISHED + name, 60_000) if is_ours else ""
    if unfinished:
        return parse_addresses(unfinished)
    return tuple(address for address in message.header.addresses(name) if address.spec)


def _parts(message: Message) -> tuple[Part | None, list[Part], bool]:
    """Return the part with the text, None where only HTML has one, the files, and whether there is HTML."""
    leaves = list(message.structure.leaves())
    if message.structure.type in ("multipart/encrypted", "multipart/signed") or len(leaves) > 200:
        raise MailError("This draft cannot be edited here without losing a part of it.")
    shown = [part for part in leaves if part.type in ("text/plain", "text/html") and not part.is_attachment]
    text = next((part for part in shown if part.type == "text/plain"), None)
    page = next((part for part in shown if part.type == "text/html"), None)
    return text, [part for part in leaves if part is not text and part is not page], page is not None


def _body(message: Message, part: Part) -> str:
    data = message.bodies[part.section]
    if len(data) >= MAX_TEXT:
        raise MailError("This draft is too long to be edited here.")
    text = decode_text(part, data)
    if part.params.get("format", "").lower() == "flowed":
        delsp = part.params.get("delsp", "").lower() == "yes"
        text = "\n".join(f"{'>' * level} {line}" if level else line for level, line in unflow(text, delsp))
    return text


def _attachment(message: Message, part: Part) -> Attachment:
    name = part.filename or part.description or ("message.eml" if part.type == "message/rfc822" else "attachment")
    return Attachment(name, part.type, decode_part(part, message.bodies[part.section]))
