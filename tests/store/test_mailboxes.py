"""Mailboxes: their order, their counts, and what a new UIDVALIDITY does."""

from dataclasses import replace

import pytest

from tests.store.sample import INBOX, READ, WORK, change, envelope, uids
from tui.config.paths import Paths
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store.database import Store
from tui.store.mailboxes import MailboxState

HOME = AccountName("home")
SEVEN = UidValidity(7)


def box(name: str, role: Role | None = None, *, account: AccountName = WORK) -> Mailbox:
    return Mailbox(account, name.encode(), name, "/", role)


async def state(store: Store, mailbox: MailboxId) -> MailboxState:
    found = await store.mailboxes.get(mailbox)
    assert found is not None
    return found


async def test_they_come_in_the_order_of_the_tree(store: Store) -> None:
    shuffled = [
        *(box("Trash", Role.TRASH), box("zebra"), box("Archive/2024"), box("Sent", Role.SENT), box("INBOX/Lists")),
        *(box("Junk", Role.JUNK), box("Apples"), box("Archive", Role.ARCHIVE), box("Drafts", Role.DRAFTS)),
        *(box("INBOX", Role.INBOX), box("apples/red"), box("Trash/old"), box("Everything", Role.ALL)),
    ]
    await store.mailboxes.replace(WORK, shuffled)
    names = [known.mailbox.name for known in await store.mailboxes.all(WORK)]
    assert names == [
        *("INBOX", "Drafts", "Sent", "Archive", "Archive/2024", "Apples", "apples/red", "Everything", "INBOX/Lists"),
        *("zebra", "Junk", "Trash", "Trash/old"),
    ]


async def test_replacing_tells_whether_anything_changed(store: Store) -> None:
    assert await store.mailboxes.replace(WORK, [INBOX, box("A")])
    assert not await store.mailboxes.replace(WORK, [box("A"), INBOX])
    assert await store.mailboxes.replace(WORK, [INBOX, replace(box("A"), subscribed=False)])
    assert await store.mailboxes.replace(WORK, [INBOX])
    assert [known.mailbox.name for known in await store.mailboxes.all()] == ["INBOX"]


async def test_a_mailbox_that_goes_takes_its_mail_along_and_keeps_its_key(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.mailboxes.DROP_CHUNK", 4)
    await store.mailboxes.replace(WORK, [INBOX, box("A")])
    before = await store.mailboxes.by_wire(WORK, b"A")
    assert before is not None
    await store.envelopes.add(before.id, [envelope(uid) for uid in range(1, 11)])
    await store.bodies.put(before.id, Uid(3), {"1": b"x"})
    await store.mailboxes.replace(WORK, [INBOX])
    assert await store.mailboxes.get(before.id) is None
    await store.mailboxes.replace(WORK, [INBOX, box("A")])
    after = await store.mailboxes.by_wire(WORK, b"A")
    assert after is not None
    assert (after.id, after.held) == (before.id, 0)
    assert await store.envelopes.uids(after.id) == []
    assert await store.bodies.get(after.id, Uid(3)) == {}


async def test_keys_outlive_the_cache(paths: Paths) -> None:
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [box("A"), INBOX])
    keys = {known.mailbox.name: known.id for known in await store.mailboxes.all()}
    await store.close()
    for file in paths.cache.iterdir():
        file.unlink()
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX, box("new"), box("A")])
    again = {known.mailbox.name: known.id for known in await store.mailboxes.all()}
    assert {name: again[name] for name in keys} == keys
    assert again["new"] not in keys.values()
    await store.close()


async def test_roles_are_found_per_account(store: Store) -> None:
    await store.mailboxes.replace(WORK, [INBOX, replace(box("Old", Role.SENT), selectable=False), box("S", Role.SENT)])
    await store.mailboxes.replace(HOME, [box("INBOX", Role.INBOX, account=HOME)])
    sent = await store.mailboxes.by_role(WORK, Role.SENT)
    assert sent is not None
    assert sent.mailbox.name == "S"
    assert await store.mailboxes.by_role(HOME, Role.SENT) is None
    accounts = [known.mailbox.account for known in await store.mailboxes.all()]
    assert accounts == [WORK, WORK, WORK, HOME]
    await store.mailboxes.forget_account([HOME])
    assert [known.mailbox.account for known in await store.mailboxes.all()] == [HOME]


