"""The IDLE session: kept up for as long as it is wanted, come what may.

One connection's life is `_live`; the loop around it is `Watch.run`. What is seen goes to an `Observer`: the account's
mirror of the mailbox, or the command ``tidings watch``.

That a line is up is believed only of a server that has just answered. One that is silent for ``sync.probe`` seconds is
asked, by ending IDLE; so is every one when the machine has slept (`awoke`). While an answer is owed the line is ASKING.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from tui.config.model import SyncConfig
from tui.imap.idle import IdleTurn, noop
from tui.imap.responses import Untagged
from tui.imap.session import Session
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    ConnectionLost,
    MailError,
    NotSupported,
    ProtocolViolation,
    ServerRefused,
)
from tui.sync.errands import Errands, Fits, Job, Result
from tui.sync.events import Link, LinkState
from tui.sync.question import Question
from tui.sync.retry import NEVER, Backoff, patiently

log = logging.getLogger(__name__)

CALM = 0.05
"""Seconds between two rounds while a server talks without end: its notices are then answered together."""
MOST_CALM = 2.0
SILENCE = 0.25
"""Seconds without news after which a server does not talk without end: what it says next is acted on at once."""

AWAKE_PATIENCE = 3.0
"""Seconds it has for the answer when the machine has slept: most lines are dead then, and a new one is made sooner."""

Connect = Callable[[Callable[[Untagged], None]], Awaitable[Session]]
"""Opens an authenticated session whose untagged responses go to the given function."""


class Observer(Protocol):
    """What is done on the line when it is up."""

    async def opened(self, session: Session) -> None:
        """Select the mailbox and catch up with it."""

    async def noticed(self, session: Session, seen: list[Untagged]) -> None:
        """Act on what the server said of the mailbox."""


class Watch:
    """Keeps a mailbox under IDLE, or polls it where the server has none.

    Args:
        connect: opens a session.
        observer: what is done on it.
        settings: times.
        changed: called with the new `LinkState` whenever it changes in kind.
        backoff: the waits between two connections.
        survived: called when the machine has slept and the line is up all the same.
        most_calm: seconds of the longest pause between two rounds while the server talks without end.
    """

    def __init__(
        self,
        connect: Connect,
        observer: Observer,
        settings: SyncConfig,
        changed: Callable[[LinkState], None],
        backoff: Backoff | None = None,
        survived: Callable[[], None] = lambda: None,
        most_calm: float = MOST_CALM,
    ) -> None:
        self._connect = connect
        self._most_calm = most_calm
        self._observer = observer
        self._settings = settings
        self._changed = changed
        self._backoff = backoff or Backoff()
        self._survived = survived
        self._has_slept = False
        self._restart = asyncio.Event()  # a connection that is being made is not to be waited for
        self._begun = 0.0  # when the attempt to make it was begun; 0.0 while nobody tries
        self._up = 0.0  # when the line came up, by the monotonic clock; 0.0 while it is not
        self._wake = asyncio.Event()
        self._session: Session | None = None
        self._errands = Errands()
        self._interrupt: Callable[[], None] | None = None  # while the line is up, and does nothing but wait
        self._seen: list[Untagged] = []
        self._heard = 0.0
        self._calm = 0.0
        self._told = 0.0  # when the last round ended, by the monotonic clock
        self._state = LinkState(Link.CONNECTING, time.time())
        self._up_as = self._state  # while the server owes an answer: what the line was before
        self._away_since = 0.0

    @property
    def link(self) -> LinkState:
        """The state of the line now, with the time of the last byte heard."""
        if self._session is not None:
            self._heard = max(self._heard, self._session.heard)
        state = self._state
        return replace(state, heard=self._heard)

    @property
    def round_trip(self) -> float:
        """Seconds a command takes until its answer; 0.0 while there is no line."""
        return self._session.round_trip if self._session is not None else 0.0

    async def lend(self, job: Job[Result], fits: Fits) -> Result | None:
        """Do on this line what the user waits for: DONE and the job leave in one go.

        It is also done where the line is just being made: there is none that could be had sooner.

        Args:
            job: not for long: nothing is heard meanwhile.
            fits: whether the session is such that it can be done.

        Returns:
            What the job returns; None where the line cannot be had now, or was lost under it.

        Raises:
            MailError: what else the job raised.
        """
        session, interrupt = self._session, self._interrupt
        if session is not None and interrupt is not None and fits(session):
            interrupt()
        elif not self._begun or self._state.link is not Link.CONNECTING:
            return None
        return await self._errands.wait_for(job, fits)

    def look_now(self) -> None:
        """Try again at once, or look for mail at once."""
        self._backoff.reset()
        self._wake.set()

    def awoke(self) -> None:
        """The machine has slept: ask whether the server is there, or make a new line, at once."""
        self._has_slept = True
        self._restart.set()
        self.look_now()
        if self._session is not None:
            asyncio.get_running_loop().call_later(AWAKE_PATIENCE, self._end_if_silent, self._session)

    def _end_if_silent(self, session: Session) -> None:
        if session is self._session and session.silent >= AWAKE_PATIENCE:
            self._wake.set()  # and no pause
            session.abort()

    async def run(self) -> None:
        """Watch until cancelled. Never raises a `MailError`."""
        try:
            while True:
                self._enter(Link.CONNECTING)
                self._up, self._begun = 0.0, time.monotonic()
                try:
                    await self._live()
                except MailError as error:
                    await self._pause(error)
                except Exception as error:  # a mistake of ours must not leave an account silent for ever
                    log.exception("the watching line")
                    await self._pause(ProtocolViolation(f"Something unexpected happened ({type(error).__name__})."))
        finally:
            self._begun = 0.0
            self._errands.drop()

    async def _live(self) -> None:
        self._seen = []
        self._wake.clear()
        session = self._session = await self._connected()
        self._has_slept = False
        try:
            await patiently(lambda: self._observer.opened(session))
            await self._attend(session)
        finally:
            self._heard = max(self._heard, session.heard)
            self._session = None
            session.abort()

    async def _connected(self) -> Session:
        """Connect, but let go of an attempt that was begun before the machine slept."""
        self._restart.clear()
        connecting = asyncio.ensure_future(self._connect(self._notice))
        restarting = asyncio.create_task(self._restart.wait())
        try:
            await asyncio.wait((connecting, restarting), return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                return connecting.result()
            raise ConnectionLost("The machine was asleep.", cure="It is tried again.")
        finally:
            restarting.cancel()
            if not connecting.done():
                connecting.cancel()
                (left,) = await asyncio.gather(connecting, return_exceptions=True)
                if isinstance(left, Session):
                    left.abort()

    def _notice(self, untagged: Untagged) -> None:
        self._seen.append(untagged)

    async def _attend(self, session: Session) -> None:
        self._up = time.monotonic()
        idle = "IDLE" in session.capability
        self._enter(Link.LIVE if idle else Link.POLLING)
        await self._errands.run(session)
        while True:
            question = Question(session, self._owed, self._answered)
            turn: IdleTurn | None = None
            try:
                if idle:
                    turn = await self._idle(session, question)
                else:
                    await self._poll(session, question)
            except (ServerRefused, NotSupported):
                if not idle:
                    raise
                idle = False
                self._enter(Link.POLLING)
            finally:
                question.drop()
                self._interrupt = None
            self._answered()
            if self._has_slept:
                self._has_slept = False
                self._survived()
            question.ask()
            try:
                await self._errands.run(session)
                await self._tell(session)
            finally:
                question.drop()
            self._answered()
            if turn is not None and turn.is_refused:
                idle = False
                self._enter(Link.POLLING)

    async def _idle(self, session: Session, question: Question) -> IdleTurn:
        question.ask()
        renew, probe = float(self._settings.idle_renew), float(self._settings.probe)
        turn = IdleTurn(session, renew_after=renew, most_silence=probe, hasty=True)
        self._interrupt = turn.interrupt
        async with turn:
            question.rest()
            if not self._seen:
                await turn.wait(self._wake)
            self._interrupt = None
            question.ask()
        if self._wake.is_set():
            self._wake.clear()
            await patiently(lambda: noop(session))
        return turn

    async def _poll(self, session: Session, question: Question) -> None:
        self._interrupt = self._wake.set
        try:
            async with asyncio.timeout(self._settings.poll):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._interrupt = None
        self._wake.clear()
        question.ask()
        await self._errands.run(session)
        await patiently(lambda: noop(session))

    def _owed(self, since: float) -> None:
        """The server has owed an answer for some time."""
        if self._state.link.is_up:
            self._up_as = self._state
            self._state = replace(self._state, link=Link.ASKING, since=since)
            self._changed(self.link)

    def _answered(self) -> None:
        if self._state.link is Link.ASKING:
            self._state = self._up_as
            self._changed(self.link)

    async def _tell(self, session: Session) -> None:
        if not self._seen or time.monotonic() - self._told > SILENCE:
            self._calm = 0.0
        if not self._seen:
            return
        if self._calm:
            await asyncio.sleep(self._calm)
            await patiently(lambda: noop(session))
        self._calm = min(self._most_calm, self._calm * 2 or CALM)
        seen, self._seen = self._seen, []
        await patiently(lambda: self._observer.noticed(session, seen))
        self._told = time.monotonic()

    async def _pause(self, error: MailError) -> None:
        now = time.monotonic()
        wait = self._backoff.delay(error, now - self._up if self._up else 0.0, now - self._begun)
        refused = refusal_of(error)
        next_try = 0.0 if wait == NEVER else time.time() + wait
        self._enter(Link.REFUSED if refused else Link.OFFLINE, next_try, reason_of(error), refused)
        self._errands.drop()
        try:
            async with asyncio.timeout(None if math.isinf(wait) else wait):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _enter(self, link: Link, next_try: float = 0.0, reason: str = "", refused: str = "") -> None:
        now = time.time()
        if link.is_up:
            self._away_since = 0.0
        elif link in (Link.OFFLINE, Link.REFUSED):
            self._away_since = self._away_since or now
        self._state = LinkState(
            link,
            self._away_since or now,
            self._heard,
            next_try,
            reason,
            refused,
            float(self._settings.poll) if link is Link.POLLING else 0.0,
        )
        self._changed(self.link)


def refusal_of(error: MailError) -> str:
    """Return in two words what was refused, "" when it was not."""
    match error:
        case AuthenticationFailed():
            return "sign-in refused"
        case CertificateRefused():
            return "certificate refused"
        case ConfigError() | NotSupported():
            return "refused"
    return ""


def reason_of(error: MailError) -> str:
    """Return why a line is not up, for the trust meter."""
    return str(error) if not isinstance(error, ConnectionLost) else error.message
