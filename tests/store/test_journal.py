"""The journal: on disk before it is shown, exact, and right again after any end of the program."""

from contextlib import closing
from dataclasses import replace

import apsw
import pytest

from tests.store.sample import INBOX, READ, WORK, envelope, submit, uids
from tui.config.paths import Paths
from tui.mail.act import ActState, Verb
from tui.mail.errors import StoreError
from tui.mail.flags import FLAGGED, NO_FLAGS, Flags
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store import shown
from tui.store.change_codec import pack_uids, unpack_uids
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.mailboxes import MailboxState
from tui.store.overlay import Place

FLAG: Flags = frozenset({FLAGGED})
ARCHIVE = Mailbox(WORK, b"Archive", "Archive", "/", Role.ARCHIVE)


async def filled(paths: Paths) -> tuple[Store, MailboxState, MailboxState]:
    """Return a store with three messages in INBOX, and both mailboxes."""
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX, ARCHIVE])
    inbox, archive = await store.mailboxes.all()
    for state in (inbox, archive):
        await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    await store.envelopes.add(inbox.id, [envelope(1), envelope(2, flags=FLAG), envelope(3)])
    return store, *await store.mailboxes.all()  # type: ignore[return-value]


async def shows(store: Store, mailbox: MailboxId) -> dict[int, Flags]:
    return {row.uid: row.flags for row in await store.envelopes.older(mailbox, None, 10)}


async def test_an_act_holds_exactly_what_it_changed(paths: Paths) -> None:
    store, inbox, _ = await filled(paths)
    turned = await store.journal.flags(inbox, uids(1, 2, 9), FLAG, NO_FLAGS, Verb.FLAGGED)
    assert turned.act is not None
    assert turned.act.count == 1
    assert turned.effects.changed == {inbox.id: [1]}
    assert (await store.journal.flags(inbox, uids(1, 2), FLAG, NO_FLAGS, Verb.FLAGGED)).act is None
    assert [change.uids for change in await store.pending.all()] == [(1,)]
    await store.close()


async def test_it_survives_the_end_of_the_program(paths: Paths) -> None:
    store, inbox, archive = await filled(paths)
    await store.journal.flags(inbox, uids(1, 3), FLAG, NO_FLAGS, Verb.FLAGGED)
    await store.journal.move(inbox, uids(1, 2), archive, Verb.ARCHIVED)
    await store.close()
    store = await Store.open(paths)
    assert await shows(store, inbox.id) == {3: FLAG}
    newest = await store.journal.newest([WORK])
    assert newest is not None
    assert (newest.verb, newest.state) == (Verb.ARCHIVED, ActState.WAITING)
    turned = await store.journal.undo(newest.id)
    assert turned.effects.shown == {inbox.id: [1, 2]}
    newest = await store.journal.newest([WORK])
    assert newest is not None
    await store.journal.undo(newest.id)
    await store.close()
    store = await Store.open(paths)
    assert await shows(store, inbox.id) == {1: NO_FLAGS, 2: FLAG, 3: NO_FLAGS}
    assert await store.pending.all() == []
    undone = await store.journal.undone([WORK])
    assert undone is not None
    assert undone.verb is Verb.FLAGGED
    await store.close()


async def test_what_the_server_said_meanwhile_is_what_remains(paths: Paths) -> None:
    store, inbox, _ = await filled(paths)
    turned = await store.journal.flags(inbox, uids(1), FLAG, READ, Verb.FLAGGED)
    assert turned.act is not None
    await store.envelopes.set_flags(inbox.id, {Uid(1): FLAG | READ})  # another client did the same, and more
    assert (await shows(store, inbox.id))[1] == FLAG | READ
    await store.journal.undo(turned.act.id)
    assert (await shows(store, inbox.id))[1] == FLAG | READ
    await store.close()


async def test_a_change_that_has_begun_is_answered_by_its_opposite(paths: Paths) -> None:
    store, inbox, archive = await filled(paths)
    turned = await store.journal.move(inbox, uids(1), archive, Verb.ARCHIVED)
    assert turned.act is not None
    (change,) = await store.pending.all()
    place = Place(inbox.id, UidValidity(7), (Uid(1),))
    assert await store.pending.begin(change, [place], UidValidity(7), Uid(20))
    await store.journal.undo(turned.act.id)
    assert sorted(await shows(store, inbox.id)) == [1, 2, 3], "it is back at once"
    back = (await store.pending.all())[1]
    assert (back.undoing, back.target, back.uids) == (True, b"INBOX", (1,))
    await store.pending.landed({(inbox.id, UidValidity(7), Uid(1)): (archive.id, UidValidity(7), Uid(20))})
    await store.pending.done(change.id, [place])
    assert await store.pending.follow(back) == ([Place(archive.id, UidValidity(7), (Uid(20),))], [])
    await store.envelopes.add(archive.id, [envelope(20)])
    assert await shows(store, archive.id) == {}, "it is on its way back"
    await store.close()


async def test_a_change_taken_back_in_the_last_moment_is_not_carried_out(paths: Paths) -> None:
    store, inbox, _ = await filled(paths)
    turned = await store.journal.flags(inbox, uids(1), FLAG, NO_FLAGS, Verb.FLAGGED)
    assert turned.act is not None
    (change,) = await store.pending.all()
    await store.journal.undo(turned.act.id)
    assert not await store.pending.begin(change)
    await store.close()


