"""What every test of submission needs."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.servers.certificate import certificate
from tests.servers.scripted_smtp import ScriptedSmtp
from tui.config.model import Secret, Security, Server
from tui.mail.submission import Phase
from tui.smtp.submit import Receipt, submit

MAIL = b"From: ada@example.org\r\nTo: grace@example.org\r\nSubject: hello\r\n\r\nHello.\r\n"


def place(server: ScriptedSmtp, security: Security = Security.PLAIN, **fields: Any) -> Server:
    """Return the configuration that reaches a scripted server, its certificate trusted."""
    fields.setdefault("ca_file", certificate().certificate)
    return Server("127.0.0.1", server.port, security, "ada@example.org", Secret(), **fields)


class Sender:
    """Submits to a scripted server and notes the phases."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []
        self.at_phase: Callable[[Phase], Awaitable[None]] | None = None

    async def note(self, phase: Phase) -> None:
        self.phases.append(phase)
        if self.at_phase is not None:
            await self.at_phase(phase)

    async def send(
        self,
        server: ScriptedSmtp,
        *,
        security: Security = Security.PLAIN,
        recipients: Sequence[str] = ("grace@example.org",),
        data: bytes = MAIL,
        sender: str = "ada@example.org",
        secret: str = "secret",
        timeout: float = 5.0,
        final_timeout: float = 5.0,
        **fields: Any,
    ) -> Receipt:
        return await submit(
            place(server, security, **fields),
            secret,
            sender=sender,
            recipients=recipients,
            data=data,
            on_phase=self.note,
            timeout=timeout,
            final_timeout=final_timeout,
        )


@pytest.fixture
def sender() -> Sender:
    return Sender()
