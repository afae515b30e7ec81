"""Messages for reading: from the store, else from the server, and then in the store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tui.imap import fetch
from tui.imap.session import Session
from tui.imap.structure import of as structure_of
from tui.mail.errors import ConnectionLost, MailboxNotFound, MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.message import Header, Message
from tui.mail.parse import decode_part, decode_text, parse_message
from tui.mail.part import Part
from tui.mail.text import clean_line
from tui.render.message import wanted_sections
from tui.render.parts import human_size
from tui.store.database import Store
from tui.sync.errands import Fits, Job, Result
from tui.sync.events import Event, MessagesChanged
from tui.sync.mailbox import Mirror
from tui.sync.work import Rank, WorkLine

READ_LIMIT = 8 * 1024 * 1024
"""Octets of a text that are fetched for reading; of a longer one this is its beginning, and it is not kept."""
SAVE_LIMIT = 512 * 1024 * 1024
"""Octets above which a part or a message is not fetched at all."""
SPARING_LIMIT = 256 * 1024
"""Octets of a text above which it is not fetched for reading where the line is slow or dear; saving it asks."""
SHORT_HEADER = 8 * 1024
"""Octets of a header that is parsed at once: a millisecond."""
SNIPPET = 200
"""Characters of a text kept for the list."""
LOOKED_AT = (600, 4096)
"""Octets of a text that are looked at for them: a little first, for that is nearly always enough."""


class Reader:
    """Reads messages of one account. Everything is fetched by PEEK: reading alone marks nothing.

    Args:
        account: whose.
        store: looked into first.
        source: where the rest comes from.
        emit: told of new snippets.
        sparing: the line is slow or dear: of a message that has a plain text, only that is fetched.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        source: "Source",
        emit: Callable[[Event], None],
        *,
        sparing: bool = False,
    ) -> None:
        self._account = account
        self._store = store
        self._source = source
        self._emit = emit
        self._sparing = sparing and not source.is_here

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        """Return a message with what is needed to read it.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        envelope, here = await asyncio.gather(
            self._store.envelopes.get(mailbox, uid), self._store.bodies.get(mailbox, uid)
        )
        if envelope is None:
            raise MailboxNotFound("This message is gone.")
        structure = structure_of(envelope)
        if structure is None:
            return await asyncio.to_thread(parse_message, await self.source(mailbox, uid))
        bodies = await self._bodies(mailbox, uid, ["HEADER", *self._wanted(structure)], here=here)
        octets = bodies.pop("HEADER", b"")
        short = len(octets) <= SHORT_HEADER  # a thread takes longer to answer than such a one to be parsed
        header = Header.parse(octets) if short else await asyncio.to_thread(Header.parse, octets)
        message = Message(header, structure, bodies)
        if not envelope.snippet:
            await self._note_snippet(mailbox, uid, message)
        return message

    def _wanted(self, structure: Part) -> list[str]:
        sections = wanted_sections(structure)
        if not self._sparing:
            return sections
        texts = [part for part in structure.leaves() if part.section in sections and part.size <= SPARING_LIMIT]
        plain = [part.section for part in texts if part.type == "text/plain"]
        return plain or [part.section for part in texts]

    async def part(self, mailbox: MailboxId, uid: Uid, part: Part) -> bytes:
        """Return the decoded content of one part.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        _check_size("This part", part.size)
        bodies = await self._bodies(mailbox, uid, [part.section], limit=SAVE_LIMIT)
        if part.section not in bodies:
            raise MailboxNotFound("The server has this part no longer.")
        return await asyncio.to_thread(decode_part, part, bodies[part.section])

    async def source(self, mailbox: MailboxId, uid: Uid) -> bytes:
        """Return the whole message as it came, wire bytes.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        envelope = await self._store.envelopes.get(mailbox, uid)
        _check_size("This message", envelope.size if envelope is not None else 0)
        return (await self._bodies(mailbox, uid, [""], limit=SAVE_LIMIT)).get("", b"")

    async def _bodies(
        self,
        mailbox: MailboxId,
        uid: Uid,
        sections: Sequence[str],
        limit: int = READ_LIMIT,
        rank: Rank = Rank.READING,
        here: dict[str, bytes] | None = None,
    ) -> dict[str, bytes]:
        bodies = here if here is not None else await self._store.bodies.get(mailbox, uid)
        missing = [section for section in sections if section not in bodies]
        if not missing:
            return bodies

        fetched = await self._source.sections(mailbox, uid, missing, limit, rank)
        if not fetched:
            raise MailboxNotFound("The server has this message no longer.", cure="$ looks again.")
        if not self._source.is_here:
            whole = {section: octets for section, octets in fetched.items() if len(octets) < limit}
            await self._store.bodies.put(mailbox, uid, whole)
        return {**bodies, **fetched}

    async def _note_snippet(self, mailbox: MailboxId, uid: Uid, message: Message) -> None:
        if await self._write_snippet(mailbox, uid, message):
            self._emit(MessagesChanged(self._account, mailbox, (uid,)))

    async def _write_snippet(self, mailbox: MailboxId, uid: Uid, message: Message) -> bool:
        words = await asyncio.to_thread(first_words, message)
        if words:
            await self._store.envelopes.set_snippet(mailbox, uid, words)
        return bool(words)


def _check_size(what: str, octets: int) -> None:
    if octets > SAVE_LIMIT:
        raise MailError(
            f"{what} is {human_size(octets)} long: more than is fetched at once.",
            cure="Another program may fetch it in pieces.",
        )


def first_words(message: Message) -> str:
    """Return the first words of a message's plain text, for the list; "" when there are none."""
    for part in message.structure.leaves():
        if part.type == "text/plain" and message.has(part):
            words = ""
            for most in LOOKED_AT:
                lines = decode_text(part, message.bodies[part.section][:most]).splitlines()
                words = " ".join(line for line in lines if line.strip() and not line.startswith(">"))
                if len(words) >= SNIPPET:
                    break
            return clean_line(words, SNIPPET)
    return ""


