"""Choosing lines of the text that is read: an answer quotes only these."""

from tui.commands.desk import Desk
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.terminal.keys import Scope

MOST_LINES = 2_000
"""Lines one key moves; a greater count is a slip of the finger."""


@command("select.begin", keys="v", scope=Scope.MESSAGE, hint="choose lines")
def begin(desk: Desk) -> None:
    """Choose lines: an answer quotes only these; again, they begin here; then, none."""
    was = desk.mail.selecting
    if not desk.mail.select():
        raise MailError("No text is shown here to choose lines of.", cure="Enter shows a message.")
    if not was:
        key = desk.keymap.label("select.begin")
        desk.flash(f"go to the first line, then {key}, then to the last one" if key else "go to the line to quote")


@command("select.next", keys="j, down", scope=Scope.SELECT, hint="line")
def next_line(desk: Desk, count: int = 1) -> None:
    """Next line: one more is chosen."""
    desk.mail.select_lines(min(count, MOST_LINES))


@command("select.previous", keys="k, up", scope=Scope.SELECT)
def previous_line(desk: Desk, count: int = 1) -> None:
    """Previous line."""
    desk.mail.select_lines(-min(count, MOST_LINES))


@command("select.copy", keys="y", scope=Scope.SELECT, hint="copy")
def copy(desk: Desk) -> None:
    """Copy the lines: into the clipboard of your terminal."""
    text = desk.mail.selected
    if text is None:
        raise MailError("No lines are chosen.", cure="v chooses some, while a message is read.")
    count = text.count("\n") + 1
    if desk.copy(text):
        desk.flash(f"copied {count:,} line{'' if count == 1 else 's'}")
    else:
        desk.flash("this terminal has no clipboard to be asked for", style="warn")
