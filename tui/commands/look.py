"""How it looks."""

import asyncio

from tui.commands.desk import Desk
from tui.commands.registry import command
from tui.mail.errors import ConfigError
from tui.mail.text import clean_line
from tui.screens.palette import PickScreen
from tui.terminal.keys import Scope
from tui.terminal.theme import ThemeFile
from tui.terminal.theme_file import folders, load_all
from tui.widgets.choice_list import Choice

Found = ThemeFile | ConfigError


@command("view.theme", scope=Scope.ANYWHERE, opens=True)
async def theme(desk: Desk) -> None:
    """Theme: choose one, previewed as you move."""
    found = await asyncio.to_thread(load_all, folders(desk.paths.config))
    before = desk.theme_file
    names = list(found)

    def preview(value: Found) -> None:
        desk.wear(value if isinstance(value, ThemeFile) else before)

    chosen = await desk.ask(
        PickScreen(
            "Theme",
            [_choice(name, value) for name, value in found.items()],
            does="use it",
            at=names.index(before.name) if before.name in names else 0,
            preview=preview,
        )
    )
    if not isinstance(chosen, ThemeFile):
        desk.wear(before)
        if chosen is not None:
            raise chosen
        return
    desk.wear(chosen)
    desk.habits.choose_theme(chosen.name, desk.config.look.theme)
    await asyncio.to_thread(desk.habits.write, desk.habits.snapshot())
    desk.flash(f"theme {clean_line(chosen.name, 60)}, also next time")


@command("view.latency", scope=Scope.ANYWHERE)
def latency(desk: Desk) -> None:
    """Latency: key to paint and servers' round trips, in a corner; again: off."""
    desk.toggle_latency()


def _choice(name: str, value: Found) -> Choice[Found]:
    title = str(value) if isinstance(value, ConfigError) else value.title
    return Choice(clean_line(name, 60), clean_line(title, 200), "", value)