async def test_moved_messages_that_the_server_keeps_are_not_shown(paths: Paths) -> None:
    store, inbox, archive = await filled(paths)
    await store.journal.move(inbox, uids(1), archive, Verb.ARCHIVED)
    (change,) = await store.pending.all()
    place = Place(inbox.id, UidValidity(7), (Uid(1),))
    await store.pending.begin(change, [place], UidValidity(7), Uid(1))
    await store.pending.done(change.id, [place])
    await store.envelopes.add(inbox.id, [envelope(1)])  # still there, marked as deleted
    assert sorted(await shows(store, inbox.id)) == [2, 3]
    await store.close()
    store = await Store.open(paths)
    assert sorted(await shows(store, inbox.id)) == [2, 3]
    await store.close()


async def test_nothing_is_done_when_it_cannot_be_shown(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    store, inbox, _ = await filled(paths)

    def full(at: Connections, places: object) -> shown.Effects:
        raise apsw.FullError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(shown, "refresh", full)
        with pytest.raises(StoreError, match="full"):
            await store.journal.flags(inbox, uids(1), FLAG, NO_FLAGS, Verb.FLAGGED)
    assert await store.pending.all() == []
    assert await store.journal.list() == []
    assert (await shows(store, inbox.id))[1] == NO_FLAGS
    await store.close()


async def test_a_mail_on_its_way_out_is_an_act_until_it_has_left(store: Store) -> None:
    id = await submit(store)
    act = await store.journal.newest([WORK])
    assert act is not None
    assert (act.verb, act.submission, act.state, act.label) == (Verb.SENT, id, ActState.WAITING, "sent “x” to b")
    assert await store.journal.newest([AccountName("home")]) is None
    await store.outbox.take_back(id)
    (act,) = await store.journal.list()
    assert (act.state, act.can_redo) == (ActState.UNDONE, False)


async def test_old_acts_are_forgotten_but_not_those_that_wait(paths: Paths) -> None:
    store, inbox, _ = await filled(paths)
    for number in range(60):
        flag = frozenset({f"k{number}"})
        await store.journal.flags(inbox, uids(1), flag, NO_FLAGS, Verb.CHANGED)
    await store.close()
    with closing(apsw.Connection(str(paths.precious_file))) as file:
        file.execute("DELETE FROM pending WHERE id > 5")
        file.execute("UPDATE sqlite_sequence SET seq = 2049 WHERE name = 'acts'")
    store = await Store.open(paths)
    await store.journal.flags(inbox, uids(3), FLAG, NO_FLAGS, Verb.FLAGGED)
    assert [act.id for act in await store.journal.list()] == [2050, 5, 4, 3, 2, 1]
    await store.close()


@pytest.mark.parametrize("numbers", [(), (1,), (1, 2), (1, 2, 3, 7, 9, 10), (5, 4, 3), (3, 3)])
def test_uids_are_kept_as_runs_in_their_order(numbers: tuple[int, ...]) -> None:
    assert unpack_uids(pack_uids(numbers)) == numbers
    assert len(pack_uids(range(1, 100_000))) < 20


async def test_an_unknown_act_is_nothing(store: Store) -> None:
    assert await store.journal.get(5) is None
    assert (await store.journal.undo(5)).act is None
    assert replace(await store.journal.redo(5)).act is None


async def test_acts_that_were_one_are_undone_and_done_again_together(paths: Paths) -> None:
    store, inbox, archive = await filled(paths)
    alone = await store.journal.flags(inbox, uids(3), FLAG, NO_FLAGS, Verb.FLAGGED)
    both = [
        await store.journal.move(inbox, uids(1), archive, Verb.ARCHIVED),
        await store.journal.flags(inbox, uids(2), READ, NO_FLAGS, Verb.READ),
    ]
    ids = [turned.act.id for turned in both if turned.act is not None]
    await store.journal.join(ids)
    await store.close()
    store = await Store.open(paths)  # it is known after a restart, too
    newest = await store.journal.newest([WORK])
    assert newest is not None
    assert [act.id for act in await store.journal.together(newest, [WORK])] == ids[::-1]
    assert alone.act is not None
    assert await store.journal.together(alone.act, [WORK]) == [await store.journal.get(alone.act.id)]
    with closing(apsw.Connection(str(paths.precious_file))) as file:
        file.execute("UPDATE acts SET account = 'gone' WHERE id = ?", (ids[1],))
    assert [act.id for act in await store.journal.together(newest, [WORK])] == ids[:1], "its account was removed"
    with closing(apsw.Connection(str(paths.precious_file))) as file:
        file.execute("UPDATE acts SET account = ? WHERE id = ?", (WORK, ids[1]))
    for id in ids[::-1]:
        await store.journal.undo(id)
    undone = await store.journal.undone([WORK])
    assert undone is not None
    assert [act.id for act in await store.journal.together(undone, [WORK])] == ids[::-1]
    await store.journal.redo(ids[0])
    assert [act.id for act in await store.journal.together(undone, [WORK])] == ids[1:], (
        "what stands otherwise is not with it"
    )
    await store.close()
