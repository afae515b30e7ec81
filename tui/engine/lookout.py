"""Watching mailboxes of an account by IMAP and telling every mail once; without a store.

What was told last is a UID (`Place`), so that neither a line that is cut nor a server that restarts loses or repeats a
mail. One mailbox is kept under IDLE. Of several the server tells on one line where it has NOTIFY (RFC 5465); else each
of the first few has a line of its own, and the others are counted (STATUS) every ``sync.poll`` seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from tui.config.model import SyncConfig
from tui.engine.bookmark import Bookmark
from tui.imap import fetch, search
from tui.imap.criteria import asks_for_texts, criteria
from tui.imap.mailboxes import Selected, list_mailboxes, select, status
from tui.imap.notify import ask_for_all
from tui.imap.responses import Counted, Exists, NamesChanged, Overflowed, Untagged
from tui.imap.session import Session
from tui.mail.envelope import Envelope
from tui.mail.errors import ConfigError, MailboxNotFound
from tui.mail.ids import AccountName, Uid
from tui.mail.mailbox import Mailbox, Role
from tui.mail.matching import Item, matches, matches_head
from tui.mail.noun import dataclass
from tui.mail.parse import parse_message
from tui.mail.query import Node, Received
from tui.sync.events import LinkState
from tui.sync.watch import CALM, MOST_CALM, Connect, Watch

MOST_LINES = 4
"""Connections to one account at the same time; servers commonly allow 10 to 15, and other programs need some."""
MOST_TEXT = 16 * 1024 * 1024
"""Octets of a message whose text is looked into."""
TEXT_WIDTH = 1000

Connector = Callable[[Callable[[Untagged], None]], Awaitable[Session]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that came.

    Attributes:
        uidvalidity: of the mailbox, None where the server's UIDs do not last.
        is_wanted: the query finds it, and it is not from before the time that was asked for.
    """

    mailbox: Mailbox
    uidvalidity: int | None
    envelope: Envelope
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be told.

    Attributes:
        mailboxes: names, or what mailboxes are for; empty for INBOX.
        query: only what it finds; None for everything.
        since: what came from then on, seconds since 1970 UTC; None: what comes from now on.
        bookmark: where the last watch ended; None: there is none.
    """

    mailboxes: Sequence[str] = ()
    query: Node | None = None
    since: float | None = None
    bookmark: Bookmark | None = None


@dataclass(slots=True)
class Place:
    """A mailbox, and how far it has been told.

    Attributes:
        uidvalidity, highest: of the last mail that was told of; `highest` is None before the first look.
    """

    mailbox: Mailbox
    uidvalidity: int | None = None
    highest: int | None = None


class Lookout:
    """Watches one account.

    Args:
        account: its name.
        wanted: what is to be told.
        connect: opens a session.
        settings: times.
        told: given every mail once, in the order of its mailbox, also one that is not wanted.
        changed: told the state of a line and the mailboxes it is for, "" for all of the account.
        warned: given a sentence about something that cannot be as it should.
    """

    def __init__(
        self,
        account: AccountName,
        wanted: Wanted,
        connect: Connector,
        settings: SyncConfig,
        told: Callable[[Arrival], None],
        changed: Callable[[str, LinkState], None],
        warned: Callable[[str], None],
    ) -> None:
        self.account = account
        self.wanted = wanted
        self.told = told
        self.warned = warned
        self._connect = connect
        self._settings = settings
        self._changed = changed
        self._lines: list[_Line] = []
        self._group: asyncio.TaskGroup

    async def run(self) -> None:
        """Watch until cancelled. Never raises a `MailError`."""
        async with asyncio.TaskGroup() as self._group:
            self.spread(None, "")

    def spread(self, places: list[Place] | None, label: str) -> None:
        """Begin another line, for these mailboxes."""
        line = _Line(self, places)
        watch = Watch(
            line.connector(self._connect),
            line,
            self._settings,
            lambda state: self._changed(label, state),
            most_calm=0.0,
        )
        line.watch = watch
        self._lines.append(line)
        self._group.create_task(watch.run())
        self._group.create_task(line.count_again(float(self._settings.poll)))

    def awoke(self) -> None:
        """The machine has slept."""
        for line in self._lines:
            line.watch.awoke()


class _Line:
    """One connection's observer (`tui.sync.watch.Observer`): the first mailbox is selected, the others are counted.

    Args:
        lookout: whose line it is.
        places: mailboxes; None: found out when the line is up.
    """

    def __init__(self, lookout: Lookout, places: list[Place] | None) -> None:
        self._lookout = lookout
        self._places = places
        self._was_spread = places is not None
        self._notice: Callable[[Untagged], None] = lambda untagged: None
        self._calm = 0.0
        self.watch: Watch

    def connector(self, connect: Connector) -> Connect:
        """Return what connects, and learns where a notice goes."""

        async def connected(notice: Callable[[Untagged], None]) -> Session:
            def noticed(untagged: Untagged) -> None:
                notice(untagged)
                if isinstance(untagged, Counted) and self._is_new(untagged):
                    self.watch.look_now()  # IDLE is about the mailbox that is selected

            self._notice = notice
            return await connect(noticed)

        return connected

    async def count_again(self, every: float) -> None:
        """Have the mailboxes that are not selected counted every few seconds, also where NOTIFY should tell of them."""
        while True:
            await asyncio.sleep(every)
            if self._places and len(self._places) > 1 and self.watch.link.link.is_up:
                self._notice(NamesChanged())
                self.watch.look_now()

    async def opened(self, session: Session) -> None:
        if self._places is None:
            self._places = await self._found(session)
        if len(self._places) > 1:
            pushed = await ask_for_all(session)
            if not pushed and not self._was_spread:
                self._was_spread = True
                alone = self._places[1:MOST_LINES]
                self._places = [self._places[0], *self._places[MOST_LINES:]]
                for place in alone:
                    self._lookout.spread([place], place.mailbox.name)
        for place in reversed(self._places):
            await self._visit(session, place)

    def _is_new(self, counted: Counted) -> bool:
        for place in self._places or ():
            if place.mailbox.wire == counted.wire:
                uidnext = counted.status.uidnext
                return uidnext is None or place.highest is None or uidnext > place.highest + 1
        return False

    async def _found(self, session: Session) -> list[Place]:
        account = self._lookout.account
        if not self._lookout.wanted.mailboxes:
            return [Place(Mailbox(account, b"INBOX", "INBOX", "", Role.INBOX))]
        listed = [mailbox for mailbox in await list_mailboxes(session, account) if mailbox.selectable]
        found: dict[bytes, Place] = {}
        for name in self._lookout.wanted.mailboxes:
            mailbox = named(listed, name)
            if mailbox is None:
                raise ConfigError(f"{account} has no mailbox “{name}”.", cure="tidings mailboxes lists them.")
            found.setdefault(mailbox.wire, Place(mailbox))
        return list(found.values())

    async def noticed(self, session: Session, seen: list[Untagged]) -> None:
        assert self._places is not None
        first, *others = self._places
        due: list[Place] = []
        if any(isinstance(each, NamesChanged | Overflowed) for each in seen):
            due = [place for place in others if await self._has_new(session, place)]
        counted = {each.wire for each in seen if isinstance(each, Counted) and self._is_new(each)}
        due += [place for place in others if place.mailbox.wire in counted and place not in due]
        told = 0
        for place in due:
            told += await self._visit(session, place)
        if due:
            told += await self._visit(session, first)
        elif any(isinstance(each, Exists) for each in seen):
            told += await self._fetch(session, first)
        self._calm = 0.0 if told else min(MOST_CALM, self._calm * 2 or CALM)
        if self._calm > CALM:  # a server that talks without end, and of nothing new
            await asyncio.sleep(self._calm)

    async def _has_new(self, session: Session, place: Place) -> bool:
        try:
            found = await status(session, place.mailbox.wire)
        except MailboxNotFound:
            return False
        return (
            place.highest is None
            or found.uidnext is None
            or found.uidnext > place.highest + 1
            or found.uidvalidity != place.uidvalidity
        )

    async def _visit(self, session: Session, place: Place) -> int:
        """Select a mailbox and tell what is new; return how much."""
        try:
            selected = await select(session, place.mailbox.wire, read_only=True)
        except MailboxNotFound as error:
            assert self._places is not None
            if place is self._places[0]:
                raise
            self._lookout.warned(f"{place.mailbox.name}: {error.message}")
            return 0
        if place.highest is None:
            place.uidvalidity, place.highest = selected.uidvalidity, await self._start(session, place.mailbox, selected)
            self._mark(place)
        elif selected.uidvalidity != place.uidvalidity:
            self._lookout.warned(f"{place.mailbox.name} was made anew on the server; what comes from now on is told")
            place.uidvalidity, place.highest = selected.uidvalidity, await _top(session, selected)
            self._mark(place)
        if selected.uidnext is not None and selected.uidnext <= place.highest + 1:
            return 0
        return await self._fetch(session, place)

    def _mark(self, place: Place) -> None:
        bookmark = self._lookout.wanted.bookmark
        if bookmark is not None and place.highest is not None:
            bookmark.tell(self._lookout.account, place.mailbox.wire, place.uidvalidity, place.highest)

    async def _start(self, session: Session, mailbox: Mailbox, selected: Selected) -> int:
        """Return the UID up to which everything has been told, or is not to be."""
        wanted = self._lookout.wanted
        known = wanted.bookmark.place(self._lookout.account, mailbox.wire) if wanted.bookmark is not None else None
        if known is not None:
            if known[0] == selected.uidvalidity:
                return known[1]
            self._lookout.warned(f"{mailbox.name} was made anew on the server; what comes from now on is told")
        top = await _top(session, selected)
        if wanted.since is None:
            return top
        day = datetime.fromtimestamp(wanted.since - 86_400, UTC)  # the server's days may be others
        asked = criteria(Received(int(wanted.since), None, (day.year, day.month, day.day), None), mailbox)
        ranges = await search.find(session, asked) if asked is not None else []
        return min([low - 1 for low, _ in ranges], default=top)

    async def _fetch(self, session: Session, place: Place) -> int:
        wanted = self._lookout.wanted
        high = place.highest or 0
        late: list[Envelope] = []
        count = 0
        async for batch in fetch.envelopes(session, f"{high + 1}:*"):
            for envelope in sorted(batch, key=lambda envelope: envelope.uid):
                if envelope.uid <= high:
                    continue
                if asks_for_texts(wanted.query):
                    late.append(envelope)  # texts cannot be asked for while rows are coming
                else:
                    count += self._tell(place, envelope, None)
        for envelope in late:
            item = Item(envelope, place.mailbox)
            body = await _text(session, envelope.uid) if matches_head(wanted.query, item) is None else None
            count += self._tell(place, envelope, body)
        return count

    def _tell(self, place: Place, envelope: Envelope, body: str | None) -> int:
        wanted = self._lookout.wanted
        place.highest = max(place.highest or 0, envelope.uid)
        is_wanted = (wanted.since is None or envelope.received >= wanted.since) and matches(
            wanted.query, Item(envelope, place.mailbox, body)
        )
        self._lookout.told(Arrival(place.mailbox, place.uidvalidity, envelope, is_wanted))
        return 1


def named(mailboxes: Sequence[Mailbox], name: str) -> Mailbox | None:
    """Return the mailbox of this name, or what is for it: ``inbox``, ``archive``; None when there is none."""
    exact = [each for each in mailboxes if each.name == name]
    for_it = [each for each in mailboxes if each.role is not None and each.role.value == name.lower()]
    loose = [each for each in mailboxes if each.name.casefold() == name.casefold()]
    return next(iter([*exact, *for_it, *loose]), None)


async def _top(session: Session, selected: Selected) -> int:
    if selected.uidnext is not None:
        return selected.uidnext - 1
    if not selected.exists:
        return 0
    return max([uid async for batch in fetch.flags(session, "*") for uid, _ in batch], default=Uid(0))


async def _text(session: Session, uid: Uid) -> str | None:
    """Return the text of a message as it is read, None when it is too large or gone."""
    from tui.render.message import as_text, render_message  # noqa: PLC0415 - late: start-up time, memory

    raw = (await fetch.parts(session, uid, [""], limit=MOST_TEXT)).get("")
    if raw is None:
        return None
    message = await asyncio.to_thread(parse_message, raw)
    return as_text(await asyncio.to_thread(render_message, message, TEXT_WIDTH))
