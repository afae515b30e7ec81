"""Tokens: kept for their owner only, refreshed before their end, by one program at a time."""

import asyncio
import json
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.oauth import Provider
from tui.config.model import Secret, Security, Server
from tui.config.secrets import Secrets
from tui.config.tokens import EARLY, Tokens, TokenStore
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    ConnectionLost,
    MailError,
    ProtocolViolation,
    TemporarilyRefused,
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def server(provider: Provider, key: str = "work") -> Server:
    return Server("imap.example.org", 993, Security.TLS, "ada", Secret(oauth=provider.settings(), key=key))


async def keep(provider: Provider, folder: Path, tokens: Tokens) -> Server:
    made = server(provider)
    await TokenStore(folder).write(made.secret, tokens)
    return made


async def test_a_good_token_is_given_as_it_is(provider: Provider, tmp_path: Path) -> None:
    tokens = provider.issue()
    made = await keep(provider, tmp_path / "tokens", tokens)
    assert await Secrets(tmp_path / "tokens").obtain(made) == tokens.access
    assert not provider.asked


async def test_files_are_for_their_owner_only(provider: Provider, tmp_path: Path) -> None:
    made = await keep(provider, tmp_path / "tokens", provider.issue(lasts=1))
    await Secrets(tmp_path / "tokens").obtain(made)
    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700
    files = list((tmp_path / "tokens").iterdir())
    assert sorted(file.name for file in files) == ["work.json", "work.lock"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    (tmp_path / "tokens" / "work.json").chmod(0o644)
    await Secrets(tmp_path / "tokens").obtain(made)
    assert stat.S_IMODE((tmp_path / "tokens" / "work.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("rotates", [True, False])
async def test_it_is_refreshed_before_its_end_once_for_all(provider: Provider, tmp_path: Path, rotates: bool) -> None:
    provider.rotates = rotates
    tokens = provider.issue(lasts=EARLY - 10)
    made = await keep(provider, tmp_path, tokens)
    one, other = Secrets(tmp_path), Secrets(tmp_path)  # two programs
    found = await asyncio.gather(*(each.obtain(made) for each in (one, one, other, one, other)))
    assert len(set(found)) == 1
    assert found[0] != tokens.access
    (form,) = provider.forms("/token")
    assert form == {"grant_type": "refresh_token", "refresh_token": tokens.refresh, "client_id": "tidings-test"}
    kept = await TokenStore(tmp_path).read(made.secret)
    assert kept is not None
    assert (kept.refresh != tokens.refresh) == rotates
    assert time.time() + 3500 < kept.expires < time.time() + 3601


async def test_a_token_that_a_server_refuses_is_renewed_for_one_more_attempt(
    provider: Provider, tmp_path: Path
) -> None:
    tokens = provider.issue()
    made = await keep(provider, tmp_path, tokens)
    secrets, tried = Secrets(tmp_path), list[str]()

    async def login(token: str) -> str:
        tried.append(token)
        if token == tokens.access:
            raise AuthenticationFailed("expired")
        return "in"

    assert await secrets.use(made, login) == "in"
    assert len(tried) == 2
    assert await secrets.use(made, login) == "in"
    assert len(tried) == 3


async def test_a_server_that_refuses_every_token_is_not_asked_without_end(provider: Provider, tmp_path: Path) -> None:
    made = await keep(provider, tmp_path, provider.issue())
    tried = []

    async def login(token: str) -> None:
        tried.append(token)
        raise AuthenticationFailed("no")

    with pytest.raises(AuthenticationFailed):
        await Secrets(tmp_path).use(made, login)
    assert len(tried) == 2


async def test_who_never_signed_in_and_who_was_signed_out(provider: Provider, tmp_path: Path) -> None:
    with pytest.raises(AuthenticationFailed, match="tidings sign-in work"):
        await Secrets(tmp_path).obtain(server(provider))
    made = await keep(provider, tmp_path, provider.issue(lasts=1))
    provider.revoke(refresh=True)
    with pytest.raises(AuthenticationFailed, match=r"expired or revoked.*tidings sign-in work"):
        await Secrets(tmp_path).obtain(made)


@pytest.mark.parametrize(
    ("status", "told", "kind"),
    [
        (503, {}, TemporarilyRefused),
        (429, {"error": "slow"}, TemporarilyRefused),
        (400, {"error": "temporarily_unavailable"}, TemporarilyRefused),
        (401, {"error": "invalid_client", "error_description": "no\x1b[2J such client"}, ConfigError),
        (200, {"token": "other"}, ProtocolViolation),
        (200, {"access_token": 5, "token_type": "Bearer"}, ProtocolViolation),
        (200, {"access_token": "a", "token_type": "Bearer", "expires_in": "soon"}, ProtocolViolation),
    ],
)
async def test_what_a_provider_says_instead(
    provider: Provider, tmp_path: Path, status: int, told: dict[str, object], kind: type[MailError]
) -> None:
    tokens = provider.issue(lasts=1)
    made = await keep(provider, tmp_path, tokens)
    provider.fails = (status, told)
    with pytest.raises(kind) as caught:
        await Secrets(tmp_path).obtain(made)
    assert "\x1b" not in str(caught.value)
    kept = await TokenStore(tmp_path).read(made.secret)
    assert kept is not None
    assert kept.refresh == tokens.refresh  # it is worth another try


async def test_a_provider_that_is_away_or_not_to_be_trusted(provider: Provider, tmp_path: Path) -> None:
    made = await keep(provider, tmp_path, provider.issue(lasts=1))
    oauth = made.secret.oauth
    assert oauth is not None
    stranger = replace(made, secret=replace(made.secret, oauth=replace(oauth, ca_file=None)))
    with pytest.raises(CertificateRefused):
        await Secrets(tmp_path).obtain(stranger)
    assert not provider.forms("/token")
    provider.__exit__(None, None, None)
    with pytest.raises(ConnectionLost):
        await Secrets(tmp_path).obtain(made)


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"client_id": "other"}', "\xff", "[" * 9000])
async def test_a_file_that_is_none_of_ours(provider: Provider, tmp_path: Path, kept: str) -> None:
    made = server(provider)
    TokenStore(tmp_path).file(made.secret).write_text(kept)
    assert await TokenStore(tmp_path).read(made.secret) is None


async def test_tokens_of_another_registration_are_not_used(provider: Provider, tmp_path: Path) -> None:
    made = await keep(provider, tmp_path, provider.issue())
    file = TokenStore(tmp_path).file(made.secret)
    file.write_text(json.dumps({**json.loads(file.read_text()), "client_id": "other"}))
    with pytest.raises(AuthenticationFailed):
        await Secrets(tmp_path).obtain(made)


async def test_a_folder_that_cannot_be_written(provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be"):
        await keep(provider, tmp_path / "tokens", provider.issue())


def test_tokens_are_not_shown() -> None:
    assert "secret" not in repr(Tokens("secret-a", "secret-r", 5.0)).lower()
