"""Mail put aside on Dovecot: two machines of one user agree on what is in the list, whichever of them did it."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk, open_store
from tui.mail import snooze
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import MessagesArrived

HOUR = 3600.0


@asynccontextmanager
async def two_machines(store: Store, folder: Path, dovecot: Dovecot) -> AsyncIterator[tuple[Desk, Desk]]:
    account = dovecot.account(ADA)
    async with open_store(folder / "other") as other, at_work(store, account) as here, at_work(other, account) as there:
        yield here, there


async def lists(desk: Desk, uids: Sequence[int]) -> None:
    """Wait until a machine lists just these, in this order."""

    async def listed() -> bool:
        return [row.uid for row in await desk.rows()] == list(uids)

    await desk.until(listed, 15)


def later(desk: Desk, seconds: float) -> None:
    """Let time pass on a machine."""
    desk.account.snoozes.clock = lambda: time.time() + seconds
    desk.account.snoozes.wake()


async def is_read(desk: Desk) -> bool:
    return SEEN in (await desk.rows())[-1].flags


def returned(desk: Desk) -> list[tuple[int, ...]]:
    return [event.uids for event in desk.said(MessagesArrived) if event.again]


async def test_two_machines_agree(store: Store, dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in (1, 2, 3)))
    with other_client(dovecot) as phone:
        async with two_machines(store, tmp_path, dovecot) as (here, there):
            for desk in (here, there):
                await desk.holds(3)
            phone.command("STORE", "1", "+FLAGS", "(\\Seen)")
            await here.until(lambda: is_read(here))
            act = await here.account.snoozes.put_aside(await here.inbox(), [Uid(1)], time.time() + HOUR)
            assert act is not None
            assert act.short == "snoozed 1"
            for desk in (here, there):
                await lists(desk, [3, 2])
            assert snooze.SNOOZED in phone.flags()[1]
            later(there, 2 * HOUR)
            for desk in (there, here):
                await lists(desk, [1, 3, 2])
            assert returned(there) == [(1,)]
            assert not returned(here), "its time has not come there"
            assert phone.flags()[1] == {snooze.BACK}


async def test_a_time_passes_while_the_program_is_off(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("number 1"), mail("number 2"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(2)
        await desk.account.snoozes.put_aside(await desk.inbox(), [Uid(1)], time.time() + HOUR)
        await lists(desk, [2])
    async with at_work(store, dovecot.account(ADA)) as desk:
        later(desk, 2 * HOUR)
        await lists(desk, [1, 2])
        assert returned(desk) == [(1,)]


async def test_an_answer_brings_it_back(store: Store, dovecot: Dovecot) -> None:
    question, other = mail("A question"), mail("Something else")
    dovecot.deliver(ADA, question, other)
    name = question.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(2)
        await desk.account.snoozes.put_aside(await desk.inbox(), [Uid(1), Uid(2)], answer=True)
        await lists(desk, [])
        own = mail("Re: A question", "Well?", sender=f"Ada <{ADA}>").replace(
            b"MIME", b"In-Reply-To: " + name + b"\r\nMIME"
        )
        dovecot.deliver(ADA, own)
        await lists(desk, [3])
        newest = (await desk.rows())[0].received
        await desk.until(lambda: time.time() >= newest + 1)  # INTERNALDATE has seconds
        answer = mail("Re: A question", "Yes.").replace(b"MIME", b"In-Reply-To: " + name + b"\r\nMIME")
        dovecot.deliver(ADA, answer)
        await lists(desk, [4, 3, 1])


async def test_undo_puts_it_into_the_list_as_it_was(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("number 1"), mail("number 2"))
    with other_client(dovecot) as phone:
        phone.command("STORE", "1", "+FLAGS", "(\\Seen)")
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(2)
            act = await desk.account.snoozes.put_aside(await desk.inbox(), [Uid(1)], time.time() + HOUR)
            await lists(desk, [2])
            assert act is not None
            await desk.account.changes.undo(act)
            await lists(desk, [2, 1])
            await desk.until(lambda: phone.flags()[1] == {SEEN})
