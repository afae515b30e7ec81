"""Mail put aside on Dovecot: two machines of one user agree on what is in the list, whichever of them did it."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.end_to_end.command import command, write_config
from tests.end_to_end.work import at_work, mail, other_client
from tests.schema import problems, schema_of
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.postfix import Postfix
from tests.servers.scripted_smtp import scripted_smtp
from tests.sync.desk import Desk, open_store, server
from tui.mail import snooze
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.mail.submission import Submission, SubmissionState
from tui.store.database import Store
from tui.sync.events import MessagesArrived, MessagesVanished

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
            assert [event.uids for event in there.said(MessagesVanished)] == [(1,)]
            assert returned(there) == [(1,)]
            assert not returned(here), "its time has not come there"
            assert phone.flags()[1] == {snooze.BACK}


async def test_a_machine_that_comes_late_hides_nothing_from_the_search(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("number 1"))
    with other_client(dovecot) as phone:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(1)
            await desk.account.snoozes.put_aside(await desk.inbox(), [Uid(1)], time.time() + HOUR)
            await desk.until(lambda: snooze.SNOOZED in phone.flags()[1])
            phone.command("STORE", "1", "-FLAGS", f"({snooze.SNOOZED})")
            await desk.until(lambda: snooze.SNOOZED in phone.flags()[1])


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


async def test_an_answer_of_somebody_else_brings_it_back(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("A question"), mail("Another"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        another, question = [row.message_id for row in await desk.holds(2)]
        newest = (await desk.rows())[0].received
        await desk.account.snoozes.put_aside(await desk.inbox(), [Uid(1), Uid(2)], answer=True)
        await lists(desk, [])
        await desk.until(lambda: time.time() >= newest + 1)  # INTERNALDATE has seconds
        dovecot.deliver(ADA, answer_to(another, f"Ada <{ADA}>"))
        await lists(desk, [3])
        dovecot.deliver(ADA, answer_to(question))
        await lists(desk, [4, 3, 1])
        assert returned(desk) == [(1,)]


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


@asynccontextmanager
async def writing(store: Store, dovecot: Dovecot, sent_copy: str = "auto") -> AsyncIterator[Desk]:
    """A machine that can send: what it sends goes nowhere but into Sent."""
    async with scripted_smtp() as smtp:
        account = replace(dovecot.account(ADA, send=server(smtp.port)), sent_copy=sent_copy)
        async with at_work(store, account) as desk:
            desk.account.snoozes.spread = 0.0
            yield desk


async def sent(desk: Desk, moment: float) -> Submission:
    """Send a mail of which one wants to be reminded."""
    id = await desk.send("alan@example.net", subject="A question", remind=moment)
    return await desk.becomes(id, SubmissionState.COPIED)


def answer_to(message_id: str, sender: str = "Alan <alan@example.net>") -> bytes:
    answer = mail(f"Re: {message_id[:20]}", "Yes.", sender=sender)
    return answer.replace(b"MIME", f"In-Reply-To: {message_id}\r\nMIME".encode())


async def test_what_nobody_answers_comes_to_the_inbox_once(store: Store, dovecot: Dovecot, tmp_path: Path) -> None:
    with other_client(dovecot) as phone:
        async with open_store(tmp_path / "other") as other, writing(store, dovecot) as here:
            await sent(here, time.time() + HOUR)
            async with at_work(other, dovecot.account(ADA)) as there:
                there.account.snoozes.spread = 0.5
                await there.account.look_into((await there.mailbox(b"Sent")).id)
                await here.until(lambda: snooze.reminds(phone.flags("Sent").get(1, ())) is not None)
                await lists(there, [])
                for desk in (here, there):
                    later(desk, 2 * HOUR)
                for desk in (here, there):
                    await lists(desk, [1])
                await here.until(lambda: snooze.reminds(phone.flags("Sent")[1]) is None)
        assert phone.flags() == {1: {snooze.BACK}}, "both machines, one copy"


async def test_nobody_is_reminded_of_what_was_answered(store: Store, dovecot: Dovecot) -> None:
    async with writing(store, dovecot) as desk:
        row = await sent(desk, time.time() + HOUR)
        await desk.until(lambda: time.time() >= row.due + 1)
        dovecot.deliver(ADA, answer_to(row.message_id))
        await lists(desk, [1])
        await desk.until(lambda: forgotten(desk))
        later(desk, 2 * HOUR)
        await lists(desk, [1])


async def test_one_is_reminded_though_there_is_no_copy(store: Store, dovecot: Dovecot) -> None:
    async with writing(store, dovecot, "none") as desk:
        row = await sent(desk, time.time() + HOUR)
        later(desk, 2 * HOUR)
        await lists(desk, [1])
        (shown,) = await desk.rows()
        assert shown.message_id == row.message_id
        assert shown.is_unread
        await desk.until(lambda: forgotten(desk))


async def forgotten(desk: Desk) -> bool:
    """Whether no reminder is left."""
    return not await desk.store.outbox.reminders(desk.name) and not await desk.store.snoozed.waiting(desk.name)


async def test_a_script_snoozes(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("first"), mail("second"))
    (_, row) = (await command(tmp_path, "list", "--json")).rows
    name = str(row["id"])
    wrong = await command(tmp_path, "snooze", "--until", "3d", "--back", name)
    assert (wrong.status, wrong.out) == (2, "")
    wrong = await command(tmp_path, "snooze", "--until", "yesteryear", name)
    assert wrong.status == 2
    assert "is no time" in wrong.err
    done = await command(tmp_path, "snooze", "--until", "3d", name)
    assert (done.status, done.out, done.err) == (0, "snoozed 1 message in Inbox\n", "")
    assert [each["subject"] for each in (await command(tmp_path, "list", "--json")).rows] == ["second"]
    (found,) = (await command(tmp_path, "search", "--json", "is:snoozed")).rows
    assert found["id"] == name
    (brought,) = (await command(tmp_path, "snooze", "--json", "--back", "--query", "is:snoozed")).rows
    assert problems(schema_of("snooze"), brought) == []
    assert brought["done"] == "brought back 1 message in Inbox"
    assert len((await command(tmp_path, "list", "--json")).rows) == 2
