"""Servers whose data is too much, damaged or a lie: what is there is shown, memory is bounded, the loop runs on.

(I01, I08, I10, I11, I14)
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest

from tests.servers.scripted_data import prepare
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import Desk, Sampler, desk
from tui.mail.errors import ProtocolViolation
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import Link, MessagesArrived

MIB = 1024 * 1024
Check = Callable[[Desk], Awaitable[None]]


async def complete(work: Desk) -> None:
    await work.holds(3, timeout=30)


async def no_line(work: Desk) -> None:
    assert "line of more than" in (await work.link(Link.OFFLINE, timeout=20)).reason
    await work.until(lambda: len(work.pace.waits) >= 2)


async def too_large(work: Desk) -> None:
    await work.holds(3)
    with pytest.raises(ProtocolViolation, match="too large"):
        await work.account.source(await work.inbox(), Uid(1))
    assert await work.store.bodies.get(await work.inbox(), Uid(1)) == {}


async def fifty_thousand(work: Desk) -> None:
    async def listed() -> bool:
        return len(await work.store.mailboxes.all(work.name)) == 50_001

    await work.until(listed, 60)


async def deep(work: Desk) -> None:
    deepest = await work.mailbox(b"/".join([b"d"] * 2000))
    assert len(deepest.mailbox.levels) == 2000
    await work.mailbox(b"dotted.name")
    await work.mailbox(b"back\\slash")
    await complete(work)


async def a_million(work: Desk) -> None:
    await work.until(lambda: "more messages than it says" in work.account.link.reason, 20)
    assert await work.uids() == [1, 2, 3]
    assert await work.body(1) == b"body 1\r\n"


async def swallowed(work: Desk) -> None:
    await complete(work)
    assert work.account.link.link is Link.LIVE


async def few_fetches(work: Desk) -> None:
    await complete(work)
    await asyncio.sleep(0.5)


async def emptied(work: Desk) -> None:
    async def empty() -> bool:
        state = await work.mailbox()
        return not state.held and not state.total and state.complete

    await work.until(empty, 30)


HEAVY: dict[str, tuple[int, Check]] = {
    "normal": (3, complete),
    "untagged-flood": (3, swallowed),
    "continuation-spam": (3, complete),
    "long-line": (3, no_line),
    "literal-huge": (3, too_large),
    "search-huge": (3, a_million),
    "list-50k": (3, fifty_thousand),
    "list-deep": (3, deep),
    "paren-bomb": (3, complete),
    "flags-junk": (3, complete),
    "exists-flood": (3, few_fetches),
    "exists-absurd": (3, complete),
    "expunge-storm": (2000, emptied),
}


@pytest.mark.parametrize("behaviour", HEAVY)
async def test_too_much_holds_neither_the_loop_nor_memory_nor_the_other_account(store: Store, behaviour: str) -> None:
    prepare()
    count, check = HEAVY[behaviour]
    gc.collect()
    async with (
        scripted_imap(messages=2) as honest,
        scripted_imap(behaviour, messages=count) as server,
        desk(store, honest, name="home") as home,
    ):
        await home.holds(2)
        async with Sampler() as sampler, desk(store, server, timeout=20) as work:
            await check(work)
            honest.push_message(sample(3))
            await home.until(lambda: [each for each in home.said(MessagesArrived) if each.fresh])
    figures = f"held {sampler.stall * 1000:.0f} ms, {sampler.busy * 1000:.0f} of them computing"
    print(f"\n{behaviour}: {figures}, memory +{sampler.growth // MIB} MiB")  # noqa: T201 - seen with pytest -s
    assert sampler.busy < 2
    assert sampler.growth < 200 * MIB
    assert not home.pace.waits