class Source(Protocol):
    """Where messages are that are not in the cache.

    Attributes:
        is_here: it is on this machine: what came from it need not be kept a second time.
    """

    is_here: bool

    async def sections(
        self, mailbox: MailboxId, uid: Uid, sections: Sequence[str], limit: int, rank: Rank
    ) -> dict[str, bytes]:
        """Return sections of a message, by their numbers; nothing when it is gone.

        Args:
            limit: octets of each; of a larger one the beginning, where it is to be read and not to be saved.
            rank: how urgent it is.

        Raises:
            MailError: when it cannot be had.
        """


class Lend(Protocol):
    """Does a job on another line than the one for work: see `tui.sync.watch.Watch.lend`."""

    def __call__(self, job: Job[Result], fits: Fits) -> Awaitable[Result | None]: ...


class ServerSource:
    """An IMAP server.

    What the user waits for takes one round trip wherever a line has the mailbox open: the one for work where it is
    free, else the one that waits for news, else beside what is being fetched on the one for work.

    Args:
        line: to it, for work.
        mirror: gives the mirror of a mailbox.
        lend: does something on the line that waits for news.
    """

    is_here = False

    def __init__(self, line: WorkLine, mirror: Callable[[MailboxId], Mirror], lend: Lend) -> None:
        self._line = line
        self._mirror = mirror
        self._lend = lend

    async def sections(
        self, mailbox: MailboxId, uid: Uid, sections: Sequence[str], limit: int, rank: Rank
    ) -> dict[str, bytes]:
        """See `Source`."""
        mirror = self._mirror(mailbox)
        is_cut = limit <= READ_LIMIT

        def is_open(session: Session) -> bool:
            return mirror.is_reachable(session, uid)

        async def ask(session: Session) -> dict[str, bytes]:
            return await fetch.parts(session, uid, sections, limit=limit, is_cut=is_cut)

        async def read(session: Session) -> dict[str, bytes]:
            if is_open(session):
                return await ask(session)
            return await fetch.parts_behind(
                session, uid, sections, lambda: mirror.select(session), limit=limit, is_cut=is_cut
            )

        try:
            if rank is Rank.READING:
                free = self._line.at_leisure
                if is_cut and not (free is not None and is_open(free)):
                    lent = await self._lend(ask, is_open)
                    if lent is not None:
                        return lent
                found = await self._beside(uid, sections, limit, is_open)
                if found is not None:
                    return found
            return await self._line.do(read, rank)
        except ConnectionLost as error:
            words = f"This is not kept on this machine, and the server cannot be asked. {error.message}"
            raise type(error)(words, cure=error.cure) from None

    async def _beside(
        self, uid: Uid, sections: Sequence[str], limit: int, is_open: Callable[[Session], bool]
    ) -> dict[str, bytes] | None:
        working = self._line.at_work
        if working is None or not is_open(working):
            return None
        try:
            return await fetch.parts_beside(working, uid, sections, limit=limit, is_cut=limit <= READ_LIMIT)
        except ConnectionLost:
            return None  # it was lost under what was done on it; that says nothing about this
