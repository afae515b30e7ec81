"""The program itself: its commands, its keys, leaving."""

from collections.abc import Sequence

from tui.commands.desk import Desk
from tui.commands.registry import GROUPS, Command, command
from tui.mail.submission import SubmissionState
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpGroup, HelpRow, HelpScreen
from tui.screens.palette import PickScreen
from tui.store.outbox import IN_DOUBT
from tui.terminal.keys import Scope
from tui.widgets.choice_list import Choice

PLACES = {
    Scope.MAIL: "mail screen",
    Scope.MESSAGE: "reading",
    Scope.THREAD: "conversation page",
    Scope.SELECT: "choosing lines",
    Scope.TREE: "mailbox tree",
    Scope.COMPOSE: "writing",
    Scope.OUTBOX: "outbox",
    Scope.HISTORY: "history",
    Scope.SEARCH: "search",
}


@command("app.palette", keys=":, ctrl+p", scope=Scope.ANYWHERE, hint="commands", opens=True)
async def palette(desk: Desk) -> None:
    """All commands: type a part of one; those called most come first."""
    commands = sorted(desk.keymap.at_hand(scopes_of(desk)), key=lambda each: -desk.habits.uses(each.id))
    choices = [
        Choice(each.label, each.detail, desk.keymap.label(each.id), each.id)
        for each in commands
        if each.id != "app.palette"
    ]
    chosen = await desk.ask(PickScreen("Commands", choices, does="run"))
    if chosen is not None:
        desk.habits.count(chosen)
        desk.run_command(chosen)


def scopes_of(desk: Desk) -> tuple[Scope, ...]:
    """Return where the user is: the shown screen's scopes, the most particular first."""
    return tuple(getattr(desk.place, "key_scopes", ()))


@command("app.help", keys="?", scope=Scope.ANYWHERE, hint="keys")
def show_help(desk: Desk) -> None:
    """All keys on one page."""
    scopes = scopes_of(desk)
    place = PLACES.get(scopes[0], "everywhere") if scopes else "everywhere"
    file = desk.paths.config_file.name
    foot = (f"Any key can be changed in {file} under [keys]. This page is made from the keys in force.",)
    about = f"{desk.keymap.preset} preset, {place}"
    here = set(scopes) | ({Scope.MAIL, Scope.MESSAGE, Scope.TREE} if Scope.MAIL in scopes else set())
    commands = desk.keymap.at_hand(tuple(Scope))
    at_hand = help_groups(desk, [each for each in commands if here.intersection(each.scopes)])
    others = help_groups(desk, [each for each in commands if not here.intersection(each.scopes)])
    desk.open_screen(HelpScreen(at_hand, about=about, elsewhere=(*others, *desk.legend), foot=foot))


def help_groups(desk: Desk, commands: Sequence[Command]) -> list[HelpGroup]:
    """Return those of the commands that have a key, by group."""
    groups = []
    for heading in dict.fromkeys(GROUPS.values()):
        rows = tuple(_help_row(desk, each) for each in commands if each.group == heading and desk.keymap.label(each.id))
        if rows:
            groups.append(HelpGroup(heading, rows))
    return groups


def _help_row(desk: Desk, each: Command) -> HelpRow:
    first, *more = desk.keymap.labels(each.id)
    keys = f"{first}  {more[0]}" if more and len(first) + len(more[0]) + 2 <= HelpScreen.KEYS else first
    label = each.label if each.label[1:2].isupper() else each.label[:1].lower() + each.label[1:]  # HTML keeps its H
    return HelpRow(keys, label)


@command("app.suspend", keys="ctrl+z", scope=(Scope.MAIL, Scope.MESSAGE, Scope.TREE, Scope.OUTBOX))
def suspend(desk: Desk) -> None:
    """To the shell: until ``fg``; no mail comes or goes meanwhile."""
    desk.go_to_background()


@command("app.quit", keys="Q", scope=(Scope.MAIL, Scope.OUTBOX, Scope.HISTORY, Scope.PAGE), hint="quit")
async def quit_app(desk: Desk) -> None:
    """Quit: asks while a server has a mail and has not said whether it takes it."""
    rows = await desk.store.outbox.list()
    in_doubt = any(row.state is SubmissionState.SENDING and row.phase in IN_DOUBT for row in rows)
    question = "A mail is with the server, which has not answered yet: you would not know whether it was sent."
    if not in_doubt or await desk.ask(ConfirmScreen(question, yes="leave", no="stay")):
        desk.leave()
