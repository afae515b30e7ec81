"""The help: every key in force, in as many columns as fit."""

import pytest

from tests.screens.stage import Stage, rows
from tui.mail.width import cell_width
from tui.screens.help import HelpGroup, HelpRow, HelpScreen

GROUPS = [
    HelpGroup("Move", tuple(HelpRow(key, f"move {key}") for key in "abcdefghij")),
    HelpGroup("Act", tuple(HelpRow(key, f"act {key}") for key in "klmnopqrs")),
    HelpGroup("Write", (HelpRow("Ctrl+X", "send"), HelpRow("[/]", "[red]not markup"))),
]


@pytest.mark.parametrize(("size", "columns"), [((40, 24), 1), ((80, 24), 2), ((120, 40), 3)])
async def test_columns_fit_the_width(size: tuple[int, int], columns: int) -> None:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        await app.push_screen(HelpScreen(GROUPS, about="vim preset, mail screen"))
        await pilot.pause()
        heads = next(row for row in rows(pilot) if "Move" in row)
        assert len([word for word in heads.split() if word in ("Move", "Act", "Write")]) == columns
        assert all(cell_width(row) <= size[0] for row in rows(pilot))


async def test_every_row_is_there_and_markup_is_text() -> None:
    app = Stage()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(HelpScreen(GROUPS, about="vim preset"))
        await pilot.pause()
        text = "\n".join(rows(pilot))
        assert all(row.text in text for group in GROUPS for row in group.rows)


async def test_what_is_at_hand_stands_above_what_is_elsewhere_and_the_head_says_where_it_ends() -> None:
    app = Stage()
    async with app.run_test(size=(120, 24)) as pilot:
        await app.push_screen(HelpScreen(GROUPS[:2], about="vim preset", elsewhere=GROUPS[2:] * 9))
        await pilot.pause()
        text = rows(pilot)
        assert next(y for y, row in enumerate(text) if "act s" in row) < next(
            y for y, row in enumerate(text) if "elsewhere ╌" in row
        )
        assert "more below   j k scroll   q back" in text[0]
        await pilot.press("G")
        await pilot.pause()
        assert "end   j k scroll   q back" in rows(pilot)[0]
        app.pop_screen()
        await app.push_screen(HelpScreen(GROUPS[:1], about="vim preset"))
        await pilot.pause()
        assert rows(pilot)[0].split() == ["Keys", "vim", "preset", "q", "back"]


async def test_it_scrolls_and_goes_back() -> None:
    app = Stage()
    async with app.run_test(size=(40, 12)) as pilot:
        await app.push_screen(HelpScreen(GROUPS, about="vim preset"))
        await pilot.pause()
        assert not any("send" in row for row in rows(pilot))
        await pilot.press("G")
        await pilot.pause()
        assert any("send" in row for row in rows(pilot))
        await pilot.press("q")
        await pilot.pause()
        assert not isinstance(app.screen, HelpScreen)


def test_long_keys_are_never_cut() -> None:
    rows = (HelpRow("Ctrl+C Ctrl+A", "attach a file"), HelpRow("j", "next message"))
    page = HelpScreen([HelpGroup("Write", rows)], about="").page(36).plain
    assert "Ctrl+C Ctrl+A  attach a file" in page
    assert "j          next message" in page
