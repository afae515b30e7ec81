"""The mouse on the mail screen and in the palette."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tests.screens.mail_stage import MailStage, fill, lines
from tests.screens.stage import Stage
from tests.screens.test_mail import until
from tui.config.paths import Paths
from tui.screens.palette import PickScreen
from tui.store.database import Store
from tui.widgets.choice_list import Choice


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[MailStage, Pilot[None]]]:
    store = await Store.open(Paths.under(folder))
    try:
        await fill(store)
        app = MailStage(store)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(lambda: app.mail.current is not None and app.mail.message is not None)
            await pilot.pause()
            yield app, pilot
    finally:
        await store.close()


async def wheel(pilot: Pilot[None], selector: str, kind: type[events.MouseEvent], times: int = 1) -> None:
    for _ in range(times):
        await pilot._post_mouse_events([kind], selector, (3, 3), button=0)
    await pilot.pause()


def row_of(app: MailStage, words: str) -> int:
    """Return the line of the terminal that shows these words."""
    return next(y for y, line in enumerate(lines(app)) if words in line)


async def test_a_click_goes_to_a_row_and_a_second_one_opens_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.click(offset=(60, row_of(app, "Mary Somerville")))
        await until(lambda: app.mail.current_envelope is not None)
        envelope = app.mail.current_envelope
        assert envelope is not None
        assert envelope.from_[0].name == "Mary Somerville"
        assert not app.mail.reading
        await pilot.click(offset=(60, row_of(app, "Mary Somerville")))
        await until(lambda: app.mail.reading)


async def test_a_click_on_the_message_gives_it_the_focus_and_one_on_the_list_takes_it_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.click("#mail-message", offset=(5, 8))
        await until(lambda: app.mail.reading)
        before = app.mail.current
        await pilot.click("#mail-list", offset=(5, 0))
        await until(lambda: not app.mail.reading)
        assert app.mail.current == before, "one click opens nothing that was not under the cursor of the list"


async def test_a_click_shows_a_mailbox(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        before = app.mail.mailbox
        await pilot.click(
            "#mail-tree", offset=(5, next(y for y, line in enumerate(lines(app)) if "Drafts" in line[:24]))
        )
        await until(lambda: app.mail.mailbox not in (None, before))
        await pilot.click("#mail-tree", offset=(5, row_of(app, " work")))
        await pilot.click("#mail-tree", offset=(5, 39))


async def test_the_wheel_moves_what_is_under_the_mouse(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await until(lambda: app.mail._view.page is not None)
        await wheel(pilot, "#mail-message", events.MouseScrollDown)
        await until(lambda: app.mail._view.top > 0)
        assert not app.mail.reading, "the focus stays"
        before = app.mail.current_envelope
        await wheel(pilot, "#mail-list", events.MouseScrollDown)
        await until(lambda: app.mail.current_envelope != before)
        await wheel(pilot, "#mail-list", events.MouseScrollUp)
        await until(lambda: app.mail.current_envelope == before)


async def test_a_click_below_the_last_row_does_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.click("#mail-status")
        await pilot.click("#mail-hints")
        await pilot.click("#mail-head")
        assert not app.mail.reading


async def test_a_click_chooses_in_the_palette() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers: list[str | None] = []
        choices = [Choice(f"Choice {n}", "", "", str(n)) for n in range(30)]
        screen = PickScreen("Commands", choices)
        await pilot.app.push_screen(screen, answers.append)
        await pilot.pause()
        await wheel(pilot, "ChoiceList", events.MouseScrollDown, 15)
        assert screen.choices.cursor == 15
        top = screen.choices._top
        await pilot.click("ChoiceList", offset=(4, 2))
        await pilot.pause()
        assert answers == [str(top + 2)]
