"""Several commands in one go: what is owed leaves with the first one, answers find their command."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from tests.imap.lines import on
from tui.imap import fetch, mailboxes, search
from tui.imap.arguments import Literal, astring
from tui.imap.command import Order
from tui.imap.idle import noop
from tui.imap.session import Session
from tui.mail.envelope import Envelope
from tui.mail.errors import ConnectionLost, MailboxNotFound, ServerRefused, TimedOut
from tui.mail.ids import Uid


def _names(log: list[bytes]) -> list[bytes]:
    return [line.split(b" ")[1] for line in log]


async def test_what_is_to_be_agreed_on_leaves_with_the_first_command() -> None:
    async with on("qresync", messages=2) as (session, server):
        assert _names(server.log) == [b"AUTHENTICATE"]
        await mailboxes.select(session, b"INBOX")
        assert _names(server.log) == [b"AUTHENTICATE", b"ENABLE", b"SELECT"]
        assert session.resyncs
        await noop(session)
        assert _names(server.log)[-1] == b"NOOP"


async def test_a_line_that_only_says_goodbye_agrees_on_nothing() -> None:
    async with on("qresync", messages=2) as (session, server):
        await session.close()
        assert _names(server.log) == [b"AUTHENTICATE", b"LOGOUT"]


async def test_commands_are_sent_without_waiting_and_each_gets_its_answer() -> None:
    async with on("normal", messages=2) as (session, server):
        async with session.pipeline() as send:
            commands = [await send(_status(b"INBOX")) for _ in range(3)]
            assert not any(command.done.done() for command in commands)
            waiting = asyncio.create_task(noop(session))
            await asyncio.gather(*(command.done for command in commands))
        await waiting
        assert _names(server.log)[-4:] == [b"STATUS"] * 3 + [b"NOOP"]


async def _sent(session: Session, *orders: Order, then: Callable[[], Awaitable[None]] | None = None) -> None:
    async with session.pipeline() as send:
        for order in orders:
            await send(order)
        if then is not None:
            await then()


def _status(name: bytes) -> Order:
    return Order("Counting", "STATUS", (astring(name), b"(MESSAGES)"))


ASKING = Order("Asking", "NOOP")


async def test_one_refusal_is_told_when_all_are_answered_and_the_line_is_good() -> None:
    async with on("normal", messages=2) as (session, server):
        with pytest.raises(ServerRefused):
            await _sent(session, _status(b"Nowhere"), _status(b"INBOX"))
        assert _names(server.log)[-2:] == [b"STATUS"] * 2
        await noop(session)


async def test_a_lost_line_fails_all_of_them() -> None:
    async with on("hang-noop") as (session, server):

        async def lose() -> None:
            await server.until(lambda: server.log[-1].endswith(b"NOOP"))
            await server.stop()

        with pytest.raises(ConnectionLost):
            await _sent(session, ASKING, ASKING, then=lose)


async def test_leaving_before_the_answers_ends_the_line() -> None:
    async def leave() -> None:
        raise KeyError

    async with on("hang-noop") as (session, _):
        with pytest.raises(KeyError):
            await _sent(session, ASKING, then=leave)
        assert not session.is_alive


async def test_each_of_them_has_a_deadline() -> None:
    async with on("hang-noop", timeout=0.2) as (session, _):
        with pytest.raises(TimedOut):
            await _sent(session, ASKING, ASKING)
        assert not session.is_alive


async def test_a_message_is_read_beside_the_list_that_is_being_fetched() -> None:
    async with on("normal", messages=60) as (session, server):
        await mailboxes.select(session, b"INBOX")
        assert await fetch.parts_beside(session, Uid(7), ["1"], limit=1000) is None
        sets = [f"{low}:{low + 4}" for low in range(1, 60, 5)]
        rows: list[Envelope] = []
        reading: asyncio.Task[dict[str, bytes] | None] | None = None
        async for batch, _ in fetch.envelope_ranges(session, lambda: sets.pop(0) if sets else None):
            rows += batch
            if reading is None:
                reading = asyncio.create_task(fetch.parts_beside(session, Uid(7), ["1"], limit=1000))
                waiting = asyncio.create_task(noop(session))
        assert reading is not None
        assert await reading == {"1": b"body 7\r\n"}
        await waiting
        assert [row.uid for row in rows] == list(range(1, 61))
        asked = [line for line in server.log if b" FETCH " in line]
        assert 0 < next(place for place, line in enumerate(asked) if b"BODY.PEEK" in line) < len(asked) - 1
        assert _names(server.log)[-1] == b"NOOP"


@pytest.mark.parametrize(
    "doing", [noop, search.all_uids, lambda session: fetch.parts(session, Uid(9), ["1"], limit=99)]
)
async def test_a_message_is_read_behind_what_is_being_asked(doing: Callable[[Session], Awaitable[object]]) -> None:
    async with on("normal", messages=20) as (session, server):
        await mailboxes.select(session, b"INBOX")
        asking = asyncio.ensure_future(doing(session))
        await asyncio.sleep(0)
        assert await fetch.parts_beside(session, Uid(7), ["1"], limit=1000) == {"1": b"body 7\r\n"}
        await asking
        assert _names(server.log)[-1] == b"UID"
        assert b"BODY.PEEK[1]" in server.log[-1]


async def test_a_message_is_read_in_one_go_with_what_opens_its_mailbox() -> None:
    async with on("normal", messages=20) as (session, server):
        server.boxes[b"Archive"].add(b"Subject: kept\r\n\r\nkept\r\n")

        async def opened(name: bytes) -> dict[str, bytes]:
            return await fetch.parts_behind(session, Uid(1), ["1"], lambda: mailboxes.select(session, name), limit=1000)

        assert await opened(b"INBOX") == {"1": b"body 1\r\n"}
        assert await opened(b"Archive") == {"1": b"kept\r\n"}
        assert session.selected is not None
        assert (session.selected.wire, session.selected.exists) == (b"Archive", 1)
        assert _names(server.log)[-4:] == [b"SELECT", b"UID"] * 2
        with pytest.raises(MailboxNotFound):
            await opened(b"Nowhere")
        assert session.behind is None
        assert await opened(b"INBOX") == {"1": b"body 1\r\n"}


async def test_what_a_line_has_not_heard_of_is_read_in_one_go_with_hearing_of_it() -> None:
    async with on("normal", messages=2) as (session, server):
        await mailboxes.select(session, b"INBOX")
        uid = server.push_message(b"Subject: new\r\n\r\nnew\r\n").uid
        read = await fetch.parts_behind(session, Uid(uid), ["1"], lambda: noop(session), limit=1000)
        assert read == {"1": b"new\r\n"}
        assert _names(server.log)[-2:] == [b"NOOP", b"UID"]


async def test_where_nothing_was_to_be_said_before_it_is_asked_for_all_the_same() -> None:
    async def nothing() -> None:
        pass

    async with on("normal", messages=2) as (session, server):
        await mailboxes.select(session, b"INBOX")
        assert await fetch.parts_behind(session, Uid(2), ["1"], nothing, limit=1000) == {"1": b"body 2\r\n"}
        await noop(session)
        assert _names(server.log)[-2:] == [b"UID", b"NOOP"]


async def test_the_same_message_is_not_asked_for_beside_itself() -> None:
    async with on("normal", messages=20) as (session, _):
        await mailboxes.select(session, b"INBOX")
        first = asyncio.create_task(fetch.parts(session, Uid(7), ["1", "HEADER"], limit=1000))
        await asyncio.sleep(0)
        assert await fetch.parts_beside(session, Uid(7), ["1"], limit=1000) is None
        assert (await first).keys() == {"1", "HEADER"}


async def test_a_piece_that_others_asked_for_is_not_taken_for_the_whole() -> None:
    async with on("normal", messages=20) as (session, _):
        await mailboxes.select(session, b"INBOX")
        async with aclosing(fetch.bodies(session, {Uid(7): ["1"], Uid(8): ["1"]}, limit=3)) as batches:
            fetching = asyncio.create_task(_all(batches))
            await asyncio.sleep(0)
            beside = await fetch.parts_beside(session, Uid(7), ["1"], limit=1000)
            await fetching
        assert beside is None, "four octets would have looked like all of it"


async def _all(batches: fetch.BodyBatches) -> None:
    async for _ in batches:
        pass


@pytest.mark.parametrize("name", [b"INBOX", b"Archive"])
async def test_nothing_is_sent_behind_what_selects(name: bytes) -> None:
    async with on("normal", messages=20) as (session, _):
        await mailboxes.select(session, b"INBOX")
        selecting = asyncio.create_task(mailboxes.select(session, name))
        await asyncio.sleep(0)
        assert await fetch.parts_beside(session, Uid(7), ["1"], limit=1000) is None
        await selecting


async def test_nothing_is_sent_into_a_command_that_is_half_sent() -> None:
    async with on("normal", capability="IMAP4rev1 AUTH=PLAIN SASL-IR", messages=20) as (session, server):
        await mailboxes.select(session, b"INBOX")
        word = Literal("Übung".encode())
        searching = asyncio.create_task(search.search(session, b"CHARSET", b"UTF-8", b"SUBJECT", word))
        await asyncio.sleep(0)
        assert await fetch.parts_beside(session, Uid(7), ["1"], limit=1000) is None
        await asyncio.gather(searching, return_exceptions=True)
        assert not [line for line in server.log if b"BODY" in line]


async def test_a_refused_reading_beside_the_list_leaves_the_list_alone() -> None:
    async with on("normal", messages=20) as (session, _):
        await mailboxes.select(session, b"INBOX")
        async with session.pipeline(is_open=True) as send:
            await send(Order("Reading", "UID FETCH", (b"1:5", b"(FLAGS)")))
            with pytest.raises(ServerRefused):
                await session.join(_status(b"Nowhere"))
        await noop(session)
