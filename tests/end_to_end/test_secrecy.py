"""Whole sessions at the highest verbosity: no log holds a password, a token, or a mail (B03, B04)."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.secrecy import files, forms, leaks
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.oauth import Provider
from tests.servers.postfix import Postfix
from tests.servers.scripted_imap import scripted_imap
from tests.servers.token_dovecot import TokenDovecot
from tests.sync.desk import desk
from tui.cli.app import log_to
from tui.config.model import Secret
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.config.tokens import TokenStore
from tui.imap import login
from tui.store.database import Store
from tui.sync.events import Link

PASSWORD = 'pa"ss\\w'
BODY = "the words of a mail, for two people only"


@contextmanager
def everything_logged(paths: Paths) -> Iterator[None]:
    """Log all that anybody says, as the program does, into its file."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    paths.make()
    log_to(paths)
    root.setLevel(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:], root.level = before


def logged(paths: Paths) -> bytes:
    (log,) = files(paths.state)
    assert len(log) > 100, "nothing was logged"
    return log


async def test_a_password(store: Store, tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "ours")
    with everything_logged(paths), Dovecot(users={ADA: PASSWORD}) as dovecot, Postfix(dovecot) as postfix:
        dovecot.deliver(ADA, mail("a subject", BODY))
        account = dovecot.account(ADA, send=postfix.server(ADA))
        async with at_work(store, account) as work:
            await work.until(lambda: work.account.link.link is Link.LIVE)
            await work.becomes(await work.send(ADA, subject="another", body=BODY), "copied")
            with other_client(dovecot) as client:
                await work.until(lambda: len(client.uids()) == 2)
            dovecot.kill()
            await work.until(lambda: work.account.link.link is not Link.LIVE)
            dovecot.start()
            work.account.look_now()
            await work.until(lambda: work.account.link.link is Link.LIVE)
        wrong = replace(account, receive=dovecot.server(ADA, password=PASSWORD + "!"))
        async with at_work(store, wrong) as work:
            await work.until(lambda: work.account.link.link is Link.REFUSED)
            assert not leaks([str(work.events).encode()], PASSWORD, user=ADA)
    assert not leaks([logged(paths)], PASSWORD, BODY, user=ADA)


async def test_a_token(store: Store, tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "ours")
    with everything_logged(paths), Provider(user=ADA) as provider, TokenDovecot(provider) as dovecot:
        secret = Secret(oauth=replace(provider.settings(), client_secret="hush-hush"), key="ada")
        account = dovecot.account(ADA)
        account = replace(account, receive=replace(account.receive, secret=secret))
        old = provider.issue(ADA, lasts=-5)
        tokens = TokenStore(paths.tokens)
        await tokens.write(secret, old)
        async with at_work(store, account, secrets=Secrets(paths.tokens)) as work:
            await work.until(lambda: work.account.link.link is Link.LIVE)
        new = await tokens.read(secret)
        assert new is not None
        assert new.access != old.access
        provider.revoke(refresh=True)
        async with at_work(store, account, secrets=Secrets(paths.tokens)) as work:
            await work.until(lambda: work.account.link.link is Link.REFUSED)
    assert not leaks([logged(paths)], new.access, new.refresh, old.access, "hush-hush", user=ADA)


async def test_a_mistake_of_ours_in_the_middle_of_a_login(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(connection: Any, secret: str) -> None:
        raise RuntimeError(f"while {secret} was sent")

    monkeypatch.setattr(login, "_authenticate", broken)
    paths = Paths.under(tmp_path / "ours")
    with everything_logged(paths):
        async with scripted_imap() as server:
            server.password = PASSWORD
            async with desk(store, server) as work:
                await work.until(lambda: work.account.link.link is Link.OFFLINE)
                said = str(work.events).encode()
    log = logged(paths)
    assert b"RuntimeError" in log
    assert b"_authenticate" in log
    assert not leaks([log, said], "secret was sent")


def test_what_is_looked_for_is_found() -> None:
    for told in (b'xpa"ss\\wx', b'"pa\\"ss\\\\w"', b"AGFkYUBleGFtcGxlLm9yZwBwYSJzc1x3"):
        assert leaks([told], PASSWORD, user=ADA), told
    assert len(forms(PASSWORD)) > 3
