"""Texts that are kept: within a budget, what was kept first going first, and never of the newest messages."""

import pytest

from tests.store.sample import envelope, submit, uids
from tui.mail.ids import MailboxId, Uid
from tui.store import bodies
from tui.store.database import Store

KB = b"x" * 1000


async def kept(store: Store, inbox: MailboxId) -> list[int]:
    return sorted(await store.bodies.kept(inbox, uids(*range(1, 11))))


@pytest.fixture
async def ten(store: Store, inbox: MailboxId) -> MailboxId:
    """A mailbox of ten messages, whose texts were kept in the order 10, 1, 2, … 9."""
    await store.envelopes.add(inbox, [envelope(uid) for uid in range(1, 11)])
    for uid in (10, *range(1, 10)):
        await store.bodies.put(inbox, Uid(uid), {"HEADER": KB, "1": KB})
    return inbox


async def test_what_was_kept_first_goes_first_and_the_newest_stay(
    store: Store, ten: MailboxId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "TRIM_CHUNK", 2)
    assert await store.bodies.trim(20_000, newest=2) == 0
    assert len(await kept(store, ten)) == 10
    assert await store.bodies.trim(14_500, newest=2) == 8_000, "and a little more, so that the next is not too many"
    assert await kept(store, ten) == [5, 6, 7, 8, 9, 10]
    await store.bodies.put(ten, Uid(5), {"HEADER": KB, "1": KB})  # it was read again
    await store.bodies.trim(9_000, newest=1)
    assert await kept(store, ten) == [5, 8, 9, 10]
    assert len(await store.envelopes.older(ten, None, 20)) == 10


async def test_the_newest_stay_though_they_are_more_than_is_wanted(store: Store, ten: MailboxId) -> None:
    id = await submit(store, data=KB * 30)
    await store.bodies.trim(1, newest=4)
    assert await kept(store, ten) == [7, 8, 9, 10]
    assert await store.bodies.trim(1, newest=4) == 0
    assert await store.outbox.data(id) == KB * 30
    await store.bodies.trim(1, newest=0)
    assert await kept(store, ten) == []
