"""The doctor: both halves of an account, walked side by side, step by step, until something fails.

::

    async for event in Doctor(account).walk():
        ...  # Begun, then Check, of either half

One login attempt for each half; nothing secret over a line that is not what the account demands; every step has its
time; what is told holds no secret.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tui.config.model import AccountConfig, Protocol, Server
from tui.config.secrets import Secrets
from tui.mail.errors import AuthenticationFailed, MailError
from tui.setup import refusals
from tui.setup.check import Begun, Check, Event, Half, Status, steps
from tui.setup.collecting import Collecting
from tui.setup.line import LineWalk
from tui.setup.providers import bundled
from tui.setup.receiving import Receiving
from tui.setup.records import Records
from tui.setup.scene import Scene
from tui.setup.sending import Sending

STEP_TIMEOUT = 10.0
"""Seconds a step may take."""
SECRET_TIMEOUT = 30.0
"""Seconds a password command may take: a person may have to unlock something."""
ANSWER_TIMEOUT = 300.0
"""Seconds a person may take to type a password."""
IDLE_HOLD = 5.0
"""Seconds IDLE is held."""

Step = Callable[[], Awaitable[Check]]

_FREE = frozenset(("config", "secret", "domain", "sent_copy"))
"""Steps that need none of those before them."""


class Doctor:
    """Walks one account.

    Args:
        account: as it is configured.
        file: where; None while it is not written yet.
        secrets: gives the password or token of a server; None: only those that need nobody to be asked.
        records: who is asked for DNS records.
        step_timeout: seconds a step may take.
        idle_hold: seconds IDLE is held.
    """

    def __init__(
        self,
        account: AccountConfig,
        *,
        file: Path | None = None,
        secrets: Secrets | None = None,
        records: Records | None = None,
        step_timeout: float = STEP_TIMEOUT,
        idle_hold: float = IDLE_HOLD,
    ) -> None:
        self._account = account
        self._file = file
        self._secrets = secrets or Secrets()
        self._records = records or Records()
        self._step_timeout = step_timeout
        self._idle_hold = idle_hold
        self._obtained: dict[object, asyncio.Future[str]] = {}
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._hidden: set[str] = set()

    async def walk(self) -> AsyncIterator[Event]:
        """Yield what is begun and what came of it, as it happens; the two halves are mixed.

        Leaving early ends everything that is under way.
        """
        account = self._account
        providers = await asyncio.to_thread(bundled)
        provider = providers.of_host(account.receive.host) or (
            providers.of_host(account.send.host) if account.send else None
        )
        provider = provider or providers.of_domain(account.address.spec.rpartition("@")[2])
        scene = Scene(account, self._file, provider, self._step_timeout, self._idle_hold)
        halves = [asyncio.create_task(self._half(scene, half)) for half in Half]
        end = asyncio.create_task(self._finish(halves))
        try:
            while (event := await self._events.get()) is not None:
                yield event
            for task in halves:
                task.result()
        finally:
            waiting: list[asyncio.Future[Any]] = [*halves, end, *self._obtained.values()]
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _finish(self, halves: "list[asyncio.Task[None]]") -> None:
        await asyncio.wait(halves)
        self._events.put_nowait(None)

    async def _half(self, scene: Scene, half: Half) -> None:
        server = scene.server(half)
        if server is None:
            walk = LineWalk(scene, half, scene.account.receive)
            self._tell(walk.check("config", Status.SKIPPED, "no-half", name=scene.account.name))
            return
        walk = LineWalk(scene, half, server)
        rest: Receiving | Collecting | Sending
        if half is Half.SENDING:
            rest = Sending(walk, self._records)
        else:
            rest = Collecting(walk) if scene.account.protocol is Protocol.POP3 else Receiving(walk)
        try:
            await self._steps(walk, rest)
        finally:
            if half is Half.RECEIVING and not scene.received.done():
                scene.received.set_result(None)
            walk.close()
            with suppress(MailError):
                await rest.close()

    async def _steps(self, walk: LineWalk, rest: "Receiving | Collecting | Sending") -> None:
        done: dict[str, Step] = {
            "config": lambda: self._config(walk),
            "secret": lambda: self._secret(walk),
            "dns": walk.dns,
            "tcp": walk.tcp,
            "service": walk.service,
            "tls": walk.tls,
            "greeting": walk.greeting,
            "capabilities": walk.capabilities,
            "ehlo": walk.capabilities,
            "login": lambda: self._login(walk, rest),
        }
        blocked, no_secret = False, False
        for id in steps(walk.half, walk.scene.account.protocol):
            step = done.get(id) or getattr(rest, id)
            if id not in _FREE and (blocked or (no_secret and id == "login")):
                blocked = True
                if walk.half is Half.RECEIVING and not walk.scene.received.done():
                    walk.scene.received.set_result(None)
                self._tell(walk.check(id, Status.SKIPPED, "skipped"))
                continue
            self._events.put_nowait(Begun(walk.half, id))
            began = time.monotonic()
            check = await self._take(walk, id, step)
            self._tell(replace(check, seconds=time.monotonic() - began))
            if check.status is Status.FAIL and id == "secret":
                no_secret = True
            elif check.status is Status.FAIL and id not in _FREE:
                blocked = True

    async def _take(self, walk: LineWalk, id: str, step: Step) -> Check:
        limit = self._step_timeout
        if id == "idle":
            limit += self._idle_hold
        elif id == "secret":
            limit += SECRET_TIMEOUT if walk.server.secret.is_set or self._secrets.ask is None else ANSWER_TIMEOUT
        try:
            async with asyncio.timeout(limit):
                return await step()
        except TimeoutError:
            return walk.check(id, Status.FAIL, "slow", at=walk.server.label, seconds=f"{limit:.0f}")
        except MailError as error:
            return walk.check(id, Status.FAIL, "words", words=error.message, cure=error.cure)
        except (OSError, EOFError) as error:
            return walk.check(id, Status.FAIL, "closed", at=walk.server.label, detail=str(error))

    async def _config(self, walk: LineWalk) -> Check:
        file = self._file
        if file is None:
            return walk.check("config", Status.OK, "config-none")
        mode = (await asyncio.to_thread(file.stat)).st_mode
        if mode & 0o077:
            return walk.check("config", Status.WARN, "config-open", file=file)
        return walk.check("config", Status.OK, "config", file=file)

    async def _secret(self, walk: LineWalk) -> Check:
        server = walk.server
        if not server.user:
            return walk.check("secret", Status.OK, "login-none")
        if not server.secret.is_set and self._secrets.ask is None:
            return walk.check("secret", Status.FAIL, "secret-none")
        try:
            secret = await self._ask(server)
        except MailError as error:
            return walk.check("secret", Status.FAIL, "secret-bad", words=error.message, cure=error.cure)
        if secret != secret.strip():
            return walk.check("secret", Status.WARN, "secret-odd")
        kind = "token" if server.secret.gives_token else "password"
        return walk.check("secret", Status.OK, "secret", kind=kind)

    async def _ask(self, server: Server) -> str:
        """Obtain a secret; the two halves share one that is the same."""
        key = (server.secret, None if server.secret.is_set or server.secret.key else (server.user, server.host))
        if key not in self._obtained:
            self._obtained[key] = asyncio.ensure_future(self._secrets.obtain(server))
        secret = await asyncio.shield(self._obtained[key])
        self._hidden |= _forms(secret, server.user)
        return secret

    async def _login(self, walk: LineWalk, rest: "Receiving | Collecting | Sending") -> Check:
        server = walk.server
        try:
            if server.secret.oauth is not None:  # a token that was refused before its time is renewed, once
                return await self._secrets.use(server, rest.login)
            secret = await self._ask(server) if server.user else ""
            try:
                return await rest.login(secret)
            except AuthenticationFailed:
                self._secrets.refused(server, secret)
                raise
        except MailError as error:
            return refusals.login(walk, error)

    def _tell(self, check: Check) -> None:
        self._events.put_nowait(redacted(check, self._hidden))


def redacted(check: Check, hidden: "set[str] | frozenset[str]") -> Check:
    """Return a check without any of some strings in it."""
    texts = (check.fact, check.advice, check.detail, check.brief)
    fact, advice, detail, brief = (_without(text, hidden) for text in texts)
    return replace(check, fact=fact, advice=advice, detail=detail, brief=brief)


def _without(text: str, hidden: "set[str] | frozenset[str]") -> str:
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "•••")
    return text


def _forms(secret: str, user: str) -> set[str]:
    """Return every way a secret may come back: as it is, quoted, in base64, in an SASL response."""
    data = secret.encode("utf-8", "replace")
    forms = {secret, secret.replace("\\", "\\\\").replace('"', '\\"'), quote(secret), secret.strip()}
    forms |= {base64.b64encode(part + data).decode() for part in (b"", b"\0" + user.encode() + b"\0")}
    return {form for form in forms if len(form) > 2}


async def examine(doctor: Doctor) -> tuple[list[Check], float]:
    """Walk to the end; return all checks, receiving first, and the seconds it took."""
    began = time.monotonic()
    checks = [event async for event in doctor.walk() if isinstance(event, Check)]
    return sorted(checks, key=lambda check: check.half is Half.SENDING), time.monotonic() - began
