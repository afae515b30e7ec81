"""The setup screen by itself: signing in with OAuth, and values that do not fit."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from textual.pilot import Pilot

from tests.screens.stage import Stage, rows
from tests.servers.oauth import CLIENT
from tests.servers.oauth import Provider as Issuer
from tests.servers.scripted_imap import scripted_imap
from tests.setup.test_doctor import NOBODY, account
from tests.setup.test_oauth import visit
from tui.config.model import AccountConfig, Protocol, Secret, Security
from tui.config.paths import Paths
from tui.screens.setup import SetupScreen
from tui.screens.setup_words import counts
from tui.setup import newcomer
from tui.setup.autoconfig import Offer
from tui.setup.check import Check, Half, Status, steps
from tui.setup.dialogue import Service
from tui.setup.discovery import Found, Source, Trust
from tui.setup.newcomer import Newcomer
from tui.setup.providers import Provider
from tui.widgets.lamps import lamps


async def until(pilot: Pilot[None], condition: Callable[[str], object]) -> str:
    try:
        async with asyncio.timeout(20):
            while not condition(text := "\n".join(rows(pilot))):  # noqa: ASYNC110 - a screen is looked at
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError("never came:\n" + "\n".join(rows(pilot))) from None
    return text


def made(folder: Path, port: int) -> Newcomer:
    """Return an account that receives only, of a provider that takes no passwords."""
    setup = Newcomer(Paths.under(folder), records=NOBODY, step_timeout=2.0, idle_hold=0.02)
    setup.account = account(port, None, password="")
    provider = Provider("big", "Big Mail", password="none", advice="It needs OAuth.", sign_in="microsoft")
    offers = tuple(Offer(kind, "127.0.0.1", port, Security.PLAIN) for kind in (Service.IMAP, Service.SMTP))
    setup.found = [Found(Source.TABLE, Trust.BUNDLED, "Big Mail", offers, provider)]
    return setup


@pytest.mark.parametrize("device", [True, False])
async def test_signing_in_at_the_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: bool) -> None:
    """By a code that is shown, or by an address whose end is pasted; the tokens are kept, and the walk begins."""
    with Issuer(pending=1_000_000) as issuer:
        given: list[str] = []

        def with_oauth(there: AccountConfig, name: str, client: str, secret: str = "") -> AccountConfig:
            given[:] = [name, client, secret]
            oauth = issuer.settings(device=device)
            return replace(there, receive=replace(there.receive, secret=Secret(oauth=oauth, key="work")))

        monkeypatch.setattr(newcomer, "with_oauth", with_oauth)
        async with scripted_imap(messages=1) as imap:
            setup = made(tmp_path, imap.port)
            app = Stage()
            async with app.run_test(size=(100, 30)) as pilot:
                await app.push_screen(SetupScreen(setup, Paths.under(tmp_path)))
                text = await until(pilot, lambda text: "Client id" in text)
                assert "Big Mail accepts no passwords" in text
                await pilot.press(*CLIENT, "enter")
                await until(pilot, lambda text: "client secret" in text)
                await pilot.press("enter")
                if device:
                    await until(pilot, lambda text: "WDJB-MJHT" in text)
                    issuer.pending = 0
                else:
                    text = await until(pilot, lambda text: "Open this address" in text)
                    shown = "".join(line.strip() for line in text.split("\n"))
                    found = re.search(r"https://localhost:\S+?(?=If the browser)", shown)
                    assert found is not None
                    back = await asyncio.to_thread(visit, found.group())
                    assert urlsplit(back).query not in "\n".join(rows(pilot))
                    app.screen.query_one("#setup-secret").value = back  # type: ignore[attr-defined]
                    await pilot.press("enter")
                await until(pilot, lambda text: "signed in" in text and "3 of 3" in text)
        assert given == ["microsoft", CLIENT, ""]
        assert json.loads((Paths.under(tmp_path).tokens / "work.json").read_text("utf-8"))["refresh_token"]


async def test_a_value_that_does_not_fit_is_said_and_stays_to_be_mended(tmp_path: Path) -> None:
    async with scripted_imap(messages=1) as imap:
        setup = made(tmp_path, imap.port)
        setup.account = account(imap.port, None, password="wrong")
        before = setup.account
        app = Stage()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.push_screen(SetupScreen(setup, Paths.under(tmp_path)))
            await until(pilot, lambda text: "fails at “signed in”" in text)
            await pilot.press("e", "tab", "end", "x", "enter")
            text = await until(pilot, lambda text: "a port is a number" in text)
            assert f"{imap.port}x" in text
            assert setup.account == before
            await pilot.press("escape")
            await until(pilot, lambda text: "fails at “signed in”" in text)
            await pilot.press("w")
            await until(pilot, lambda text: "The whole talk" in text and "receiving dns" in text)


def test_as_many_checks_are_counted_as_lamps_are_seen() -> None:
    half = Half.RECEIVING
    passed = {(half, id): Check(half, id, Status.OK, "") for id in steps(half, Protocol.IMAP)}
    shown = [*lamps(half, Protocol.IMAP, passed), *lamps(Half.SENDING, Protocol.IMAP, {})]
    assert len(passed) > 8
    assert counts(shown).plain == "16 checks · 8 passed · 8 not tried"
