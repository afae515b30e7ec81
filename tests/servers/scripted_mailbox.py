"""What a scripted IMAP server keeps: mailboxes with messages, and how it writes them in responses."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import getaddresses
from typing import cast

DATE = "24-Nov-2026 12:00:00 +0000"


@dataclass
class Mail:
    """A message in a mailbox."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    received: str = DATE
    thread: bytes = b""

    def envelope(self, string: "Quote | None" = None) -> bytes:
        """ENVELOPE, with strings written by the given function."""
        say = string or quoted
        message = self._parsed()
        fields = [say(_field(message, "date")), say(_field(message, "subject"))]
        writers = _field(message, "from")
        for name in ("from", "sender", "reply-to", "to", "cc", "bcc"):
            fallback = writers if name in ("sender", "reply-to") else None
            fields.append(_addresses(_field(message, name) or fallback, say))
        fields += [say(_field(message, "in-reply-to")), say(_field(message, "message-id"))]
        return b"(" + b" ".join(fields) + b")"

    def structure(self) -> bytes:
        """BODYSTRUCTURE."""
        return _structure(self._parsed())

    def section(self, name: str) -> bytes | None:
        """The octets of a section; None when there is no such part."""
        head, _, body = self.raw.partition(b"\r\n\r\n")
        if name == "":
            return self.raw
        if name == "HEADER":
            return head + b"\r\n\r\n"
        if name == "TEXT":
            return body
        if name.startswith("HEADER.FIELDS ("):
            wanted = name[15:].rstrip(")").split()
            message = self._parsed()
            fields = [f"{each}: {message[each]}\r\n" for each in wanted if message[each] is not None]
            return "".join(fields).encode() + b"\r\n"
        part = self._parsed()
        for step in name.split("."):
            children = part.get_payload() if part.is_multipart() else [part]
            assert isinstance(children, list)
            if not step.isdigit() or int(step) > len(children):
                return None
            part = cast("Message[str, str]", children[int(step) - 1])
        return _body(part)

    def _parsed(self) -> "Message[str, str]":
        return email.message_from_bytes(self.raw, policy=email.policy.compat32)


class Quote:
    """Writes a string or NIL."""

    def __call__(self, text: str | None) -> bytes:
        raise NotImplementedError


class _Quoted(Quote):
    def __call__(self, text: str | None) -> bytes:
        if text is None:
            return b"NIL"
        data = text.encode("utf-8", "surrogateescape")
        return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


class _Literal(Quote):
    def __call__(self, text: str | None) -> bytes:
        return b"NIL" if text is None else literal(text.encode("utf-8", "surrogateescape"))


quoted = _Quoted()
as_literal = _Literal()


def literal(data: bytes) -> bytes:
    """``{n}`` and the octets."""
    return b"{%d}\r\n%s" % (len(data), data)


def _field(message: "Message[str, str]", name: str) -> str | None:
    value = message.get(name)
    return None if value is None else str(value).replace("\r\n", "").replace("\n", "")


def _addresses(value: str | None, say: Quote) -> bytes:
    if not value:
        return b"NIL"
    made = []
    for name, spec in getaddresses([value]):
        local, _, domain = spec.rpartition("@")
        made.append(b"(" + b" ".join((say(name or None), b"NIL", say(local), say(domain))) + b")")
    return b"(" + b"".join(made) + b")"


def _body(part: "Message[str, str]") -> bytes:
    payload = part.get_payload()
    return str(payload).encode("utf-8", "surrogateescape") if not part.is_multipart() else b""


def _params(pairs: list[tuple[str, str]]) -> bytes:
    if not pairs:
        return b"NIL"
    return b"(" + b" ".join(quoted(name) + b" " + quoted(value) for name, value in pairs) + b")"


def _structure(part: "Message[str, str]") -> bytes:
    content = part.get_params() or []
    params = [(name, value) for name, value in content[1:] if value]
    disposition = part.get_content_disposition()
    shown = b"NIL"
    if disposition:
        filename = part.get_filename()
        shown = b"(" + quoted(disposition) + b" " + _params([("filename", filename)] if filename else []) + b")"
    if part.is_multipart():
        children = part.get_payload()
        assert isinstance(children, list)
        inside = b"".join(_structure(cast("Message[str, str]", child)) for child in children)
        return b"(" + inside + b" " + quoted(part.get_content_subtype()) + b" " + _params(params) + b" NIL NIL NIL)"
    body = _body(part)
    kind = part.get_content_maintype()
    fields = [quoted(kind), quoted(part.get_content_subtype()), _params(params), b"NIL", b"NIL"]
    fields += [quoted(str(part.get("content-transfer-encoding", "7bit"))), b"%d" % len(body)]
    if kind == "text":
        fields.append(b"%d" % body.count(b"\n"))
    return b"(" + b" ".join([*fields, b"NIL", shown, b"NIL", b"NIL"]) + b")"


@dataclass
class Box:
    """A mailbox.

    Attributes:
        attributes: as LIST shows them.
        listed: the name as LIST writes it, where that is not simply the quoted name.
    """

    name: bytes
    attributes: bytes = b""
    uidvalidity: int = 1
    uidnext: int = 1
    mails: list[Mail] = field(default_factory=list)
    listed: bytes | None = None
    subscribed: bool = True

    def add(self, raw: bytes, flags: set[str] | None = None) -> Mail:
        """Put a message in, with the next UID."""
        mail = Mail(self.uidnext, raw, flags or set())
        self.uidnext += 1
        self.mails.append(mail)
        return mail

    def chosen(self, text: str, *, by_uid: bool) -> Iterator[tuple[int, Mail]]:
        """Yield (sequence number, message) for a set as a client wrote it."""
        top = (self.mails[-1].uid if by_uid else len(self.mails)) if self.mails else 0
        wanted: list[tuple[int, int]] = []
        for piece in text.split(","):
            low, _, high = piece.partition(":")
            ends = [top if end == "*" else int(end) for end in (low, high or low)]
            wanted.append((min(ends), max(ends)))
        for sequence, mail in enumerate(list(self.mails), 1):
            number = mail.uid if by_uid else sequence
            if any(low <= number <= high for low, high in wanted):
                yield sequence, mail


def sample(number: int, subject: str = "") -> bytes:
    """A small honest message."""
    return (
        f"From: Ada Lovelace <ada@example.org>\r\nTo: Bob <bob@example.org>\r\n"
        f"Subject: {subject or f'message {number}'}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"Date: Tue, 24 Nov 2026 12:00:{number % 60:02d} +0000\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\nbody {number}\r\n"
    ).encode()
