"""Pending changes: kept in order, and laid over what the server says until it knows."""

from dataclasses import replace

from tests.store.sample import INBOX, READ, WORK, change, envelope, uids
from tui.config.paths import Paths
from tui.mail.act import Verb
from tui.mail.flags import ANSWERED, FLAGGED, NO_FLAGS
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.store.overlay import Place


async def opened(paths: Paths) -> tuple[Store, MailboxId]:
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX])
    inbox = (await store.mailboxes.all())[0].id
    await store.mailboxes.selected(inbox, UidValidity(7), Uid(1), 0, ModSeq(0))
    return store, inbox


async def test_they_are_kept_in_order(store: Store, inbox: MailboxId) -> None:
    first = replace(change(inbox, 3, 1, add=READ, remove=frozenset({"later"})), uidvalidity=None)
    second = change(inbox, 2, target=b"Arch\xffive")
    other = replace(second, account=AccountName("home"))
    ids = [await store.pending.add(each) for each in (first, second, other)]
    assert ids == sorted(ids)
    kept = await store.pending.all(WORK)
    assert [replace(each, id=0, made=0.0) for each in kept] == [first, second]
    assert await store.pending.next(WORK) == kept[0]
    await store.pending.done(ids[0])
    assert await store.pending.next(WORK) == kept[1]
    await store.pending.done(ids[1])
    assert await store.pending.next(WORK) is None
    assert len(await store.pending.all()) == 1


async def test_flags_of_ours_stay_on_top_until_done(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1)])
    await store.envelopes.change_flags(inbox, uids(1), READ, NO_FLAGS)
    ids = [
        await store.pending.add(change(inbox, 1, add=READ)),
        await store.pending.add(change(inbox, 1, add=frozenset({"b"}), remove=frozenset({FLAGGED}))),
    ]
    await store.envelopes.set_flags(inbox, {Uid(1): frozenset({FLAGGED, "a"})})
    assert await store.envelopes.flags(inbox, Uid(1), Uid(1)) == {1: READ | {"a", "b"}}
    await store.envelopes.add(inbox, [envelope(1), envelope(2)])
    assert await store.envelopes.flags(inbox, Uid(1), Uid(2)) == {1: READ | {"b"}, 2: NO_FLAGS}
    for id in ids:
        await store.pending.done(id)
    assert (await store.envelopes.set_flags(inbox, {Uid(1): NO_FLAGS})).changed == [1]
    assert await store.envelopes.flags(inbox, Uid(1), Uid(1)) == {1: NO_FLAGS}


async def test_a_change_to_an_older_generation_touches_nothing(store: Store, inbox: MailboxId) -> None:
    await store.pending.add(replace(change(inbox, 1, add=READ), uidvalidity=UidValidity(6)))
    await store.pending.add(replace(change(inbox, 1, target=b"A"), uidvalidity=UidValidity(6)))
    await store.envelopes.add(inbox, [envelope(1)])
    assert [row.flags for row in await store.envelopes.older(inbox, None, 5)] == [NO_FLAGS]


async def test_a_hidden_row_stays_hidden_when_sync_brings_it_again(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1), envelope(2)])
    assert await store.envelopes.hide(inbox, uids(1, 9)) == [1]
    assert await store.envelopes.hide(inbox, uids(1)) == []
    assert await store.envelopes.add(inbox, [envelope(1, flags=READ)]) == []
    assert [row.uid for row in await store.envelopes.older(inbox, None, 5)] == [2]
    assert await store.envelopes.get(inbox, Uid(1)) is None
    assert await store.envelopes.many(inbox, uids(1)) == []
    assert await store.envelopes.uids(inbox) == [1, 2]
    assert await store.envelopes.unhide(inbox, uids(1, 2)) == [1]
    assert [row.flags for row in await store.envelopes.older(inbox, None, 5)] == [NO_FLAGS, READ]


async def test_what_is_noted_in_passing_follows_mail_that_was_moved(store: Store, inbox: MailboxId) -> None:
    """A mail is marked as answered when its answer has left: by then it may have been archived."""
    await store.mailboxes.replace(WORK, [INBOX, replace(INBOX, wire=b"Archive", name="Archive", role=Role.ARCHIVE)])
    archive = (await store.mailboxes.all())[1].id
    await store.envelopes.add(inbox, [envelope(1), envelope(2)])
    source, target = await store.mailboxes.get(inbox), await store.mailboxes.get(archive)
    assert source is not None
    assert target is not None
    answered = frozenset({ANSWERED})
    moved = await store.journal.move(source, uids(1), target, Verb.ARCHIVED)
    await store.journal.flags(source, uids(1), answered, NO_FLAGS)  # the server does not know of the move yet
    move, flag = await store.pending.all()
    assert (flag.uids, flag.add, flag.step) == ((1,), answered, None)
    assert await store.pending.begin(move, [move.origin], UidValidity(9), Uid(5))
    await store.pending.landed({(inbox, UidValidity(7), Uid(1)): (archive, UidValidity(9), Uid(5))})
    await store.pending.done(move.id, [move.origin])
    await store.pending.done(flag.id)
    assert await store.envelopes.uids(inbox) == [2]
    await store.journal.flags(source, uids(1), answered, NO_FLAGS)  # or knows of it for long
    (later,) = await store.pending.all()
    assert (await store.pending.follow(later))[0] == [Place(archive, UidValidity(9), (Uid(5),))]
    assert [act.id for act in await store.journal.list()] == [moved.act.id if moved.act else 0], "no act of the user's"


async def test_a_crash_between_two_writes_is_put_right(paths: Paths) -> None:
    store, inbox = await opened(paths)
    await store.envelopes.add(inbox, [envelope(uid) for uid in (1, 2, 3)])
    await store.envelopes.hide(inbox, uids(1))  # the crash came before its pending row: nobody will ever move it
    await store.pending.add(change(inbox, 2, target=b"Archive"))  # the cache lost its last commit
    await store.pending.add(change(inbox, 3, add=READ))
    await store.close()
    store = await Store.open(paths)
    assert {row.uid: row.flags for row in await store.envelopes.older(inbox, None, 5)} == {1: NO_FLAGS, 3: READ}
    known = await store.mailboxes.get(inbox)
    assert known is not None
    assert (known.held, known.unread) == (2, 1)
    await store.close()
