"""``tidings sign-in``: sign in at a provider with OAuth, and keep its tokens. It works over a bare SSH line."""

import argparse
import asyncio
import sys

from tui.config.load import load
from tui.config.model import AccountConfig, Config, OAuth, Server
from tui.config.paths import Paths
from tui.config.tokens import TokenStore
from tui.mail.errors import ConfigError
from tui.setup.oauth import BrowserSignIn, DeviceCode, by_device_code
from tui.terminal import hidden_line

EXAMPLE = """\
[accounts.work.receive]
oauth = { provider = "microsoft", client_id = "the id of your own registration" }
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings sign-in``."""
    parser.add_argument("account", nargs="?", metavar="ACCOUNT", help="which account; the only one unless given")
    parser.add_argument(
        "--sending", action="store_true", help="for the sending server, where it has an oauth of its own"
    )
    parser.add_argument("--browser", action="store_true", help="by a redirect, also where there are device codes")


def run(arguments: argparse.Namespace) -> int:
    """Sign in, and return 0.

    Raises:
        ConfigError: there is no such account, or it has no ``oauth``.
        MailError: why there are no tokens.
    """
    paths = Paths.of_user()
    config = load(paths.config_file)
    server = _server(account_named(config, arguments.account), arguments.sending)
    oauth = server.secret.oauth
    if oauth is None:
        raise ConfigError(
            f"{server.label} is not signed in to with oauth.", cure="In config.toml it would be:", example=EXAMPLE
        )
    paths.make()
    try:
        asyncio.run(sign_in(server, oauth, paths, in_browser=arguments.browser or not oauth.device_url))
    except KeyboardInterrupt:
        print("Left; nothing was changed.", file=sys.stderr)
        return 130
    return 0


def account_named(config: Config, name: str | None) -> AccountConfig:
    """Return an account by its name, or the only one.

    Raises:
        ConfigError: there is none, or it is not said which.
    """
    known = {str(account.name): account for account in config.accounts}
    if name is None and len(known) == 1:
        return config.accounts[0]
    if name is None or name not in known:
        said = f'There is no account "{name}".' if name is not None else "Which account is not said."
        raise ConfigError(said, cure=f"There is: {', '.join(known) or 'none'}.")
    return known[name]


def _server(account: AccountConfig, sending: bool) -> Server:
    if not sending:
        return account.receive
    if account.send is None:
        raise ConfigError(f"{account.name} has no sending server.")
    return account.send


async def sign_in(server: Server, oauth: OAuth, paths: Paths, *, in_browser: bool) -> None:
    """Sign in at a server's provider and keep the tokens, telling on the terminal what is to be done.

    Raises:
        MailError: why there are no tokens.
    """
    whose = server.secret.key
    if in_browser:
        if not oauth.authorize_url:
            raise ConfigError("This provider has device codes only.", cure="Leave out --browser.")
        async with BrowserSignIn(oauth, whose) as waiting:
            print(f"Open this address in a browser and let Tidings in as {server.user}:\n\n{waiting.address}\n")
            can_paste = hidden_line.asker() is not None
            if can_paste:
                print("If the browser is on another machine, it ends at a page that cannot be shown. Copy the address")
                print("of that page and paste it here; it is not shown.")
            print(flush=True)
            paste = (lambda: hidden_line.ask("Address: ")) if can_paste else None
            tokens = await waiting.tokens(paste)
    else:
        tokens = await by_device_code(oauth, whose, lambda device: _tell(device, server))
    await TokenStore(paths.tokens).write(server.secret, tokens)
    print("Signed in. The tokens are kept " + ("in the keyring." if oauth.keyring else "for you only, in"))
    if not oauth.keyring:
        print(f"  {TokenStore(paths.tokens).file(server.secret)}")
    if not tokens.refresh:
        print("The provider gave no refresh token: you will have to sign in again when this one is over.")


def _tell(device: DeviceCode, server: Server) -> None:
    print(f"In any browser, on any machine, let Tidings in as {server.user}:\n")
    print(f"  open  {device.address}\n  type  {device.code}\n\nWaiting …", flush=True)
