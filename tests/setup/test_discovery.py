"""From an address to its servers, on a street with a name server and an autoconfig host of its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.servers.certificate import certificate, signed
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tests.setup.test_autoconfig import config, server
from tests.setup.world import World
from tui.config.model import Protocol, Secret, Security
from tui.mail.address import Address
from tui.setup.dialogue import Service
from tui.setup.discovery import Discovery, Found, Missed, Source, Trust, best, completed
from tui.setup.proposal import account, account_name

ADA = "ada@example.org"
FILE = config(server(host="in.example.org"), server("smtp", "out.example.org", 465))


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with World(monkeypatch) as made:
        yield made


class Web:
    """A web server that answers everything with the same.

    Attributes:
        asked: what was asked, headers and all.
    """

    def __init__(self, body: bytes, head: bytes = b"HTTP/1.1 200 OK") -> None:
        self.asked: list[bytes] = []
        self._answer = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self._answer)
        await writer.drain()


async def found_by(world: World, address: str = ADA, box: float = 2.0) -> tuple[dict[Source, Found], dict[Source, str]]:
    """Return what was found, and what was not and why."""
    found, missed = {}, {}
    async for event in Discovery(address, records=world.records, box=box).walk():
        if isinstance(event, Found):
            found[event.source] = event
        elif isinstance(event, Missed):
            missed[event.source] = event.reason
    return found, missed


async def test_the_table_knows_without_asking_anybody(world: World) -> None:
    found, missed = await found_by(world, "ada@GMail.com")
    assert set(found) == {Source.TABLE}
    assert not missed
    gmail = found[Source.TABLE]
    assert (gmail.trust, gmail.is_whole, gmail.strangers) == (Trust.BUNDLED, True, ())
    assert world.dns.asked == []


async def test_autoconfig_over_https_learns_the_domain_only(world: World) -> None:
    web, plain = Web(FILE), Web(FILE)
    await world.serve("autoconfig.example.org", 443, web.play, signed("autoconfig.example.org").context)
    await world.serve("autoconfig.example.org", 80, plain.play)
    found, _ = await found_by(world)
    told = found[Source.AUTOCONFIG]
    assert (told.trust, told.is_whole, told.strangers) == (Trust.DOMAIN, True, ())
    assert [offer.host for offer in told.offers] == ["in.example.org", "out.example.org"]
    assert plain.asked == []
    assert len(web.asked) == 1
    assert b"ada" not in web.asked[0]
    assert not any("ada" in question for question in world.dns.asked)


@pytest.mark.parametrize(
    ("web", "trusted", "reason"),
    [
        (Web(b"", b"HTTP/1.1 302 Found\r\nLocation: http://evil.example/c.xml"), True, "not followed"),
        (Web(b"<!DOCTYPE x>" + FILE), True, "not believed"),
        (Web(b"", b"HTTP/1.1 404 Not Found"), True, "no such file"),
        (Web(FILE), False, "certificate"),
        (Web(config(server(socket="plain"))), True, "without a server that is encrypted"),
    ],
)
async def test_autoconfig_that_is_not_taken(world: World, web: Web, trusted: bool, reason: str) -> None:
    pair = signed("example.org") if trusted else certificate("example.org")
    await world.serve("example.org", 443, web.play, pair.context)
    found, missed = await found_by(world)
    assert Source.AUTOCONFIG not in found
    assert reason in missed[Source.AUTOCONFIG]


async def test_srv_is_asked_about_before_a_password_goes_there(world: World) -> None:
    world.dns.put("_imaps._tcp.example.org", "SRV", "10 0 993 b.hoster.net.", "0 0 993 a.hoster.net.")
    world.dns.put("_imap._tcp.example.org", "SRV", "0 0 0 .")
    world.dns.put("_submissions._tcp.example.org", "SRV", "0 0 465 out.hoster.net.")
    told = (await found_by(world))[0][Source.SRV]
    assert (told.trust, told.is_whole, told.strangers) == (
        Trust.UNVERIFIED,
        True,
        ("a.hoster.net", "out.hoster.net"),
    )
    imap = told.offer(Service.IMAP)
    assert imap is not None
    assert (imap.host, imap.port, imap.security) == ("a.hoster.net", 993, Security.TLS)


async def test_the_mail_exchanger_tells_the_provider(world: World) -> None:
    world.dns.put("example.org", "MX", "10 aspmx1.migadu.com.")
    told = (await found_by(world))[0][Source.MX]
    assert told.provider is not None
    assert (told.provider.name, told.trust) == ("Migadu", Trust.UNVERIFIED)
    assert told.strangers == ("imap.migadu.com", "smtp.migadu.com")


async def test_guesses_are_looked_at_and_nobody_logs_in(world: World) -> None:
    names = ("mail.example.org", "smtp.example.org")
    async with scripted_imap(starttls=True) as imap, scripted_smtp() as smtp:
        await world.open(names[0], 143, imap.port)
        await world.open(names[1], 465, smtp.port, signed(*names))
        found, _ = await found_by(world)
        told = found[Source.GUESS]
        assert [(offer.host, offer.port, offer.security.value) for offer in told.offers] == [
            ("mail.example.org", 143, "starttls"),
            ("smtp.example.org", 465, "tls"),
        ]
        assert told.trust is Trust.UNVERIFIED
        assert not smtp.logins
        assert b"ada" not in imap.text + smtp.text


async def test_nobody_knows(world: World) -> None:
    found, missed = await found_by(world)
    assert found == {}
    assert set(missed) == set(Source)


async def test_whoever_is_silent_is_left_behind(world: World) -> None:
    world.dns.silent = True
    world.swallow("autoconfig.example.org", 443)
    async with asyncio.timeout(30):
        found, missed = await found_by(world, box=0.4)
    assert found == {}
    assert set(missed) == set(Source)


async def test_a_proposal_can_be_completed_by_another_source(world: World) -> None:
    world.dns.put("_imaps._tcp.example.org", "SRV", "0 0 993 in.hoster.net.")
    web = Web(config(server("smtp", "out.example.org", 465)))
    await world.serve("autoconfig.example.org", 443, web.play, signed("autoconfig.example.org").context)
    found, _ = await found_by(world)
    chosen = best(list(found.values()))
    assert chosen is not None
    whole = completed(chosen, list(found.values()))
    assert (whole.is_whole, whole.trust) == (True, Trust.UNVERIFIED)
    made = account(whole, Address("Ada", ADA), account_name(ADA, ("example",)), Secret())
    assert (made.name, made.protocol) == ("example2", Protocol.IMAP)
    assert made.send is not None
    assert (made.receive.host, made.send.host) == ("in.hoster.net", "out.example.org")


def test_a_proposal_out_of_nothing() -> None:
    made = account(None, Address("", ADA), account_name(ADA), Secret())
    assert made.send is not None
    assert (made.receive.label, made.send.label) == ("imap.example.org:993", "smtp.example.org:465")
