"""Lines that are half open, machines that sleep, networks that flap: one resync, three lines at most (I04-I06)."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from typing import cast

import pytest

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import Desk, desk
from tui.imap import idle
from tui.mail.errors import ConnectionLost
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import lines, question, watch, work
from tui.sync.clock import ClockJumps
from tui.sync.events import Link, MessagesArrived, Return

SOME_TIME = 0.05
"""Seconds in which what a server says on loopback is heard."""


class Sleep(ClockJumps):
    """Tells of sleep when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self._slept: asyncio.Queue[float] = asyncio.Queue()

    def wake_up(self) -> None:
        self._slept.put_nowait(600.0)

    async def next(self) -> float:
        return await self._slept.get()


def freeze(server: ScriptedServer) -> Callable[[], None]:
    """Let the server hear nothing more on the lines there are, as if it, or the network, were gone without a word."""
    frozen = [cast(asyncio.Transport, dialogue.writer.transport) for dialogue in server.dialogues]
    frozen = [transport for transport in frozen if not transport.is_closing()]
    for transport in frozen:
        transport.pause_reading()

    def thaw() -> None:
        for transport in frozen:
            transport.resume_reading()

    return thaw


def lives(desk: Desk) -> int:
    """Return how often the line came up."""
    links = [state.link for state in desk.states]
    return sum(pair == (Link.CONNECTING, Link.LIVE) for pair in pairwise(links))


async def idling(server: ScriptedServer, count: int = 1) -> None:
    await server.until(lambda: sum(dialogue.idling for dialogue in server.dialogues) >= count)


async def at_rest(desk: Desk, server: ScriptedServer) -> None:
    """Wait until the first round is over, and all that the server said of it was heard some time ago."""
    await desk.until(lambda: server.text.count(b"STATUS") >= 2)
    await idling(server)
    await desk.until(lambda: time.time() - desk.account.link.heard > SOME_TIME)


async def test_a_silent_line_is_asked_and_given_up_when_it_does_not_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "DONE_TIMEOUT", 0.6)
    monkeypatch.setattr(question, "ASKING_AFTER", 0.2)
    async with scripted_imap(messages=2) as server, desk(store, server, probe=0.3) as work:
        await work.holds(2)
        await idling(server)
        before = server.text.count(b"DONE")
        await server.until(lambda: server.text.count(b"DONE") >= before + 2)  # it answers: nothing is said of it
        assert {state.link for state in work.states} == {Link.CONNECTING, Link.LIVE}
        freeze(server)
        server.boxes[b"INBOX"].add(sample(3))
        asking = await work.link(Link.ASKING)
        assert asking.since > asking.heard
        offline = await work.link(Link.OFFLINE)
        assert "did not answer" in offline.reason
        await work.until(lambda: lives(work) == 2)
        assert await work.uids() == [1, 2, 3]
        kinds = [state.link for state in work.states]
        assert kinds[kinds.index(Link.ASKING) + 1] is Link.OFFLINE
        back: Return = await work.until(lambda: work.account.link.back)
        assert (back.new, back.done) == (1, 0)


async def test_an_answer_that_is_late_ends_the_asking(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "ASKING_AFTER", 0.1)
    async with scripted_imap(messages=2) as server, desk(store, server, probe=0.2) as work:
        await work.holds(2)
        await idling(server)
        thaw = freeze(server)
        await work.link(Link.ASKING)
        thaw()
        await work.until(lambda: work.account.link.link is Link.LIVE)
        assert Link.OFFLINE not in {state.link for state in work.states}
        assert len(server.dialogues) == 2


async def test_a_machine_that_wakes_up_asks_at_once(store: Store) -> None:
    sleep = Sleep()
    async with scripted_imap(messages=2) as server, desk(store, server, jumps=sleep) as work:
        await work.holds(2)
        await idling(server)
        dones, lists = server.text.count(b"DONE"), server.text.count(b" LIST ")
        server.boxes[b"INBOX"].add(sample(3))
        sleep.wake_up()
        await server.until(lambda: server.text.count(b"DONE") > dones)
        await server.until(lambda: server.text.count(b" LIST ") > lists)  # what is not pushed is looked at as well
        await idling(server)
        assert Link.OFFLINE not in {state.link for state in work.states}
        assert server.text.count(b" LIST ") == lists + 1


