"""The town, for whoever sets up an account in it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.servers.dns import DnsServer
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.setup.street import IMAP, SMTP, real_servers
from tests.setup.town import Town
from tests.setup.world import World


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Dovecot, Postfix]]:
    with real_servers() as both:
        yield both


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
            yield Town(world, tmp_path, dovecot.clear_port)
