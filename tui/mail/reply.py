"""Answers and forwards: to whom, under which subject, in which conversation, with which words quoted."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

from tui.mail.address import Address, format_addresses, parse_addresses
from tui.mail.compose import as_identity_wants, new_message_id, signature_block
from tui.mail.date import parse_date, say_date
from tui.mail.draft import Attachment, Draft, Original
from tui.mail.envelope import Envelope
from tui.mail.fields import find_message_ids
from tui.mail.flags import ANSWERED, FORWARDED
from tui.mail.identity import Identity, plain
from tui.mail.ids import MailboxId
from tui.mail.message import Message
from tui.mail.part import Part
from tui.mail.quote import MAX_QUOTED, own_text, quoted
from tui.mail.text import clean_line
from tui.mail.transfer import decode_part

MAX_REFERENCES = 40
"""Ids of a conversation that an answer names: the first and the latest."""

_REPLY = re.compile(
    r"\s*(?:re|aw|sv|antw|odp|ref|rif|回复|答复|回覆)\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\*\d{1,4})?\s*[:：]\s*", re.I
)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|enc|rv|vl|doorst|转发)\s*(?:\[\d{1,4}\]|\(\d{1,4}\))?\s*[:：]\s*", re.I)
_DELIVERED = ("X-Original-To", "Envelope-To", "Delivered-To", "X-Delivered-To", "Apparently-To")
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f]')
_LIST_POST = re.compile(r"<mailto:([^>?\s]{3,300})", re.I)


def reply(
    message: Message,
    envelope: Envelope | None,
    identity: Identity,
    *,
    everyone: bool = False,
    own: Collection[Address] = (),
    now: datetime,
    to_list: bool = False,
    text: str | None = None,
    mailbox: MailboxId | None = None,
) -> Draft:
    """Return an answer, its text quoted.

    Args:
        message: what is answered, with the bodies that are to be quoted.
        envelope: its row, where it has one: stands in for a header that is not there.
        identity: who answers.
        everyone: to all who got it; Mail-Followup-To is honoured.
        own: all addresses of the user; they are left out, unless nobody else would be left.
        now: its time zone is the one in which the attribution tells the date.
        to_list: to the mailing list (List-Post, or one that ``identity`` is subscribed to), where there is one, and to
            those besides whom Mail-Followup-To names with it.
        text: what is to be quoted, cleaned; None: the message's own plain text.
        mailbox: where the message is stored, so that it can be flagged once the answer has left.
    """
    mine = [*own, identity.address]
    to, cc = _audience(message, envelope, mine, everyone=everyone, to_list=to_list, reads=identity.reads)
    subject = message.header.text("Subject") or (envelope.subject if envelope else "")
    answered = _own_id(message, envelope)
    named = (*_addresses(message, envelope, "To"), *_addresses(message, envelope, "Cc"))
    is_own = any(_among(address, mine) for address in _addresses(message, envelope, "From"))
    is_named = any(_among(address, mine) or _among(Address("", plain(address.spec)), mine) for address in named)
    draft = Draft(
        identity,
        to=to,
        cc=cc,
        subject=reply_subject(subject),
        body=f"\n\n{_attribution(message, envelope, now)}\n{quoted(message, text)}"
        + (signature_block(identity) or "\n"),
        in_reply_to=answered,
        references=_references(message, envelope, answered),
        message_id=new_message_id(identity.address.domain),
        original=_original(envelope, mailbox, ANSWERED),
        came_to=identity.address.spec if is_named or is_own else "",
        is_blind=not is_own and not is_named and list_address(message) is None and not message.header.all("List-Id"),
    )
    return as_identity_wants(draft)


def forward(
    message: Message,
    envelope: Envelope | None,
    identity: Identity,
    *,
    now: datetime,
    text: str | None = None,
    attachments: Sequence[Attachment] | None = None,
    mailbox: MailboxId | None = None,
) -> Draft:
    """Return a forward: the text below a line and four fields, its files carried along.

    Files whose octets are not here are named in the text, so that nobody believes them sent.

    Args:
        text: the message's text, cleaned; None: its own plain text.
        attachments: its files (`files` says which); None: those whose bodies the message holds.

    The rest is as with `reply`.
    """
    subject = message.header.text("Subject") or (envelope.subject if envelope else "")
    carried = carry(message) if attachments is None else tuple(attachments)
    missing = len(files(message)) - len(carried)
    words = own_text(message) if text is None else text
    lines = ["---------- Forwarded message ----------", *_forwarded_fields(message, envelope, now), ""]
    if missing > 0:
        lines += [f"[{missing} of its files {'is' if missing == 1 else 'are'} not attached]", ""]
    body = f"\n{signature_block(identity)}\n" + "\n".join(lines) + f"\n{words[:MAX_QUOTED].rstrip()}\n"
    draft = Draft(
        identity,
        subject=forward_subject(subject),
        body=body,
        attachments=carried,
        references=_references(message, envelope, _own_id(message, envelope)),
        message_id=new_message_id(identity.address.domain),
        original=_original(envelope, mailbox, FORWARDED),
    )
    return as_identity_wants(draft)


def forward_attached(
    message: Message,
    envelope: Envelope | None,
    identity: Identity,
    source: bytes,
    *,
    mailbox: MailboxId | None = None,
) -> Draft:
    """Return a forward with the whole message as a file, as it came.

    Args:
        source: its octets.

    The rest is as with `reply`.
    """
    subject = message.header.text("Subject") or (envelope.subject if envelope else "")
    name = _UNSAFE.sub("_", clean_line(subject, 60)).strip(" ._") or "message"
    draft = Draft(
        identity,
        subject=forward_subject(subject),
        body=f"\n{signature_block(identity)}",
        attachments=(Attachment(f"{name}.eml", "message/rfc822", source),),
        references=_references(message, envelope, _own_id(message, envelope)),
        message_id=new_message_id(identity.address.domain),
        original=_original(envelope, mailbox, FORWARDED),
    )
    return as_identity_wants(draft)


def edit_as_new(draft: Draft) -> Draft:
    """Return a new mail with everything of another: who gets it, subject, text and files, but of no conversation."""
    return replace(
        draft,
        in_reply_to="",
        references=(),
        message_id=new_message_id(draft.identity.address.domain),
        original=None,
        may_be_out="",
    )


def was_for(message: Message, envelope: Envelope | None) -> tuple[Address, ...]:
    """Return whom a message was for, the surest first: whom it names, then where it was delivered."""
    named = (*_addresses(message, envelope, "To"), *_addresses(message, envelope, "Cc"))
    delivered = (message.header.addresses(name)[:3] for name in _DELIVERED)
    return (*named, *(address for found in delivered for address in found if address.spec))


def files(message: Message) -> tuple[Part, ...]:
    """Return the parts that a forward carries along: attachments, and enclosed messages."""
    return tuple(part for part in message.structure.leaves() if part.is_attachment or part.type == "message/rfc822")


def carry(message: Message) -> tuple[Attachment, ...]:
    """Return those files whose octets the message holds."""
    return tuple(
        attachment_of(part, decode_part(part, message.bodies[part.section]))
        for part in files(message)
        if message.has(part)
    )


def attachment_of(part: Part, data: bytes) -> Attachment:
    """Return a received part as a file to send.

    Args:
        part: as received.
        data: its octets, transfer encoding undone.
    """
    name = part.filename or part.description
    if not name:
        name = "message.eml" if part.type == "message/rfc822" else "attachment"
    return Attachment(name, part.type, data)


def reply_subject(subject: str) -> str:
    """Return ``Re:`` and the subject without any ``Re:``, ``AW:``, ``Re[2]:`` before it."""
    return f"Re: {_strip(subject, _REPLY)}".rstrip()


def forward_subject(subject: str) -> str:
    """Return ``Fwd:`` and the subject without any ``Fwd:``, ``WG:`` before it."""
    return f"Fwd: {_strip(subject, _FORWARD)}".rstrip()


def _strip(subject: str, prefix: re.Pattern[str]) -> str:
    subject = clean_line(subject, 900)
    while match := prefix.match(subject):
        subject = subject[match.end() :]
    return subject


def _audience(
    message: Message,
    envelope: Envelope | None,
    mine: list[Address],
    *,
    everyone: bool,
    to_list: bool,
    reads: Callable[[Address], bool],
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """Return To and Cc of an answer."""
    from_ = _addresses(message, envelope, "From")
    to, cc = _addresses(message, envelope, "To"), _addresses(message, envelope, "Cc")
    followup = tuple(address for address in message.header.addresses("Mail-Followup-To") if address.spec)
    known = (address for address in (*to, *cc) if reads(address))
    if to_list and (posting := list_address(message) or next(known, None)):
        return (_without(mine, followup, ()) if _among(posting, followup) else ()) or (posting,), ()
    if from_ and all(_among(address, mine) for address in from_) and to:
        return _without((), to, ()), (_without(mine, cc, to) if everyone else ())
    back = _addresses(message, envelope, "Reply-To") or from_ or _addresses(message, envelope, "Sender")
    if not everyone:
        return _without((), back, ()), ()
    if followup:
        return _without(mine, followup, ()) or _without((), followup, ()), ()
    if _wants_no_copy(message) and (posting := list_address(message)):
        others = _without((*mine, *back), (*to, *cc), ())
        return (posting,), _without(mine, others, (posting,))
    # Who wrote it comes first. One's own address stays only where there would be nobody.
    first = _without(mine, (*back, *to), ()) or _without((), back, ())
    return first, _without(mine, cc, first)


def _addresses(message: Message, envelope: Envelope | None, name: str) -> tuple[Address, ...]:
    found = message.header.addresses(name)
    if not found and envelope is not None:
        rows = {"From": envelope.from_, "To": envelope.to, "Cc": envelope.cc, "Reply-To": envelope.reply_to}
        found = rows.get(name, envelope.sender if name == "Sender" else ())
    return tuple(address for address in found if address.spec)


def list_address(message: Message) -> Address | None:
    """Return where the mailing list takes mail (RFC 2369, 3.4), None where there is no list, or it takes none."""
    match = _LIST_POST.search(message.header.raw_field("List-Post")[:2000])
    if match is None:
        return None
    found = parse_addresses(clean_line(unquote(match.group(1)), 300))
    return found[0] if len(found) == 1 and found[0].is_valid else None


def _wants_no_copy(message: Message) -> bool:
    """Whether who wrote this reads the list, and wants no copy of an answer to it."""
    return message.header.raw_field("Mail-Copies-To").strip().lower() in ("nobody", "never")


def _among(address: Address, others: Iterable[Address]) -> bool:
    return any(address.same_mailbox(other) for other in others)


def _without(
    unwanted: Collection[Address], addresses: Iterable[Address], there: Iterable[Address]
) -> tuple[Address, ...]:
    """Return the addresses, each once, without those that are unwanted or there already."""
    seen = {address.spec.casefold() for address in (*unwanted, *there)}
    kept: list[Address] = []
    for address in addresses:
        if address.spec.casefold() not in seen:
            seen.add(address.spec.casefold())
            kept.append(address)
    return tuple(kept)


def _own_id(message: Message, envelope: Envelope | None) -> str:
    written = message.header.raw_field("Message-ID") or (envelope.message_id if envelope else "")
    found = find_message_ids(written, 1)
    return found[0] if found else ""


def _references(message: Message, envelope: Envelope | None, answered: str) -> tuple[str, ...]:
    """Return the References of an answer (RFC 5322, 3.6.4), valid ids only, bounded."""
    ids = find_message_ids(" ".join(message.header.all("References")))
    if not ids:
        parents = find_message_ids(
            message.header.raw_field("In-Reply-To") or (envelope.in_reply_to if envelope else "")
        )
        ids = parents if len(parents) == 1 else ()
    chain = [id for id in ids if id != answered]
    if answered:
        chain.append(answered)
    return tuple(chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[1 - MAX_REFERENCES :]])


def _original(envelope: Envelope | None, mailbox: MailboxId | None, flag: str) -> Original | None:
    return Original(mailbox, envelope.uid, flag) if envelope is not None and mailbox is not None else None


def _when(message: Message, envelope: Envelope | None, now: datetime) -> str:
    sent = parse_date(message.header.raw_field("Date"))
    if sent is None and envelope is not None:
        sent = envelope.sent or envelope.received or None
    return say_date(sent, now) if sent is not None else ""


def _attribution(message: Message, envelope: Envelope | None, now: datetime) -> str:
    from_ = _addresses(message, envelope, "From")
    who = clean_line(from_[0].label, 80) if from_ else "Somebody"
    when = _when(message, envelope, now)
    return f"On {when}, {who} wrote:" if when else f"{who} wrote:"


def _forwarded_fields(message: Message, envelope: Envelope | None, now: datetime) -> list[str]:
    rows = [
        ("From", format_addresses(_addresses(message, envelope, "From"))),
        ("Date", _when(message, envelope, now)),
        ("Subject", message.header.text("Subject") or (envelope.subject if envelope else "")),
        ("To", format_addresses(_addresses(message, envelope, "To"))),
        ("Cc", format_addresses(_addresses(message, envelope, "Cc"))),
    ]
    return [f"{name}: {clean_line(value, 2000)}" for name, value in rows if value]
