"""The timer of a POP3 account: POP3 has no push, so the server is visited every few minutes, and when the user asks."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tui.mail.errors import MailError, ProtocolViolation
from tui.pop3.session import Session
from tui.sync.events import Link, LinkState
from tui.sync.retry import NEVER, Backoff
from tui.sync.watch import reason_of, refusal_of

log = logging.getLogger(__name__)

LONGEST_DELAY = 3_600.0
"""Seconds between two logins that a server may ask for (RFC 2449, 6.5)."""


class Poller:
    """Visits a server again and again, come what may.

    Args:
        connect: opens a session, logged in.
        visit: what is done there; returns what is in trouble, "" for nothing.
        every: seconds between two visits.
        changed: called with the new `LinkState` whenever it changes.
        backoff: the waits after failures.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Session]],
        visit: Callable[[Session], Awaitable[str]],
        every: float,
        changed: Callable[[LinkState], None],
        backoff: Backoff | None = None,
    ) -> None:
        self._connect = connect
        self._visit = visit
        self._every = every
        self._changed = changed
        self._backoff = backoff or Backoff()
        self._wake = asyncio.Event()
        self._away_since = 0.0
        self._heard = 0.0
        self.link = LinkState(Link.CONNECTING, time.time())

    def look_now(self) -> None:
        """Visit at once, also where a password was refused before."""
        self._backoff.reset()
        self._wake.set()

    async def run(self) -> None:
        """Visit until cancelled. Never raises a `MailError`."""
        while True:
            self._wake.clear()
            began = time.monotonic()
            try:
                wait = await self._once()
            except MailError as error:
                wait = self._failed(error, time.monotonic() - began)
            except Exception as error:  # a mistake of ours must not leave an account silent for ever
                log.exception("a visit")
                unexpected = ProtocolViolation(f"Something unexpected happened ({type(error).__name__}).")
                wait = self._failed(unexpected, time.monotonic() - began)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if math.isinf(wait) else wait):
                    await self._wake.wait()

    async def _once(self) -> float:
        """Visit; return the seconds until the next time."""
        if self.link.link is not Link.POLLING:
            self._enter(Link.CONNECTING)
        session = await self._connect()
        try:
            trouble = await self._visit(session)
        finally:
            self._heard = max(self._heard, session.heard)
            session.abort()
        self._backoff.reset()
        wait = max(self._every, _login_delay(session))
        self._heard = time.time()
        self._enter(Link.POLLING, reason=trouble, every=wait)
        return wait

    def _failed(self, error: MailError, took: float) -> float:
        wait = self._backoff.delay(error, 0.0, took)
        refused = refusal_of(error)
        next_try = 0.0 if wait == NEVER else time.time() + wait
        self._enter(Link.REFUSED if refused else Link.OFFLINE, next_try, reason_of(error), refused)
        return wait

    def _enter(
        self, link: Link, next_try: float = 0.0, reason: str = "", refused: str = "", every: float = 0.0
    ) -> None:
        now = time.time()
        if link is Link.POLLING:
            self._away_since = 0.0
        elif link in (Link.OFFLINE, Link.REFUSED):
            self._away_since = self._away_since or now
        self.link = LinkState(link, self._away_since or now, self._heard, next_try, reason, refused, every)
        self._changed(self.link)


def _login_delay(session: Session) -> float:
    words = session.capability.get("LOGIN-DELAY", ())
    return min(float(words[0]), LONGEST_DELAY) if words and words[0].isdecimal() and len(words[0]) < 10 else 0.0
