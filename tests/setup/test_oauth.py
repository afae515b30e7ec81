"""Signing in at a provider: by a device code, by a redirect, by a pasted address; and who does not get in that way."""

import asyncio
import http.client
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers.certificate import certificate
from tests.servers.oauth import Provider
from tui.config.model import OAuth
from tui.mail.errors import AuthenticationFailed, ConfigError, MailError, ProtocolViolation
from tui.setup.oauth import BrowserSignIn, DeviceCode, by_device_code


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.mark.parametrize("slow", [False, True])
async def test_a_device_code(provider: Provider, slow: bool) -> None:
    provider.pending, provider.slow = 2, slow
    told: list[DeviceCode] = []
    tokens = await by_device_code(provider.settings(), "work", told.append)
    assert [(each.code, each.address) for each in told] == [("WDJB-MJHT", f"{provider.url}/activate")]
    assert tokens.access.startswith("at-")
    assert tokens.refresh.startswith("rt-")
    assert provider.forms("/device") == [{"client_id": "tidings-test", "scope": "mail"}]
    assert len(provider.forms("/token")) == 3


async def test_a_device_code_that_is_refused_or_not_given(provider: Provider) -> None:
    provider.denies = True
    with pytest.raises(AuthenticationFailed, match="access_denied"):
        await by_device_code(provider.settings(), "work", lambda told: None)
    nowhere = replace(provider.settings(), device_url=f"{provider.url}/nowhere")
    with pytest.raises(ConfigError, match="not_found"):
        await by_device_code(nowhere, "work", lambda told: None)


def visit(address: str) -> str:
    """Go to an address as a browser does, and return where it redirects to."""
    parts = urlsplit(address)
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=certificate().certificate)
        line = http.client.HTTPSConnection(parts.netloc, context=context, timeout=10)
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=10)
    line.request("GET", f"{parts.path}?{parts.query}")
    answer = line.getresponse()
    body = answer.read().decode()
    line.close()
    return answer.headers.get("Location") or f"{answer.status} {body}"


async def test_a_redirect_to_this_machine(provider: Provider) -> None:
    async with BrowserSignIn(provider.settings(), "work") as sign_in:
        asked = parse_qs(urlsplit(sign_in.address).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["scope"] == ["mail"]
        waiting = asyncio.create_task(sign_in.tokens())
        back = await asyncio.to_thread(visit, sign_in.address)
        port = urlsplit(back).port
        assert (await asyncio.to_thread(visit, f"http://127.0.0.1:{port}/favicon.ico")).startswith("404")
        assert (await asyncio.to_thread(visit, f"http://127.0.0.1:{port}/?code=x&state=y")).startswith("404")
        assert "You have agreed" in await asyncio.to_thread(visit, back)
        assert (await waiting).refresh.startswith("rt-")
    (form,) = provider.forms("/token")
    assert form["grant_type"] == "authorization_code"
    assert len(form["code_verifier"]) >= 43


def pasting(address: str | None) -> Callable[[], Awaitable[str | None]]:
    async def paste() -> str | None:
        return address

    return paste


async def test_a_pasted_address(provider: Provider) -> None:
    async with BrowserSignIn(provider.settings(), "work") as sign_in:
        back = await asyncio.to_thread(visit, sign_in.address)
        tokens = await sign_in.tokens(pasting(f"  {back}\n"))
    assert tokens.access.startswith("at-")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda back: back.replace("state=", "state=x"), ProtocolViolation),
        (lambda back: back.partition("?")[0], MailError),
        (lambda back: "nothing of that kind", MailError),
        (lambda back: "http://[", MailError),
        (lambda back: "", AuthenticationFailed),
        (lambda back: back.replace("code=", "error=access_denied&x="), AuthenticationFailed),
        (lambda back: back.replace("code=", "error=invalid_scope&x="), ConfigError),
    ],
)
async def test_what_is_pasted_wrong(provider: Provider, change: Callable[[str], str], kind: type[MailError]) -> None:
    async with BrowserSignIn(provider.settings(), "work") as sign_in:
        back = await asyncio.to_thread(visit, sign_in.address)
        with pytest.raises(kind):
            await sign_in.tokens(pasting(change(back)))
    assert not provider.forms("/token")


async def test_a_code_of_another_sign_in_is_worth_nothing(provider: Provider) -> None:
    async with BrowserSignIn(provider.settings(), "work") as one, BrowserSignIn(provider.settings(), "work") as other:
        code = parse_qs(urlsplit(await asyncio.to_thread(visit, one.address)).query)["code"][0]
        back = await asyncio.to_thread(visit, other.address)
        mixed = back.replace(parse_qs(urlsplit(back).query)["code"][0], code)
        with pytest.raises(AuthenticationFailed):  # its verifier and its address are not ours
            await other.tokens(pasting(mixed))


async def test_the_user_refuses(provider: Provider) -> None:
    provider.denies = True
    async with BrowserSignIn(provider.settings(), "work") as sign_in:
        waiting = asyncio.create_task(sign_in.tokens())
        back = await asyncio.to_thread(visit, sign_in.address)
        assert "You have not agreed" in await asyncio.to_thread(visit, back)
        with pytest.raises(AuthenticationFailed, match="access_denied"):
            await waiting


def test_no_secret_is_shown(provider: Provider) -> None:
    oauth: OAuth = replace(provider.settings(), client_secret="hush")
    assert "hush" not in repr(oauth)
