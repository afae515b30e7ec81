"""The embedded IMAP server's mailboxes: pymap's in-memory ones, made to breathe and to tell envelopes as they are.

Three things differ from pymap's own. Reading many messages leaves the loop to others every few milliseconds, because
the application runs in the same loop. ENVELOPE is made of the header as it was written (RFC 9051, 7.5.2) instead of
decoded fields, which is nearer to what servers send, and thirty times faster. And IDLE tells at once of what changed
since the command before it (RFC 2177), where pymap's own waits for the next change.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Callable, Iterable
from datetime import datetime

from pymap.backend.dict.mailbox import LoadedMessage, MailboxData, MailboxSet, Message
from pymap.concurrent import Event
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, ObjectId
from pymap.parsing.specials.flag import Flag, Wildcard
from pymap.selected import SelectedMailbox

from tui.demo.imap_content import GeneratedContent, KeptContent

BREATH = 0.004
"""Seconds of work after which the loop is left to others."""
BREATH_MESSAGES = 1000
"""Messages walked over between two looks at the clock."""
KEYWORDS = frozenset(
    {*map(Flag, (b"$Forwarded", b"$Junk", b"$NotJunk", b"$MDNSent", b"todo", b"later", b"work")), Wildcard}
)
"""Those that are told, and any other (RFC 9051, 7.1: ``\\*``)."""

Make = Callable[[], bytes]
"""Makes a generated message's octets, whenever they are asked for."""


class Breath:
    """Leaves the loop to others when it has been held for `BREATH` seconds."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    async def take(self) -> None:
        if time.monotonic() - self._since > BREATH:
            await asyncio.sleep(0)
            self._since = time.monotonic()


class DemoMessage(Message):
    """A message that is kept as it is."""

    __slots__ = ()

    breath = Breath()

    async def load_content(self, requirement: FetchRequirement) -> LoadedMessage:
        await self.breath.take()
        return KeptContent(self, requirement, self._content)


class GeneratedMessage(DemoMessage):
    """A message that is made anew each time it is read, so that tens of thousands cost next to no time and memory."""

    __slots__ = ("make",)

    def __init__(self, uid: int, received: datetime, flags: Iterable[Flag], make: Make) -> None:
        super().__init__(uid, received, flags)
        self.make = make

    async def load_content(self, requirement: FetchRequirement) -> LoadedMessage:
        await self.breath.take()
        return GeneratedContent(self, requirement, self.make())

    def kept(self) -> DemoMessage:
        """Return the same message with its content, so that it can be copied."""
        content = MessageContent.parse(self.make())
        return DemoMessage(self.uid, self.internal_date, self.permanent_flags, content=content)


class DemoMailbox(MailboxData):
    """A mailbox that takes keywords and many messages at once."""

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return super().permanent_flags | KEYWORDS

    async def append_generated(self, rows: Iterable[tuple[datetime, frozenset[Flag], Make]]) -> int:
        """Add generated messages below everything that comes later; return how many."""
        uids: list[int] = []
        breath = Breath()
        for received, flags, make in rows:
            self._max_uid += 1
            self._messages[self._max_uid] = GeneratedMessage(self._max_uid, received, flags, make)
            uids.append(self._max_uid)
            await breath.take()
        self._mod_sequences.update(uids)
        self._mod_sequences.update(())  # else each command would look at all of them again
        self._updated.set()
        return len(uids)

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        message = await super().append(append_msg, recent=recent)
        return self._own(message.uid)

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        is_behind = selected.mod_sequence != self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if is_behind else wait_on)

    async def messages(self) -> AsyncIterable[Message]:
        breath = Breath()
        async with self.messages_lock.read_lock():
            for number, message in enumerate(list(self._messages.values())):
                if number % BREATH_MESSAGES == 0:
                    await breath.take()
                yield message

    async def copy(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        self._keep(uid)
        return _owned(await super().copy(uid, destination, recent=recent), destination)

    async def move(self, uid: int, destination: MailboxData, *, recent: bool = False) -> int | None:
        self._keep(uid)
        return _owned(await super().move(uid, destination, recent=recent), destination)

    def _keep(self, uid: int) -> None:
        message = self._messages.get(uid)
        if isinstance(message, GeneratedMessage):
            self._messages[uid] = message.kept()

    def _own(self, uid: int) -> Message:
        """Put our kind of message in the place of one that pymap made."""
        self._messages[uid] = own = DemoMessage.copy(self._messages[uid], recent=self._messages[uid].recent)
        return own


def _owned(uid: int | None, mailbox: MailboxData) -> int | None:
    if uid is not None and isinstance(mailbox, DemoMailbox):
        mailbox._own(uid)
    return uid


class DemoMailboxes(MailboxSet):
    """All mailboxes of one user."""

    def __init__(self) -> None:
        super().__init__()
        self._inbox: MailboxData = DemoMailbox(self._content_cache, self._thread_cache)

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._set:
            raise ValueError(name)
        async with self._set_lock.write_lock():
            self._set[name] = made = DemoMailbox(self._content_cache, self._thread_cache)
            return made.mailbox_id
