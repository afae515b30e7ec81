"""What is put aside is in no list and no count until its keywords say otherwise."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.store.sample import WORK, envelope
from tests.store.test_search import old_cache
from tui.config.paths import Paths
from tui.mail import snooze
from tui.mail.act import Verb
from tui.mail.flags import NO_FLAGS, SEEN
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.query_syntax import parse
from tui.store.codec import INSERT, pack, pack_flags
from tui.store.database import Store
from tui.store.sqlite import SCHEMA

LATER = snooze.put_aside(4_000_000_000)
ASIDE = min(int(path.stem[6:]) for path in SCHEMA.glob("cache-*.sql") if "envelope_aside" in path.read_text())
"""The first version of the cache that knows what is put aside."""


async def listed(store: Store, mailbox: MailboxId) -> list[int]:
    return [row.uid for row in await store.envelopes.older(mailbox, None, 50)]


async def counts(store: Store, mailbox: MailboxId) -> tuple[int, int, int, int]:
    state = await store.mailboxes.get(mailbox)
    assert state is not None
    return state.held, state.unread, state.total, len(await store.threads.older(mailbox, None, 50))


async def test_a_mail_leaves_the_lists_and_comes_back(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid) for uid in (1, 2, 3)])
    before = await counts(store, inbox)
    taken = await store.envelopes.set_flags(inbox, {Uid(2): LATER, Uid(3): frozenset({SEEN})})
    assert (taken.changed, taken.left, taken.came) == ([3], [2], [])
    assert await listed(store, inbox) == [3, 1]
    assert (await counts(store, inbox))[:2] == (2, 1)
    taken = await store.envelopes.set_flags(inbox, {Uid(2): NO_FLAGS, Uid(3): NO_FLAGS})
    assert (taken.changed, taken.left, taken.came) == ([3], [], [2])
    assert await listed(store, inbox) == [3, 2, 1]
    assert await counts(store, inbox) == before


async def test_one_that_was_put_aside_elsewhere_is_not_listed_when_it_comes(store: Store, inbox: MailboxId) -> None:
    await store.mailboxes.selected(inbox, UidValidity(7), Uid(3), 2, ModSeq(0))
    await store.envelopes.add(inbox, [envelope(1), envelope(2, flags=LATER)])
    assert await listed(store, inbox) == [1]
    assert (await counts(store, inbox))[:3] == (1, 1, 1)


async def test_what_its_time_has_brought_back_is_where_new_mail_is(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid, received=1000 * uid) for uid in (1, 2, 3)])
    await store.envelopes.set_flags(inbox, {Uid(1): snooze.put_aside(6000), Uid(2): snooze.put_aside(12000)})
    await store.envelopes.set_flags(inbox, {Uid(1): frozenset({snooze.BACK}), Uid(2): NO_FLAGS})
    assert await listed(store, inbox) == [1, 3, 2]
    assert [row.head for row in await store.threads.older(inbox, None, 50)] == [1, 3, 2]


async def test_the_search_finds_it_where_it_is_meant(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1, flags=LATER), envelope(2), envelope(3, flags=snooze.reminder(6000))])
    await store.search.index()

    async def found(text: str) -> list[int]:
        node = parse(text, datetime(2026, 11, 25, tzinfo=UTC)).node
        assert node is not None
        hits = await store.search.hits(node, None, 50)
        assert await store.search.count(node, 50) == len(hits)
        return [hit.envelope.uid for hit in hits]

    assert await found("is:snoozed") == [3, 1]
    assert await found("is:unread") == [3, 2]
    assert await found("subject") == [3, 2, 1]
    assert await found("subject is:unread") == [3, 2]
    assert await found("-is:snoozed") == [2]


async def test_it_is_known_what_waits(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1, flags=LATER), envelope(2), envelope(3, flags=snooze.reminder(6000))])
    waiting = {each.uid: each.flags for each in await store.snoozed.waiting(WORK)}
    assert waiting == {1: LATER, 3: snooze.reminder(6000)}
    assert await store.snoozed.waiting(AccountName("another")) == []
    assert await store.snoozed.words(inbox, [Uid(1), Uid(2)]) == LATER


async def test_what_was_put_aside_elsewhere_is_so_after_an_upgrade(paths: Paths, tmp_path: Path) -> None:
    """The version before took these keywords for such as any."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    with old_cache(paths, ASIDE - 1, scripts) as cache:
        for uid, flags in ((1, LATER), (2, NO_FLAGS)):
            bits, others = pack_flags(flags)
            cache.execute(INSERT, pack(MailboxId(1), envelope(uid, flags=flags), bits, others, False))
        cache.execute("UPDATE mailboxes SET held = 2, unread = 2, server_total = 2, server_unread = 2")
    store = await Store.open(paths)
    assert await listed(store, MailboxId(1)) == [2]
    assert (await counts(store, MailboxId(1)))[:3] == (1, 1, 1)
    assert [row.uid for row in await store.snoozed.waiting(WORK)] == [1]
    await store.close()


async def test_what_is_put_aside_is_found_again_where_its_mailbox_was_made_anew(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1, flags=LATER)])
    state = await store.mailboxes.get(inbox)
    assert state is not None
    await store.journal.flags(state, [Uid(1)], frozenset({SEEN}), NO_FLAGS, Verb.READ)
    await store.mailboxes.selected(inbox, UidValidity(8), Uid(1), 0, ModSeq(0))
    await store.envelopes.add(inbox, [replace(envelope(9, flags=LATER), message_id="<1@example.org>")])
    (act,) = await store.journal.list()
    again = await store.parked.again(act)
    assert (again.missing, [each.uids for each in await store.pending.all()]) == (0, [(9,)])
