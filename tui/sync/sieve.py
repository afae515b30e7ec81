"""The Sieve scripts of an account, on its server: one short session for each thing that a person does."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from tui.config.model import AccountConfig
from tui.config.secrets import Secrets
from tui.mail.errors import ConfigError, ConnectionLost, MailError, ProtocolViolation
from tui.mail.text import clean_line
from tui.sieve.login import enter
from tui.sieve.session import Script, Session

MAX_SCRIPT = 1024 * 1024
"""Octets of a script that is kept; servers allow much less."""

_LINE_END = re.compile(r"\r\n|\r|\n")

Result = TypeVar("Result")


class SieveScripts:
    """What an account's server does with mail before it is in a mailbox.

    Args:
        config: of the account.
        timeout: seconds without a byte from the server after which it is given up.
        secrets: what obtains passwords.
    """

    def __init__(self, config: AccountConfig, timeout: float, secrets: Secrets) -> None:
        self._config = config
        self._timeout = timeout
        self._secrets = secrets

    @asynccontextmanager
    async def _entered(self) -> AsyncIterator[Session]:
        server = self._config.sieve_server

        async def login(secret: str) -> Session:
            session = await Session.connect(server, timeout=self._timeout)
            try:
                await enter(session, secret)
            except BaseException:
                session.abort()
                raise
            return session

        try:
            session = await self._secrets.use(server, login)
        except ConnectionLost as error:
            raise self._not_here(error) from None
        try:
            yield session
            await session.leave()
        finally:
            session.abort()

    def _not_here(self, error: ConnectionLost) -> MailError:
        """Where no server was named it was a guess that there is one."""
        if self._config.sieve is not None:
            return error
        return ConnectionLost(
            f"{self._config.name} has no ManageSieve at {self._config.sieve_server.label}: {error.message}",
            cure=f'If it is elsewhere, write [accounts.{self._config.name}.sieve] with host = "…" into config.toml.',
        )

    async def _do(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        async with self._entered() as session:
            return await work(session)

    async def list(self) -> list[Script]:
        """Return the scripts, by name.

        Raises:
            MailError: why they are not to be had.
        """
        return sorted(await self._do(lambda session: session.list_scripts()), key=lambda script: script.name)

    async def read(self, name: str) -> str:
        """Return the text of a script, its line ends ``\\n``.

        Raises:
            MailError: there is none of this name, or it is not to be had.
        """
        octets = await self._do(lambda session: session.get(name))
        try:
            return octets.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise ProtocolViolation(f"“{clean_line(name, 80)}” is no script: its text is not UTF-8.") from None

    async def check(self, text: str) -> str:
        """Have the server look through a script; return its warnings, "" for none.

        Raises:
            ScriptRefused: it is not right.
            MailError: it could not be looked at.
        """
        octets = _octets(text)
        return await self._do(lambda session: session.check(octets))

    async def keep(self, name: str, text: str, *, activate: bool = False) -> str:
        """Keep a script, in place of the one of this name; return the server's warnings, "" for none.

        Args:
            activate: have it run from now on, in place of the one that did.

        Raises:
            ScriptRefused: it is not right; what was there before stays.
            MailError: it could not be kept, or not be activated.
        """
        octets = _octets(text)

        async def work(session: Session) -> str:
            warnings = await session.put(name, octets)
            if activate:
                await session.activate(name)
            return warnings

        return await self._do(work)

    async def activate(self, name: str) -> None:
        """Have this script run, and no other; "" for none.

        Raises:
            MailError: there is none of this name, or it could not be done.
        """
        await self._do(lambda session: session.activate(name))

    async def delete(self, name: str) -> None:
        """Delete a script that is not active.

        Raises:
            MailError: it is active, there is none of this name, or it could not be done.
        """
        await self._do(lambda session: session.delete(name))


def _octets(text: str) -> bytes:
    """Return a script as it goes to the server: UTF-8, line ends CRLF (RFC 5228, 2.1).

    Raises:
        ConfigError: when it is too large.
    """
    lines = _LINE_END.split(text)  # not splitlines: what else ends a line in Unicode may stand in a text of a script
    lines += [""] if lines[-1] else []
    octets = "\r\n".join(lines).encode("utf-8", "replace")
    if len(octets) > MAX_SCRIPT:
        raise ConfigError(f"A script of {len(octets):,} octets is too large.")
    return octets
