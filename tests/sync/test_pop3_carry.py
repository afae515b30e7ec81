"""Changes to local mail that are cut off between two commits: the next try finds out how far the first one came."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.servers.scripted_pop3 import scripted_pop3
from tests.sync.desk import Desk
from tests.sync.pop3_desk import mail, pop3_desk
from tui.mail.errors import StoreError
from tui.mail.flags import FLAGGED
from tui.store.database import Store
from tui.sync.events import ChangeRefused
from tui.sync.pop3_carry import LocalCarrier

MAILS = [mail(number) for number in range(1, 4)]


async def settled(store: Store) -> bool:
    return not await store.pending.all()


def failing(work: Callable[..., Awaitable[Any]], *, before: bool) -> Callable[..., Awaitable[Any]]:
    """Return the work, failing the first time: before it is done, or after."""
    failures = [StoreError("cut off")]

    async def cut(*args: Any, **kwargs: Any) -> Any:
        if failures and before:
            raise failures.pop()
        done = await work(*args, **kwargs)
        if failures:
            raise failures.pop()
        return done

    return cut


@pytest.mark.parametrize(
    ("step", "before"),
    [("begin", True), ("begin", False), ("move", True), ("move", False), ("landed", True), ("landed", False)],
)
async def test_a_move_that_is_cut_off_is_done_once(
    store: Store, step: str, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(3)
        owner: Any = store.local if step == "move" else store.pending
        monkeypatch.setattr(owner, step, failing(getattr(owner, step), before=before))
        await desk.account.changes.archive(await desk.inbox(), [rows[0].uid, rows[1].uid])
        await _until_settled(desk, store)
        archive = await desk.holds(2, b"Archive")
        assert {row.subject for row in archive} == {"number 3", "number 2"}
        assert len(await desk.uids()) == 1
        box = await store.local.box(desk.name, b"Archive")
        assert box is not None
        assert box.count == 2


async def _until_settled(desk: Desk, store: Store) -> None:
    async def look() -> bool:
        desk.account.look_now()  # a store that failed is tried again when the user says so
        return await settled(store)

    await desk.until(look)


async def test_what_cannot_be_done_is_put_back(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(3)
        inbox, archive = await desk.mailbox(), await desk.mailbox(b"Archive")
        await store.local.drop(desk.name, b"Archive", only_empty=False)
        await desk.account.changes.move(inbox.id, [rows[0].uid], archive.id)
        await desk.until(lambda: desk.said(ChangeRefused))
        assert len(await desk.rows()) == 3


async def test_flags_given_twice_are_given_once(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(3)
        await desk.account.changes.flag(await desk.inbox(), [rows[0].uid], FLAGGED, True)
        await desk.until(lambda: settled(store))
        box = await store.local.box(desk.name, b"INBOX")
        assert box is not None
        await store.local.change_flags(box.id, [rows[0].uid], frozenset({FLAGGED}), frozenset())
        again = await store.local.box(desk.name, b"INBOX")
        assert again is not None
        assert again.modseq == box.modseq


async def test_a_change_that_was_taken_back_is_not_carried(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(3)
        await desk.account.changes.flag(await desk.inbox(), [rows[0].uid], FLAGGED, True)
        changes = await store.pending.all()
        await desk.until(lambda: settled(store))
        if changes:
            assert (await LocalCarrier(desk.name, store).carry(changes[0])).places is None
