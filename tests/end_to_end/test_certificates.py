"""Certificates and an account at work: who is refused, what is sent then (nothing), and what is told beforehand."""

from dataclasses import replace

from tests.end_to_end.work import at_work
from tests.servers.certificate import certificate, signed
from tests.servers.dovecot import ADA, Dovecot
from tui.config.model import AccountConfig, Security
from tui.store.database import Store
from tui.sync.events import AlertReceived, Link


def pinned(dovecot: Dovecot, pin: str, security: Security = Security.TLS) -> AccountConfig:
    account = dovecot.account(ADA, security=security)
    return replace(account, receive=replace(account.receive, ca_file=None, pin=pin))


async def test_an_end_that_is_near_is_told_once_and_the_mail_goes_on(store: Store) -> None:
    pair = signed("localhost", days=5)
    with Dovecot(pair=pair) as dovecot:
        async with at_work(store, pinned(dovecot, pair.pin)) as desk:
            await desk.until(lambda: desk.account.link.link is Link.LIVE)
            await desk.until(lambda: desk.account.lines == 2)
            dovecot.kill()
            await desk.until(lambda: desk.account.link.link is not Link.LIVE)
            dovecot.start()
            desk.account.look_now()
            await desk.until(lambda: desk.account.link.link is Link.LIVE)
            told = [alert.text for alert in desk.said(AlertReceived)]
    assert len(told) == 1
    assert "ends in 5 days" in told[0]


async def test_a_stranger_is_shown_with_his_fingerprint_and_an_expired_one_without(store: Store) -> None:
    for pair, words in ((certificate(), certificate().pin), (signed("localhost", days=-2), "expired on")):
        with Dovecot(pair=pair) as dovecot:
            async with at_work(store, pinned(dovecot, "")) as desk:
                await desk.until(lambda: desk.account.link.link is Link.REFUSED)
                assert words in desk.account.link.reason
                assert ("pin" in desk.account.link.reason) == (pair is certificate())
            assert ADA not in dovecot.log


async def test_a_pin_that_fits_no_longer_is_refused_loudly_on_both_roads(store: Store) -> None:
    with Dovecot(pair=signed("localhost", days=50)) as dovecot:
        for security in (Security.TLS, Security.STARTTLS):
            async with at_work(store, pinned(dovecot, certificate().pin, security)) as desk:
                await desk.until(lambda: desk.account.link.link is Link.REFUSED)
                state = desk.account.link
                assert state.refused == "certificate refused"
                assert "another certificate than the one that is pinned" in state.reason
                assert "Nothing was sent" in state.reason
        await desk.until(lambda: dovecot.log.count("user=<>") >= 2)  # who came and left without a name
        assert ADA not in dovecot.log


async def test_pop3_minds_them_too(store: Store) -> None:
    pair = signed("localhost", days=5)
    with Dovecot(pair=pair) as dovecot:
        account = dovecot.pop3_account(ADA)
        known = replace(account, receive=replace(account.receive, ca_file=None, pin=pair.pin))
        async with at_work(store, known) as desk:
            (told,) = await desk.until(lambda: desk.said(AlertReceived))
            assert "ends in 5 days" in told.text
        stranger = replace(known, receive=replace(known.receive, pin=certificate().pin))
        async with at_work(store, stranger) as desk:
            await desk.until(lambda: desk.account.link.link is Link.REFUSED)
            assert "another certificate" in desk.account.link.reason
