"""The bytes of a mail, made once: what is committed to the outbox is what is sent, copied and sent again."""

import binascii
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tui.mail.address import Address
from tui.mail.date import format_date
from tui.mail.domain import domain_to_ascii, wire_spec
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.fields import (
    address_field,
    base64_lines,
    field,
    ids_field,
    is_message_id,
    parameter,
    text_field,
)
from tui.mail.flowed import flow
from tui.mail.identity import Identity, plain
from tui.mail.text import clean_line

MAX_LINE = 998
"""Octets of a line without its CRLF (RFC 5322, 2.1.1)."""
MAX_NAME = 255
"""Characters of a file's name."""
FLOW_ABOVE = 78
"""Characters of a line above which a text is sent as format=flowed."""

_BREAK = re.compile("\r\n|\r|\n")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_METHOD = re.compile(rb"^METHOD:([A-Za-z]{2,20})[ \t]*\r?$", re.MULTILINE)
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]{1,100}/[A-Za-z0-9!#$&^_.+\-]{1,100}\Z")


def new_message_id(domain: str) -> str:
    """Return a fresh message id with its angle brackets. It tells the sender's domain and nothing of this machine.

    Args:
        domain: of the sender's address.
    """
    return f"<{time.time_ns() // 1_000_000:x}.{secrets.token_hex(10)}@{_right(domain)}>"


def _right(domain: str) -> str:
    """Return the right side of an id: the domain in ASCII, as far as it is one."""
    try:
        right = domain_to_ascii(domain)
    except ValueError:
        right = ""
    return right.lower() if right and not right.startswith("[") else "tidings.invalid"


def signature_block(identity: Identity) -> str:
    """Return what stands below a new mail's text: the signature behind its mark, "" when there is none."""
    signature = identity.signature.strip("\n")
    return f"\n\n-- \n{signature}\n" if signature else ""


def empty_draft(identity: Identity) -> Draft:
    """Return a new mail with nothing but its signature and its message id, and what its identity wants."""
    draft = Draft(identity, body=signature_block(identity), message_id=new_message_id(identity.address.domain))
    return as_identity_wants(draft)


def as_identity_wants(draft: Draft) -> Draft:
    """Return a new mail with the identity's own address in Bcc, and as Markdown, where its identity wants that."""
    identity = draft.identity
    there = any(identity.address.same_mailbox(each) for each in draft.recipients)
    bcc = (*draft.bcc, identity.address) if identity.bcc_self and not there else draft.bcc
    return replace(draft, bcc=bcc, markdown=draft.markdown or identity.markdown)


def signature_place(body: str, identity: Identity) -> tuple[int, int]:
    """Return where an identity's signature stands in a text, from and to; where it would stand if there is none."""
    block = signature_block(identity).rstrip("\n")
    at = body.rfind(block) if block else -1
    end = len(body.rstrip("\n"))
    return (at, at + len(block)) if at >= 0 else (end, end)


def to_bytes(draft: Draft, *, date: datetime) -> bytes:
    """Return a mail's final octets: CRLF, lines of at most 998 octets, 7 bit unless an address itself is not.

    Bcc is not in them. CPU only; with large attachments for worker threads. A draft without a valid message id gets
    one that nobody else knows: callers that keep it must set `Draft.message_id` first.

    Args:
        draft: what was written.
        date: for the Date field, with its time zone.

    Raises:
        MailError: naming the address that is none, or when nobody is to receive it.
    """
    if not draft.recipients:
        raise MailError("This mail has no recipient.", cure="Fill in To.")
    for recipient in draft.bcc:
        address_field("Bcc", (recipient,))
    out = [field("Date", format_date(date).split(" "))]
    out.append(address_field("From", (draft.identity.address,)))
    out.append(_recipients("To", draft.to) if draft.to else field("To", ("undisclosed-recipients:;",)))
    if draft.cc:
        out.append(_recipients("Cc", draft.cc))
    if followup := followup_to(draft):
        out.append(_recipients("Mail-Followup-To", followup))
    out.append(text_field("Subject", draft.subject))
    message_id = draft.message_id if is_message_id(draft.message_id) else ""
    out.append(field("Message-ID", (message_id or new_message_id(draft.identity.address.domain),)))
    out.append(ids_field("In-Reply-To", draft.in_reply_to.split()))
    out.append(ids_field("References", draft.references))
    return b"".join([*out, *mime(draft)])


def followup_to(draft: Draft) -> tuple[Address, ...]:
    """Return whom an answer to all is for, () unless a list is among To and Cc that its writer is subscribed to.

    He is not among them: he reads the list, and wants no second copy. Nor is anybody in Bcc.
    """
    named = (*draft.to, *draft.cc)
    if not any(draft.identity.reads(address) for address in named):
        return ()
    mine = plain(draft.identity.address.spec)
    return tuple(each for each in named if plain(each.spec) != mine)


def mime(draft: Draft) -> list[bytes]:
    """Return the end of a mail's header, from MIME-Version on, and its content: text and files."""
    out = [b"MIME-Version: 1.0\r\n"]
    text, files = _text_part(draft.body), draft.attachments
    if draft.markdown:
        text, files = _alternative(draft, text)
    if not files:
        return [*out, *text]
    return [*out, *_multipart("mixed", [text, *(_attachment(each) for each in files)])]


def _multipart(kind: str, parts: Sequence[list[bytes]], *more: str) -> list[bytes]:
    """Return header field, empty line and content of a multipart; ``more`` are parameters, each ended by ``;``."""
    boundary = f"=_{secrets.token_hex(16)}"
    mark = b"--" + boundary.encode("ascii")
    out = [field("Content-Type", (f"multipart/{kind};", *more, f'boundary="{boundary}"')), b"\r\n"]
    for part in parts:
        out.extend((mark, b"\r\n", *part, b"\r\n"))  # the last line end belongs to the next mark
    out.extend((mark, b"--\r\n"))
    return out


def _alternative(draft: Draft, text: list[bytes]) -> tuple[list[bytes], tuple[Attachment, ...]]:
    """Return a text with its HTML beside it, images that stand in it within; and the other files."""
    from tui.mail.markup import to_html  # noqa: PLC0415 - late: start-up time

    ids = {
        each.filename: f"{secrets.token_hex(10)}@{_right(draft.identity.address.domain)}"
        for each in draft.attachments
        if each.type.lower().startswith("image/")
    }
    body = _CONTROLS.sub("", _BREAK.sub("\n", draft.body)).rstrip("\n") + "\n"
    page, used = to_html(body, ids)
    octets = page.encode("utf-8", "replace").replace(b"\n", b"\r\n")
    encoding, content = _encode(octets)
    markup = [
        _content_type(["text/html;", "charset=utf-8;"]),
        field("Content-Transfer-Encoding", (encoding,)),
        b"\r\n",
        content,
    ]
    within = {each.filename: each for each in reversed(draft.attachments) if each.filename in used}
    if within:
        images = [_attachment(each, ids[name]) for name, each in within.items()]
        markup = _multipart("related", [markup, *images], 'type="text/html";')
    rest = tuple(each for each in draft.attachments if within.get(each.filename) is not each)
    return _multipart("alternative", [text, markup]), rest


def _recipients(name: str, addresses: Iterable[Address]) -> bytes:
    """Write every address once: twice the same in a field is a slip of the hand."""
    once: dict[str, Address] = {}
    for address in addresses:
        once.setdefault(wire_spec(address).casefold(), address)
    return address_field(name, tuple(once.values()))


def _text_part(body: str) -> list[bytes]:
    """Return header fields, empty line and content of the text."""
    text = _CONTROLS.sub("", _BREAK.sub("\n", body)).rstrip("\n") + "\n"
    longest = max(map(len, text.split("\n")))
    parameters = []
    if FLOW_ABOVE < longest <= MAX_LINE:
        text = flow(text)
        parameters = ["format=flowed;"]
    octets = text.encode("utf-8", "replace").replace(b"\n", b"\r\n")
    encoding, content = _encode(octets)
    charset = "us-ascii" if octets.isascii() else "utf-8"
    words = ["text/plain;", f"charset={charset};", *parameters]
    return [_content_type(words), field("Content-Transfer-Encoding", (encoding,)), b"\r\n", content]


def _content_type(words: list[str]) -> bytes:
    return field("Content-Type", [*words[:-1], words[-1].rstrip(";")])


def _encode(octets: bytes) -> tuple[str, bytes]:
    """Return the transfer encoding that suits a text, and the text in it.

    Args:
        octets: lines ended by CRLF.
    """
    lines = octets.split(b"\r\n")
    if octets.isascii() and max(map(len, lines)) <= MAX_LINE and not any(line.startswith(b"From ") for line in lines):
        return "7bit", octets
    high = len(octets.translate(None, bytes(range(128))))
    if high * 4 > len(octets):
        return "base64", base64_lines(octets)
    coded = binascii.b2a_qp(octets, quotetabs=False, istext=True)
    # Neither a line that mbox files take for a separator, nor one that a careless relay takes for the end.
    coded = re.sub(rb"^From ", b"=46rom ", coded, flags=re.MULTILINE)
    return "quoted-printable", re.sub(rb"^\.", b"=2E", coded, flags=re.MULTILINE)


def _attachment(attachment: Attachment, content_id: str = "") -> list[bytes]:
    """Return header fields, empty line and content of a file; one with a content id stands within the text."""
    kind = attachment.type.lower() if _TYPE.match(attachment.type) else "application/octet-stream"
    words = []
    if kind.startswith("multipart/") or (kind.startswith("message/") and not _is_plain(attachment.data)):
        kind = "application/octet-stream"  # these must not be encoded (RFC 2046, 5.2.1), so they go as files
    if kind.startswith("text/"):
        words = _charset(attachment.data)
    method = _METHOD.search(attachment.data[:4_000]) if kind == "text/calendar" else None
    if method is not None:  # the same as in the calendar (RFC 6047, 2.4), or no program takes it for an answer
        words += [f"method={method[1].decode('ascii').upper()};"]
    name = clean_line(re.split(r"[/\\]", attachment.filename)[-1], MAX_NAME) or "attachment"
    words += parameter("name", name) if name.isascii() else []
    disposition = ["inline;" if content_id or method else "attachment;", *parameter("filename", name)]
    disposition[-1] = disposition[-1].rstrip(";")
    encoded = not kind.startswith("message/")
    return [
        _content_type([f"{kind};", *words]),
        field("Content-Disposition", disposition),
        field("Content-ID", (f"<{content_id}>",)) if content_id else b"",
        field("Content-Transfer-Encoding", ("base64" if encoded else "7bit",)),
        b"\r\n",
        base64_lines(attachment.data) if encoded else attachment.data,
    ]


def _is_plain(data: bytes) -> bool:
    """Whether octets can stand in a mail as they are: CRLF, ASCII, lines not too long."""
    if not data.isascii() or b"\0" in data:
        return False
    lines = data.split(b"\r\n")
    return max(map(len, lines)) <= MAX_LINE and not any(b"\r" in line or b"\n" in line for line in lines)


def _charset(data: bytes) -> list[str]:
    if data.isascii():
        return ["charset=us-ascii;"]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return []
    return ["charset=utf-8;"]
