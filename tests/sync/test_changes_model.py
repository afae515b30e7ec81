"""Whatever the user does, undoes and does again, whatever the server refuses and whenever a line is lost or the program
ends: when all is quiet the store is like the server, and both are what the user saw, but for what was refused in words.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence, Set
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import tests.servers.unsure  # noqa: F401 - registers the behaviour
from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import Box
from tests.sync.desk import Pace, server
from tui.config.paths import Paths
from tui.imap import mailboxes
from tui.imap.session import Session
from tui.mail.act import Act, ActState, Verb
from tui.mail.errors import ConnectionLost
from tui.mail.flags import DELETED, FLAGGED, SEEN, Flags
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.store.database import Store
from tui.sync.carry import Carrier
from tui.sync.changes import Changes
from tui.sync.events import ChangeRefused, Event
from tui.sync.mailbox import Mirror
from tui.sync.pending import Replay
from tui.sync.work import Rank

T = TypeVar("T")

WORK = AccountName("work")
BOXES = (b"INBOX", b"Archive", b"Sent")
MESSAGES = 4
ROADS = ("IMAP4rev1 MOVE UIDPLUS", "IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1")
IN_FORCE = (ActState.WAITING, ActState.DONE, ActState.FINAL)
KINDS = ("ok", "ok", "ok", "refuse", "busy", "before", "after", "ask")

Row = tuple[bytes, Uid]
Rows = dict[Row, tuple[str, Flags]]
"""(mailbox, UID) → Message-ID and flags of what is shown."""

View = dict[str, tuple[bytes, Flags]]
"""Message → where it is and its flags. It is called by its Message-ID, a copy with ``#`` and the act behind that."""