async def test_a_machine_that_wakes_up_to_a_dead_line_makes_a_new_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "AWAKE_PATIENCE", 0.2)
    monkeypatch.setattr(work, "AWAKE_PATIENCE", 0.2)
    sleep = Sleep()
    async with scripted_imap(messages=2) as server, desk(store, server, jumps=sleep) as desk_:
        await desk_.holds(2)
        await at_rest(desk_, server)
        freeze(server)
        server.boxes[b"INBOX"].add(sample(3))
        sleep.wake_up()
        await desk_.until(lambda: lives(desk_) == 2)
        assert await desk_.uids() == [1, 2, 3], "what came meanwhile is here before the line is called live"
        assert await desk_.body(3) == b"body 3\r\n", "the other line is made anew as well"
        fresh = [event.uids for event in desk_.said(MessagesArrived) if event.fresh]
        assert fresh == [(3,)]


async def test_an_attempt_from_before_the_sleep_is_let_go(store: Store) -> None:
    sleep = Sleep()
    async with scripted_imap("greet-hang") as server, desk(store, server, jumps=sleep, timeout=30) as work:
        await server.until(lambda: len(server.dialogues) == 1)
        sleep.wake_up()
        await server.until(lambda: len(server.dialogues) == 2)
        assert [type(error) for error, _ in work.pace.waits] == [ConnectionLost]


async def test_one_resync_after_a_return_and_words_for_it(store: Store) -> None:
    async with scripted_imap(messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        inbox = await work.inbox()
        await idling(server)
        await work.until(lambda: server.text.count(b"STATUS") >= 2)  # the first round is over
        port = server.port
        await server.stop()
        await work.link(Link.OFFLINE)
        await work.account.change_flags(inbox, [Uid(1)], add=["\\Flagged"])
        await work.account.change_flags(inbox, [Uid(2)], add=["\\Seen"])
        await work.until(lambda: work.account.link.link is Link.OFFLINE)
        for number in (4, 5):
            server.boxes[b"INBOX"].add(sample(number))
        del server.log[:]
        assert server.port == port
        await server.start()
        await work.until(lambda: work.account.link.back)
        back = work.account.link.back
        assert back is not None
        assert (back.new, back.done) == (2, 2)
        await work.until(lambda: server.text.count(b"STATUS") >= 2)
        await idling(server)
        for word in (b" LIST ", b" IDLE", b"(UID FLAGS)"):
            assert server.text.count(word) == 1, word
        assert server.text.count(b" SELECT ") == 2, "one for each line"
        assert await work.uids() == [1, 2, 3, 4, 5]


async def test_a_flapping_network_never_leads_to_more_than_three_lines(store: Store) -> None:
    most = 0

    def count() -> int:
        nonlocal most
        there = sum(not dialogue.writer.transport.is_closing() for dialogue in server.dialogues)
        most = max(most, there)
        return there

    async with scripted_imap(messages=30) as server, desk(store, server, haste=0.001) as work:
        await work.link(Link.LIVE)
        for flap in range(40):
            before = len(server.dialogues)
            server.boxes[b"INBOX"].add(sample(100 + flap))
            server.cut()
            work.account.look_now()
            await server.until(lambda: count() >= 0 and len(server.dialogues) > before)  # noqa: B023
            for _ in range(flap % 7):  # somewhere on the way up
                count()
                await asyncio.sleep(0.002)
        await work.holds(70)
        count()
        assert 2 <= most <= lines.MOST
        assert work.account.lines == 2
        uids = [uid for event in work.said(MessagesArrived) if event.fresh for uid in event.uids]
        assert len(uids) == len(set(uids)) == 40, "each is news once"


async def test_a_fourth_line_waits_for_the_end_of_another() -> None:
    class Fake:
        def __init__(self) -> None:
            self.closed: Callable[[], None] = lambda: None

        def when_closed(self, told: Callable[[], None]) -> None:
            self.closed = told

    made: list[Fake] = []

    async def connect() -> Fake:
        made.append(Fake())
        return made[-1]

    async def fail() -> Fake:
        raise ConnectionLost("no")

    held = lines.Lines()
    with pytest.raises(ConnectionLost):
        await held.make(fail)  # type: ignore[arg-type]
    for _ in range(3):
        await held.make(connect)  # type: ignore[arg-type]
    fourth = asyncio.create_task(held.make(connect))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    assert (len(made), held.open) == (3, 3)
    made[1].closed()
    await asyncio.wait_for(fourth, 5)
    assert (len(made), held.open) == (4, 3)
