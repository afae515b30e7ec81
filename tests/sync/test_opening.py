"""A message that is not here costs one round trip, whatever else goes on: counted in trips, not in seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.servers.slow_road import Mark, Passage, SlowRoad
from tests.sync.desk import Desk, desk
from tui.imap.session import Session
from tui.mail.errors import ConnectionLost, MailError, ServerRefused
from tui.store.database import Store
from tui.sync.errands import Errands, Fits, Job
from tui.sync.events import Link

COUNT = 20
ROUND_TRIP = 0.04
"""Seconds: longer than it takes to say two things one behind the other."""


class Road:
    """A desk whose lines go over a road that counts."""

    def __init__(self, server: ScriptedServer, passages: list[Passage], work: Desk) -> None:
        self.server = server
        self.work = work
        self._passages = passages

    async def rests(self) -> None:
        """Wait until one line is in IDLE, nothing is done on any other, and nothing more is said."""

        def counts() -> tuple[int, ...]:
            return tuple(len(passage.said) for passage in self._passages)

        def idles() -> bool:
            return any(dialogue.idling for dialogue in self.server.dialogues)

        before: tuple[int, ...] = ()
        async with asyncio.timeout(10):
            while not idles() or before != counts():
                before = counts()
                await asyncio.sleep(3 * ROUND_TRIP)  # an answer, or what follows one, comes in that

    async def open(self, uid: int, wire: bytes = b"INBOX") -> tuple[list[str], int]:
        """Open a message; return what was said for it, in short, and in how many round trips."""
        mark = Mark(self._passages)
        assert await self.work.body(uid, wire)
        said, trips = mark.until("BODY.PEEK[")
        return [words.split(" (")[0] for words in said], trips


@asynccontextmanager
async def road(store: Store, behaviour: str = "normal", capability: str | None = None) -> AsyncIterator[Road]:
    more: dict[str, Any] = {} if capability is None else {"capability": capability}
    async with scripted_imap(behaviour, messages=COUNT, **more) as server:
        with SlowRoad(server.port, ROUND_TRIP) as slow:
            async with desk(store, slow.port) as work:
                yield Road(server, slow.passages, work)


async def test_where_all_is_quiet(store: Store) -> None:
    async with road(store) as line:
        await line.work.holds(COUNT)
        await line.rests()
        assert await line.open(5) == (["UID FETCH 5"], 1)


async def test_what_has_just_arrived_is_asked_for_where_it_was_told_of(store: Store) -> None:
    async with road(store) as line:
        await line.work.holds(COUNT)
        await line.rests()
        line.server.push_message(sample(99))
        await line.work.holds(COUNT + 1)
        await line.rests()
        assert await line.open(COUNT + 1) == (["DONE", f"UID FETCH {COUNT + 1}"], 1)
        await line.rests()
        line.server.push_message(sample(100))  # and it waits for news as before
        await line.work.holds(COUNT + 2)


async def test_while_the_line_for_work_is_at_work(store: Store) -> None:
    async with road(store, "hang-search") as line:
        await line.server.until(lambda: b" UID SEARCH " in line.server.text)
        await line.server.until(lambda: any(dialogue.idling for dialogue in line.server.dialogues))
        assert await line.open(COUNT) == (["DONE", f"UID FETCH {COUNT}"], 1)


async def test_where_the_server_has_no_idle(store: Store) -> None:
    async with road(store, "hang-search", "IMAP4rev1 SASL-IR AUTH=PLAIN LITERAL+") as line:
        await line.server.until(lambda: b" UID SEARCH " in line.server.text)
        await line.work.link(Link.POLLING)
        assert await line.open(COUNT) == ([f"UID FETCH {COUNT}"], 1)


async def test_in_another_mailbox_than_the_lines_have_open(store: Store) -> None:
    async with road(store) as line:
        for number in (1, 2):
            line.server.boxes[b"Archive"].add(sample(number))
        await line.work.holds(COUNT)
        for wire in (b"Archive", b"INBOX"):
            await line.work.account.look_into((await line.work.mailbox(wire)).id)
        await line.rests()
        assert await line.open(1, b"Archive") == (['SELECT "Archive"', "UID FETCH 1"], 1)
        assert await line.open(2, b"Archive") == (["UID FETCH 2"], 1)


async def test_before_there_is_a_line_it_is_asked_for_on_the_first(store: Store) -> None:
    async with scripted_imap(messages=COUNT) as server:
        async with desk(store, server) as work:
            await work.holds(COUNT)
        server.log.clear()
        before = len(server.dialogues)
        async with desk(store, server) as work:
            assert await work.body(5)
            asked = next(n for n, line in enumerate(server.log) if b"BODY.PEEK[" in line)
            assert not [line for line in server.log[:asked] if b" IDLE" in line]
        assert b"BODY.PEEK[HEADER]" in server.log[asked]
        assert len(server.dialogues) > before


async def test_one_that_nobody_waits_for_any_more_is_not_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = asyncio.Event()
    wait_for = Errands.wait_for

    async def noted(self: Errands, job: Job[Any], fits: Fits) -> Any:
        left.set()
        return await wait_for(self, job, fits)

    async with scripted_imap("login-slow", messages=COUNT, n=0) as server:
        async with desk(store, server) as work:
            await work.holds(COUNT)
        server.log.clear()
        server.options["n"] = 0.5
        monkeypatch.setattr(Errands, "wait_for", noted)
        async with desk(store, server) as work:
            opening = asyncio.create_task(work.body(5))
            await asyncio.wait_for(left.wait(), 10)
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
        assert b" IDLE" in server.text
        assert b"BODY.PEEK[" not in server.text


async def test_what_a_lost_line_leaves_undone_is_given_back() -> None:
    errands = Errands()
    session = cast(Session, None)  # nobody looks at it here

    async def lost(_: Session) -> str:
        raise ConnectionLost("gone")

    async def refused(_: Session) -> str:
        raise ServerRefused("no")

    async def done(_: Session) -> str:
        return "done"

    left = [asyncio.create_task(errands.wait_for(job, lambda _: True)) for job in (refused, done, lost, done)]
    misfit = asyncio.create_task(errands.wait_for(done, lambda _: False))
    await asyncio.sleep(0)
    with pytest.raises(ConnectionLost):
        await errands.run(session)
    errands.drop()
    first, *others = await asyncio.gather(*left, misfit, return_exceptions=True)
    assert isinstance(first, ServerRefused)
    assert others == ["done", None, None, None]
    await errands.run(session)  # nothing is left


async def test_without_a_server_it_is_told_at_once(store: Store) -> None:
    async with scripted_imap(messages=COUNT) as server:
        async with desk(store, server) as work:
            await work.holds(COUNT)
        port = server.port
    async with desk(store, port) as work:
        with pytest.raises(MailError, match="cannot be asked"):
            await asyncio.wait_for(work.body(5), 5)
