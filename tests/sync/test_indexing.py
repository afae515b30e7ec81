"""The index fills itself: rows and texts that come are found soon."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.mail.queries import NOW
from tests.store.sample import INBOX, WORK, envelope
from tui.mail.ids import ModSeq, Uid, UidValidity
from tui.mail.query_syntax import parse
from tui.render.words import words_of_html
from tui.store.database import Store
from tui.store.search import INDEX_ROWS
from tui.sync import indexing as indexing_module
from tui.sync.events import Event, MessagesIndexed
from tui.sync.indexing import KEYS_FIRST, Indexing


async def found(store: Store, text: str) -> list[int]:
    node = parse(text, NOW).node
    assert node is not None
    return [hit.envelope.uid for hit in await store.search.hits(node, None, 100)]


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


async def test_what_comes_is_found_soon(store: Store) -> None:
    await store.mailboxes.replace(WORK, [INBOX])
    (state,) = await store.mailboxes.all()
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    await store.envelopes.add(state.id, [envelope(uid) for uid in range(1, 260)])
    told: list[Event] = []
    indexing = Indexing(store, told.append)
    running = asyncio.create_task(indexing.run())
    try:

        async def is_indexed() -> bool:
            return len(await found(store, "subject")) == 100 and not await store.search.waiting()

        async def has_text() -> bool:
            return await found(store, "größe body:tafel") == [7]

        async def is_told() -> bool:
            return set(told) == {MessagesIndexed()}

        await until(is_indexed)
        await until(is_told)
        told.clear()
        await store.bodies.put(state.id, Uid(7), {"1": b"Die Gr=C3=B6=C3=9Fe der Tafel"})
        indexing.nudge()
        await until(has_text)
        await until(is_told)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("much", [True, False])
async def test_keys_come_first_where_there_is_much_but_not_for_ever(
    store: Store, much: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing_module, "A_LITTLE", -1.0 if much else 1.0)
    await store.mailboxes.replace(WORK, [INBOX])
    (state,) = await store.mailboxes.all()
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    await store.envelopes.add(state.id, [envelope(uid) for uid in range(1, INDEX_ROWS * 3)])
    everything = await store.search.waiting()
    now = [1000.0]
    indexing = Indexing(store, lambda event: None, clock=lambda: now[0])
    indexing.stand_back()
    running = asyncio.create_task(indexing.run())

    async def has_begun() -> bool:
        return await store.search.waiting() < everything

    async def is_done() -> bool:
        if much:
            indexing.stand_back()  # keys are pressed all the time
            now[0] += KEYS_FIRST / 3
        return not await store.search.waiting()

    try:
        await until(has_begun)
        for _ in range(20):
            assert not much or await store.search.waiting() == everything - INDEX_ROWS
        await until(is_done)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_comes_is_found_while_the_index_is_tended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.mailboxes.replace(WORK, [INBOX])
    (state,) = await store.mailboxes.all()
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    tended = asyncio.Event()

    async def endless() -> bool:
        tended.set()
        await asyncio.sleep(0.001)
        return True

    monkeypatch.setattr(store.search, "tend", endless)
    indexing = Indexing(store, lambda event: None)
    running = asyncio.create_task(indexing.run())
    try:
        await asyncio.wait_for(tended.wait(), 20)
        await store.envelopes.add(state.id, [envelope(3)])
        indexing.nudge()

        async def is_found() -> bool:
            return await found(store, "subject") == [3]

        await until(is_found)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_words_of_html() -> None:
    head = "<head><title>no</title><style>p {color: red}</style></head>"
    html = f"<html>{head}<body><p>One<b>two</b></p><script>x()</script>"
    assert words_of_html(html).split() == ["One", "two"]
    assert words_of_html("") == ""
