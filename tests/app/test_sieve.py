"""Scripts of the server on the screen, against Dovecot: written, put right, switched on, deleted."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.live import Live, Session, live
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.process import free_port
from tui.config.model import Security, Server
from tui.screens.mail import MailScreen
from tui.screens.script import ScriptScreen
from tui.screens.sieve import SieveScreen
from tui.sieve.login import enter
from tui.sieve.session import Script
from tui.sieve.session import Session as SieveSession
from tui.widgets.script_text import ScriptText


@pytest.fixture(scope="module")
def sieving() -> Iterator[Dovecot]:
    with Dovecot(sieve=True) as server:
        yield server


def with_sieve(servers: Live, sieve: Server) -> None:
    (account,) = servers.config.accounts
    servers.config = replace(servers.config, accounts=(replace(account, sieve=sieve),))


def reach(dovecot: Dovecot) -> Server:
    return replace(dovecot.server(ADA), port=dovecot.sieve_port, security=Security.STARTTLS)


async def kept(dovecot: Dovecot) -> dict[Script, str]:
    """Return the scripts on the server, as another client sees them."""
    server = reach(dovecot)
    session = await SieveSession.connect(server, timeout=10)
    try:
        await enter(session, server.secret.password)
        return {each: (await session.get(each.name)).decode() for each in await session.list_scripts()}
    finally:
        session.abort()


async def scripts_of(person: Session) -> None:
    await person.sees("live")
    person.app.run_command("sieve.scripts")
    await person.until(lambda: isinstance(person.app.screen, SieveScreen))


async def test_a_script_is_written_put_right_run_and_deleted(tmp_path: Path, sieving: Dovecot) -> None:
    async with live(tmp_path) as servers:
        with_sieve(servers, reach(sieving))
        async with servers.app() as person:
            await scripts_of(person)
            await person.sees("There is no script")
            await person.press("n")
            await person.sees("name of the script")
            await person.press(*"filing", "enter")
            await person.until(lambda: isinstance(person.app.screen, ScriptScreen))
            text = person.app.screen.query_one(ScriptText)
            text.text = 'require "fileinto";\n# old\nfileinto;\n'
            await person.press("ctrl+s")
            await person.sees("line 3: error")
            assert text.cursor_location == (2, 0)
            assert await kept(sieving) == {}

            text.text = 'require "fileinto";\nfileinto "Archive";\n'
            await person.press("ctrl+t")
            await person.sees("nothing against it")
            assert await kept(sieving) == {}
            await person.press("escape")
            await person.sees("Leave without what you changed?")
            await person.press("n")
            await person.press("ctrl+s")
            await person.until(lambda: isinstance(person.app.screen, SieveScreen))
            assert await kept(sieving) == {Script("filing", False): 'require "fileinto";\r\nfileinto "Archive";\r\n'}

            await person.press("a")
            await person.sees("filing", "runs over what arrives")
            assert list(await kept(sieving)) == [Script("filing", True)]
            await person.press("x")
            await person.sees("Delete filing?")
            await person.press("y")
            await person.sees("Activate another script")
            await person.press("a")
            await person.until(lambda: "runs over" not in person.screen)
            await person.press("x")
            await person.sees("Delete filing?")
            await person.press("y")
            await person.sees("There is no script")
            assert await kept(sieving) == {}
            await person.press("q")
            await person.until(lambda: isinstance(person.app.screen, MailScreen))


async def test_signs_that_are_not_shown_are_kept_or_told(tmp_path: Path, sieving: Dovecot) -> None:
    text = 'require "vacation";\r\nvacation "\u200f\u2028\x85 \u2764\ufe0f";\r\n'
    async with live(tmp_path) as servers:
        with_sieve(servers, reach(sieving))
        async with servers.app() as person:
            (account,) = person.app.accounts.values()
            await account.sieve.keep("away", text.replace("\r\n", "\n"))
            assert await kept(sieving) == {Script("away", False): text}
            await scripts_of(person)
            await person.sees("away")
            await person.press("enter")
            await person.sees("lost if it is kept", "--put")
            await account.sieve.delete("away")


async def test_a_server_without_scripts_is_told(tmp_path: Path, sieving: Dovecot) -> None:
    async with live(tmp_path) as servers:
        with_sieve(servers, replace(reach(sieving), port=free_port()))
        async with servers.app() as person:
            await person.sees("live")
            person.app.run_command("sieve.scripts")
            await person.sees("nothing listens on port")
            assert isinstance(person.app.screen, SieveScreen)
            await person.press("q")
            await person.until(lambda: isinstance(person.app.screen, MailScreen))


async def test_no_key_waits_for_a_server_that_says_nothing(tmp_path: Path, sieving: Dovecot) -> None:
    came = asyncio.Event()

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await reader.read()
        writer.close()

    async with live(tmp_path) as servers, await asyncio.start_server(says_nothing, "127.0.0.1", 0) as silent:
        with_sieve(servers, replace(reach(sieving), port=silent.sockets[0].getsockname()[1]))
        async with servers.app() as person:
            await scripts_of(person)
            await person.sees("asking the server")
            async with asyncio.timeout(20):
                await came.wait()
            await person.press("n")  # one thing at a time
            await person.sees("asking the server")
            await person.press("q", "enter")
            await person.until(lambda: isinstance(person.app.screen, MailScreen))
