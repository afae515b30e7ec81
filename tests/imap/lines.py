"""Shared by the tests of sessions: a server's settings, and a session on a scripted server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.servers.certificate import certificate
from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tui.config.model import Secret, Security, Server
from tui.imap.responses import Untagged
from tui.imap.session import Session


def settings(server: ScriptedServer, security: Security = Security.PLAIN, **changes: Any) -> Server:
    """How to reach a scripted server."""
    values: dict[str, Any] = {"ca_file": certificate().certificate, **changes}
    return Server("127.0.0.1", server.port, security, "ada@example.org", Secret(), **values)


async def join(
    server: ScriptedServer,
    security: Security = Security.PLAIN,
    *,
    timeout: float = 5.0,
    heard: Callable[[Untagged], None] | None = None,
    password: str = "secret",
    compress: bool | None = None,
    **changes: Any,
) -> Session:
    """Open a session on a scripted server."""
    wanted = settings(server, security, **changes)
    return await Session.open(wanted, password, timeout=timeout, on_untagged=heard, compress=compress)


@asynccontextmanager
async def on(behaviour: str, *, timeout: float = 5.0, **options: Any) -> AsyncIterator[tuple[Session, ScriptedServer]]:
    """A session on a new scripted server."""
    async with scripted_imap(behaviour, **options) as server:
        session = await join(server, timeout=timeout)
        try:
            yield session, server
        finally:
            session.abort()
