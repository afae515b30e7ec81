"""Greeting, STARTTLS, login: what is believed, and that nothing secret leaves where it must not (A06-A12, A16, A20)."""

import asyncio
import base64
import logging
import time

import pytest

from tests.imap.lines import join, on, settings
from tests.servers.certificate import certificate
from tests.servers.scripted_imap import scripted_imap
from tui.config.model import Security
from tui.imap import mailboxes
from tui.imap.responses import Alert, Untagged
from tui.imap.session import Session
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    ConnectionLost,
    MailError,
    NotSupported,
    ProtocolViolation,
    ServerRefused,
    TemporarilyRefused,
    TimedOut,
)
from tui.mail.ids import AccountName

SECRET_WORDS = (b"LOGIN", b"AUTHENTICATE", b"secret", base64.b64encode(b"\0ada@example.org\0secret"))


def spoke_of_secrets(log: bytes) -> bool:
    return any(word in log for word in SECRET_WORDS)


@pytest.mark.parametrize(
    ("security", "tls", "starttls"),
    [(Security.TLS, True, False), (Security.STARTTLS, False, True), (Security.PLAIN, False, False)],
)
async def test_every_security_leads_in(security: Security, tls: bool, starttls: bool) -> None:
    async with scripted_imap(tls=tls, starttls=starttls) as server:
        session = await join(server, security)
        assert session.is_alive
        assert "idle" in session.capability
        assert time.time() - session.heard < 5
        await session.close()
        assert await session.wait_closed() is None
        assert server.log[-1].endswith(b"LOGOUT")


async def test_capability_is_asked_again_when_the_login_does_not_tell() -> None:
    async with on("capability-minimal") as (session, _):
        assert "IMAP4rev1" in session.capability
        assert "IDLE" not in session.capability


async def test_untrusted_certificate_is_refused_with_its_fingerprint() -> None:
    async with scripted_imap(tls=True) as server:
        with pytest.raises(CertificateRefused) as caught:
            await join(server, Security.TLS, ca_file=None)
        assert certificate().pin in caught.value.message
        assert server.text == b""


async def test_pin_is_trusted_and_another_one_is_not() -> None:
    async with scripted_imap(tls=True, starttls=True) as server:
        session = await join(server, Security.TLS, ca_file=None, pin=certificate().pin)
        await session.close()
        server.log.clear()
        with pytest.raises(CertificateRefused, match="another certificate"):
            await join(server, Security.TLS, ca_file=None, pin=certificate("other.example").pin)
        assert not spoke_of_secrets(server.text)


async def test_pin_counts_behind_starttls_too() -> None:
    async with scripted_imap(starttls=True) as server:
        with pytest.raises(CertificateRefused, match="another certificate"):
            await join(server, Security.STARTTLS, ca_file=None, pin=certificate("other.example").pin)
        assert not spoke_of_secrets(server.text)


async def test_wrong_host_name_is_refused() -> None:
    async with scripted_imap(tls=True) as server:
        with pytest.raises(CertificateRefused):
            await Session.open(
                settings(server, Security.TLS, ca_file=certificate("other.example").certificate), "secret", timeout=5
            )


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("starttls-stripped", CertificateRefused),
        ("starttls-inject", ProtocolViolation),
        ("starttls-inject-half", ProtocolViolation),
        ("starttls-continuation", ProtocolViolation),
        ("starttls-refused", TemporarilyRefused),
        ("preauth", CertificateRefused),
    ],
)
async def test_no_credentials_where_starttls_fails(behaviour: str, kind: type[MailError]) -> None:
    heard: list[Untagged] = []
    async with scripted_imap(behaviour, starttls=True) as server:
        began = time.monotonic()
        with pytest.raises(kind):
            await join(server, Security.STARTTLS, heard=heard.append)
        assert time.monotonic() - began < 3
        assert not spoke_of_secrets(server.text)
        assert not heard


async def test_what_was_said_before_tls_is_forgotten() -> None:
    heard: list[Untagged] = []
    async with scripted_imap("starttls-inject-prefix", starttls=True) as server:
        session = await join(server, Security.STARTTLS, heard=heard.append)
        assert heard == []
        assert "STARTTLS" not in session.capability
        session.abort()


@pytest.mark.parametrize("tls", [True, False])
async def test_logindisabled_is_respected(tls: bool) -> None:
    async with scripted_imap("logindisabled", tls=tls) as server:
        with pytest.raises(NotSupported):
            await join(server, Security.TLS if tls else Security.PLAIN)
        assert not spoke_of_secrets(server.text)


