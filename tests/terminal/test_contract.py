"""What we rely on in Textual and rich though they do not promise it."""

import inspect
import logging

import pytest
from rich import cells
from textual import _compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver

from tui.terminal import display
from tui.terminal.application import FRAMES, TerminalApp
from tui.terminal.driver import TtyDriver


def test_names_of_the_display() -> None:
    assert display.fits()
    assert [
        list(inspect.signature(kind).parameters) for kind in (_compositor.LayoutUpdate, _compositor.ChopsUpdate)
    ] == [
        ["strips", "region"],
        ["chops", "spans", "chop_ends"],
    ]
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]


def test_a_missing_name_is_said_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(display, "PRIVATE_NAMES", (*display.PRIVATE_NAMES, (App, "_gone")))
    with caplog.at_level(logging.WARNING):
        assert not display.fits()
    assert "_gone" in caplog.text


@pytest.mark.parametrize(
    "name", ["_fatal_error", "_handle_exception", "_print_error_renderables", "panic", "_set_pointer_shape", "_display"]
)
def test_what_the_application_overrides_is_there(name: str) -> None:
    assert callable(getattr(App, name))
    assert name in vars(TerminalApp)


async def test_what_the_application_reads_is_there() -> None:
    app: App[None] = App()
    async with app.run_test():
        for name in (
            "_driver",
            "_batch_count",
            "_running",
            "_sync_available",
            "_return_code",
            "_clipboard",
            "_exit_renderables",
        ):
            assert hasattr(app, name), name
        assert callable(app._close_messages_no_wait)


async def test_screens_take_our_frames_a_second() -> None:
    app: App[None] = App()
    async with app.run_test():
        assert app.screen._update_timer._interval == 1 / FRAMES


def test_a_driver_is_what_textual_expects() -> None:
    assert not TtyDriver.__abstractmethods__
    assert {"_app", "_mouse", "_loop", "_auto_restart"} <= set(Driver.__init__.__code__.co_names)


def test_the_parser_tells_when_it_waits() -> None:
    parser = XTermParser(False)
    assert parser._timeout_time is None
    assert list(parser.feed("\x1b")) == []
    assert parser._timeout_time is not None


def test_the_table_of_widths_is_ours() -> None:
    assert "load_cell_table" in cells.get_character_cell_size.__wrapped__.__code__.co_names
    assert cells.cell_len("\u0915\u093f") == 2
