"""Whatever happens to a mailbox, its counts and windows are those of a simple model."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.store.sample import INBOX, WORK, change, envelope
from tui.config.paths import Paths
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, SEEN, Flags
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.store.database import Store
from tui.store.pending import Change

T = TypeVar("T")

UIDS = st.integers(1, 6).map(Uid)
SOME = st.lists(UIDS, min_size=1, max_size=4)
ASIDE = "tidings-until-20301128T0800Z"
FLAGS = st.frozensets(st.sampled_from([SEEN, FLAGGED, "later", ASIDE, "tidings-remind-20301128T0800Z"]))


@dataclass
class Row:
    envelope: Envelope
    hidden: bool = False

    @property
    def is_shown(self) -> bool:
        return not self.hidden and ASIDE not in self.envelope.flags


def received(uid: int) -> int:
    return (uid * 7) % 5  # many rows of one second, and an order that is not that of the UIDs


class MailboxMachine(RuleBasedStateMachine):
    """Does to the store and to a dict what the server and the user may do."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.paths = Paths.under(Path(self.folder.name))
        self.runner = asyncio.Runner()
        self.rows: dict[Uid, Row] = {}
        self.pending: list[Change] = []
        self.store = self.run(Store.open(self.paths))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.run(self.store.mailboxes.replace(WORK, [INBOX]))
        self.mailbox: MailboxId = self.run(self.store.mailboxes.all())[0].id
        self.run(self.store.mailboxes.selected(self.mailbox, UidValidity(7), Uid(1), 0, ModSeq(0)))
        self.add([Uid(1), Uid(2), Uid(3), Uid(4)], frozenset())

    def overlaid(self, uid: Uid, flags: Flags) -> Flags:
        for each in self.pending:
            if uid in each.uids:
                flags = (flags | each.add) - each.remove
        return flags

    def shown(self) -> list[Envelope]:
        rows = [row.envelope for row in self.rows.values() if row.is_shown]
        return sorted(rows, key=lambda row: row.key, reverse=True)

    @rule(uids=SOME, flags=FLAGS)
    def add(self, uids: list[Uid], flags: Flags) -> None:
        batch = [envelope(uid, received=received(uid), flags=flags) for uid in dict.fromkeys(uids)]
        new = self.run(self.store.envelopes.add(self.mailbox, batch))
        assert set(new) == set(uids) - self.rows.keys()
        for each in batch:
            moved = any(each.uid in change.uids and change.target for change in self.pending)
            row = self.rows.setdefault(each.uid, Row(each, moved))
            row.envelope = replace(row.envelope, flags=self.overlaid(each.uid, flags))

    @rule(flags=st.dictionaries(UIDS, FLAGS, max_size=6))
    def set_flags(self, flags: dict[Uid, Flags]) -> None:
        changed: set[Uid] = set()
        before = {row.uid for row in self.shown()}
        for uid, theirs in flags.items():
            row = self.rows.get(uid)
            if row is not None and row.envelope.flags != self.overlaid(uid, theirs):
                row.envelope = replace(row.envelope, flags=self.overlaid(uid, theirs))
                changed.add(uid)
        now = {row.uid for row in self.shown()}
        taken = self.run(self.store.envelopes.set_flags(self.mailbox, flags))
        stay = {uid for uid, row in self.rows.items() if not row.hidden} - (before ^ now)
        assert set(taken.changed) == changed & stay
        assert set(taken.left) == before - now
        assert set(taken.came) == now - before

    @rule(uids=SOME, add=FLAGS, remove=FLAGS)
    def change_flags(self, uids: list[Uid], add: Flags, remove: Flags) -> None:
        self.run(self.store.envelopes.change_flags(self.mailbox, uids, add, remove))
        added = replace(change(self.mailbox, *uids), add=add, remove=remove)
        self.pending.append(replace(added, id=self.run(self.store.pending.add(added))))
        for uid in set(uids) & self.rows.keys():
            row = self.rows[uid].envelope
            self.rows[uid].envelope = replace(row, flags=(row.flags | add) - remove)

    @rule(uids=SOME)
    def move(self, uids: list[Uid]) -> None:
        wanted = [uid for uid in uids if uid not in self.rows or self.rows[uid].is_shown]
        hidden = self.run(self.store.envelopes.hide(self.mailbox, wanted))
        assert set(hidden) == set(wanted) & self.rows.keys()
        added = change(self.mailbox, *hidden, target=b"Archive")
        self.pending.append(replace(added, id=self.run(self.store.pending.add(added))))
        for uid in hidden:
            self.rows[uid].hidden = True

    @precondition(lambda self: self.pending)
    @rule(refused=st.booleans())
    def replay(self, refused: bool) -> None:
        done = self.pending.pop(0)
        if done.target and refused:
            shown = self.run(self.store.envelopes.unhide(self.mailbox, done.uids))
            for uid in set(done.uids) & self.rows.keys():
                self.rows[uid].hidden = False
            assert set(shown) <= {uid for uid in done.uids if uid in self.rows and self.rows[uid].is_shown}
        elif done.target:
            self.forget(self.run(self.store.envelopes.remove(self.mailbox, done.uids)), done.uids)
        self.run(self.store.pending.done(done.id))

    def forget(self, removed: list[Uid], wanted: "list[Uid] | tuple[Uid, ...]") -> None:
        assert set(removed) == set(wanted) & self.rows.keys()
        for uid in removed:
            del self.rows[uid]

    @rule(uids=SOME)
    def remove(self, uids: list[Uid]) -> None:
        self.forget(self.run(self.store.envelopes.remove(self.mailbox, uids)), uids)

    @rule(low=UIDS, high=UIDS, first=UIDS, last=UIDS)
    def keep_only(self, low: Uid, high: Uid, first: Uid, last: Uid) -> None:
        ranges = [(first, last)] if first <= last else []
        removed = self.run(self.store.envelopes.keep_only(self.mailbox, ranges, low, high))
        self.forget(removed, [uid for uid in self.rows if low <= uid <= high and not first <= uid <= last])

    @rule()
    def crash_and_open(self) -> None:
        self.run(self.store.close())
        self.store = self.run(Store.open(self.paths))
        moved = {uid for each in self.pending if each.target for uid in each.uids}
        for uid, row in self.rows.items():
            row.hidden = uid in moved
            row.envelope = replace(row.envelope, flags=self.overlaid(uid, row.envelope.flags))

    @invariant()
    def counts_are_right(self) -> None:
        if not hasattr(self, "mailbox"):
            return
        state = self.run(self.store.mailboxes.get(self.mailbox))
        assert state is not None
        shown = self.shown()
        assert (state.held, state.unread) == (len(shown), sum(row.is_unread for row in shown))

    @invariant()
    def windows_are_right(self) -> None:
        if not hasattr(self, "mailbox"):
            return
        expected = [replace(row, structure=None) for row in self.shown()]
        for read, order in ((self.store.envelopes.older, expected), (self.store.envelopes.newer, expected[::-1])):
            found: list[Envelope] = []
            while page := self.run(read(self.mailbox, found[-1].key if found else None, 3)):
                found += page
            assert found == order
        unread = next((row for row in expected if row.is_unread), None)
        assert self.run(self.store.envelopes.next_unread(self.mailbox, None)) == unread
        assert self.run(self.store.envelopes.uids(self.mailbox)) == sorted(self.rows)


TestMailbox = MailboxMachine.TestCase
TestMailbox.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
