"""What both halves of the doctor's walk know."""

import asyncio
from dataclasses import field
from pathlib import Path

from tui.config.model import AccountConfig, Protocol, Server
from tui.mail.noun import dataclass
from tui.setup.check import Half
from tui.setup.dialogue import Service
from tui.setup.providers import Provider


@dataclass(slots=True)
class Scene:
    """What both halves of a walk know.

    Attributes:
        account: as it is configured.
        file: where it is configured, None for one that is not written yet.
        provider: what is known of whoever runs these servers.
        limit: seconds each step may take.
        hold: seconds IDLE is held.
        received: done with what the receiving server showed of itself after login, None where there was no login.
    """

    account: AccountConfig
    file: Path | None
    provider: Provider | None
    limit: float
    hold: float
    received: "asyncio.Future[object]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def domain(self) -> str:
        return self.account.address.spec.rpartition("@")[2]

    def server(self, half: Half) -> Server | None:
        return self.account.receive if half is Half.RECEIVING else self.account.send

    def service(self, half: Half) -> Service:
        """What a half is to speak."""
        if half is Half.SENDING:
            return Service.SMTP
        return Service.POP3 if self.account.protocol is Protocol.POP3 else Service.IMAP
