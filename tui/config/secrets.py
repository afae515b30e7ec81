"""Passwords and tokens: obtained when a line needs them, never shown, and kept in no file of ours but a token's own."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tui.config.model import Server
from tui.config.secret_command import COMMAND_TIMEOUT, first_line
from tui.mail.errors import AuthenticationFailed, ConfigError

if TYPE_CHECKING:
    from tui.config.tokens import Tokens

KEYRING_TIMEOUT = 60.0
"""Seconds a keyring may take; time enough for a person to unlock it."""

Result = TypeVar("Result")
Ask = Callable[[str], Awaitable[str | None]]
"""Asks a person for the password of what is named, ``ada@example.org at imap.example.org``; None: not given."""


class Secrets:
    """What obtains secrets, once per run: what was typed is remembered as long as this lives, and nowhere else.

    Args:
        folder: where tokens are kept; None: there can be none.
        ask: how a person is asked; None where there is nobody to ask.
    """

    def __init__(self, folder: Path | None = None, ask: Ask | None = None) -> None:
        self.ask = ask
        self._folder = folder
        self._typed: dict[str, str] = {}
        self._spent: dict[str, str] = {}  # access tokens that a server refused before their time
        self._turns: dict[str, asyncio.Lock] = {}
        self._asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Secrets({len(self._typed)} typed)"

    async def use(self, server: Server, login: Callable[[str], Awaitable[Result]]) -> Result:
        """Log in with the secret of a server: one attempt; a second one only with a token that was renewed for it.

        Args:
            server: whose secret is wanted.
            login: given the secret.

        Raises:
            ConfigError: there is no secret.
            AuthenticationFailed: it was refused, or nobody gave one.
            MailError: as ``login`` does, and as asking a provider does.
        """
        secret = await self.obtain(server)
        try:
            return await login(secret)
        except AuthenticationFailed:
            self.refused(server, secret)
            if not server.secret.gives_token:
                raise
            fresh = await self.obtain(server)
            if fresh == secret:
                raise
        return await login(fresh)

    def take(self, server: Server, typed: str) -> None:
        """Remember what was typed for a server elsewhere, so that nobody is asked for it again."""
        self._typed[_key(server)] = typed

    def typed(self, server: Server) -> str:
        """Return what was typed for a server in this run, "" for nothing."""
        return self._typed.get(_key(server), "")

    def refused(self, server: Server, secret: str) -> None:
        """Take note that a server refused a secret: what was typed is forgotten, a token is not given again."""
        key = _key(server)
        self._typed.pop(key, None)
        if server.secret.oauth is not None:
            self._spent[key] = secret

    async def obtain(self, server: Server, *, timeout: float = COMMAND_TIMEOUT) -> str:
        """Return the password or access token for a server.

        Args:
            server: whose secret is wanted.
            timeout: seconds a command may take.

        Raises:
            ConfigError: it cannot be obtained. What a command or keyring gave is never part of the message.
            AuthenticationFailed: nobody gave one, or the account has to be signed in anew.
            ConnectionLost, TemporarilyRefused, ServerRefused, ProtocolViolation, CertificateRefused: of a provider.
        """
        secret = server.secret
        if secret.password:
            return secret.password
        if secret.password_command:
            return await first_line(secret.password_command, "password", timeout)
        if secret.token_command:
            return await first_line(secret.token_command, "token", timeout)
        if secret.keyring:
            return await self._of_keyring(server)
        if secret.oauth is not None:
            return await self._token(server)
        return await self._asked(server)

    async def _of_keyring(self, server: Server) -> str:
        from tui.config import keyring  # noqa: PLC0415 - late: start-up time

        key = _key(server)
        try:
            found = await asyncio.wait_for(asyncio.to_thread(keyring.get, key), KEYRING_TIMEOUT)
        except TimeoutError:
            raise ConfigError("The keyring gave no answer.", cure="Does it wait to be unlocked?") from None
        if not found:
            raise ConfigError(
                f"The keyring holds no password for {key}.", cure=f"Run: keyring set {keyring.SERVICE} {key}"
            )
        return found

    async def _asked(self, server: Server) -> str:
        key = _key(server)
        async with self._turns.setdefault(key, asyncio.Lock()):
            if key in self._typed:
                return self._typed[key]
            if self.ask is None:
                raise ConfigError(
                    f"No password is configured for {server.label}.", cure="Add password_command to the account."
                )
            async with self._asking:  # one question at a time
                typed = await self.ask(f"{server.user} at {server.host}")
            if not typed:
                raise AuthenticationFailed(f"No password was given for {server.user} at {server.host}.")
            self._typed[key] = typed
            return typed

    async def _token(self, server: Server) -> str:
        """Return an access token that will live for a while, refreshed where it has to be."""
        from tui.config.tokens import TokenStore, refreshed, signed_out  # noqa: PLC0415 - late: start-up time

        secret = replace(server.secret, key=_key(server))
        oauth = secret.oauth
        assert oauth is not None
        if self._folder is None:
            raise ConfigError("There is no place to keep tokens in.")
        store = TokenStore(self._folder)
        async with self._turns.setdefault(secret.key, asyncio.Lock()):
            kept = await store.read(secret)
            if kept is not None and self._is_fit(secret.key, kept):
                return kept.access
            async with store.turn(secret):
                kept = await store.read(secret)  # another program may have refreshed them meanwhile
                if kept is not None and self._is_fit(secret.key, kept):
                    return kept.access
                if kept is None or not kept.refresh:
                    raise signed_out(secret.key)
                fresh = await refreshed(oauth, kept, secret.key)
                await asyncio.shield(store.write(secret, fresh))  # the old refresh token may be worth nothing now
                return fresh.access

    def _is_fit(self, key: str, kept: "Tokens") -> bool:
        return kept.is_good(time.time()) and kept.access != self._spent.get(key)


async def obtain(server: Server, *, timeout: float = COMMAND_TIMEOUT) -> str:
    """Return the secret of a server where nobody can be asked and no token is kept: see `Secrets.obtain`."""
    return await Secrets().obtain(server, timeout=timeout)


def _key(server: Server) -> str:
    return server.secret.key or f"{server.user}@{server.host}"
