"""Letters as wire bytes: MIME, threads and list fields, made by the standard library so that the reader meets mail
that its own writer did not make."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP

from tui.demo.files import make_file, make_invitation
from tui.demo.letters import Letter
from tui.mail.address import Address
from tui.mail.date import format_date, say_date
from tui.mail.flowed import flow
from tui.mail.noun import dataclass

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter with a date.

    Attributes:
        letter: what was written.
        sent: when, with its time zone.
        raw: the message, wire bytes.
    """

    letter: Letter
    sent: datetime
    raw: bytes


class Writer:
    """Writes letters, and knows which answers which.

    Args:
        letters: all that can be answered.
        now: what their ages are counted from, with its time zone.
    """

    def __init__(self, letters: Iterable[Letter], now: datetime) -> None:
        self._now = now
        self._known: Mapping[str, Letter] = {letter.id: letter for letter in letters if letter.id}

    def write(self, letter: Letter, *, sent: datetime | None = None, copy: int = 0) -> Mail:
        """Return a letter as wire bytes. CPU only.

        Args:
            letter: what is written.
            sent: when; None: as long before now as it says.
            copy: makes another mail of a letter that was sent before.

        Raises:
            ValueError: when it has a file that nothing makes.
        """
        sent = sent or self._now - letter.ago
        message = EmailMessage(policy=SMTP)
        message["Date"] = format_date(sent)
        message["From"] = _header_address(letter.from_)
        message["To"] = [_header_address(address) for address in letter.to]
        if letter.cc:
            message["Cc"] = [_header_address(address) for address in letter.cc]
        message["Subject"] = letter.subject
        message["Message-ID"] = message_id(letter, copy)
        original = self._known.get(letter.answers)
        if original is not None:
            message["In-Reply-To"] = message_id(original)
            message["References"] = " ".join(message_id(each) for each in self._chain(original))
        for name, body in _extra_fields(letter):
            message[name] = body
        self._fill(message, letter, sent)
        _settle_boundaries(message, message_id(letter, copy))
        return Mail(letter, sent, message.as_bytes())

    def _chain(self, letter: Letter) -> list[Letter]:
        """Return a letter and what came before it, oldest first."""
        chain = [letter]
        while (before := self._known.get(chain[0].answers)) is not None and before not in chain:
            chain.insert(0, before)
        return chain

    def _fill(self, message: EmailMessage, letter: Letter, sent: datetime) -> None:
        html = letter.html.lstrip("\n")
        if letter.text:
            self._write_text(message, letter)
            if html:
                message.add_alternative(html, subtype="html")
        else:
            message.set_content(html, subtype="html")
        for name in letter.files:
            kind, data = make_file(name)
            maintype, _, subtype = kind.partition("/")
            message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
        if letter.invite:
            invitation = make_invitation(letter.subject, _next(letter.invite, sent), letter.from_.spec)
            message.add_attachment(
                invitation, maintype="text", subtype="calendar", filename="invite.ics", params={"method": "REQUEST"}
            )

    def _write_text(self, message: EmailMessage, letter: Letter) -> None:
        text = letter.text.rstrip("\n") + "\n"
        original = self._known.get(letter.answers)
        if letter.quote and original is not None:
            text += f"\n{self._quoted(original)}"
        if letter.flowed:
            text = flow(_unwrapped(text))
        message.set_content(text, charset=letter.charset, params={"format": "flowed"} if letter.flowed else None)

    def _quoted(self, letter: Letter) -> str:
        when = say_date(int((self._now - letter.ago).timestamp()), self._now)
        lines = letter.text.strip("\n").split("\n")
        before = self._known.get(letter.answers)
        if letter.quote and before is not None:
            lines += ["", *self._quoted(before).rstrip("\n").split("\n")]
        quoted = "".join(f">{'' if line.startswith('>') else ' '}{line}".rstrip() + "\n" for line in lines)
        return f"On {when}, {letter.from_.name} wrote:\n{quoted}"


def message_id(letter: Letter, copy: int = 0) -> str:
    """Return a letter's Message-ID with its angle brackets, the same in every run.

    Args:
        letter: whose.
        copy: as with `Writer.write`.
    """
    marks = "\0".join((letter.account, letter.mailbox, letter.id, letter.from_.spec, letter.subject, str(copy)))
    digest = hashlib.sha256(marks.encode("utf-8")).hexdigest()[:20]
    return f"<{digest}@{letter.from_.domain}>"


def _next(moment: str, sent: datetime) -> datetime:
    """Return when somebody is invited to: on the next such day behind the one on which the letter was sent."""
    day, _, time = moment.partition(" ")
    hour, _, minute = time.partition(":")
    days = (_WEEKDAYS.index(day) - sent.weekday()) % 7 or 7
    return (sent + timedelta(days=days)).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def _header_address(address: Address) -> HeaderAddress:
    return HeaderAddress(display_name=address.name, addr_spec=address.spec)


def _extra_fields(letter: Letter) -> list[tuple[str, str]]:
    fields = list(letter.list.header) if letter.list is not None else []
    if letter.unsubscribe:
        fields.append(("List-Unsubscribe", f"<{letter.unsubscribe}>"))
    return fields


def _unwrapped(text: str) -> str:
    """Return a text with each of its paragraphs on one line; quoted lines stay."""
    paragraphs = text.rstrip("\n").split("\n\n")
    return "\n\n".join(
        each if each.lstrip().startswith((">", "On ")) else " ".join(each.split("\n")) for each in paragraphs
    )


def _settle_boundaries(message: EmailMessage, seed: str) -> None:
    """Give every multipart a boundary that is the same in every run."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{seed}{number}'.encode()).hexdigest()[:24]}")
