"""The setup screen's secret: a password, a program that prints it, a token; and where it is kept."""

import asyncio
import shlex
from typing import Generic, TypeVar

from textual.content import Content

from tui.config.model import AccountConfig
from tui.config.paths import Paths
from tui.mail.errors import ConfigError
from tui.screens.setup_panes import SetupPanes, Stage
from tui.screens.setup_sign_in import sign_in
from tui.screens.setup_words import Panel
from tui.setup.newcomer import KEEP_WORDS, Keep, Newcomer
from tui.widgets.plain import say

Answer = TypeVar("Answer")

OAUTH = "oauth"
"""Signing in at the provider instead of a password: a choice beside those of `Keep`."""
WAYS = {**{keep.value: words for keep, words in KEEP_WORDS.items()}, OAUTH: "as a token: you sign in at the provider"}
BRIEFLY = {
    Keep.COMMAND.value: "by a program of yours",
    Keep.KEYRING.value: "in the keyring",
    Keep.ASK.value: "nowhere",
    Keep.PLAIN.value: "in config.toml",
    OAUTH: "as a token",
}
PROMPTS = {Keep.COMMAND.value: "Program", OAUTH: "Client id"}
PLACEHOLDERS = {Keep.COMMAND.value: "such as: pass show mail/work", OAUTH: "of your own registration at the provider"}


class SetupSecret(SetupPanes[Answer], Generic[Answer]):
    """Offers where a secret can be kept, and uses what was typed.

    Args:
        setup: of the account.
        paths: where tokens are kept.
    """

    def __init__(self, setup: Newcomer, paths: Paths) -> None:
        super().__init__()
        self.setup = setup
        self._paths = paths
        self._keeps: tuple[Keep, ...] = (Keep.ASK, Keep.PLAIN)
        self._ways: tuple[str, ...] = (Keep.ASK.value,)
        self._way = Keep.ASK.value
        self._is_chosen = False
        self._is_given = False
        self._pasting: asyncio.Future[str] | None = None

    async def _find_keyring(self) -> None:
        self._keeps = await asyncio.to_thread(self.setup.keeps)
        self._offer_ways()

    def _offer_ways(self) -> None:
        """Offer where a secret can be kept, the best first unless the user has chosen."""
        provider = self.setup.provider
        token = (OAUTH,) if provider is not None and provider.sign_in else ()
        only_token = bool(token) and provider is not None and provider.password == "none"
        keeps = () if only_token else tuple(keep.value for keep in self._keeps)
        self._ways = (*token, Keep.COMMAND.value) if only_token else (*keeps, Keep.COMMAND.value, *token)
        if not self._is_chosen or self._way not in self._ways:
            kept = _kept(self.setup.account)
            self._way = kept if kept in self._ways and not self.setup.is_new else self._ways[0]
        if self.stage is Stage.SECRET:
            self._show_way()

    def _show_way(self) -> None:
        self._secret.password = self._way not in PROMPTS
        self._secret.placeholder = PLACEHOLDERS.get(self._way, "")
        self._set("setup-prompt", Content.styled(PROMPTS.get(self._way, "Password"), "$muted"))
        role = "warn" if self._way == Keep.PLAIN else "text"
        number = f"   {self._ways.index(self._way) + 1} of {len(self._ways)}"
        self._set("setup-kept", Content.assemble((say(self, WAYS[self._way]), f"${role}"), (number, "$muted")))

    def _choose(self, step: int) -> None:
        """Choose the next place to keep it in."""
        self._way = self._ways[(self._ways.index(self._way) + step) % len(self._ways)]
        self._is_chosen = True
        self._show_way()

    @property
    def _kept(self) -> str:
        return self._way if self._is_given else _kept(self.setup.account)

    async def _use(self, way: str, written: str) -> None:
        if way == OAUTH:
            await self._sign_in(written.strip())
        elif way == Keep.COMMAND:
            try:
                argv = tuple(shlex.split(written))
            except ValueError:
                raise ConfigError("That is no command: a quote is left open.") from None
            self.setup.command(argv)
        else:
            self.setup.give(written)
            self._is_given = True

    async def _sign_in(self, client: str) -> None:
        hints = (("Enter", "go on"), ("Esc", "back"))
        self._secret.value, self._secret.password, self._secret.placeholder = "", True, ""
        self._set("setup-prompt", Content.styled("Its secret", "$muted"))
        self._go(Stage.SIGN_IN, Panel("The client secret, where the provider gave one; else Enter alone."), hints)
        secret = await self._pasted()
        self.setup.oauth(client, secret)
        account = self.setup.account
        assert account is not None
        self._set("setup-prompt", Content.styled("Redirected", "$muted"))
        await sign_in(account.receive, self._paths, self._say, self._pasted)

    async def _pasted(self) -> str:
        self._secret.value = ""
        self._pasting = asyncio.get_running_loop().create_future()
        return (await self._pasting).strip()


def _kept(account: AccountConfig | None) -> str:
    """Return where the secret of an account comes from."""
    secret = account.receive.secret if account is not None else None
    if secret is None or not secret.is_set:
        return Keep.ASK.value
    if secret.oauth is not None:
        return OAUTH
    if secret.keyring:
        return Keep.KEYRING.value
    return Keep.PLAIN.value if secret.password else Keep.COMMAND.value
