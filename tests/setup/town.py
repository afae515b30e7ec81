"""A town for a user who is new in it: real names and ports, real servers, and the program on a terminal."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.pty.terminal import Terminal
from tests.servers.certificate import authority, signed
from tests.servers.dovecot import ADA, USERS
from tests.setup.street import IMAP, SMTP
from tests.setup.test_autoconfig import config, server
from tests.setup.test_discovery import Web
from tests.setup.world import World

PASSWORD = USERS[ADA]
SCRIPT = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


class Town:
    """A world whose names the whole system of a process believes.

    Attributes:
        world: of hosts and ports.
        folder: the user's.
        clear_port: of Dovecot, without TLS.
    """

    def __init__(self, world: World, folder: Path, clear_port: int) -> None:
        self.world = world
        self.folder = folder
        self.clear_port = clear_port

    @property
    def file(self) -> Path:
        return self.folder / "config" / "tidings" / "config.toml"

    @asynccontextmanager
    async def tidings(self, *words: str, width: int = 120, height: int = 60) -> AsyncIterator[Terminal]:
        """Run the program in a terminal."""
        terminal = Terminal(width, height)
        resolver = self.folder / "resolv.conf"
        paths = {f"XDG_{name.upper()}_HOME": str(self.folder / name) for name in ("config", "data", "cache", "state")}
        paths["SSL_CERT_FILE"] = str(authority().certificate)
        command = ["unshare", "--mount", "sh", "-c", SCRIPT, str(resolver), sys.executable, "-m", "tui", *words]
        try:
            await terminal.run(command, {"PYTHONPATH": str(Path(__file__).parents[2]), **paths})
            yield terminal
        finally:
            await terminal.close()


async def autoconfig(town: Town, *, imap_port: int = 993) -> None:
    """Let the domain tell its servers."""
    web = Web(config(server(host=IMAP, port=imap_port), server("smtp", SMTP, 465)))
    await town.world.serve("autoconfig.example.org", 443, web.play, signed("autoconfig.example.org").context)
