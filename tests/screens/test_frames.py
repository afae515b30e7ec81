"""What comes to the terminal together: the answer to a key is one frame, whole."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import RenderableType
from textual.screen import Screen

from tests.screens.mail_stage import MailStage, lines
from tests.screens.test_mail import opened, until
from tests.screens.threads import threaded
from tui.screens import mail_panes, mail_reader
from tui.screens.mail_grid import grid
from tui.widgets.message_view import MessageView


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The screen's lines at every frame."""
    found: list[list[str]] = []
    display = MailStage._display

    def kept(self: MailStage, screen: Screen[Any], renderable: RenderableType | None) -> None:
        display(self, screen, renderable)
        if renderable is not None and not self._batch_count:
            found.append(lines(self))

    monkeypatch.setattr(MailStage, "_display", kept)
    return found


async def until_one(frames: list[list[str]], wanted: Callable[[list[str]], bool]) -> list[str]:
    """Wait for a frame, and return the first such."""
    await until(lambda: any(map(wanted, frames)))
    return next(filter(wanted, frames))


def has_message(frame: list[str]) -> bool:
    """Whether a rule stands above a message."""
    return any(line.startswith("───") for line in frame)


def differs(before: list[str], frame: list[str]) -> bool:
    """Whether something is another between the list's head and the status line."""
    return frame[1:-1] != before[1:-1]


def has_cursor(place: int, frame: list[str]) -> bool:
    """Whether the cursor stands in a line."""
    return "▌" in frame[place]


def has_rows(app: MailStage, rows: list[str]) -> bool:
    """Whether these are shown below the first rows, where the cursor is."""
    return lines(app)[5] != "" and lines(app)[5:-2] == rows


@pytest.mark.parametrize("size", [(80, 24), (50, 14)])
async def test_a_message_comes_with_the_frame_that_makes_room_for_it(
    tmp_path: Path, size: tuple[int, int], frames: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_reader, "AT_ONCE", 60.0)
    async with opened(tmp_path, size) as app:
        for _ in range(2):  # the second time it had a place before
            before = lines(app)
            frames.clear()
            app.mail.open_current()
            await until(lambda: app.mail.message is not None)
            first = await until_one(frames, partial(differs, before))
            assert "The table is done" in "\n".join(first)
            assert "more below" in "\n".join(first)
            app.mail.close_view()
            app.mail.move_cursor(1)
            await until(partial(has_rows, app, before[5:-2]))
            await until(lambda: app.mail.message is None)


async def test_so_does_the_first_unread_of_a_conversation(
    tmp_path: Path, frames: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_reader, "AT_ONCE", 60.0)
    async with threaded(tmp_path, (80, 24)) as (app, _):
        frames.clear()
        app.mail.open_current()
        await until(lambda: app.mail.message is not None)
        assert "The table is done" in "\n".join(await until_one(frames, has_message))


async def test_the_list_comes_back_with_one_frame(
    tmp_path: Path, frames: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_panes, "LAYOUT_WITHIN", 60.0)
    async with opened(tmp_path, (80, 24)) as app:
        whole = lines(app)[2:-1]
        app.mail.open_current()
        await until(lambda: app.mail.message is not None)
        await until(lambda: "2 unread" in lines(app)[0])
        frames.clear()
        app.mail.close_view()
        assert app._batch_count == 1, "nothing is painted before it is laid out"
        await until(lambda: not app._batch_count)
        assert (await until_one(frames, lambda frame: not has_message(frame)))[2:-1] == whole


async def test_where_the_cursor_is_comes_with_the_cursor(tmp_path: Path, frames: list[list[str]]) -> None:
    async with opened(tmp_path) as app:
        await until(lambda: "1 of 1,204" in lines(app)[-1])
        for place in range(2, 5):
            frames.clear()
            app.mail.move_cursor(1)
            first = await until_one(frames, partial(has_cursor, place))
            assert f"{place} of 1,204" in first[-1]


async def test_a_slow_message_does_not_hold_the_screen(tmp_path: Path, frames: list[list[str]]) -> None:
    async with opened(tmp_path, (80, 24)) as app:
        app.work.gate.clear()
        app.mail.open_current()
        await until(lambda: any("From  Ada Lovelace" in line for line in lines(app)))
        await until(lambda: frames and any("From  Ada Lovelace" in line for line in frames[-1]))
        app.mail.move_cursor(1)
        app.mail.close_view()
        await until(lambda: frames and "Harbour" in "\n".join(frames[-1]))
        assert not app._batch_count
        app.work.gate.set()


@pytest.mark.parametrize("size", [(200, 50), (160, 30), (120, 40), (100, 30), (80, 24), (50, 14)])
async def test_the_place_of_the_message_is_known_before_it_is_laid_out(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size) as app:
        app.mail.open_current()
        view = app.mail.query_one(MessageView)
        await until(lambda: view.region.width)
        column, row, width, height = grid(*size, reading=True).places(*size).message
        assert (view.region.x, view.region.y, view.region.width, view.region.height) == (column, row, width, height)


async def test_a_message_one_came_upon_holds_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_reader, "AT_ONCE", 60.0)
    async with opened(tmp_path) as app:
        await until(lambda: app.mail.message is not None)
        app.work.gate.clear()
        app.mail.move_cursor(1)
        asked = len(app.work.asked)
        await until(lambda: len(app.work.asked) > asked)
        assert not app._batch_count
        app.work.gate.set()
