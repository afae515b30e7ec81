"""What is relied on in aioimaplib, private names included: this fails when a new version changes it."""

import asyncio
import inspect
import logging

import aioimaplib
import pytest

from tui.config.model import Secret, Security, Server
from tui.imap import library
from tui.imap.capability import Capability
from tui.imap.errors import LIBRARY, login_refusal, of_library, refusal
from tui.imap.quirks import QUIRKS, Switch, switches
from tui.imap.responses import Result
from tui.mail.errors import (
    AuthenticationFailed,
    ConnectionLost,
    MailboxNotFound,
    MailError,
    OverQuota,
    ServerRefused,
    TemporarilyRefused,
    TimedOut,
)

SERVER = Server("imap.example.org", 993, Security.TLS, "ada", Secret())


def test_every_exception_of_the_library_is_mapped() -> None:
    classes = {
        value
        for value in vars(aioimaplib.aioimaplib).values()
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == "aioimaplib.aioimaplib"
    }
    assert classes == set(LIBRARY)


@pytest.mark.parametrize("kind", list(LIBRARY))
def test_texts_of_the_library_are_never_shown(kind: type[Exception]) -> None:
    error = kind("a LOGIN ada secret")
    assert "secret" not in str(of_library(error, SERVER))
    assert isinstance(of_library(error, SERVER), MailError)


def test_errors_of_the_system() -> None:
    assert isinstance(of_library(TimeoutError(), SERVER), TimedOut)
    assert isinstance(of_library(ConnectionResetError(104, "reset"), SERVER), ConnectionLost)


def test_client_connects_by_create_client() -> None:
    assert list(inspect.signature(aioimaplib.IMAP4.create_client).parameters) == [
        "self",
        "host",
        "port",
        "loop",
        "conn_lost_cb",
        "ssl_context",
    ]
    assert list(inspect.signature(aioimaplib.IMAP4.__init__).parameters)[1:4] == ["host", "port", "loop"]
    assert "create_client" in inspect.getsource(aioimaplib.IMAP4.__init__)


async def test_protocol_has_what_we_use() -> None:
    protocol = aioimaplib.IMAP4ClientProtocol(asyncio.get_running_loop())
    assert protocol.state == aioimaplib.STARTED
    assert protocol.transport is None
    first, second = protocol.new_tag(), protocol.new_tag()
    assert first != second
    assert first.isalnum()
    protocol.connection_made(asyncio.Transport())
    assert protocol.state == aioimaplib.CONNECTED
    protocol.connection_lost(None)
    assert list(inspect.signature(aioimaplib.IMAP4ClientProtocol.data_received).parameters) == ["self", "d"]


@pytest.mark.parametrize(
    ("name", "state", "wanted"),
    [
        ("UID FETCH", library.SELECTED, True),
        ("UID FETCH", library.AUTH, False),
        ("LIST", library.NONAUTH, False),
        ("LIST", library.AUTH, True),
        ("LOGIN", library.NONAUTH, True),
        ("LOGIN", library.AUTH, False),
        ("STARTTLS", library.NONAUTH, True),
        ("IDLE", library.SELECTED, True),
        ("ID", library.AUTH, True),
        ("ENABLE", library.AUTH, True),
        ("NAMESPACE", library.SELECTED, True),
        ("LSUB", library.SELECTED, True),
    ],
)
def test_table_of_commands(name: str, state: str, wanted: bool) -> None:
    assert library.is_possible(name, state) is wanted


def test_library_logs_nothing_secret() -> None:
    assert not logging.getLogger("aioimaplib.aioimaplib").isEnabledFor(logging.DEBUG)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("UNAVAILABLE", TemporarilyRefused),
        ("INUSE", TemporarilyRefused),
        ("SERVERBUG", TemporarilyRefused),
        ("NONEXISTENT", MailboxNotFound),
        ("TRYCREATE", MailboxNotFound),
        ("OVERQUOTA", OverQuota),
        ("NOPERM", ServerRefused),
        ("", ServerRefused),
    ],
)
def test_refusals_by_code(code: str, kind: type[ServerRefused]) -> None:
    error = refusal("Filing", Result("NO", code, b"", "because"))
    assert type(error) is kind
    assert (error.message, error.code, error.text) == ("Filing was refused: because.", code, "because")


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        ("AUTHENTICATIONFAILED", "Too many tries, temporarily", AuthenticationFailed),
        ("", "Login failed.", AuthenticationFailed),
        ("ALERT", "Too many simultaneous connections. (Failure)", TemporarilyRefused),
        ("UNAVAILABLE", "Temporary authentication failure.", TemporarilyRefused),
        ("LIMIT", "", TemporarilyRefused),
    ],
)
def test_logins_refused(code: str, words: str, kind: type[MailError]) -> None:
    assert type(login_refusal(SERVER, Result("NO", code, b"", words))) is kind


@pytest.mark.parametrize(
    ("greeting", "offered", "wanted"),
    [
        ("Gimap ready", ["IMAP4rev1", "X-GM-EXT-1"], {Switch.FILES_SENT_COPY}),
        ("Coremail System IMap Server Ready", ["IMAP4rev1"], {Switch.WANTS_ID}),
        ("Dovecot ready", ["IMAP4rev1", "IDLE"], set()),
    ],
)
def test_quirks_by_what_a_server_shows(greeting: str, offered: list[str], wanted: set[Switch]) -> None:
    assert switches(greeting, Capability(offered)) == wanted


def test_every_quirk_tells_its_fact() -> None:
    assert all(quirk.fact.endswith(".") and quirk.server for quirk in QUIRKS)
