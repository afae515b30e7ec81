"""Signing in on a real Dovecot and Postfix: tokens good, expired, revoked and refreshed; SCRAM; odd passwords."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.work import at_work, mail
from tests.servers.dovecot import ADA
from tests.servers.oauth import Provider
from tests.servers.postfix import Postfix
from tests.servers.token_dovecot import TokenDovecot, with_token
from tui.config.model import Secret, Security, Server
from tui.config.secrets import Secrets, obtain
from tui.config.tokens import TokenStore
from tui.imap.session import Session
from tui.mail.errors import AuthenticationFailed
from tui.pop3 import login as pop3_login
from tui.pop3.session import Session as Pop3Session
from tui.smtp import submit
from tui.store.database import Store
from tui.sync.events import Link

ODD = "".join(chr(c) for c in (*range(33, 58), *range(59, 127), *range(0xE0, 0x100))) + " €ß"
"""128 characters; a colon is the only one that Dovecot's file of passwords cannot hold."""
TOKENS = ["OAUTHBEARER", "XOAUTH2"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(user=ADA) as provider:
        yield provider


@pytest.fixture
def dovecot(provider: Provider) -> Iterator[TokenDovecot]:
    with TokenDovecot(provider, {ADA: ODD}) as dovecot:
        yield dovecot


async def enter(server: Server, secret: str) -> None:
    session = await Session.open(server, secret, timeout=10)
    await session.close()


async def collect(server: Server, secret: str) -> None:
    session = await Pop3Session.connect(server, timeout=10)
    try:
        await pop3_login.enter(session, secret)
    finally:
        session.abort()


async def send(server: Server, secret: str) -> str:
    async def on_phase(phase: object) -> None:
        pass

    data = mail("signed in")
    receipt = await submit.submit(
        server, secret, sender=ADA, recipients=[ADA], data=data, on_phase=on_phase, timeout=10, final_timeout=10
    )
    return receipt.reply


async def test_a_password_of_128_odd_characters(dovecot: TokenDovecot) -> None:
    assert len(ODD) == 128
    with Postfix(dovecot) as postfix:
        for mechanism in ("", "SCRAM-SHA-256", "PLAIN", "LOGIN"):
            await enter(replace(dovecot.server(ADA), mechanism=mechanism), ODD)
            await collect(replace(dovecot.pop3_server(ADA), mechanism=mechanism), ODD)
            await send(replace(postfix.server(ADA, Security.STARTTLS), mechanism=mechanism), ODD)
        for wrong in (
            enter(dovecot.server(ADA), ODD[:-1]),
            collect(dovecot.pop3_server(ADA), ODD * 2),
            send(postfix.server(ADA), ODD + "x"),
        ):
            with pytest.raises(AuthenticationFailed) as caught:
                await wrong
            assert ODD[:-1] not in str(caught.value)
    methods = re.findall(r"imap-login: (?:Info: )?Login: .*?method=([\w-]+)", dovecot.log)
    assert methods == ["SCRAM-SHA-256", "SCRAM-SHA-256", "PLAIN", "PLAIN"]  # the strongest; LOGIN is a command there


@pytest.mark.parametrize("mechanism", TOKENS)
async def test_tokens_good_expired_and_revoked(provider: Provider, dovecot: TokenDovecot, mechanism: str) -> None:
    def served(token: str) -> Server:
        return with_token(dovecot.server(ADA), token, mechanism=mechanism)

    good = provider.issue(ADA).access
    await enter(served(good), await obtain(served(good)))
    collecting = with_token(dovecot.pop3_server(ADA), good, mechanism=mechanism)
    await collect(collecting, good)
    for bad in (provider.issue(ADA, lasts=-5).access, "at-never-issued"):
        with pytest.raises(AuthenticationFailed, match="token") as caught:
            await enter(served(bad), bad)
        assert bad not in str(caught.value)
        with pytest.raises(AuthenticationFailed, match="token"):
            await collect(collecting, bad)
    with Postfix(dovecot) as postfix:
        sending = with_token(postfix.server(ADA), good, mechanism=mechanism)
        await send(sending, good)
        provider.revoke()
        with pytest.raises(AuthenticationFailed, match="token") as caught:
            await send(sending, good)
    assert "invalid_token" in str(caught.value) or "401" in str(caught.value) or "It says" in str(caught.value)
    with pytest.raises(AuthenticationFailed, match="sign in anew"):
        await enter(served(good), good)


async def test_tokens_are_refreshed_in_mid_session(
    provider: Provider, dovecot: TokenDovecot, store: Store, tmp_path: Path
) -> None:
    """One token ends while the account is at work; when its line breaks, it comes back with another, by itself."""
    account = dovecot.account(ADA)
    secret = Secret(oauth=provider.settings(), key="ada")
    account = replace(account, receive=replace(account.receive, secret=secret))
    tokens = provider.issue(ADA)
    await TokenStore(tmp_path / "tokens").write(secret, tokens)
    async with at_work(store, account, secrets=Secrets(tmp_path / "tokens")) as desk:
        await desk.until(lambda: desk.account.link.link is Link.LIVE)
        assert not provider.forms("/token")
        provider.revoke()  # before its time: the clock says that it is good
        dovecot.kill()
        await desk.until(lambda: desk.account.link.link is not Link.LIVE)
        dovecot.start()
        desk.account.look_now()
        await desk.until(lambda: desk.account.link.link is Link.LIVE)
    assert len(provider.forms("/token")) == 1
    kept = await TokenStore(tmp_path / "tokens").read(secret)
    assert kept is not None
    assert kept.access != tokens.access
    assert kept.expires > time.time()


async def test_who_is_signed_out_is_told_how_to_sign_in(
    provider: Provider, dovecot: TokenDovecot, store: Store, tmp_path: Path
) -> None:
    account = dovecot.account(ADA)
    secret = Secret(oauth=provider.settings(), key="ada")
    account = replace(account, receive=replace(account.receive, secret=secret))
    await TokenStore(tmp_path / "tokens").write(secret, provider.issue(ADA))
    provider.revoke(refresh=True)
    async with at_work(store, account, secrets=Secrets(tmp_path / "tokens")) as desk:
        await desk.until(lambda: desk.account.link.link is Link.REFUSED)
        assert "tidings sign-in ada" in desk.account.link.reason
    assert len(provider.forms("/token")) == 1  # and it is not asked again and again