async def test_preauth_on_a_plain_line_is_refused() -> None:
    async with scripted_imap("preauth") as server:
        with pytest.raises(CertificateRefused):
            await join(server)
        assert server.text == b""


async def test_data_before_login_is_ignored() -> None:
    heard: list[Untagged] = []
    async with scripted_imap("greet-untagged-data") as server:
        session = await join(server, heard=heard.append)
        found = await mailboxes.list_mailboxes(session, AccountName("a"))
        assert b"EVIL" not in [mailbox.wire for mailbox in found]
        assert heard == []
        session.abort()


@pytest.mark.parametrize("sasl_ir", [True, False])
@pytest.mark.parametrize("password", ["secret", 'pa"ss\\wo rd', "pässwörd", "x" * 128, "{5}", "NIL", "(*%"])
async def test_passwords_arrive_as_they_are(password: str, sasl_ir: bool) -> None:
    for capability in ("IMAP4rev1 AUTH=PLAIN" + " SASL-IR" * sasl_ir, "IMAP4rev1", "IMAP4rev1 LITERAL+"):
        async with scripted_imap(capability=capability) as server:
            server.password = password
            session = await join(server, password=password)
            session.abort()


@pytest.mark.parametrize("password", ["a\r\nb LOGOUT", "a\nb", "a\0b"])
async def test_a_password_cannot_end_the_line(password: str) -> None:
    async with scripted_imap() as server:
        with pytest.raises(ConfigError):
            await join(server, password=password)
        assert server.text == b""


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 AUTH=PLAIN", "IMAP4rev1 AUTH=PLAIN SASL-IR"])
async def test_wrong_password_is_tried_once(capability: str) -> None:
    async with scripted_imap("login-failed", capability=capability) as server:
        with pytest.raises(AuthenticationFailed) as caught:
            await join(server)
        assert len([line for line in server.log if b"LOGIN" in line or b"AUTHENTICATE" in line]) == 1
        assert "secret" not in repr(caught.value) + str(caught.value)


async def test_throttled_login_is_temporary() -> None:
    async with scripted_imap("login-throttle") as server:
        with pytest.raises(TemporarilyRefused, match="maximum number"):
            await join(server)


async def test_referral_is_not_followed() -> None:
    async with scripted_imap("referral") as server:
        with pytest.raises(ServerRefused):
            await join(server)
        assert len(server.dialogues) == 1


async def test_slow_login_can_be_cancelled() -> None:
    async with scripted_imap("login-slow", n=30) as server:
        task = asyncio.create_task(join(server))
        await server.until(lambda: bool(server.log))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 1)


async def test_slow_login_has_more_patience_than_the_rest() -> None:
    async with scripted_imap("login-slow", n=0.5) as server:
        session = await join(server, timeout=0.2)
        session.abort()


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        ("greet-hang", TimedOut, "did not answer"),
        ("greet-bye", TemporarilyRefused, "back soon"),
        ("greet-http", ProtocolViolation, "no IMAP server"),
    ],
)
async def test_odd_greetings(behaviour: str, kind: type[MailError], words: str) -> None:
    async with scripted_imap(behaviour) as server:
        with pytest.raises(kind, match=words) as caught:
            await join(server, timeout=0.3)
        assert "\x1b" not in str(caught.value)
        assert server.text == b""


async def test_nobody_listens() -> None:
    async with scripted_imap() as server:
        pass
    with pytest.raises(ConnectionLost):
        await join(server)


async def test_alert_is_heard_cleaned() -> None:
    heard: list[Untagged] = []
    async with scripted_imap("esc-everywhere", tls=True) as server:
        session = await join(server, Security.TLS, heard=heard.append)
        session.abort()
    alerts = [seen.text for seen in heard if isinstance(seen, Alert)]
    assert len(alerts) == 1
    assert alerts[0].endswith("alert")
    assert alerts[0].isprintable()


async def test_logs_hold_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aioimaplib.aioimaplib").debug("the library is silent")
    for capability in ("IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"):
        async with scripted_imap(capability=capability) as server:
            server.password = 'pa"ss\\w'
            session = await join(server, password='pa"ss\\w')
            await session.close()
    assert "the library is silent" not in caplog.text
    assert 'pa"ss' not in caplog.text
    assert "ss\\\\w" not in caplog.text
