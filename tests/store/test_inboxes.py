"""Several mailboxes as one list: the same rows in the same order as all of them sorted, read in windows."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.sample import INBOX, READ, WORK, envelope
from tui.config.paths import Paths
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.store.database import Store
from tui.store.inboxes import Inboxes, doc_of

NAMES = (WORK, AccountName("home"), AccountName("club"))


@pytest.fixture
async def several(paths: Paths) -> AsyncIterator[tuple[Store, list[MailboxId]]]:
    opened = await Store.open(paths)
    ids = []
    for name in NAMES:
        await opened.mailboxes.replace(name, [replace(INBOX, account=name)])
        (state,) = await opened.mailboxes.all(name)
        ids.append(state.id)
    yield opened, ids
    await opened.close()


MAIL = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6), st.booleans()), max_size=30)
"""Which mailbox, when received, whether read: many at the same second."""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MAIL, st.integers(1, 5))
async def test_windows_are_the_whole_list_in_pieces(
    several: tuple[Store, list[MailboxId]], mail: list[tuple[int, int, bool]], limit: int
) -> None:
    store, ids = several
    wanted: list[tuple[int, int, Uid, bool]] = []
    for place, mailbox in enumerate(ids):
        await store.envelopes.remove(mailbox, await store.envelopes.uids(mailbox))
        rows = [
            envelope(uid, received=received, flags=READ if read else NO_FLAGS)
            for uid, (which, received, read) in enumerate(mail, 1)
            if which == place
        ]
        await store.envelopes.add(mailbox, rows)
        wanted += [(row.received, doc_of(mailbox, row.uid), row.uid, row.is_unread) for row in rows]
    wanted.sort(reverse=True)
    source = store.inboxes(lambda: ids)
    assert await _all(source, limit, older=True) == [doc for _, doc, *_ in wanted]
    assert await _all(source, limit, older=False) == [doc for _, doc, *_ in reversed(wanted)]
    unread = [doc for _, doc, _, is_unread in wanted if is_unread]
    found = await source.next_unread(None, True)
    assert (found.uid if found is not None else None) == (unread[0] if unread else None)
    for row in await source.many([Uid(doc) for _, doc, *_ in wanted]):
        hit = source.hit(row)
        assert hit is not None
        assert doc_of(hit.mailbox, hit.envelope.uid) == row.uid


async def _all(source: Inboxes, limit: int, *, older: bool) -> list[int]:
    found: list[Envelope] = []
    for _ in range(100):
        key = found[-1].key if found else None
        rows = await (source.older(key, limit) if older else source.newer(key, limit))
        found += rows
        if len(rows) < limit:
            return [row.uid for row in found]
    raise AssertionError("there is no end")


async def test_rows_go_with_their_mailbox(several: tuple[Store, list[MailboxId]]) -> None:
    store, (work, home, club) = several
    for mailbox in (work, home, club):
        await store.envelopes.add(mailbox, [envelope(1)])
    source = store.inboxes(lambda: [home, work])
    assert [row.uid for row in await source.older(None, 9)] == [doc_of(home, Uid(1)), doc_of(work, Uid(1))]
    assert await source.many([doc_of(club, Uid(1))]) == []
    await store.envelopes.hide(home, [Uid(1)])
    assert [row.uid for row in await source.older(None, 9)] == [doc_of(work, Uid(1))]
    assert await store.inboxes(lambda: []).older(None, 9) == []
