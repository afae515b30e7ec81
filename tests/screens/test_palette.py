"""The palette and the pickers: typing narrows, Enter answers, Esc leaves."""

import time

from textual.pilot import Pilot

from tests.screens.stage import Stage, rows
from tui.mail.later import moment_words
from tui.screens.confirm import ConfirmScreen
from tui.screens.moment import MomentScreen, Wait
from tui.screens.palette import PickScreen
from tui.screens.prompt import PromptScreen
from tui.widgets.choice_list import Choice

CHOICES = [
    Choice("Archive", "move to Archive", "e", "archive"),
    Choice("Mark as read", "", "I", "read"),
    Choice("Search archived mail", "", "", "search"),
    Choice("Lists/[/]python-dev", "[red]", "", "list"),
]


async def opened(pilot: Pilot[None]) -> list[str | None]:
    answers: list[str | None] = []
    await pilot.app.push_screen(PickScreen("Commands", CHOICES), answers.append)
    await pilot.pause()
    return answers


async def test_typing_narrows_and_the_beginning_of_a_word_comes_first() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot)
        await pilot.press(*"arch")
        await pilot.pause()
        text = "\n".join(rows(pilot))
        assert text.index("▌ Archive") < text.index("Search archived mail")
        assert "Mark as read" not in text
        await pilot.press("down", "enter")
        assert answers == ["search"]


async def test_another_name_finds_a_row_too_behind_those_that_say_it() -> None:
    inbox = Choice("Inbox", "home", "", "inbox", "home Inbox")
    async with Stage().run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(
            screen := PickScreen("Go to", [inbox, Choice("Lists/homebrew", "home", "", "list")])
        )
        await pilot.pause()
        assert [each.value for each in screen.choices.shown] == ["inbox", "list"]
        await pilot.press(*"home")
        await pilot.pause()
        assert [each.value for each in screen.choices.shown] == ["list", "inbox"]


async def test_the_key_stands_at_the_right_edge() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        row = next(row for row in rows(pilot) if "Archive " in row and "move to" in row)
        assert row.rstrip(" │").endswith("e")


async def test_markup_in_names_is_text() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot)
        await pilot.press(*"lpd")
        await pilot.pause()
        assert any("Lists/[/]python-dev" in row and "[red]" in row for row in rows(pilot))
        await pilot.press("enter")
        assert answers == ["list"]


async def test_enter_does_nothing_while_nothing_answers_and_esc_leaves() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers = await opened(pilot)
        await pilot.press(*"xyz", "enter")
        await pilot.pause()
        assert any("nothing by that name" in row for row in rows(pilot))
        assert answers == []
        await pilot.press("escape")
        assert answers == [None]


async def test_the_edge_of_the_box_says_how_many_rows_are_not_in_sight() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        choices = [Choice(f"Row {number}", "", "", number) for number in range(1_040)]
        await pilot.app.push_screen(PickScreen("Rows", choices))
        await pilot.pause()
        assert any(row.strip().startswith("╰") and "1,028 below" in row for row in rows(pilot))
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        assert any("9 above · 1,019 below" in row for row in rows(pilot))
        await pilot.press(*"103")
        await pilot.pause()
        assert not any(" above" in row or " below" in row for row in rows(pilot))


async def test_a_time_that_is_typed_is_shown_as_it_is_kept() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers: list[Wait | None] = []
        await pilot.app.push_screen(MomentScreen("Snooze", does="snooze"), answers.append)
        await pilot.pause()
        await pilot.press(*"1m")
        await pilot.pause()
        shown = next(row for row in rows(pilot) if "as you typed" in row)
        await pilot.press("enter")
        await pilot.pause()
        (wait,) = answers
        assert wait is not None
        assert wait.until is not None
        assert wait.until % 60 == 0
        assert f"▌ {moment_words(wait.until, time.time())} " in shown


async def test_it_fits_the_smallest_terminal() -> None:
    async with Stage().run_test(size=(40, 12)) as pilot:
        await opened(pilot)
        assert any("Enter" in row for row in rows(pilot))


async def test_in_a_pane_of_eight_rows_it_has_no_air() -> None:
    async with Stage().run_test(size=(40, 8)) as pilot:
        choices = [Choice(f"Row {number}", "", "", number) for number in range(9)]
        await pilot.app.push_screen(PickScreen("Rows", choices))
        await pilot.pause()
        text = rows(pilot)
        assert "Rows" in text[0]
        assert ["Row 3" in row for row in text] == [False] * 5 + [True, False, False]
        assert "Enter choose" in text[6]
        assert "5 below" in text[7]


async def test_a_prompt_answers_what_was_typed() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers: list[str | None] = []
        await pilot.app.push_screen(PromptScreen("save to folder", value="/tmp", note="[/]x.pdf"), answers.append)
        await pilot.pause()
        assert "save to folder  /tmp" in rows(pilot)[-1]
        assert "[/]x.pdf" in rows(pilot)[-2]
        await pilot.press(*"/q ", "enter")
        assert answers == ["/tmp/q"]


async def test_a_prompt_keeps_what_cannot_be_used_and_says_why() -> None:
    async def check(typed: str) -> str:
        return "no such [file]" if typed == "/tmpx" else ""

    async with Stage().run_test(size=(80, 24)) as pilot:
        answers: list[str | None] = []
        await pilot.app.push_screen(PromptScreen("attach file", value="/tmp", check=check), answers.append)
        await pilot.pause()
        await pilot.press("x", "enter")
        assert answers == []
        assert "no such [file]" in rows(pilot)[-2]
        assert "attach file  /tmpx" in rows(pilot)[-1]
        await pilot.press("backspace", "enter")
        assert answers == ["/tmp"]


async def test_a_question_is_answered_by_y_and_n() -> None:
    async with Stage().run_test(size=(80, 24)) as pilot:
        answers: list[bool | None] = []
        for key in ("y", "n", "escape", "x", "y"):
            if not isinstance(pilot.app.screen, ConfirmScreen):
                await pilot.app.push_screen(ConfirmScreen("No [/] subject."), answers.append)
                await pilot.pause()
                assert "No [/] subject." in rows(pilot)[-1]
            await pilot.press(key)
        assert answers == [True, False, False, True]
