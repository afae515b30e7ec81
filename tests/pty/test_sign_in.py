"""Signing in on a bare terminal, as over SSH: device code, pasted address, a password asked for. No secret is shown."""

import asyncio
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pty.terminal import as_typed
from tests.servers.certificate import certificate
from tests.servers.oauth import Provider
from tests.servers.scripted_imap import scripted_imap
from tests.setup.test_oauth import visit

CONFIG = """\
[accounts.work]
address = "ada@example.org"
[accounts.work.receive]
host = "{host}"
port = {port}
security = "{security}"
{secret}
"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def write(folder: Path, secret: str, *, host: str = "imap.example.org", port: int = 993, security: str = "tls") -> None:
    file = folder / "config" / "config.toml"
    file.parent.mkdir()
    file.parent.chmod(0o700)
    file.write_text(CONFIG.format(host=host, port=port, security=security, secret=secret))
    file.chmod(0o600)


def oauth(provider: Provider, *keys: str) -> str:
    urls = ", ".join(f'{key}_url = "{provider.url}/{key}"' for key in ("token", *keys))
    return (
        f'oauth = {{ client_id = "tidings-test", scopes = ["mail"], {urls}, ca_file = "{certificate().certificate}" }}'
    )


def kept(folder: Path) -> dict[str, object]:
    file = folder / "xdg" / "data" / "tidings" / "tokens" / "work.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found: dict[str, object] = json.loads(file.read_text())
    return found


async def test_by_a_device_code(provider: Provider, tmp_path: Path) -> None:
    write(tmp_path, oauth(provider, "device"))
    async with as_typed(tmp_path, "sign-in") as terminal:
        await terminal.sees("WDJB-MJHT")
        assert await terminal.ends() == 0
        assert "Signed in" in terminal.output
        tokens = kept(tmp_path)
        assert str(tokens["access_token"]) not in terminal.output
        assert str(tokens["refresh_token"]) not in terminal.output


async def test_by_an_address_pasted_into_the_terminal(provider: Provider, tmp_path: Path) -> None:
    write(tmp_path, oauth(provider, "authorize"))
    async with as_typed(tmp_path, "sign-in", "work") as terminal:
        await terminal.sees("Address:")
        before = terminal.attributes()
        address = re.search(r"https://localhost:\S+", terminal.output.replace("\r\n", "\n"))
        assert address is not None
        back = await asyncio.to_thread(visit, address.group())
        terminal.press("x" * 5000 + "\x15" + back + "\r")  # longer than a terminal's own line may be
        assert await terminal.ends() == 0
        assert terminal.attributes() != before
        assert parse_qs(urlsplit(back).query)["code"][0] not in terminal.output
        assert kept(tmp_path)["client_id"] == "tidings-test"


async def test_leaving_it_gives_the_terminal_back(provider: Provider, tmp_path: Path) -> None:
    write(tmp_path, oauth(provider, "authorize"))
    async with as_typed(tmp_path, "sign-in") as terminal:
        before = terminal.attributes()
        await terminal.sees("Address:")
        terminal.press("\x03")
        assert await terminal.ends() == 130
        assert terminal.attributes() == before
        assert "Traceback" not in terminal.output


async def test_an_account_without_oauth_says_what_to_write(tmp_path: Path) -> None:
    write(tmp_path, 'password_command = ["true"]')
    async with as_typed(tmp_path, "sign-in") as terminal:
        assert await terminal.ends() == 2
        assert "client_id" in terminal.output


async def test_a_password_that_is_not_configured_is_asked_for_once(tmp_path: Path) -> None:
    async with scripted_imap("bye-in-idle", messages=1) as server:
        server.password = "pä ss"
        write(tmp_path, "", host="127.0.0.1", port=server.port, security="plain")
        async with as_typed(tmp_path, "watch") as terminal:
            await terminal.sees("Password of ada@example.org at 127.0.0.1:")
            terminal.press("pü\x7fä sx\x7fs\r")
            await terminal.sees("watching")
            await server.until(lambda: len(server.dialogues) >= 2, 20)  # the line broke and came back
            terminal.press("\x03")
            assert await terminal.ends() == 0
            assert terminal.output.count("Password of") == 1
            assert "ss" not in terminal.output.replace("Password", "")
