"""``tidings setup`` on a bare terminal, with real names, real ports, a real Dovecot and Postfix."""

import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.pty.terminal import Terminal
from tests.servers.certificate import authority, signed
from tests.servers.dns import DnsServer
from tests.servers.dovecot import ADA, USERS, Dovecot
from tests.servers.postfix import Postfix
from tests.setup.street import IMAP, SMTP, real_servers
from tests.setup.test_autoconfig import config, server
from tests.setup.test_discovery import Web
from tests.setup.world import World
from tui.config.load import load
from tui.config.model import Security

PASSWORD = USERS[ADA]
SCRIPT = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Dovecot, Postfix]]:
    with real_servers() as both:
        yield both


class Town:
    """A world whose names the whole system of a process believes.

    Attributes:
        world: of hosts and ports.
        folder: the user's.
    """

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder

    @property
    def file(self) -> Path:
        return self.folder / "config" / "tidings" / "config.toml"

    @asynccontextmanager
    async def tidings(self, *words: str) -> AsyncIterator[Terminal]:
        """Run the program in a terminal."""
        terminal = Terminal(120, 60)
        resolver = self.folder / "resolv.conf"
        paths = {f"XDG_{name.upper()}_HOME": str(self.folder / name) for name in ("config", "data", "cache", "state")}
        paths["SSL_CERT_FILE"] = str(authority().certificate)
        command = ["unshare", "--mount", "sh", "-c", SCRIPT, str(resolver), sys.executable, "-m", "tui", *words]
        try:
            await terminal.run(command, {"PYTHONPATH": str(Path(__file__).parents[2]), **paths})
            yield terminal
        finally:
            await terminal.close()


@pytest.fixture
async def town(
    servers: tuple[Dovecot, Postfix], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Town]:
    dovecot, postfix = servers
    async with World(monkeypatch) as world:
        await world.open(IMAP, 993, dovecot.port)
        await world.open(IMAP, 143, dovecot.clear_port)
        await world.open(SMTP, 465, postfix.port)
        name_server = DnsServer(world.host("ns.example.org"), 53)
        name_server.zone = world.dns.zone
        (tmp_path / "resolv.conf").write_text(f"nameserver {name_server.address}\noptions timeout:1\n")
        async with name_server:
            yield Town(world, tmp_path)


async def autoconfig(town: Town, *, imap_port: int = 993) -> None:
    """Let the domain tell its servers."""
    web = Web(config(server(host=IMAP, port=imap_port), server("smtp", SMTP, 465)))
    await town.world.serve("autoconfig.example.org", 443, web.play, signed("autoconfig.example.org").context)


async def test_an_address_and_a_password_are_enough(town: Town) -> None:
    await autoconfig(town)
    async with town.tidings("setup", ADA) as terminal:
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("Receiving works. Sending works.", within=30)
        await terminal.sees("nowhere: you are asked")
        terminal.press("2\r")
        assert await terminal.ends() == 0
        assert PASSWORD not in terminal.output
    assert stat.S_IMODE(town.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(town.file.parent.stat().st_mode) == 0o700
    made = load(town.file).accounts[0]
    assert made.send is not None
    assert (made.receive.host, made.send.host, made.receive.secret.password) == (IMAP, SMTP, PASSWORD)


async def test_what_is_wrong_is_repaired_by_one_key(town: Town) -> None:
    await autoconfig(town, imap_port=143)
    async with town.tidings("setup", f"Ada <{ADA}>") as terminal:
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("f  fix it: use port 993 with tls", within=30)
        terminal.press("f\r")
        await terminal.sees("Receiving works. Sending works.", within=30)
        terminal.press("1\r")
        assert await terminal.ends() == 0
    made = load(town.file).accounts[0]
    assert (made.receive.port, made.receive.security, made.address.name) == (993, Security.TLS, "Ada")
    assert not made.receive.secret.is_set


async def test_a_host_from_dns_alone_is_asked_about(town: Town) -> None:
    town.world.dns.put("_imaps._tcp.example.org", "SRV", f"0 0 993 {IMAP}.")
    town.world.dns.put("_submissions._tcp.example.org", "SRV", f"0 0 465 {SMTP}.")
    async with town.tidings("setup", ADA) as terminal:
        await terminal.sees(f"Does your mail go through {IMAP} and {SMTP}?", within=30)
        assert "Password:" not in terminal.output
        terminal.press("q\r")
        assert await terminal.ends() == 1
    assert not town.file.exists()


async def test_doctor_for_scripts_and_for_a_bug(town: Town) -> None:
    town.file.parent.mkdir(mode=0o700, parents=True)
    town.file.write_text(
        f'[accounts.work]\naddress = "{ADA}"\n[accounts.work.receive]\nhost = "{IMAP}"\nport = 143\n'
        f'password = "{PASSWORD}"\n[accounts.work.send]\nhost = "{SMTP}"\n'
    )
    town.file.chmod(0o600)
    async with town.tidings("doctor") as terminal:
        assert await terminal.ends(within=60) == 1
        assert "Receiving fails at “right service”. Sending works." in terminal.output
        assert "security = starttls" in terminal.output
    async with town.tidings("doctor", "--report") as terminal:
        assert await terminal.ends(within=60) == 1
        assert PASSWORD not in terminal.output
        assert ADA not in terminal.output
        assert "Python" in terminal.output
    town.file.chmod(0o644)
    async with town.tidings("doctor", "--json") as terminal:
        assert await terminal.ends(within=60) == 2
        assert "chmod 600" in terminal.output


async def test_ctrl_c_leaves_nothing_behind(town: Town) -> None:
    await autoconfig(town)
    async with town.tidings("setup") as terminal:
        await terminal.sees("Your address")
        terminal.press("no address\r")
        await terminal.sees("That is no mail address.")
        terminal.press("\x03")
        assert await terminal.ends() == 1
    assert not town.file.exists()


async def test_in_lines_the_first_start_asks_in_lines(town: Town) -> None:
    """Run, address, password, where it is kept: then the mail is told."""
    await autoconfig(town)
    async with town.tidings("--linear") as terminal:
        await terminal.sees("Your address")
        terminal.press(f"{ADA}\r")
        await terminal.sees("Password:")
        terminal.press(f"{PASSWORD}\r")
        await terminal.sees("Where is the password kept?")
        terminal.press("2\r")
        await terminal.sees("grace@example.org")
        await terminal.sees("first")
        terminal.press("Q")
        assert await terminal.ends() == 0
