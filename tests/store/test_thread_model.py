"""Whatever comes and goes, in whatever order: threads and conversations are those of a simple recomputation."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import apsw
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.store.sample import INBOX, WORK, change, envelope
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, SEEN, Flags
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox
from tui.mail.thread import Conversation
from tui.store import thread_changes
from tui.store.database import Store

T = TypeVar("T")

OTHER = Mailbox(WORK, b"Lists", "Lists")
UIDS = st.integers(1, 8)
SOME = st.lists(UIDS, min_size=1, max_size=5, unique=True)
NAMES = st.integers(0, 9)
FLAGS = st.frozensets(st.sampled_from([SEEN, FLAGGED]))
PLACES = st.sampled_from([b"INBOX", b"Lists"])

Name = tuple[bytes, int]


class ThreadMachine(RuleBasedStateMachine):
    """Stores mail that names other mail, moves it, flags it and deletes it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.paths = Paths.under(Path(self.folder.name))
        self.runner = asyncio.Runner()
        self.rows: dict[Name, Envelope] = {}
        self.hidden: set[Name] = set()
        self.waiting: set[Name] = set()
        self.threads: list[tuple[set[int], set[Name]]] = []
        """What was ever named in a thread, and its messages."""
        self.store = self.run(Store.open(self.paths))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.run(self.store.mailboxes.replace(WORK, [INBOX, OTHER]))
        self.keys = {state.mailbox.wire: state.id for state in self.run(self.store.mailboxes.all())}
        for mailbox in self.keys.values():
            self.run(self.store.mailboxes.selected(mailbox, UidValidity(7), Uid(1), 0, ModSeq(0)))

    def joined(self, name: Name, names: set[int]) -> None:
        """What shares a name is one thread."""
        messages = {name}
        for other in [each for each in self.threads if each[0] & names or name in each[1]]:
            self.threads.remove(other)
            names, messages = names | other[0], messages | other[1]
        self.threads.append((names, messages))

    def left(self, name: Name) -> None:
        for _, messages in self.threads:
            messages.discard(name)
        self.threads = [each for each in self.threads if each[1]]

    @rule(
        place=PLACES,
        mail=st.dictionaries(UIDS, st.tuples(NAMES, st.lists(NAMES, max_size=3)), min_size=1, max_size=5),
        flags=FLAGS,
        later=st.booleans(),
    )
    def add(self, place: bytes, mail: dict[int, tuple[int, list[int]]], flags: Flags, later: bool) -> None:
        batch = []
        for uid, (own, named) in mail.items():
            sent = replace(
                envelope(uid, received=(uid * 7) % 5, flags=flags),
                message_id=f"<{own}@x>" if own else "",
                in_reply_to=" ".join(f"<{name}@x>" for name in named if name),
                from_=(Address(f"Writer {uid % 3}", f"{uid % 3}@x"),),
                has_file=uid % 2 == 0,
            )
            batch.append(sent)
        at_once, thread_changes.AT_ONCE = thread_changes.AT_ONCE, 0 if later else 64  # type: ignore[misc]
        try:
            self.run(self.store.envelopes.add(self.keys[place], batch))
        finally:
            thread_changes.AT_ONCE = at_once  # type: ignore[misc]
        for sent in batch:
            name = (place, int(sent.uid))
            if name in self.rows:
                self.rows[name] = replace(self.rows[name], flags=flags)
                continue
            self.rows[name] = sent
            if later:
                self.waiting.add(name)
            else:
                self.join(name)

    def join(self, name: Name) -> None:
        sent = self.rows[name]
        told = f"{sent.message_id} {sent.in_reply_to}"
        self.joined(name, {int(word.strip("<>").partition("@")[0]) for word in told.split()})

    @rule()
    def gather(self) -> None:
        while self.run(self.store.threads.gather())[0]:
            pass
        for name in self.waiting:
            self.join(name)
        self.waiting.clear()

    @rule(place=PLACES, uids=SOME, names=st.lists(NAMES.filter(bool), min_size=1, max_size=2))
    def trace(self, place: bytes, uids: list[int], names: list[int]) -> None:
        told = {Uid(uid): [f"{name}@x" for name in names] for uid in uids}
        self.run(self.store.threads.traced(self.keys[place], list(told), told))
        for uid in uids:
            name = (place, uid)
            if name in self.rows and name not in self.waiting:
                self.joined(name, set(names))
            elif name in self.waiting:
                before = self.rows[name]
                more = " ".join(f"<{each}@x>" for each in names)
                self.rows[name] = replace(before, in_reply_to=f"{before.in_reply_to} {more}")

    @rule(place=PLACES, uids=SOME, flags=FLAGS)
    def set_flags(self, place: bytes, uids: list[int], flags: Flags) -> None:
        self.run(self.store.envelopes.set_flags(self.keys[place], {Uid(uid): flags for uid in uids}))
        for name in {(place, uid) for uid in uids} & self.rows.keys():
            self.rows[name] = replace(self.rows[name], flags=flags)

    @rule(place=PLACES, uids=SOME)
    def remove(self, place: bytes, uids: list[int]) -> None:
        self.run(self.store.envelopes.remove(self.keys[place], [Uid(uid) for uid in uids]))
        for name in {(place, uid) for uid in uids} & self.rows.keys():
            del self.rows[name]
            self.hidden.discard(name)
            self.waiting.discard(name)
            self.left(name)

    @rule(place=PLACES, uids=SOME, hidden=st.booleans())
    def hide(self, place: bytes, uids: list[int], hidden: bool) -> None:
        names = {(place, uid) for uid in uids} & self.rows.keys()
        turn = self.store.envelopes.hide if hidden else self.store.envelopes.unhide
        self.run(turn(self.keys[place], [Uid(uid) for uid in uids]))
        self.hidden = self.hidden | names if hidden else self.hidden - names

    @rule(uids=SOME)
    def archive_and_think_better_of_it(self, uids: list[int]) -> None:
        mailbox = self.keys[b"INBOX"]
        names = {(b"INBOX", uid) for uid in uids} & self.rows.keys() - self.hidden
        if not names:
            return
        moved = [Uid(uid) for _, uid in names]
        id = self.run(self.store.pending.add(change(mailbox, *moved, target=b"Lists")))
        self.hidden |= names
        self.compare()
        self.run(self.store.pending.refused(id, "no"))
        self.hidden -= names

    @rule()
    def renew(self) -> None:
        """The server's UIDs mean other messages now."""
        mailbox = self.keys[b"Lists"]
        state = self.run(self.store.mailboxes.get(mailbox))
        assert state is not None
        assert state.uidvalidity is not None
        again = UidValidity(state.uidvalidity + 1)
        self.run(self.store.mailboxes.selected(mailbox, again, Uid(1), 0, ModSeq(0)))
        for name in [name for name in self.rows if name[0] == b"Lists"]:
            del self.rows[name]
            self.hidden.discard(name)
            self.waiting.discard(name)
            self.left(name)

    def expected(self, place: bytes) -> list[tuple[Any, ...]]:
        found = []
        for _, messages in self.threads:
            names = [name for name in messages if name[0] == place and name not in self.hidden]
            rows = sorted((self.rows[name] for name in names), key=lambda row: row.key, reverse=True)
            if rows:
                people = tuple(dict.fromkeys(row.from_[0].name for row in rows))
                unread = sum(row.is_unread for row in rows)
                flagged = sum(row.is_flagged for row in rows)
                files = sum(row.has_file for row in rows)
                found.append((rows[0].key, len(rows), unread, flagged, files, people))
        return sorted(found, reverse=True)

    @invariant()
    def compare(self) -> None:
        for place, mailbox in self.keys.items():
            rows = self.run(self.store.threads.older(mailbox, None, 100))
            expected = self.expected(place)
            assert [told(row) for row in rows] == expected
            state = self.run(self.store.mailboxes.get(mailbox))
            assert state is not None
            assert state.conversations == len(expected)
            self.windows(mailbox, rows)
            for row in rows:
                uids = self.run(self.store.threads.uids(mailbox, [row.thread]))
                assert len(uids) == row.count
                assert row.head in uids

    def windows(self, mailbox: MailboxId, rows: list[Conversation]) -> None:
        threads = self.store.threads
        for index, row in enumerate(rows[:2]):
            assert self.run(threads.older(mailbox, row.key, 2)) == rows[index + 1 : index + 3]
            assert self.run(threads.newer(mailbox, row.key, 9)) == rows[:index][::-1]
            unread = [each for each in rows[index + 1 :] if each.is_unread]
            assert self.run(threads.next_unread(mailbox, row.key)) == (unread[0] if unread else None)

    @invariant()
    def nothing_is_left_behind(self) -> None:
        cache = apsw.Connection(str(self.paths.cache_file), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            lost = "NOT EXISTS (SELECT 1 FROM members m WHERE m.thread = k.thread)"
            (names,) = cache.execute(f"SELECT count(*) FROM thread_keys k WHERE {lost}").fetchall()[0]
            (members,) = cache.execute("SELECT count(*) FROM members").fetchall()[0]
        finally:
            cache.close()
        assert (names, members) == (0, len(self.rows) - len(self.waiting))


def told(row: Conversation) -> tuple[Any, ...]:
    return ((row.received, row.head), row.count, row.unread, row.flagged, row.files, row.people)


ThreadMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestThreads = ThreadMachine.TestCase
