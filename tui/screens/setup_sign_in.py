"""Signing in at a provider with OAuth while an account is set up: what is shown meanwhile, and what may be pasted."""

from collections.abc import Awaitable, Callable

from tui.config.model import Server
from tui.config.paths import Paths
from tui.config.tokens import Tokens, TokenStore
from tui.mail.errors import ConfigError
from tui.screens.setup_words import Panel
from tui.setup.oauth import BrowserSignIn, DeviceCode, by_device_code


async def sign_in(
    server: Server, paths: Paths, tell: Callable[[Panel], None], paste: Callable[[], Awaitable[str | None]]
) -> None:
    """Sign in, by a device code where the provider has them, else in a browser, and keep the tokens.

    Args:
        server: with ``oauth``.
        paths: where tokens are kept.
        tell: shows what the user has to do.
        paste: asks for the address at which the browser ended, where that is on another machine.

    Raises:
        MailError: why there are no tokens.
    """
    oauth = server.secret.oauth
    if oauth is None:
        raise ConfigError("How to sign in there is not known.")
    paths.make()
    whose = server.secret.key
    tokens: Tokens
    if oauth.device_url:
        tokens = await by_device_code(oauth, whose, lambda device: tell(_code_panel(device, server)))
    else:
        async with BrowserSignIn(oauth, whose) as waiting:
            tell(_address_panel(waiting.address, server))
            tokens = await waiting.tokens(paste)
    await TokenStore(paths.tokens).write(server.secret, tokens)


def _code_panel(device: DeviceCode, server: Server) -> Panel:
    facts = (
        ("Open", device.address),
        ("Type", device.code),
        ("", f"In any browser, on any machine, let Tidings in as {server.user}. This page goes on by itself."),
    )
    return Panel("Sign in at the provider", facts=facts, keys=(("Esc", "back"),))


def _address_panel(address: str, server: Server) -> Panel:
    facts = (
        ("", f"Open this address in a browser and let Tidings in as {server.user}:"),
        ("", address),
        ("", "If the browser is on another machine it ends at a page that cannot be shown: paste its address above."),
    )
    return Panel("Sign in at the provider", facts=facts, keys=(("Esc", "back"),))
