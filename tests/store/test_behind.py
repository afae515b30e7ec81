"""An act on thousands: what is on the screen at once, the rest in slices, all of it whatever comes between."""

import pytest

from tests.store.sample import INBOX, READ, WORK, envelope
from tui.config.paths import Paths
from tui.mail.act import Verb
from tui.mail.flags import FLAGGED, NO_FLAGS, Flags
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store import shown
from tui.store.behind import AT_ONCE, SLICE, Behind
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.store.pending import Change, ChangeKind

COUNT = AT_ONCE + SLICE + 200
ALL = [Uid(uid) for uid in range(1, COUNT + 1)]
FLAG: Flags = frozenset({FLAGGED})
ARCHIVE = Mailbox(WORK, b"Archive", "Archive", "/", Role.ARCHIVE)


async def filled(paths: Paths) -> tuple[Store, MailboxState]:
    """Return a store with unread messages in INBOX."""
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX, ARCHIVE])
    for state in await store.mailboxes.all():
        await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    inbox = await store.mailboxes.by_role(WORK, Role.INBOX)
    assert inbox is not None
    await store.envelopes.add(inbox.id, [envelope(uid) for uid in ALL])
    return store, inbox


async def unread(store: Store) -> tuple[int, int]:
    """Return how many rows of INBOX are unread, as counted and as they are."""
    inbox = await store.mailboxes.by_role(WORK, Role.INBOX)
    assert inbox is not None
    return inbox.unread, len(await store.envelopes.unread(inbox.id))


async def follow(store: Store) -> list[Uid]:
    """Return the rows that were shown otherwise, in the order of the slices."""
    told: list[Uid] = []
    while (effects := await store.journal.follow()) is not None:
        for uids in effects.changed.values():
            assert len(uids) <= SLICE
            told += uids
    assert not store.journal.behind.is_set()
    return told


async def test_what_is_on_the_screen_is_shown_at_once_and_the_rest_follows(paths: Paths) -> None:
    store, inbox = await filled(paths)
    store.journal.sight = lambda: (inbox.id, [Uid(uid) for uid in range(400, 440)])
    turned = await store.journal.flags(inbox, ALL, READ, NO_FLAGS, Verb.READ)
    assert turned.act is not None
    assert turned.act.count == COUNT
    first = turned.effects.changed[inbox.id]
    assert {*range(400, 440), COUNT, COUNT - 1} <= {*first}
    assert len(first) == AT_ONCE
    assert await unread(store) == (COUNT - AT_ONCE, COUNT - AT_ONCE)
    assert await store.pending.waiting() == {WORK: COUNT}
    assert store.journal.behind.is_set()
    told = await follow(store)
    assert sorted([*first, *told]) == ALL
    assert told[0] > told[-1], "the newest follow first"
    assert await unread(store) == (0, 0)
    assert await store.pending.flagged(inbox.id) == ALL
    await store.close()


async def test_an_end_in_between_loses_nothing(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    store, inbox = await filled(paths)
    archive = await store.mailboxes.by_role(WORK, Role.ARCHIVE)
    assert archive is not None
    await store.journal.flags(inbox, ALL, READ, NO_FLAGS, Verb.READ)
    turned = await store.journal.move(inbox, ALL[:-5], archive, Verb.ARCHIVED)
    assert turned.act is not None
    await store.close()
    with monkeypatch.context() as watched:
        watched.setattr(shown, "refresh", None)  # no row is looked at before the first screen
        watched.setattr("tui.store.startup.read_changes", None)  # nor what waits
        store = await Store.open(paths)
    assert store.journal.behind.is_set()
    await follow(store)
    assert [row.uid for row in await store.envelopes.older(inbox.id, None, COUNT)] == ALL[:-6:-1]
    known = await store.mailboxes.get(inbox.id)
    assert known is not None
    assert (known.held, known.unread) == (5, 0)
    await store.journal.undo(turned.act.id)
    await store.close()
    store = await Store.open(paths)
    await follow(store)
    known = await store.mailboxes.get(inbox.id)
    assert known is not None
    assert (known.held, known.unread) == (COUNT, 0)
    await store.close()


async def test_the_next_act_goes_by_what_was_done_and_not_by_what_is_shown_yet(paths: Paths) -> None:
    store, inbox = await filled(paths)
    await store.journal.flags(inbox, ALL, READ, NO_FLAGS, Verb.READ)
    turned = await store.journal.flags(inbox, ALL[:2], NO_FLAGS, READ, Verb.UNREAD)
    assert turned.act is not None
    assert turned.act.count == 2
    await follow(store)
    assert await store.envelopes.unread(inbox.id) == ALL[:2]
    await store.close()
    store = await Store.open(paths)
    turned = await store.journal.flags(inbox, ALL[:1], FLAG | READ, NO_FLAGS, Verb.FLAGGED)
    assert [change.add for change in await store.pending.all()][-1] == FLAG | READ
    await follow(store)
    assert await store.envelopes.unread(inbox.id) == ALL[1:2]
    await store.close()


async def test_what_the_server_says_of_a_row_that_is_behind_stays(paths: Paths) -> None:
    store, inbox = await filled(paths)
    turned = await store.journal.flags(inbox, ALL, READ, NO_FLAGS, Verb.READ)
    assert turned.act is not None
    await follow(store)
    await store.journal.undo(turned.act.id)
    await store.envelopes.set_flags(inbox.id, {Uid(1): FLAG})
    await store.envelopes.add(inbox.id, [envelope(2, flags=FLAG | READ)])
    await follow(store)
    flags = await store.envelopes.flags(inbox.id, Uid(1), Uid(3))
    assert flags == {1: FLAG, 2: FLAG | READ, 3: NO_FLAGS}
    assert await unread(store) == (COUNT - 1, COUNT - 1)
    await store.close()


async def test_what_the_server_has_done_follows_in_slices_too(paths: Paths) -> None:
    store, inbox = await filled(paths)
    await store.journal.flags(inbox, ALL, READ, NO_FLAGS, Verb.READ)
    (change,) = await store.pending.all()
    await store.pending.done(change.id, [change.origin])
    await follow(store)
    assert await unread(store) == (0, 0)
    assert await store.pending.flagged(inbox.id) == []
    assert await store.pending.waiting() == {}
    await store.close()


async def test_all_that_waits_is_counted(paths: Paths) -> None:
    store, inbox = await filled(paths)
    key = (WORK, inbox.id, b"INBOX", UidValidity(7))
    for uids in ((1, 2, 3, 5), (9,), tuple(range(20, 30))):
        await store.pending.add(Change(*key, ChangeKind.FLAGS, tuple(map(Uid, uids)), add=FLAG))
    await store.pending.add(Change(WORK, inbox.id, b"INBOX", None, ChangeKind.RENAME, name="A", old_name="INBOX"))
    assert await store.pending.waiting() == {WORK: 16}
    await store.close()


def test_rows_are_forgotten_once_they_are_shown() -> None:
    behind = Behind()
    behind.add(MailboxId(1), None, [])
    assert not behind
    behind.add(MailboxId(1), None, map(Uid, (3, 2, 1)))
    place = behind.slice(2)
    assert place is not None
    assert place.uids == (3, 2)
    assert [each.uids for each in behind.among(place.mailbox, map(Uid, (1, 7)))] == [(1,)]
    behind.drop([place])
    behind.drop([place])
    assert behind
    behind.drop(behind.among(place.mailbox, [Uid(1)]))
    assert not behind
    assert behind.slice() is None
