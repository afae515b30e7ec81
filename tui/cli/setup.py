"""``tidings setup``: an account from its address to config.toml, in lines; it works over a bare SSH line."""

import argparse
import asyncio
import shlex
import shutil
import sys

from tui.cli.questions import asked_address, choice, line
from tui.cli.sign_in import sign_in
from tui.config.load import load
from tui.config.model import AccountConfig, Protocol, Security
from tui.config.paths import Paths
from tui.config.save import remove, reorder
from tui.mail.address import Address
from tui.mail.errors import ConfigError, MailError
from tui.setup.check import Change, Check, Half, Repair
from tui.setup.discovery import WORDS, Found, Missed
from tui.setup.newcomer import KEEP_WORDS, Keep, Newcomer
from tui.setup.proposal import address_of
from tui.setup.report import Page, report, verdict
from tui.terminal import hidden_line

FIELDS = {"h": "host", "p": "port", "s": "security", "u": "user"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings setup``."""
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help='yours: ada@example.org, or "Ada <ada@…>"')
    parser.add_argument("--pop3", action="store_true", help="receive by POP3, though there is IMAP")
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--edit", metavar="NAME", help="test an account that is there, and change it")
    act.add_argument("--remove", metavar="NAME", help="take an account out of the configuration; its mail stays")
    act.add_argument("--order", nargs="+", metavar="NAME", help="put the accounts in this order")


def run(arguments: argparse.Namespace) -> int:
    """Set up an account and return 0; 1 when it was left.

    Raises:
        ConfigError: nothing can be written, or there is no such account.
    """
    paths = Paths.of_user()
    if arguments.remove:
        print(f"{arguments.remove} is taken out of {remove(paths.config_file, arguments.remove)}.")
        return 0
    if arguments.order:
        reorder(paths.config_file, arguments.order)
        print("The order is: " + ", ".join(account.name for account in load(paths.config_file).accounts))
        return 0
    if hidden_line.asker() is None or not sys.stdin.isatty():
        raise ConfigError("Setup asks questions, and there is no terminal to ask on.", cure="Or write config.toml.")
    return _talk(paths, arguments)


def first(paths: Paths) -> int:
    """Set up the first account, when the program is started without any; 0 when it is there then."""
    print("Welcome to Tidings. There is no account yet: two answers, and your mail is here.")
    print("(To look around first: tidings demo.)\n")
    return _talk(paths, argparse.Namespace(address=None, pop3=False, edit=None))


def _talk(paths: Paths, arguments: argparse.Namespace) -> int:
    try:
        return asyncio.run(_Talk(paths).begin(arguments))
    except (EOFError, KeyboardInterrupt):
        print("\nLeft; nothing was written.", file=sys.stderr)
        return 1


class _Talk:
    """The questions and answers of one setup."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._setup = Newcomer(paths)

    @property
    def _account(self) -> AccountConfig:
        assert self._setup.account is not None
        return self._setup.account

    async def begin(self, arguments: argparse.Namespace) -> int:
        if arguments.edit:
            return await self._edit(arguments.edit)
        print("Tidings setup. Nothing is written to disk before the end; Ctrl+C leaves.\n")
        address = address_of(arguments.address or "") or await asked_address()
        protocol = Protocol.POP3 if arguments.pop3 else None
        await self._discover(address, protocol)
        note = self._setup.provider.note if self._setup.provider else ""
        if note:
            print(f"\n{note}")
        chosen = self._setup.chosen
        if chosen is not None and not chosen.offers:
            return 1
        self._show()
        if not await self._agreed():
            return 1
        return await self._go_on() if await self._secret() else 1

    async def _edit(self, name: str) -> int:
        accounts = {str(account.name): account for account in load(self._paths.config_file).accounts}
        if name not in accounts:
            raise ConfigError(f'There is no account "{name}".', cure=f"There is: {', '.join(accounts) or 'none'}.")
        self._setup = Newcomer(self._paths, accounts[name])
        self._show()
        secret = self._account.receive.secret
        if not secret.is_set and not await self._secret():
            return 1
        return await self._go_on()

    async def _discover(self, address: Address, protocol: Protocol | None) -> None:
        print(f"Looking for the servers of {address.spec.rpartition('@')[2]} …")
        async for event in self._setup.discover(address, protocol):
            if isinstance(event, Found):
                print(f"  found    {WORDS[event.source]}: {event.origin}, {event.seconds:.1f} s")
            elif isinstance(event, Missed):
                print(f"  nothing  {WORDS[event.source]}: {event.reason}")

    def _show(self) -> None:
        account = self._account
        print(f"\n  account    {account.name}, {account.address.name or '(no name)'} <{account.address.spec}>")
        for half, server in ((Half.RECEIVING, account.receive), (Half.SENDING, account.send)):
            if server is None:
                print(f"  {half.value:<10} not configured")
                continue
            kind = f"{account.protocol.value} " if half is Half.RECEIVING else "smtp "
            print(f"  {half.value:<10} {kind}{server.host} {server.port} {server.security.value}, user {server.user}")
        print()

    async def _agreed(self) -> bool:
        """Ask before a password goes to a host that nobody vouches for; edit until the user agrees."""
        chosen = self._setup.chosen
        if chosen is None:
            print("No servers were found. Those above are a guess: change them as your provider says.")
            await self._change()
        strangers = chosen.strangers if chosen is not None else ()
        while strangers:
            hosts = " and ".join(strangers)
            print(f"This comes from {WORDS[chosen.source] if chosen else 'a guess'}, which anybody could have faked.")
            answer = await choice(f"Does your mail go through {hosts}?", {"y": "yes", "e": "edit", "q": "leave"})
            if answer == "y":
                return True
            if answer == "q":
                return False
            await self._change()
            strangers = ()
        return True

    async def _secret(self) -> bool:
        provider = self._setup.provider
        if provider is not None and provider.password == "none":
            print(f"{provider.name} accepts no passwords from mail programs. {provider.advice}")
        elif provider is not None and provider.password == "app":
            print(provider.advice)
        if provider is not None and provider.off and provider.off_advice:
            print(f"{' and '.join(name.upper() for name in provider.off)} may be off there. {provider.off_advice}")
        if provider is not None and provider.sign_in:
            print("To sign in with OAuth you need a client id of your own, registered at the provider.")
            client = await line("Client id (Enter: none, use a password or a program): ")
            if client:
                return await self._oauth(client)
        print("Password; it is not shown. Enter alone: a program of yours prints it.")
        typed = await hidden_line.ask("Password: ")
        if typed:
            self._setup.give(typed)
            return True
        written = await line("Program, such as pass show mail/work: ")
        try:
            argv = tuple(shlex.split(written))
        except ValueError:
            argv = ()
        if not argv:
            print("Left; nothing was written.")
            return False
        self._setup.command(argv)
        return True

    async def _oauth(self, client: str) -> bool:
        secret = await hidden_line.ask("Client secret, where the provider gave one: ")
        self._setup.oauth(client, secret or "")
        receive = self._account.receive
        assert receive.secret.oauth is not None
        self._paths.make()
        await sign_in(receive, receive.secret.oauth, self._paths, in_browser=not receive.secret.oauth.device_url)
        return True

    async def _go_on(self) -> int:
        """Test, repair, and write."""
        while True:
            await self._examine()
            if self._setup.is_green:
                return await self._write()
            answer = await self._what_now()
            if answer == "q":
                print("Left; nothing was written.")
                return 1
            if answer == "s":
                return await self._write()

    async def _examine(self) -> None:
        page = Page(self._account, shutil.get_terminal_size().columns)
        async for event in self._setup.examine():
            if isinstance(event, Check) and (told := page.add(event)):
                print(told, flush=True)
        print(f"\n{verdict(self._setup.checks.values())}\n", flush=True)

    async def _what_now(self) -> str:
        suggestion = self._setup.suggestion
        choices = {"p": "another password", "e": "edit", "t": "test again", "s": "save all the same"}
        if suggestion is not None:
            choices = {"f": f"fix it: {suggestion[1].words}", **choices}
        receiving = [check for check in self._setup.failures if check.half is Half.RECEIVING]
        if not receiving and self._account.send is not None:
            choices["o"] = "receive only, send later"
        answer = await choice("What now?", {**choices, "w": "the whole talk", "q": "leave"})
        match answer:
            case "f" if suggestion is not None:
                await self._fix(suggestion[1])
            case "p":
                await self._secret()
            case "e":
                await self._change()
            case "o":
                self._setup.receive_only()
            case "w":
                print(report(self._account.name, self._setup.checks.values()))
                return await self._what_now()
        return answer

    async def _fix(self, repair: Repair) -> None:
        if repair.trusts:
            print(f"You are about to {repair.words}.")
            print("Do this only when you know that it is right: your password goes there.")
            if (await line("Type yes: ")).strip().lower() != "yes":
                return
        self._setup.repair(repair)
        self._show()

    async def _change(self) -> None:
        """Change values until Enter alone."""
        while True:
            print("Change: r or s for receiving or sending, then host, port, security or user and the value, such as")
            written = (await line("  r host imap.example.org   (n NAME: the account's name; Enter: done) > ")).split()
            if not written:
                self._show()
                return
            try:
                self._set(written)
            except (ConfigError, ValueError) as error:
                print(f"  {error}")

    def _set(self, written: list[str]) -> None:
        if written[0] == "n" and len(written) == 2:
            self._setup.rename(written[1])
            return
        halves = {"r": Half.RECEIVING, "s": Half.SENDING}
        if len(written) != 3 or written[0] not in halves:
            raise ConfigError("That is not understood.")
        name = FIELDS.get(written[1], written[1])
        if name not in (*FIELDS.values(), "protocol"):
            raise ConfigError(f"There is no {name} to change.")
        if name == "port" and not written[2].isdecimal():
            raise ConfigError("A port is a number.")
        if name == "security" and written[2] not in list(Security):
            raise ConfigError('Security is "tls" or "starttls".')
        if name == "protocol" and written[2] not in list(Protocol):
            raise ConfigError('The protocol is "imap" or "pop3".')
        value: str | int = int(written[2]) if name == "port" else written[2]
        self._setup.change((Change(halves[written[0]], name, value),))

    async def _write(self) -> int:
        if not self._account.receive.secret.is_set:
            keeps = await asyncio.to_thread(self._setup.keeps)
            choices = {str(number): KEEP_WORDS[each] for number, each in enumerate(keeps, 1)}
            answer = await choice("Where is the password kept?", choices, default="1")
            self._setup.keep(keeps[int(answer) - 1])
            if keeps[int(answer) - 1] is Keep.PLAIN:
                print("It will be in plain text in a file that only you can read.")
        try:
            file = await self._setup.save()
        except MailError as error:
            print(f"{error}", file=sys.stderr)
            if isinstance(error, ConfigError) and error.example:
                print(f"\n{error.example}", file=sys.stderr)
            return 2
        print(f"Written: {file}, for you only. Now run: tidings")
        return 0
