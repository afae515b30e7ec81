"""The window of rows against a model: a plain sorted list."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.mail.envelope import Envelope, RowKey
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.widgets.rows import MOST_SCREENS, SCREENS, Rows


def row(uid: int, received: int = 0, unread: bool = False) -> Envelope:
    return Envelope(Uid(uid), frozenset() if unread else frozenset({SEEN}), received or uid * 10)


class Model:
    """A mailbox in memory that answers as the store does, a turn of the loop later; it can be made to wait."""

    def __init__(self, rows: Sequence[Envelope] = ()) -> None:
        self.rows = {each.uid: each for each in rows}
        self.gate = asyncio.Event()
        self.gate.set()
        self.most_read = 0

    @property
    def order(self) -> list[Envelope]:
        return sorted(self.rows.values(), key=lambda each: each.key, reverse=True)

    async def _answer(self, rows: list[Envelope], limit: int) -> list[Envelope]:
        await asyncio.sleep(0)
        await self.gate.wait()
        self.most_read = max(self.most_read, limit)
        return rows[:limit]

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await self._answer([each for each in self.order if key is None or each.key < key], limit)

    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await self._answer([each for each in self.order[::-1] if key is None or each.key > key], limit)

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        return await self._answer([each for each in self.order if each.uid in uids], len(uids))

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        found = await (self.older(key, 10_000) if older else self.newer(key, 10_000))
        return next((each for each in found if each.is_unread), None)


async def opened(model: Model, height: int = 5) -> Rows:
    rows = Rows(model, height)
    await rows.settle()
    return rows


def many(count: int) -> Model:
    return Model([row(uid) for uid in range(1, count + 1)])


async def test_only_a_few_screens_are_held() -> None:
    model = many(1000)
    rows = await opened(model)
    for _ in range(100):
        rows.page(4)
        await rows.settle()
    assert len(rows.rows) <= (MOST_SCREENS + SCREENS) * rows.height
    assert model.most_read <= 2 * SCREENS * rows.height
    assert rows.rank() == 401
    assert rows.cursor == 600


async def test_the_cursor_begins_on_the_newest_unread_of_the_first_screen() -> None:
    assert (await opened(Model([row(1, unread=True), row(2, unread=True), row(3)]))).cursor == 2
    far = await opened(Model([row(1, unread=True), *[row(uid) for uid in range(2, 30)]]))
    assert far.cursor == 29


async def test_motions_beyond_the_window_wait_and_are_carried_out() -> None:
    model = many(300)
    rows = await opened(model)
    model.gate.clear()
    rows.move(50)
    settling = asyncio.create_task(rows.settle())
    for _ in range(7):
        rows.move(1)
        await asyncio.sleep(0)
    assert (rows.rank() or 99) < 50
    model.gate.set()
    await settling
    assert rows.rank() == 58


async def test_keys_are_answered_while_the_window_is_read_again() -> None:
    model = many(300)
    rows = await opened(model)
    model.gate.clear()
    rows.touch()
    settling = asyncio.create_task(rows.settle())
    await asyncio.sleep(0)
    rows.move(3)
    assert rows.rank() == 4, "a motion within the window does not wait"
    model.gate.set()
    await settling
    assert rows.cursor == 297


async def test_a_list_at_its_top_shows_new_rows_and_the_cursor_stays_on_its_message() -> None:
    model = many(50)
    rows = await opened(model)
    rows.move(2)
    model.rows[Uid(51)] = row(51)
    rows.touch(1)
    await rows.settle()
    assert rows.visible[0].uid == 51
    assert rows.cursor == 48
    assert rows.rank() == 4


async def test_a_list_not_at_its_top_holds_still() -> None:
    model = many(200)
    rows = await opened(model)
    for _ in range(30):
        rows.move(1)
        await rows.settle()
    before = [each.uid for each in rows.visible]
    model.rows[Uid(201)] = row(201)
    rows.touch(1)
    await rows.settle()
    assert [each.uid for each in rows.visible] == before
    assert rows.rank() == 32


async def test_the_cursor_goes_to_the_next_older_row_when_its_own_is_gone() -> None:
    model = many(20)
    rows = await opened(model)
    rows.move(4)
    line = rows.at - rows.top
    del model.rows[Uid(16)]
    rows.touch()
    await rows.settle()
    assert rows.cursor == 15
    assert rows.at - rows.top == line
    rows.last()
    await rows.settle()
    del model.rows[Uid(1)]
    rows.touch()
    await rows.settle()
    assert rows.cursor == 2


async def test_first_last_and_their_ranks() -> None:
    model = many(500)
    rows = await opened(model)
    rows.last()
    await rows.settle()
    assert rows.cursor == 1
    assert (rows.rank(), rows.rank(500)) == (None, 500)
    assert rows.top + rows.height == len(rows.rows)
    rows.first()
    await rows.settle()
    assert (rows.cursor, rows.rank(), rows.top) == (500, 1, 0)


async def test_next_unread_leaves_the_window_and_begins_again_at_the_other_end() -> None:
    model = Model([row(uid, unread=uid in (3, 250)) for uid in range(1, 301)])
    rows = await opened(model)
    for wanted in (250, 3, 250):
        rows.next_unread(True)
        await rows.settle()
        assert rows.cursor == wanted
    rows.next_unread(False)
    await rows.settle()
    assert rows.cursor == 3


async def test_an_empty_mailbox_fills() -> None:
    model = Model()
    rows = await opened(model)
    rows.move(1)
    rows.last()
    rows.next_unread(True)
    await rows.settle()
    assert rows.cursor is None
    model.rows[Uid(1)] = row(1)
    rows.touch(1)
    await rows.settle()
    assert rows.cursor == 1


async def test_a_screen_of_another_height_keeps_the_cursor_in_sight() -> None:
    rows = await opened(many(100), 20)
    rows.move(15)
    rows.resize(5)
    await rows.settle()
    assert rows.cursor in [each.uid for each in rows.visible]
    rows.resize(40)
    await rows.settle()
    assert len(rows.visible) == 40


async def test_a_screen_that_grows_at_the_end_is_filled() -> None:
    rows = await opened(many(20), 1)
    rows.last()
    await rows.settle()
    rows.resize(5)
    await rows.settle()
    assert [each.uid for each in rows.visible] == [5, 4, 3, 2, 1]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-60, 60)),
        st.tuples(st.just("page"), st.sampled_from([-4, 4, -2, 2])),
        st.tuples(st.just("first"), st.just(0)),
        st.tuples(st.just("last"), st.just(0)),
        st.tuples(st.just("arrive"), st.integers(1, 30)),
        st.tuples(st.just("older mail"), st.integers(1, 30)),
        st.tuples(st.just("vanish"), st.integers(0, 200)),
        st.tuples(st.just("vanish cursor"), st.just(0)),
        st.tuples(st.just("resize"), st.integers(1, 12)),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(count=st.integers(0, 120), steps=STEPS, at_once=st.booleans())
def test_the_window_is_always_a_piece_of_the_mailbox(count: int, steps: list[tuple[str, int]], at_once: bool) -> None:
    asyncio.run(check(count, steps, at_once))


async def check(count: int, steps: list[tuple[str, int]], at_once: bool) -> None:
    model = Model([row(uid, 10_000 + uid * 10) for uid in range(1, count + 1)])
    rows = await opened(model)
    newest, oldest, uid = 10_000 + count * 10, 10_000, count
    for step, number in steps:
        before = rows.current
        match step:
            case "move":
                rows.move(number)
            case "page":
                rows.page(number)
            case "first":
                rows.first()
            case "last":
                rows.last()
            case "resize":
                rows.resize(number)
            case "arrive":
                for _ in range(number):
                    uid, newest = uid + 1, newest + 5
                    model.rows[Uid(uid)] = row(uid, newest)
                rows.touch(number)
            case "older mail":
                for _ in range(number):
                    uid, oldest = uid + 1, oldest - 5
                    model.rows[Uid(uid)] = row(uid, oldest)
                rows.touch()
            case "vanish" if model.rows:
                gone = model.order[number % len(model.rows)].uid
                del model.rows[gone]
                rows.touch()
            case "vanish cursor" if before is not None:
                model.rows.pop(before.uid, None)
                rows.touch()
        if at_once:
            continue
        await rows.settle()
        if step in ("arrive", "older mail", "resize") and before is not None:
            assert rows.cursor == before.uid
        if step == "vanish" and before is not None and before.uid in model.rows:
            assert rows.cursor == before.uid
        invariants(rows, model)
    await rows.settle()
    invariants(rows, model)


def invariants(rows: Rows, model: Model) -> None:
    order = [each.uid for each in model.order]
    held = [each.uid for each in rows.rows]
    if not order:
        assert rows.cursor is None
        return
    assert held
    start = order.index(held[0])
    assert held == order[start : start + len(held)], "no gap, no ghost"
    assert rows.at_top is (start == 0) or not rows.at_top
    if rows.at_top:
        assert start == 0
        assert rows.rank() == rows.at + 1
    if rows.at_end:
        assert held[-1] == order[-1]
    assert rows.top <= rows.at < rows.top + rows.height
    assert len(rows.visible) == min(rows.height, len(order)), "the screen is full where there is mail to fill it"


async def test_a_mailbox_being_filled_keeps_its_newest_row_under_a_cursor_nobody_has_seen() -> None:
    for seen in (False, True):
        model = Model([row(uid) for uid in range(1, 8)])
        rows = await opened(model)
        if seen:
            rows.hold()
        model.rows |= {Uid(uid): row(uid) for uid in range(8, 40)}
        rows.touch(filling=True)
        await rows.settle()
        assert rows.cursor == (7 if seen else 39)
        assert rows.current in rows.visible
        model.rows[Uid(40)] = row(40, unread=True)
        rows.touch(1)
        await rows.settle()
        assert rows.cursor == (7 if seen else 39)  # new mail takes no cursor, seen or not
