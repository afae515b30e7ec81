"""A small honest submission server on loopback; what it does wrong is in `tests.servers.smtp_behaviours`.

::

    async with scripted_smtp("greylist") as server:
        ... server.port, server.log, server.accepted
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from tests.servers.certificate import certificate
from tests.servers.listening import Listening
from tests.servers.smtp_behaviours import BEHAVIOURS
from tests.servers.smtp_dialogue import Accepted, SmtpDialogue


class ScriptedSmtp(Listening):
    """A server that plays one behaviour to everyone.

    Attributes:
        log: lines received; messages are left out.
        accepted: mails taken.
        logins: (user, password) of every attempt.
        released: set it to let ``slow-after-dot`` answer.
    """

    limit: ClassVar[int] = 2**24

    def __init__(
        self,
        behaviour: str,
        *,
        tls: bool,
        starttls: bool,
        password: str,
        context: ssl.SSLContext | None,
        **options: Any,
    ) -> None:
        super().__init__((context or certificate().context) if tls else None)
        self.behaviour = behaviour
        self.starttls = starttls
        self.password = password
        self.options = options
        self.accepted: list[Accepted] = []
        self.logins: list[tuple[str, str]] = []
        self.tries = 0
        self.released = asyncio.Event()
        self._dialogue = BEHAVIOURS[behaviour]

    def note(self, line: bytes) -> None:
        self.log.append(line)

    def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> SmtpDialogue:
        return self._dialogue(self, reader, writer)


@asynccontextmanager
async def scripted_smtp(
    behaviour: str = "normal",
    *,
    tls: bool = False,
    starttls: bool | None = None,
    password: str = "secret",
    context: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[ScriptedSmtp]:
    """Run a server.

    Args:
        behaviour: a key of `BEHAVIOURS`.
        tls: TLS from the first byte.
        starttls: offer STARTTLS; None: when the behaviour's name says so.
        password: the right one, for any user.
        context: the server's certificate; None: a self-signed one.
        options: what the behaviour wants to know.
    """
    offered = behaviour.startswith("starttls") if starttls is None else starttls
    server = ScriptedSmtp(behaviour, tls=tls, starttls=offered, password=password, context=context, **options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