async def test_a_new_uidvalidity_drops_every_row(
    store: Store, inbox: MailboxId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.store.mailboxes.DROP_CHUNK", 4)
    await store.envelopes.add(inbox, [envelope(uid, flags=READ) for uid in range(1, 11)])
    await store.mailboxes.synced(inbox, ModSeq(99))
    await store.mailboxes.completed(inbox, True)
    assert not await store.mailboxes.selected(inbox, SEVEN, Uid(11), 10, ModSeq(99))
    assert await store.mailboxes.selected(inbox, UidValidity(8), Uid(3), 2, ModSeq(99))
    known = await state(store, inbox)
    assert (known.uidvalidity, known.uidnext, known.highestmodseq) == (8, 3, 0)
    assert (known.held, known.complete, known.total) == (0, False, 2)
    assert await store.envelopes.uids(inbox) == []
    assert not await store.mailboxes.selected(inbox, UidValidity(8), Uid(3), 2, ModSeq(0))


async def test_shown_counts_are_the_servers_until_all_is_here(store: Store, inbox: MailboxId) -> None:
    await store.mailboxes.counted(inbox, 100, 40, Uid(101))
    await store.envelopes.add(inbox, [envelope(100), envelope(99, flags=READ)])  # the server had counted these
    known = await state(store, inbox)
    assert (known.total, known.unread, known.held) == (100, 40, 2)
    await store.envelopes.add(inbox, [envelope(101), envelope(102, flags=READ)])  # these came later
    known = await state(store, inbox)
    assert (known.total, known.unread, known.uidnext) == (102, 41, 103)
    await store.envelopes.change_flags(inbox, uids(100, 99), READ, frozenset())
    await store.envelopes.hide(inbox, uids(101, 102))
    known = await state(store, inbox)
    assert (known.total, known.unread) == (100, 39)
    await store.mailboxes.counted(inbox, 102, 40, Uid(103))  # the server counts what we have hidden
    known = await state(store, inbox)
    assert (known.total, known.unread) == (100, 39)
    await store.mailboxes.completed(inbox, True)
    known = await state(store, inbox)
    assert (known.total, known.unread) == (2, 0)


async def test_comparing_every_uid_counts_them(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid) for uid in (91, 92, 93, 94)])
    await store.mailboxes.selected(inbox, SEVEN, Uid(95), 50, ModSeq(0))  # two of ours are gone already in these 50
    await store.envelopes.hide(inbox, uids(94))
    assert await store.envelopes.keep_only(inbox, [(1, 48), (93, 94)], Uid(1), Uid(2**32 - 1)) == [91, 92]
    assert (await state(store, inbox)).total == 49


async def test_status_may_leave_things_out(store: Store, inbox: MailboxId) -> None:
    await store.mailboxes.counted(inbox, 9, None, None)
    await store.mailboxes.counted(inbox, None, 3, None)
    known = await state(store, inbox)
    assert (known.total, known.unread, known.uidnext) == (9, 3, 1)


async def test_a_mailbox_made_for_a_pending_change_is_not_in_the_tree(paths: Paths) -> None:
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX])
    inbox = (await store.mailboxes.all())[0].id
    await store.pending.add(change(inbox, 5, target=b"Archive"))
    await store.close()
    paths.cache_file.unlink()
    store = await Store.open(paths)
    assert await store.mailboxes.all() == []
    assert (await state(store, inbox)).mailbox.wire == b"INBOX"
    await store.mailboxes.replace(WORK, [INBOX])
    assert [known.id for known in await store.mailboxes.all()] == [inbox]
    await store.mailboxes.selected(inbox, SEVEN, Uid(6), 1, ModSeq(0))
    await store.envelopes.add(inbox, [envelope(5)])
    assert await store.envelopes.older(inbox, None, 5) == []  # it is on its way to Archive
    await store.close()