class DirectLine:
    """Does a job at once, on one session that is made anew when it is lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.session: Session | None = None

    async def do(self, job: Callable[[Session], Awaitable[T]], rank: Rank) -> T:
        if self.session is not None and self.session.is_alive:
            try:
                return await job(self.session)
            except ConnectionLost:
                pass  # as the work line has it: a line that died unnoticed says nothing about the job
        self.session = await Session.open(server(self._port), "secret", timeout=5)
        return await job(self.session)

    async def close(self) -> None:
        if self.session is not None:
            self.session.abort()


@dataclass
class Done:
    """What an act changed in the user's view.

    Attributes:
        effect: message → (where from, where to, flags added, flags removed).
        gone: messages deleted for good.
        copies: copy → of what; and where they are.
    """

    effect: dict[str, tuple[bytes, bytes, Flags, Flags]] = field(default_factory=dict)
    gone: Set[str] = frozenset()
    copies: dict[str, str] = field(default_factory=dict)
    target: bytes = b""


class ChangesMachine(RuleBasedStateMachine):
    """A user, a program that is ended now and then, and a server of many moods."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.events: list[Event] = []
        self.done: dict[int, Done] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(capability=st.sampled_from(ROADS))
    def begin(self, capability: str) -> None:
        self.run(self._begin(capability))

    async def _begin(self, capability: str) -> None:
        made = scripted_imap("unsure", messages=MESSAGES, capability=capability)
        self.server: ScriptedServer = await self.stack.enter_async_context(made)
        self.server.options["ask"] = self._undo_in_flight
        await self._start()
        session = await Session.open(server(self.server.port), "secret")
        await self.store.mailboxes.replace(WORK, await mailboxes.list_mailboxes(session, WORK))
        session.abort()
        self.ids = {}
        for state in await self.store.mailboxes.all(WORK):
            self.ids[state.mailbox.wire] = state.id
        await self._sync()
        self.first: View = {message: (box, flags) for (box, _), (message, flags) in (await self._rows()).items()}

    async def _start(self) -> None:
        self.store = await Store.open(Paths.under(Path(self.folder.name)))
        self.mirrors: dict[MailboxId, Mirror] = {}
        self.line = DirectLine(self.server.port)
        carrier = Carrier(self.store.pending, self._mirror)
        self.replay = Replay(
            WORK,
            self.store,
            lambda change: self.line.do(partial(carrier.carry, change), Rank.CHANGE),
            self.events.append,
            Pace(),
        )
        self.changes = Changes(WORK, self.store, self.events.append, lambda: None)

    async def _stop(self) -> None:
        await self.line.close()
        await self.store.close()

    def teardown(self) -> None:
        if hasattr(self, "server"):
            try:
                self.run(self._come_to_rest())
            finally:
                self.run(self._stop())
                self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    def _mirror(self, mailbox: MailboxId) -> Mirror:
        return self.mirrors.setdefault(mailbox, Mirror(WORK, mailbox, self.store, self.events.append))

    async def _sync(self) -> None:
        for wire in BOXES:
            mirror = self._mirror(self.ids[wire])
            mirror.doubt()
            for work in (mirror.open, mirror.settle):
                await self.line.do(work, Rank.SYNC)
            while await self.line.do(mirror.fill, Rank.SYNC):
                pass

    async def _rows(self) -> Rows:
        rows: Rows = {}
        for wire, mailbox in self.ids.items():
            for row in await self.store.envelopes.older(mailbox, None, 100):
                rows[wire, row.uid] = (row.message_id, row.flags)
        return rows

    async def _standing(self) -> View:
        """Return where everything is as the user has it, whatever of that the server knows."""
        acts = await self.store.journal.list()
        return _expected(self.first, [self.done[act.id] for act in reversed(acts) if act.state in IN_FORCE])

    async def _named(self) -> dict[Row, str]:
        """Return which message each row is, where there is no doubt; a row marked as deleted is none of the user's."""
        standing = await self._standing()
        rows = {row: message for row, (message, flags) in (await self._rows()).items() if DELETED not in flags}
        named: dict[Row, str] = {}
        for (box, uid), message in rows.items():
            same = [each for each in standing if each.partition("#")[0] == message]
            here = same if len(same) == 1 else [each for each in same if standing[each][0] == box]
            twins = [row for row, other in rows.items() if other == message and (row[0] == box or len(same) == 1)]
            if len(here) == 1 and len(twins) == 1:
                named[box, uid] = here[0]
        return named

    # The user

    async def _act(self, act: Coroutine[Any, Any, Act | None]) -> None:
        before, named = await self._rows(), await self._named()
        made = await act
        after = await self._rows()
        if made is None:
            assert before == after
            return
        note(f"act {made.id}: {made.label}")
        self.done[made.id] = _difference(before, after, named)

    @rule(box=st.sampled_from(BOXES), which=st.sets(st.integers(0, 5), min_size=1, max_size=4), on=st.booleans())
    def flag(self, box: bytes, which: set[int], on: bool) -> None:
        self.run(self._flag(box, which, FLAGGED if len(which) % 2 else SEEN, on))

    async def _flag(self, box: bytes, which: set[int], flag: str, on: bool) -> None:
        uids = await self._pick(box, which)
        await self._act(self.changes.flag(self.ids[box], uids, flag, on))

    @rule(
        box=st.sampled_from(BOXES),
        which=st.sets(st.integers(0, 5), min_size=1, max_size=4),
        to=st.sampled_from(BOXES),
    )
    def move(self, box: bytes, which: set[int], to: bytes) -> None:
        self.run(self._move(box, which, to))

    async def _move(self, box: bytes, which: set[int], target: bytes) -> None:
        uids = await self._pick(box, which, to=target)
        before, named = await self._rows(), await self._named()
        made = await self.changes.move(self.ids[box], uids, self.ids[target], Verb.MOVED)
        if made is not None:
            note(f"act {made.id}: {made.label}")
            gone = before.keys() - (await self._rows()).keys()
            assert len(gone) == made.count
            none: Flags = frozenset()
            self.done[made.id] = Done({named[row]: (box, target, none, none) for row in gone})

    @rule(
        box=st.sampled_from(BOXES),
        which=st.sets(st.integers(0, 5), min_size=1, max_size=3),
        to=st.sampled_from(BOXES),
    )
    def copy(self, box: bytes, which: set[int], to: bytes) -> None:
        self.run(self._copy(box, which, to))

    async def _copy(self, box: bytes, which: set[int], target: bytes) -> None:
        uids = await self._pick(box, which, to=target)
        before, named = await self._rows(), await self._named()
        made = await self.changes.copy(self.ids[box], uids, self.ids[target])
        assert before == await self._rows(), "what is copied stays where it is, and as it is"
        if made is not None:
            note(f"act {made.id}: {made.label}")
            assert made.count == len(uids)
            originals = [named[box, uid] for uid in uids]
            copies = {f"{each.partition('#')[0]}#{made.id}": each for each in originals}
            self.done[made.id] = Done(copies=copies, target=target)

    @rule(box=st.sampled_from(BOXES), which=st.sets(st.integers(0, 5), min_size=1, max_size=2))
    def erase(self, box: bytes, which: set[int]) -> None:
        self.run(self._erase(box, which))

    async def _erase(self, box: bytes, which: set[int]) -> None:
        uids = await self._pick(box, which)
        before, named = await self._rows(), await self._named()
        made = await self.changes.erase(self.ids[box], uids)
        if made is not None:
            note(f"act {made.id}: {made.label}")
            gone = before.keys() - (await self._rows()).keys()
            self.done[made.id] = Done(gone={named[row] for row in gone})

    async def _pick(self, box: bytes, which: set[int], to: bytes = b"") -> list[Uid]:
        """Return some rows; none whose like is where they are to go, for nobody could tell them apart then."""
        named, standing, rows = await self._named(), await self._standing(), await self._rows()
        there = {message.partition("#")[0] for message, (place, _) in standing.items() if place == to}
        there |= {message for (place, _), (message, _) in rows.items() if place == to}
        found = await self.store.envelopes.older(self.ids[box], None, 100)
        picked = [row for place, row in enumerate(found) if place in which and (box, row.uid) in named]
        return [row.uid for row in picked if row.message_id not in there or box == to]

    @rule()
    def undo(self) -> None:
        self.run(self._undo())

    async def _undo(self) -> None:
        act = await self.store.journal.newest([WORK])
        if act is not None and act.state is ActState.FINAL:
            await self.store.journal.pass_by(act.id)
        elif act is not None:
            note(f"undo {act.id}: {act.label}")
            assert await self.changes.undo(act) is not None

    async def _undo_in_flight(self) -> None:
        if (await self.store.pending.all())[0].step is not None:
            await self._undo()

    @rule()
    def redo(self) -> None:
        self.run(self._redo())

    async def _redo(self) -> None:
        act = await self.store.journal.undone([WORK])
        if act is not None:
            note(f"redo {act.id}: {act.label}")
            assert await self.changes.redo(act) is not None

    # What befalls

    @rule(plan=st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    def the_line_is_up(self, plan: list[str]) -> None:
        self.server.options["plan"] = plan
        self.run(self._drain())
        self.server.options["plan"] = []

    async def _drain(self) -> None:
        for _ in range(10):
            if await self.replay.drain() is None:
                return
            if not self.server.options["plan"]:
                return

    @rule()
    def synced(self) -> None:
        self.run(self._sync())

    @rule()
    def restart(self) -> None:
        self.run(self._stop())
        self.run(self._start())

    @rule(which=st.integers(0, MESSAGES - 1), on=st.booleans())
    def somebody_else_flags(self, which: int, on: bool) -> None:
        for box in self.server.boxes.values():
            for mail in box.mails:
                if f"<{which + 1}@example.org>".encode() in mail.raw:
                    mail.flags = mail.flags | {"$Other"} if on else mail.flags - {"$Other"}

    # What must be so

    @precondition(lambda self: hasattr(self, "ids"))
    @invariant()
    def nothing_is_shown_twice(self) -> None:
        self.run(self._nothing_is_shown_twice())

    async def _nothing_is_shown_twice(self) -> None:
        copied = Counter(each.partition("#")[0] for done in self.done.values() for each in done.copies)
        shown = Counter((box, message) for (box, _), (message, _) in (await self._rows()).items())
        assert all(count <= 1 + copied[message] for (_, message), count in shown.items())

    async def _come_to_rest(self) -> None:
        self.server.options["plan"] = []
        try:
            assert await self.replay.drain() is None
        except ConnectionLost:
            assert await self.replay.drain() is None
        assert await self.store.pending.all() == []
        await self._sync()
        rows = [(box, *known) for (box, _), known in (await self._rows()).items()]
        # the server has neither deleted them for good nor let go of the mark: they stay, and show it
        marked = Counter((box, message) for box, message, flags in rows if DELETED in flags)
        shown = [row for row in rows if DELETED not in row[2]]
        assert Counter(shown) == Counter(_on_server(self.server.boxes))
        acts = {act.id: act for act in await self.store.journal.list()}
        assert acts.keys() == self.done.keys()
        in_force = [self.done[id] for id in sorted(acts) if acts[id].state in IN_FORCE]
        doubtful = {each for done in in_force for each, source in done.copies.items() if "#" in source}
        stuck = Counter(place for act in acts.values() if act.words for place in self._stuck(self.done[act.id]))
        moody: dict[str, Flags] = {}  # the server did it, the line was lost, and then it refused to do it again
        for act in acts.values():
            for message, (_, _, added, removed) in self.done[act.id].effect.items() if act.words else ():
                moody[message] = moody.get(message, frozenset()) | added | removed
        self._compare(_expected(self.first, in_force), shown, marked, doubtful, stuck, moody)
        refused = [act for act in acts.values() if act.state is ActState.REFUSED]
        assert all(act.words for act in refused)
        told = [event for event in self.events if isinstance(event, ChangeRefused)]
        assert len(told) >= len(refused)

    def _stuck(self, done: Done) -> Iterator[tuple[bytes, str]]:
        """Yield where an act that was refused half-way may have left a copy that the server refused to delete, too."""
        for message in done.copies:
            yield done.target, message.partition("#")[0]
        for message, (before, after, _, _) in done.effect.items():
            if before != after and "MOVE" not in self.server.capability:
                yield before, message.partition("#")[0]
                yield after, message.partition("#")[0]

    @staticmethod
    def _compare(
        expected: View,
        shown: Sequence[tuple[bytes, str, Flags]],
        marked: Counter[tuple[bytes, str]],
        doubtful: Set[str],
        stuck: Counter[tuple[bytes, str]],
        moody: dict[str, Flags],
    ) -> None:
        """Hold what is shown against what must be.

        Args:
            marked: how many there are that are only marked as deleted.
            doubtful: copies of copies: the one they were made of may have been refused before, or undone since.
            stuck: how many there may be besides.
            moody: flags that messages may have or not.
        """
        wanted: dict[tuple[bytes, str], list[str]] = {}
        for message, (box, _) in expected.items():
            wanted.setdefault((box, message.partition("#")[0]), []).append(message)
        there: dict[tuple[bytes, str], list[Flags]] = {}
        for box, message, flags in shown:
            there.setdefault((box, message), []).append(flags - {"$Other"})
        for place in wanted.keys() | there.keys():
            messages, found = wanted.get(place, []), there.get(place, [])
            sure = len([each for each in messages if each not in doubtful]) - marked[place]
            assert sure <= len(found) <= len(messages) + stuck[place], (place, messages, found)
            if len(messages) == len(found) == 1 and "#" not in messages[0]:
                free = {"$Other", *moody.get(messages[0], ())}
                assert found[0] - free == expected[messages[0]][1] - free, (place, messages)


def _difference(before: Rows, after: Rows, named: dict[Row, str]) -> Done:
    done = Done()
    for row, (_, flags) in before.items():
        if row in after and after[row][1] != flags:
            now = after[row][1]
            done.effect[named[row]] = (row[0], row[0], now - flags, flags - now)
    return done


def _expected(first: View, acts: list[Done]) -> View:
    view = dict(first)
    for act in acts:
        for copy, source in act.copies.items():
            view[copy] = (act.target, view[source][1] if source in view else frozenset())
        for message, (before, after, added, removed) in act.effect.items():
            if message not in view:
                continue  # a copy that was refused
            place, flags = view[message]
            view[message] = (after if before != after else place, (flags | added) - removed)
        view = {message: known for message, known in view.items() if message not in act.gone}
    return view


def _on_server(boxes: dict[bytes, Box]) -> Iterator[tuple[bytes, str, Flags]]:
    for wire in BOXES:
        for mail in boxes[wire].mails:
            if DELETED not in mail.flags:
                message_id = mail.raw.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
                yield wire, message_id, frozenset(mail.flags)


TestChanges = ChangesMachine.TestCase
TestChanges.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
