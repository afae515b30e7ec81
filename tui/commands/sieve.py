"""Sieve: the scripts that a server runs over mail as it arrives, listed, written, switched on and off, deleted."""

from collections.abc import Awaitable, Collection
from typing import TYPE_CHECKING

from tui.commands.desk import Desk, require
from tui.commands.registry import command
from tui.mail.errors import ConfigError, MailError, ScriptRefused
from tui.mail.ids import AccountName
from tui.mail.text import clean_line
from tui.screens.confirm import ConfirmScreen
from tui.screens.palette import PickScreen
from tui.screens.prompt import PromptScreen
from tui.screens.script import ScriptScreen, Verdict
from tui.screens.sieve import SieveAct, SieveScreen
from tui.sieve.session import name_of
from tui.sync.roster import Roster
from tui.terminal.keys import Scope
from tui.widgets.choice_list import Choice
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tui.sync.sieve import SieveScripts

PLACES = (Scope.MAIL, Scope.OUTBOX, Scope.HISTORY)
NEW = 'require ["fileinto"];\n\n# if header :contains "list-id" "builds" {\n#     fileinto "Builds";\n# }\n'
"""What a new script begins with."""


@command("sieve.scripts", scope=PLACES, opens=True)
async def scripts(desk: Desk) -> None:
    """Sieve scripts: what your server does with mail before it is in a mailbox."""
    name = await _account(desk)
    if name is None:
        return
    own = desk.accounts[name].sieve

    def act(wish: SieveAct) -> None:
        desk.begin(_obey(desk, own, screen, wish))

    screen = SieveScreen(str(name), act, status=StatusLine(desk.mail.look, desk.mail.lines))
    desk.open_screen(screen)


async def _account(desk: Desk) -> AccountName | None:
    if not isinstance(desk.accounts, Roster):
        raise ConfigError(
            "Sieve scripts are written on a screen.", cure="In a shell, this works in lines: tidings sieve"
        )
    names = list(desk.accounts)
    if len(names) == 1:
        return names[0]
    require(names or None, "There is no account yet.")
    choices = [Choice(str(name), str(desk.accounts[name].config.address), "", name) for name in names]
    here = desk.mail.account
    return await desk.ask(
        PickScreen("Sieve scripts of", choices, does="show", at=names.index(here) if here in names else 0)
    )


async def _obey(desk: Desk, own: "SieveScripts", screen: SieveScreen, wish: SieveAct) -> None:
    """Do what was wished, and have the screen show what there is then."""
    try:
        name, words = await _done(desk, own, wish, [script.name for script in screen.scripts])
        screen.show(await own.list(), name, words)
    except MailError as error:
        screen.fail(str(error))


async def _done(desk: Desk, own: "SieveScripts", wish: SieveAct, names: Collection[str]) -> tuple[str, str]:
    """Return the name the cursor is to stand on, "" for where it stands, and what there is to say."""
    if wish.act == "new":
        ask = PromptScreen("name of the script", does="write it", check=lambda name: _named(name, names))
        new = await desk.ask(ask)
        return (new, await _write(desk, own, new, NEW)) if new else ("", "")
    if wish.script is None:
        return "", ""
    name, told = wish.script.name, clean_line(wish.script.name, 60)
    if wish.act == "edit":
        return name, await _write(desk, own, name, await own.read(name))
    if wish.act == "switch":
        await own.activate("" if wish.script.is_active else name)
        return name, "no script runs now" if wish.script.is_active else f"{told} runs over what arrives"
    if not await desk.ask(ConfirmScreen(f"Delete {told}?", yes="delete", no="leave it")):
        return name, ""
    await own.delete(name)
    return "", f"{told} is deleted"


async def _named(name: str, names: Collection[str]) -> str:
    """Return why a name cannot be a new script's, "" where it can."""
    try:
        name_of(name)
    except ConfigError as error:
        return error.message
    return "There is a script of this name." if name in names else ""


async def _write(desk: Desk, own: "SieveScripts", name: str, text: str) -> str:
    screen = ScriptScreen(
        clean_line(name),
        text,
        keep=lambda text: _judged(own.keep(name, text)),
        check=lambda text: _judged(own.check(text)),
        status=StatusLine(desk.mail.look, desk.mail.lines),
    )
    return f"{clean_line(name, 60)} is kept on the server" if await desk.ask(screen) else ""


async def _judged(work: Awaitable[str]) -> Verdict:
    try:
        warnings = await work
    except ScriptRefused as error:
        return Verdict(False, error.complaints)
    except MailError as error:
        return Verdict(False, (str(error),))
    return Verdict(True, tuple(clean_line(line) for line in warnings.splitlines() if line.strip()))
