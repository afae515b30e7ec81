"""The list paints no more than it must."""

from pathlib import Path
from typing import Any

import pytest

from tests.screens.test_mail import opened, until
from tui.terminal.theme import Roles
from tui.widgets import envelope_list, envelope_row
from tui.widgets.envelope_list import EnvelopeList


async def test_a_row_that_only_moves_is_not_painted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    paint = envelope_row.paint

    def counted(state: Any, *rest: Any) -> Any:
        painted.append(state.envelope.uid)
        return paint(state, *rest)

    monkeypatch.setattr(envelope_list, "paint", counted)
    async with opened(tmp_path, (80, 24)) as app:
        rows = app.mail.query_one(EnvelopeList)
        await rows.first()
        height = rows.size.height
        rows.move(height - 1)
        await until(lambda: rows.rows is not None and rows.rows.is_settled)
        shown = [rows.render_line(y).text for y in range(height)]
        painted.clear()
        rows.move(1)  # every row goes up by one
        assert [rows.render_line(y).text for y in range(height)][: height - 2] == shown[1:-1]
        assert len(set(painted)) <= 2  # the one the cursor left, and the new one
        painted.clear()
        rows.look.roles = Roles({})
        rows.repaint_all()
        for y in range(height):
            rows.render_line(y)
        assert len(painted) == height
