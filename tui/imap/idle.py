"""IDLE (RFC 2177): one turn is one object. Restarting and reconnecting is `tui.sync.watch`'s affair."""

import asyncio
import math
import re
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Literal

from tui.imap.command import Command
from tui.imap.limits import IDLE
from tui.imap.session import Session
from tui.mail.errors import NotSupported, ServerRefused

DONE_TIMEOUT = 10.0
"""Seconds a server may take to answer DONE; one that takes longer is not there any more."""

Reason = Literal["heard", "renew", "woken"]

_NEWS = re.compile(rb"\* (?:\d+ (?:EXISTS|EXPUNGE|FETCH)|VANISHED)\b", re.IGNORECASE)


class IdleTurn:
    """One IDLE command, from ``+`` to the answer to DONE, as an asynchronous context.

    Entering, waiting and leaving raise `NotSupported` where IDLE is not offered, `ServerRefused` where it is refused
    all the same, `ConnectionLost`, `TimedOut` or `ProtocolViolation` when the line is gone: also because DONE was not
    answered within `DONE_TIMEOUT`. DONE is never sent before ``+``: some servers would not hear it.

    Args:
        session: with a mailbox selected. Other commands wait until the turn is over.
        renew_after: seconds after which `wait` says "renew"; at most 29 minutes.
        most_silence: seconds without an octet after which it says so too: whether the server is there is known only
            when it has answered DONE.
        hasty: where there are news, or it is interrupted, the answer to DONE is not waited for: the next command leaves
            in one go with it (no command may be sent before DONE, RFC 2177, but any behind it), and its answer comes
            behind that one's.
    """

    def __init__(
        self, session: Session, renew_after: float = 540.0, most_silence: float = math.inf, *, hasty: bool = False
    ) -> None:
        self._session = session
        self._is_hasty = hasty
        self._has_news = False
        self._renew_after = min(renew_after, 1740.0)
        self._most_silence = most_silence
        self._heard = asyncio.Event()
        self._stack = AsyncExitStack()
        self._command: Command | None = None
        self._due = 0.0

    async def __aenter__(self) -> "IdleTurn":
        if "IDLE" not in self._session.capability:
            raise NotSupported(f"{self._session.server.label} does not offer IDLE.")
        context = self._session.command("Waiting for news", "IDLE", take=self._take, limits=IDLE)
        command = self._command = await self._stack.enter_async_context(context)
        try:
            command.waiting = True
            await asyncio.wait((command.ready, command.done), return_when=asyncio.FIRST_COMPLETED)
            command.waiting = False
            if command.done.done():
                await self._stack.aclose()
                raise ServerRefused(f"{self._session.server.label} ends IDLE at once.")
        except BaseException:
            if not await self._stack.__aexit__(*sys.exc_info()):
                raise
        self._session.arm(command, None)
        self._due = asyncio.get_running_loop().time() + self._renew_after
        return self

    async def wait(self, wake: asyncio.Event | None = None) -> Reason:
        """Wait for news of the mailbox, for the time to renew, or for ``wake``.

        What the server said is with ``session.on_untagged`` before this returns.
        """
        command = self._command
        assert command is not None
        waiters = [asyncio.ensure_future(event.wait()) for event in (self._heard, wake) if event is not None]
        try:
            waiting: list[asyncio.Future[Any]] = [command.done, *waiters]
            while (left := self._left()) > 0:
                done, _ = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    break
        finally:
            for waiter in waiters:
                waiter.cancel()
        if command.done.done():
            await command.answer()
        self._has_news = self._heard.is_set()
        if self._has_news:
            self._heard.clear()
            return "heard"
        return "woken" if wake is not None and wake.is_set() else "renew"

    def interrupt(self) -> None:
        """End the turn as news would: `wait` returns, and the next command leaves in one go with DONE."""
        self._heard.set()

    def _left(self) -> float:
        return min(self._due - asyncio.get_running_loop().time(), self._most_silence - self._session.silent)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        command = self._command
        assert command is not None
        if kind is None and not command.done.done():
            self._session.write(b"DONE")
            self._session.arm(command, DONE_TIMEOUT)
            command.left = self._is_hasty and self._has_news
        await self._stack.__aexit__(kind, error, trace)

    @property
    def is_refused(self) -> bool:
        """Whether a hasty turn was ended with NO or BAD, as far as that is known."""
        done = self._command.done if self._command is not None and self._command.left else None
        return done is not None and done.done() and done.exception() is None and done.result().kind != "OK"

    def _take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        if _NEWS.match(line):
            self._heard.set()
        return False


async def noop(session: Session) -> None:
    """Let the server say what is new (RFC 9051, 6.1.2).

    Raises:
        MailError: as for any command.
    """
    await session.run("Asking for news", "NOOP")
