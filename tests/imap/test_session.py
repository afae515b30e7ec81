"""A line that breaks, hangs or floods: everyone who waits learns of it, none for ever (I02, I03, I11, I12)."""

import asyncio
import time

import pytest

from tests.imap.lines import join, on
from tests.servers.scripted_imap import scripted_imap
from tui.imap import change, fetch, mailboxes, search
from tui.imap.idle import noop
from tui.imap.structure import of as structure_of
from tui.mail.errors import ConnectionLost, ProtocolViolation, ServerRefused, TemporarilyRefused, TimedOut
from tui.mail.flags import FLAGGED, NO_FLAGS
from tui.mail.ids import AccountName, Uid

ACCOUNT = AccountName("a")


async def test_a_lost_line_fails_every_waiter() -> None:
    async with on("hang-noop") as (session, server):
        waiters = [asyncio.create_task(noop(session)) for _ in range(3)]
        await server.until(lambda: server.log[-1].endswith(b"NOOP"))
        await server.stop()
        results = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), 1)
        assert all(isinstance(result, ConnectionLost) for result in results)
        assert isinstance(await session.wait_closed(), ConnectionLost)
        assert not session.is_alive


@pytest.mark.parametrize(
    "behaviour", ["hang-noop", "hang-list", "hang-select", "hang-fetch", "hang-search", "hang-store"]
)
async def test_a_command_without_answer_ends_the_line(behaviour: str) -> None:
    async def everything() -> None:
        await noop(session)
        await mailboxes.list_mailboxes(session, ACCOUNT)
        await mailboxes.select(session, b"INBOX")
        _ = [batch async for batch in fetch.envelopes(session, "1:*")]
        await search.all_uids(session)
        await change.store_flags(session, [Uid(1)], frozenset({FLAGGED}), NO_FLAGS)

    async with on(behaviour, timeout=0.2, messages=1) as (session, _):
        with pytest.raises(TimedOut):
            await everything()
        assert not session.is_alive


async def test_close_does_not_wait_for_a_deaf_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.imap.session.LOGOUT_TIMEOUT", 0.1)
    async with on("hang-logout") as (session, _):
        await asyncio.wait_for(session.close(), 1)
        assert not session.is_alive


async def test_a_cancelled_command_ends_the_line() -> None:
    async with on("hang-noop") as (session, server):
        task = asyncio.create_task(noop(session))
        await server.until(lambda: server.log[-1].endswith(b"NOOP"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not session.is_alive


async def test_cancelling_one_that_waits_its_turn_costs_nothing() -> None:
    async with on("normal", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        stream = fetch.envelopes(session, "1:*")
        await anext(stream)
        waiting = asyncio.create_task(noop(session))
        await asyncio.sleep(0)
        waiting.cancel()
        _ = [batch async for batch in stream]
        await noop(session)


async def test_leaving_a_stream_early_ends_the_line() -> None:
    async with on("normal", messages=1) as (session, server):
        await mailboxes.select(session, b"INBOX")
        dialogue = server.dialogues[0]

        async def half(tag: bytes, uids: bytes, items: bytes, *options: bytes) -> None:
            await dialogue.send(dialogue.fetch_row(1, server.boxes[b"INBOX"].mails[0], items))
            await dialogue.hang()

        dialogue.do_uid_fetch = half  # type: ignore[method-assign]
        stream = fetch.envelopes(session, "1:*")
        assert len(await anext(stream)) == 1
        await stream.aclose()
        assert not session.is_alive


async def test_wrong_tags_are_a_violation() -> None:
    async with on("wrong-tags") as (session, _):
        for _ in range(4):
            if session.is_alive:
                await asyncio.gather(noop(session), return_exceptions=True)
        assert isinstance(await session.wait_closed(), ProtocolViolation)


async def test_continuations_nobody_asked_for_are_passed_over() -> None:
    async with on("continuation-spam", messages=2) as (session, _):
        await mailboxes.select(session, b"INBOX")
        assert await search.all_uids(session) == [(1, 2)]
        assert await change.append(session, b"Sent", b"Subject: x\r\n\r\ny\r\n", NO_FLAGS, None) == 1


async def test_a_flood_is_swallowed() -> None:
    async with on("untagged-flood", messages=1) as (session, _):
        began = time.process_time()
        await mailboxes.select(session, b"INBOX")
        assert await search.all_uids(session) == [(1, 1)]
        assert time.process_time() - began < 5


async def test_a_flood_without_end_ends_the_line() -> None:
    async with on("untagged-flood", n=150_000) as (session, _):
        with pytest.raises(ProtocolViolation, match="without end"):
            await noop(session)


async def test_dribble_works_with_a_deadline_that_counts_progress() -> None:
    began = time.monotonic()
    async with on("dribble", timeout=0.3, messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        rows = [row async for batch in fetch.envelopes(session, "1:*") for row in batch]
        assert [row.uid for row in rows] == [1]
    assert time.monotonic() - began > 0.3


async def test_cut_anywhere_gives_errors_of_ours_and_no_half_message() -> None:
    async with scripted_imap("drop-at", messages=3, at=0) as server:
        finished = 0
        for at in range(1, 2600, 37):
            server.options["at"] = at
            try:
                session = await join(server)
                await mailboxes.select(session, b"INBOX")
                async for batch in fetch.envelopes(session, "1:*"):
                    assert all(row.subject == f"message {row.uid}" and structure_of(row) for row in batch)
                body = await fetch.parts(session, Uid(1), ["HEADER", "1"], limit=1000)
                assert body["1"] == b"body 1\r\n"
                finished += 1
                session.abort()
            except (ConnectionLost, ProtocolViolation):
                continue
        assert finished > 2


async def test_unavailable_is_temporary_and_keeps_the_line() -> None:
    async with on("no-unavailable") as (session, _):
        refused = 0
        for _ in range(4):
            try:
                await noop(session)
            except TemporarilyRefused:
                refused += 1
        assert refused == 2
        assert session.is_alive


async def test_a_refusal_names_what_was_done_and_keeps_the_line() -> None:
    async with on("readonly", messages=1) as (session, _):
        selected = await mailboxes.select(session, b"INBOX")
        assert selected.read_only
        with pytest.raises(ServerRefused, match="read-only") as caught:
            await change.store_flags(session, [Uid(1)], frozenset({FLAGGED}), NO_FLAGS)
        assert caught.value.text == "the mailbox is read-only"
        await noop(session)


async def test_a_long_line_is_not_kept() -> None:
    async with on("long-line", messages=1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(ProtocolViolation, match="line of more than"):
            _ = [batch async for batch in fetch.envelopes(session, "1:*")]


async def test_nothing_is_said_behind_the_end() -> None:
    async with on("normal") as (session, server):
        session.abort()
        with pytest.raises(ConnectionLost):
            await noop(session)
        assert not server.text.endswith(b"NOOP")
