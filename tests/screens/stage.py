"""A bare application to put one screen on."""

from pathlib import PurePath
from typing import ClassVar

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tui.app import TidingsApp

ROLES = {
    "text": "#CDD5DD",
    "bright": "#F2F5F8",
    "muted": "#8A97A5",
    "faint": "#3A4652",
    "accent": "#5CC8BE",
    "new": "#F0C36A",
    "good": "#8ACB88",
    "warn": "#F0A35E",
    "bad": "#F47F78",
    "link": "#86B9FF",
    "quote": "#9FB3A6",
    "tint": "#1F3A3E",
}


class Stage(App[None], inherit_bindings=False):
    """Has the styles of the real application and none of its wiring."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = TidingsApp.CSS_PATH

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return ROLES


def seen(pilot: Pilot[None], selector: str) -> str:
    """Return the plain text a widget of the shown screen displays."""
    return str(pilot.app.screen.query_one(selector, Static).content)


def rows(pilot: Pilot[None]) -> list[str]:
    """Return the lines of the whole terminal as text."""
    width, height = pilot.app.size
    screen = pilot.app.screen
    strips = screen._compositor.render_strips()
    assert len(strips) == height
    return [strip.text.ljust(width) for strip in strips]
