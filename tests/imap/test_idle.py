"""IDLE turns: every way to end one (I04, I05)."""

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.imap.lines import on
from tests.servers.scripted_mailbox import sample
from tui.imap import idle, mailboxes
from tui.imap.idle import IdleTurn, noop
from tui.imap.responses import Exists, Expunged, Untagged
from tui.mail.errors import ConnectionLost, NotSupported, ServerRefused, TimedOut


async def test_news_end_the_wait() -> None:
    heard: list[Untagged] = []
    async with on("normal", messages=2) as (session, server):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session) as turn:
            server.push_message(sample(3))
            assert await asyncio.wait_for(turn.wait(None), 1) == "heard"
            assert heard == [Exists(3)]
            server.expunge(1)
            assert await asyncio.wait_for(turn.wait(None), 1) == "heard"
            assert heard[-1] == Expunged(1)
        assert server.log[-1] == b"DONE"
        await noop(session)


async def test_waking_and_renewing_end_the_wait() -> None:
    async with on("normal") as (session, _):
        await mailboxes.select(session, b"INBOX")
        wake = asyncio.Event()
        wake.set()
        async with IdleTurn(session) as turn:
            assert await turn.wait(wake) == "woken"
        async with IdleTurn(session, renew_after=0.05) as turn:
            assert await turn.wait(asyncio.Event()) == "renew"


async def test_words_of_comfort_do_not_end_the_wait() -> None:
    async with on("normal") as (session, server):
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session, renew_after=0.2) as turn:
            server.push(b"* OK still here\r\n* OK [HIGHESTMODSEQ 7] x\r\n")
            assert await turn.wait(None) == "renew"


async def test_other_commands_wait_for_the_end_of_the_turn() -> None:
    async with on("normal") as (session, server):
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session):
            waiting = asyncio.create_task(noop(session))
            await asyncio.sleep(0.05)
            assert not waiting.done()
        await asyncio.wait_for(waiting, 1)
        assert server.log[-2] == b"DONE"


async def test_bye_in_idle() -> None:
    async with on("bye-in-idle") as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(ConnectionLost, match="going down"):
            async with IdleTurn(session) as turn:
                await asyncio.wait_for(turn.wait(None), 2)


async def test_bye_instead_of_idling() -> None:
    async with on("bye-on-idle") as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(ConnectionLost, match="no idling"):
            async with IdleTurn(session):
                pytest.fail("entered")


async def test_refused_idle_keeps_the_line() -> None:
    async with on("idle-refused") as (session, _):
        await mailboxes.select(session, b"INBOX")
        for _ in range(2):
            with pytest.raises(ServerRefused):
                async with IdleTurn(session):
                    pytest.fail("entered")
        await noop(session)


async def test_idle_that_is_not_offered_is_not_tried() -> None:
    async with on("capability-minimal") as (session, server):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(NotSupported):
            async with IdleTurn(session):
                pytest.fail("entered")
        assert b"IDLE" not in server.text
        await noop(session)


async def test_a_deaf_server_is_noticed_at_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "DONE_TIMEOUT", 0.2)
    async with on("idle-deaf") as (session, _):
        await mailboxes.select(session, b"INBOX")
        began = time.monotonic()
        with pytest.raises(TimedOut):
            async with IdleTurn(session, renew_after=0.05) as turn:
                await turn.wait(None)
        assert time.monotonic() - began < 2
        assert not session.is_alive


async def test_waiting_has_no_deadline_of_its_own() -> None:
    async with on("normal", timeout=0.1) as (session, _):
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session, renew_after=0.4) as turn:
            assert await turn.wait(None) == "renew"
        assert session.is_alive


async def test_cancelled_in_idle() -> None:
    async with on("normal") as (session, server):
        await mailboxes.select(session, b"INBOX")

        async def wait() -> None:
            async with IdleTurn(session) as turn:
                await turn.wait(None)

        task = asyncio.create_task(wait())
        await server.until(lambda: server.dialogues[0].idling)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1)
        assert not session.is_alive


async def test_floods_are_heard_and_end() -> None:
    heard: list[Untagged] = []
    async with on("exists-flood") as (session, _):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session) as turn:
            assert await turn.wait(None) == "heard"
        assert heard[-1] == Exists(20_000)


async def test_a_storm_of_expunges_leaves_an_empty_mailbox() -> None:
    heard: list[Untagged] = []
    async with on("expunge-storm", messages=2000) as (session, _):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session) as turn:
            await turn.wait(None)
        assert len(heard) == 2000
        assert session.selected is not None
        assert session.selected.exists == 0


async def test_absurd_counts_ask_for_a_new_select() -> None:
    heard: list[Untagged] = []
    async with on("exists-absurd", messages=3) as (session, _):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session) as turn:
            await turn.wait(None)
        assert session.selected is None
        assert not any(isinstance(seen, Expunged) for seen in heard)
        await mailboxes.select(session, b"INBOX")


async def test_a_new_message_is_pushed() -> None:
    async with on("idle-new-mail") as (session, _):
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session) as turn:
            assert await asyncio.wait_for(turn.wait(None), 1) == "heard"


async def test_what_is_asked_behind_news_leaves_in_one_go_with_done(monkeypatch: pytest.MonkeyPatch) -> None:
    flights: list[bytes] = []
    async with on("normal", messages=2) as (session, server):
        await mailboxes.select(session, b"INBOX")
        monkeypatch.setattr(session._connection.transport, "write", _noting(session._connection.transport, flights))
        async with IdleTurn(session, hasty=True) as turn:
            server.push_message(sample(3))
            assert await asyncio.wait_for(turn.wait(None), 1) == "heard"
        await noop(session)
        assert [flight.count(b"\r\n") for flight in flights[-2:]] == [1, 2]
        assert flights[-1].startswith(b"DONE\r\n")
        assert not turn.is_refused
        async with IdleTurn(session, hasty=True) as turn:  # without news its answer tells whether the server is there
            wake = asyncio.Event()
            wake.set()
            await turn.wait(wake)
        assert flights[-1] == b"DONE\r\n"
        await noop(session)


def _noting(transport: asyncio.Transport, flights: list[bytes]) -> Callable[[bytes], None]:
    write = transport.write

    def noting(data: bytes) -> None:
        flights.append(bytes(data))
        write(data)

    return noting


async def test_a_server_that_is_deaf_to_done_is_noticed_behind_news_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "DONE_TIMEOUT", 0.2)
    async with on("idle-deaf", messages=2) as (session, server):
        await mailboxes.select(session, b"INBOX")
        async with IdleTurn(session, hasty=True) as turn:
            server.push_message(sample(3))
            await asyncio.wait_for(turn.wait(None), 1)
        with pytest.raises(TimedOut):
            await noop(session)
        assert not session.is_alive
