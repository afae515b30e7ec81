"""The people at the other end: whoever is written to answers within seconds, quoting, in the same conversation."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from random import Random

from tui.demo.people import Cast, MailingList, Person
from tui.demo.smtp_server import Posted
from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.mail.quote import own_text
from tui.mail.reply import files, reply
from tui.mail.text import clean_line

log = logging.getLogger(__name__)

MAX_READ = 256 * 1024
"""Octets of a mail that a correspondent reads."""
MAX_ANSWERS = 12
"""Answers to one mail; the others are out."""
MAX_WAITING = 200
"""Answers on their way at one time."""
ABSENT = frozenset(("nobody", "refused"))
"""Local parts that no recipient has."""

Deliver = Callable[[str, bytes, str], Awaitable[None]]
"""Puts a message into a mailbox: account, wire bytes, mailbox."""


class Correspondents:
    """Everybody who is written to.

    Args:
        cast: who is who.
        deliver: where answers go.
        clock: what the time is, with its time zone.
        dice: decides who says what, and when.
        within: least and most seconds until an answer.
    """

    def __init__(
        self, cast: Cast, deliver: Deliver, clock: Callable[[], datetime], dice: Random, within: tuple[float, float]
    ) -> None:
        self._cast = cast
        self._deliver = deliver
        self._clock = clock
        self._dice = dice
        self._within = within
        self._waiting: set[asyncio.Task[None]] = set()
        self._written = 0

    def refuse(self, recipient: str) -> str:
        """Return the reply that refuses a recipient, "" for one who is known. (`tui.demo.smtp_server.Refuse`)"""
        local = recipient.rpartition("@")[0].casefold()
        return f"550 5.1.1 <{recipient}>: there is nobody of this name" if local in ABSENT else ""

    async def take(self, posted: Posted) -> None:
        """Deliver a mail to those of the user's own accounts it names, and let the others answer later."""
        message = await asyncio.to_thread(parse_message, posted.raw[:MAX_READ])
        answering = 0
        for spec in dict.fromkeys(posted.recipients):
            account = self._cast.account_of(spec)
            mailing_list = self._cast.mailing_list(spec)
            if account:
                await self._deliver(account, posted.raw, "INBOX")
            elif answering < MAX_ANSWERS and len(self._waiting) < MAX_WAITING:
                answering += 1
                if mailing_list is not None:
                    await self._post(mailing_list, posted.raw)
                    self._begin(self._answer(message, self._subscriber(posted)))
                else:
                    self._begin(self._answer(message, self._person(spec, message)))

    async def stop(self) -> None:
        """Forget the answers on their way."""
        waiting = tuple(self._waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._waiting.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[None]") -> None:
        self._waiting.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a correspondent gave up", exc_info=error)

    def _person(self, spec: str, message: Message) -> Person:
        """Return who reads mail to an address; a stranger is called as the mail says, or as the address is."""
        known = self._cast.person(spec)
        if known is not None:
            return known
        stranger = Address("", spec)
        addressed = (*message.header.addresses("To"), *message.header.addresses("Cc"))
        name = next((each.name for each in addressed if each.same_mailbox(stranger)), "")
        return Person(Address(name or re.sub(r"[._+-]+", " ", spec.rpartition("@")[0]).title()[:60], spec))

    def _subscriber(self, posted: Posted) -> Person:
        """Return who answers on a list: somebody who does not get the mail anyway."""
        addressed = {recipient.casefold() for recipient in posted.recipients}
        readers = [each for each in self._cast.people.values() if each.address.spec.casefold() not in addressed]
        return self._dice.choice(readers or list(self._cast.people.values()))

    async def _post(self, mailing_list: MailingList, raw: bytes) -> None:
        fields = "".join(f"{name}: {body}\r\n" for name, body in mailing_list.header)
        await self._deliver("work", fields.encode("utf-8") + raw, mailing_list.mailbox)

    async def _answer(self, message: Message, person: Person) -> None:
        await asyncio.sleep(self._dice.uniform(*self._within))
        raw, recipients = self._write(message, person)
        accounts = {self._cast.account_of(address.spec) for address in recipients} - {""}
        for account in sorted(accounts):
            await self._deliver(account, raw, "INBOX")

    def _write(self, message: Message, person: Person) -> tuple[bytes, tuple[Address, ...]]:
        now = self._clock()
        identity = Identity(AccountName("demo"), person.address)
        draft = reply(message, None, identity, everyone=True, own=[person.address], now=now)
        self._written += 1
        draft = replace(
            draft,
            body=self._words(message, person) + draft.body.rstrip("\n") + "\n",
            message_id=f"<answer.{self._written}.{self._dice.getrandbits(64):016x}@{person.address.domain}>",
        )
        return to_bytes(draft, date=now), draft.recipients

    def _words(self, message: Message, person: Person) -> str:
        """Return what is said above the quote."""
        enclosed = files(message)
        name = (clean_line(enclosed[0].filename, 60) or "the file") if enclosed else ""
        if person.answers:
            words = self._dice.choice(person.answers)
            return f"{words}\n\nP.S. {name} arrived whole." if name and self._dice.random() < 0.5 else words
        words = self._dice.choice(self._cast.phrases[_occasion(message, person)])
        return words.replace("{name}", person.address.name).replace("{file}", name)


def _occasion(message: Message, person: Person) -> str:
    if not person.address.domain.endswith(".example"):
        return "nobody"
    if files(message):
        return "file"
    return "question" if "?" in own_text(message).partition("\n>")[0] else "plain"
