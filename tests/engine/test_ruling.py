"""Rules and what cannot be looked at now: it is looked at once more, and no mark passes it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.sample import INBOX, WORK, envelope
from tui.config.model import Config
from tui.config.paths import Paths
from tui.config.rules import Rule
from tui.engine.desk import Desk
from tui.engine.ruling import Ruling, place_of
from tui.engine.unlooked import MOST_TRIES, Unlooked
from tui.mail.errors import ConnectionLost, MailError
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.store.rulings import Place
from tui.sync.events import Event, Link, MailboxReset, MessagesArrived

RULES = (Rule("no lunch", "subject:subject -lunch", notify=True),)
LUNCH = b"Subject: Subject\r\nContent-Type: text/plain\r\n\r\nLunch?\r\n"
WORKING = b"Subject: Subject\r\nContent-Type: text/plain\r\n\r\nThe parser.\r\n"


class Account:
    """An account whose texts come, or do not."""

    def __init__(self) -> None:
        self.link = SimpleNamespace(link=Link.LIVE)
        self.texts: dict[Uid, bytes] = {}
        self.asked: list[Uid] = []

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        self.asked.append(uid)
        if uid not in self.texts:
            raise ConnectionLost("The line is down.")
        return parse_message(self.texts[uid])


class Worked:
    """A store, one account and rules."""

    def __init__(self, store: Store, state: MailboxState) -> None:
        self.account = Account()
        self.store = store
        self.state = state
        self.told: list[str] = []
        self._heard: list[Callable[[Event], None]] = []
        place = place_of(state)
        assert place is not None
        self.place: Place = place
        self.config = Config(rules=RULES)
        self.accounts = {WORK: self.account}

    def listen(self, heard: Callable[[Event], None]) -> Callable[[], None]:
        self._heard.append(heard)
        return lambda: self._heard.remove(heard)

    def ruling(self, again_after: float = 60.0) -> Ruling:
        return Ruling(cast(Desk, self), lambda sender, subject: self.told.append(subject), again_after)

    async def arrive(self, *uids: int, heard: bool = True) -> None:
        await self.store.envelopes.add(self.state.id, [envelope(uid) for uid in uids])
        if heard:
            self.hear(MessagesArrived(WORK, self.state.id, tuple(Uid(uid) for uid in uids), True))

    def hear(self, event: Event) -> None:
        for heard in self._heard:
            heard(event)

    async def mark(self) -> Uid | None:
        return await self.store.rulings.mark(self.place)


@pytest.fixture
async def worked(tmp_path: Path) -> AsyncIterator[Worked]:
    store = await Store.open(Paths.under(tmp_path))
    await store.mailboxes.replace(WORK, [INBOX])
    state = await store.mailboxes.by_wire(WORK, b"INBOX")
    assert state is not None
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    selected = await store.mailboxes.get(state.id)
    assert selected is not None
    yield Worked(store, selected)
    await store.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


async def test_a_mail_whose_text_is_not_to_be_had_waits_for_it(worked: Worked) -> None:
    worked.account.texts = {Uid(2): WORKING}
    ruling = worked.ruling()
    ruling.listen()
    await worked.arrive(1, 2)
    await ruling.drain()
    assert worked.told == ["Subject 2 Grüße"]
    assert await worked.mark() == 0

    worked.account.texts |= {Uid(1): WORKING}
    again = worked.ruling()  # the next start
    await again.note_missed()
    await again.drain()
    assert sorted(worked.told) == ["Subject 1 Grüße", "Subject 2 Grüße"]
    assert await worked.mark() == 2


async def test_it_is_asked_for_again_while_the_program_runs(worked: Worked) -> None:
    worked.account.link.link = Link.OFFLINE
    running = asyncio.create_task(worked.ruling(0.01).run())
    try:
        async with asyncio.timeout(20):
            while not worked._heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await worked.arrive(1)
        await until(lambda: len(worked.account.asked) > MOST_TRIES + 2)  # a line that is down is no answer
        assert worked.told == []
        worked.account.texts = {Uid(1): WORKING}
        await until(lambda: worked.told == ["Subject 1 Grüße"])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_text_that_never_comes_is_given_up_and_nothing_is_done_on_a_guess(worked: Worked) -> None:
    running = asyncio.create_task(worked.ruling(0.01).run())
    try:
        async with asyncio.timeout(20):
            while not worked._heard:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await worked.arrive(1)
        async with asyncio.timeout(20):
            while await worked.mark() != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert len(worked.account.asked) == MOST_TRIES
        assert worked.told == []
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_comes_does_not_pass_what_was_missed(worked: Worked, monkeypatch: pytest.MonkeyPatch) -> None:
    worked.account.texts = {Uid(uid): WORKING for uid in range(1, 5)}
    await worked.store.rulings.set_mark(worked.place, Uid(1))
    await worked.arrive(1, 2, 3)
    ruling = worked.ruling()
    ruling.listen()
    await worked.arrive(4)  # heard before the missed ones are noted
    await ruling.note_missed()
    broken = worked.store.rulings.settle

    async def refuses(*_: Any) -> None:
        raise MailError("The disk is full.")

    monkeypatch.setattr(worked.store.rulings, "settle", refuses)
    await ruling.drain()
    assert await worked.mark() == 1
    monkeypatch.setattr(worked.store.rulings, "settle", broken)
    again = worked.ruling()
    await again.note_missed()
    await again.drain()
    assert sorted(worked.told) == [f"Subject {uid} Grüße" for uid in (2, 3, 4)]
    assert await worked.mark() == 4


async def test_in_a_mailbox_that_was_made_anew_nothing_of_before_counts(worked: Worked) -> None:
    worked.account.texts = {Uid(900): WORKING, Uid(1): WORKING, Uid(2): WORKING}
    ruling = worked.ruling()
    ruling.listen()
    await worked.arrive(899, 900)  # the text of one is not to be had
    await ruling.drain()
    await worked.arrive(901)
    await worked.store.mailboxes.selected(worked.state.id, UidValidity(8), Uid(1), 0, ModSeq(0))
    worked.hear(MailboxReset(WORK, worked.state.id))
    state = await worked.store.mailboxes.get(worked.state.id)
    assert state is not None
    place = place_of(state)
    assert place is not None
    await worked.arrive(1)
    await ruling.drain()
    assert not ruling._unlooked.is_put_off
    assert await worked.store.rulings.mark(place) == 1
    await worked.arrive(2, heard=False)  # while nobody looks
    again = worked.ruling()
    await again.note_missed()
    await again.drain()
    assert "Subject 2 Grüße" in worked.told


@given(
    st.lists(st.sets(st.integers(1, 40), min_size=1, max_size=6), min_size=1, max_size=12),
    st.sets(st.integers(1, 40)),
)
def test_no_mark_passes_what_waits(rounds: list[set[int]], never: set[int]) -> None:
    unlooked = Unlooked()
    here = MailboxId(1)
    for each in rounds:
        unlooked.add(here, map(Uid, each))
    looked: set[int] = set()
    for each in rounds:
        looked |= each - never
        mark = unlooked.done(here, map(Uid, each - never))
        waiting = set().union(*rounds) - looked
        if mark is not None:
            assert all(uid > mark for uid in waiting)
            assert mark <= max(looked)
