"""Accounts: set up, tested, changed, put in order and taken out, while the program runs."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.commands.desk import Desk, require
from tui.commands.registry import command
from tui.config.load import load
from tui.config.model import AccountConfig, Server
from tui.config.save import place, remove, reorder
from tui.config.tokens import TokenStore
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName
from tui.screens.accounts import AccountAct, AccountRow, AccountsScreen
from tui.screens.page import Chapter, Fact, PageAct, PageScreen
from tui.screens.setup import SetUp, SetupScreen
from tui.setup.check import LABELS, Half
from tui.setup.newcomer import Newcomer
from tui.sync.events import Link
from tui.sync.roster import Roster
from tui.terminal.keys import Scope
from tui.widgets.status_line import StatusLine
from tui.widgets.submission_words import state_word

PLACES = (Scope.MAIL, Scope.OUTBOX, Scope.HISTORY)


@command("app.accounts", scope=PLACES, hint="accounts", opens=True)
async def accounts(desk: Desk) -> None:
    """Accounts: add one, test and change it, put them in order, take one out."""
    roster = _roster(desk)
    at: AccountName | None = None
    tested: dict[AccountName, Newcomer] = {}
    while True:
        sent = {row.account: state_word(row) for row in reversed(await desk.store.outbox.list())}
        screen = AccountsScreen(
            lambda: _rows(roster, tested, sent),  # noqa: B023 - it is called while the screen is there
            lambda names: _reorder(desk, names),
            status=StatusLine(desk.mail.look, desk.mail.lines),
            at=at,
        )
        wish = await desk.ask(screen)
        if wish is None:
            return
        at = wish.name
        try:
            await _obey(desk, wish, tested)
        except ConfigError as error:
            await _explain(desk, error)


@command("account.add", scope=PLACES, opens=True)
async def add(desk: Desk) -> None:
    """Add an account: its servers are found by your address, and both halves are tested."""
    await _set_up(desk, Newcomer(desk.paths))


async def first(desk: Desk) -> None:
    """Set up the first account; the program ends where that is left."""
    if not await _set_up(desk, Newcomer(desk.paths), first=True):
        desk.leave()


async def examine(desk: Desk, name: AccountName) -> Newcomer:
    """Test every step of an account, have what is wrong put right, and return what was found.

    Raises:
        ConfigError: it is in no file any more.
    """
    roster = _roster(desk)
    configured = (await asyncio.to_thread(load, desk.paths.config_file)).accounts
    found = next((each for each in configured if each.name == name), None)
    account = require(found, f'"{name}" is in no file any more.')
    setup = Newcomer(desk.paths, account)
    typed = roster.secrets.typed(account.receive)
    if typed:
        setup.give(typed)
    await _set_up(desk, setup)
    return setup


def _roster(desk: Desk) -> Roster:
    if not isinstance(desk.accounts, Roster):
        raise ConfigError("Accounts are set up on a screen.", cure="In a shell, this works in lines: tidings setup")
    return desk.accounts


async def _set_up(desk: Desk, setup: Newcomer, *, first: bool = False) -> bool:
    made: SetUp | None = await desk.ask(SetupScreen(setup, desk.paths, first=first))
    if made is None:
        return False
    roster = _roster(desk)
    for server in (made.account.receive, made.account.send):
        if made.typed and server is not None and not server.secret.is_set:
            roster.secrets.take(server, made.typed)
    await roster.put(made.account)
    desk.flash(made.words)
    return True


async def _obey(desk: Desk, wish: AccountAct, tested: dict[AccountName, Newcomer]) -> None:
    if wish.act == "add":
        await _set_up(desk, Newcomer(desk.paths))
    elif wish.name is not None and wish.act == "edit":
        tested[wish.name] = await examine(desk, wish.name)
    elif wish.name is not None:
        await _remove(desk, wish.name)


def _rows(roster: Roster, tested: Mapping[AccountName, Newcomer], sent: Mapping[AccountName, str]) -> list[AccountRow]:
    rows = []
    for name, account in roster.items():
        config, link = account.config, account.link
        sending = config.send
        is_well = link.link not in (Link.REFUSED, Link.OFFLINE)
        last = f"last mail: {sent[name]}" if name in sent else "not tested"
        state, sends = _verdict(tested[name]) if name in tested else (last, None)
        rows.append(
            AccountRow(
                name,
                str(config.address),
                (_where(config.receive, config.protocol.value), link.refused or link.link.value),
                (_where(sending, "smtp"), state) if sending is not None else ("not configured", ""),
                is_well,
                sends,
                link.reason if not is_well else "",
            )
        )
    return rows


def _verdict(setup: Newcomer) -> tuple[str, bool | None]:
    """Return what the test said of sending, in a few words, and whether it works."""
    failed = next((check for check in setup.failures if check.half is Half.SENDING), None)
    if failed is not None:
        return f"fails at “{LABELS.get(failed.id, failed.id)}”", False
    return ("works", True) if any(half is Half.SENDING for half, _ in setup.checks) else ("not tested", None)


def _where(server: Server, kind: str) -> str:
    return f"{kind} {server.host} {server.port} {server.security.value}"


def _reorder(desk: Desk, names: Sequence[AccountName]) -> None:
    async def write() -> None:
        await asyncio.to_thread(reorder, desk.paths.config_file, list(names))
        _roster(desk).reorder(names)

    desk.begin(write())


async def _remove(desk: Desk, name: AccountName) -> None:
    """Take an account out, when it is understood what goes and what stays."""
    roster = _roster(desk)
    config = roster[name].config
    file = await asyncio.to_thread(place, desk.paths.config_file, name)
    page = PageScreen(
        f"Remove {name}",
        [_what_goes(config, str(file or desk.paths.config_file))],
        about=str(config.address),
        acts=(PageAct("y", "remove it", "remove"), PageAct("n", "leave it", "")),
        status=StatusLine(desk.mail.look, desk.mail.lines),
    )
    if await desk.ask(page) != "remove":
        return
    await asyncio.to_thread(remove, desk.paths.config_file, name)
    for server in (config.receive, config.send):
        if server is not None and server.secret.oauth is not None:
            named = replace(server.secret, key=server.secret.key or str(name))
            await asyncio.to_thread(TokenStore(desk.paths.tokens).file(named).unlink, missing_ok=True)
    await roster.remove(name)
    desk.flash(f"{name} is removed; its mail on the server is as it was")
    if not roster:
        await first(desk)


def _what_goes(account: AccountConfig, file: str) -> Chapter:
    is_oauth = account.receive.secret.oauth is not None
    pop3 = account.protocol.value == "pop3"
    return Chapter(
        "What goes, and what stays",
        facts=(
            Fact("Deleted", f"the account in {file}{', and its tokens' if is_oauth else ''}"),
            Fact("Deleted", "the copy of its mail on this machine that can be fetched again" if not pop3 else ""),
            Fact("Kept", "mail that was fetched by POP3: it is only here" if pop3 else "all mail on the server"),
            Fact("Kept", "drafts, the outbox and the history, until there is an account of this name again"),
        ),
    )


async def _explain(desk: Desk, error: ConfigError) -> None:
    """Show an error whose cure is more than a line."""
    chapter = Chapter(
        error.message,
        "bad",
        facts=(Fact("Helps", error.cure),),
        lines=tuple(error.example.splitlines()),
    )
    await desk.ask(PageScreen("Not changed", [chapter], status=StatusLine(desk.mail.look, desk.mail.lines)))
