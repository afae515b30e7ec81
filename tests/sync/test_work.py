"""The work line: the user goes first, a dead line is replaced once, a closed gate answers at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from tui.imap.session import Session
from tui.mail.errors import ConnectionLost, ServerRefused
from tui.sync.work import Rank, WorkLine


class FakeSession:
    """What a work line sees of a session."""

    def __init__(self) -> None:
        self.is_alive = True
        self.heard = 1.0
        self.closed = False

    async def close(self) -> None:
        self.is_alive, self.closed = False, True

    def abort(self) -> None:
        self.is_alive = False


class Lines:
    """Opens fake sessions and remembers them."""

    def __init__(self) -> None:
        self.opened: list[FakeSession] = []

    async def connect(self) -> Session:
        self.opened.append(FakeSession())
        return cast(Session, self.opened[-1])


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
async def line(lines: Lines) -> AsyncIterator[WorkLine]:
    work = WorkLine(lines.connect)
    task = asyncio.create_task(work.run())
    yield work
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nothing_connects_before_the_gate_is_open(line: WorkLine, lines: Lines) -> None:
    async def job(session: Session) -> int:
        return 7

    waiting = asyncio.create_task(line.do(job, Rank.READING))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert lines.opened == []
    line.open_gate()
    assert await waiting == 7
    assert len(lines.opened) == 1


async def test_the_user_goes_first(line: WorkLine) -> None:
    order: list[str] = []
    free = asyncio.Event()

    def job(name: str, wait: bool = False) -> "asyncio.Task[None]":
        async def work(session: Session) -> None:
            if wait:
                await free.wait()
            order.append(name)

        rank = Rank.READING if name == "read" else Rank.BACKGROUND
        return asyncio.create_task(line.do(work, rank))

    line.open_gate()
    first = job("first", wait=True)
    await asyncio.sleep(0.01)
    rest = [job("fill"), job("fill"), job("read")]
    await asyncio.sleep(0.01)
    free.set()
    await asyncio.gather(first, *rest)
    assert order == ["first", "read", "fill", "fill"]


async def test_a_line_that_died_unnoticed_is_replaced_once(line: WorkLine, lines: Lines) -> None:
    line.open_gate()

    async def fine(session: Session) -> str:
        return "fine"

    async def dying(session: Session) -> str:
        if session is cast(Session, lines.opened[0]):
            raise ConnectionLost("gone")
        return "second line"

    await line.do(fine, Rank.SYNC)
    assert await line.do(dying, Rank.SYNC) == "second line"
    assert len(lines.opened) == 2


async def test_a_fresh_line_that_dies_is_told(line: WorkLine, lines: Lines) -> None:
    line.open_gate()

    async def dying(session: Session) -> None:
        raise ConnectionLost("gone")

    with pytest.raises(ConnectionLost):
        await line.do(dying, Rank.SYNC)
    assert len(lines.opened) == 1


async def test_a_refusal_keeps_the_line(line: WorkLine, lines: Lines) -> None:
    line.open_gate()

    async def refused(session: Session) -> None:
        raise ServerRefused("no")

    async def fine(session: Session) -> bool:
        return session.is_alive

    with pytest.raises(ServerRefused):
        await line.do(refused, Rank.SYNC)
    assert await line.do(fine, Rank.SYNC)
    assert len(lines.opened) == 1


async def test_a_closed_gate_fails_those_who_wait(line: WorkLine) -> None:
    async def job(session: Session) -> None:
        return None

    waiting = asyncio.create_task(line.do(job, Rank.READING))
    await asyncio.sleep(0)
    line.close_gate(ConnectionLost("offline since 09:12"))
    with pytest.raises(ConnectionLost, match="09:12"):
        await waiting


async def test_leaving_a_running_job_does_not_cost_the_session(line: WorkLine, lines: Lines) -> None:
    line.open_gate()
    free, done = asyncio.Event(), asyncio.Event()

    async def job(session: Session) -> None:
        await free.wait()
        done.set()

    waiting = asyncio.create_task(line.do(job, Rank.READING))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    free.set()
    await asyncio.wait_for(done.wait(), 1)
    assert lines.opened[0].is_alive


async def test_end_says_goodbye(lines: Lines) -> None:
    work = WorkLine(lines.connect)
    task = asyncio.create_task(work.run())
    work.open_gate()

    async def job(session: Session) -> None:
        return None

    await work.do(job, Rank.SYNC)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert lines.opened[0].closed
