"""What is relied on inside aiosmtplib, and that none of its errors comes through unmapped."""

import asyncio
import inspect

import aiosmtplib
import pytest
from aiosmtplib import errors as library_errors
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from tui.config.model import Secret, Security, Server
from tui.mail.errors import ConnectionLost, MailError, TimedOut
from tui.smtp.errors import LIBRARY, of_library
from tui.smtp.protocol import StrictProtocol

SERVER = Server("mail.example.org", 465, Security.TLS, "ada", Secret())


def test_the_library_is_the_one_that_was_read() -> None:
    assert aiosmtplib.__version__ == "5.1.3"


def test_every_error_of_the_library_is_mapped() -> None:
    grown = {kind for _, kind in inspect.getmembers(library_errors, inspect.isclass) if issubclass(kind, Exception)}
    grown -= {asyncio.TimeoutError}
    assert grown == set(LIBRARY)


@pytest.mark.parametrize("kind", LIBRARY)
def test_an_error_of_the_library_names_the_server_and_not_its_text(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    error.args = ("secret words",)
    mapped = of_library(error, SERVER)
    assert isinstance(mapped, MailError)
    assert "mail.example.org:465" in str(mapped)
    assert "secret" not in str(mapped)


def test_errors_of_the_system_are_mapped() -> None:
    assert type(of_library(TimeoutError(), SERVER)) is TimedOut
    assert type(of_library(ConnectionResetError(104, "reset by peer"), SERVER)) is ConnectionLost


async def test_the_private_names_are_there() -> None:
    assert "_read_response_from_buffer" in vars(SMTPProtocol)
    assert inspect.signature(SMTPProtocol.read_response).parameters.keys() == {"self", "timeout"}
    assert inspect.iscoroutinefunction(SMTPProtocol._drain_helper)
    protocol = StrictProtocol()
    assert isinstance(protocol._buffer, bytearray)
    assert protocol._paused is False
    assert protocol._response_pending is False


async def test_the_library_asks_our_reader() -> None:
    protocol = StrictProtocol()
    protocol.connection_made(asyncio.Transport())
    protocol.data_received(b"220-hello\r\n220 the")
    protocol.data_received(b"re\r\n")
    assert await protocol.read_response(timeout=1) == SMTPResponse(220, "hello\nthere")


async def test_the_library_drops_what_nobody_asked_for() -> None:
    protocol = StrictProtocol()
    protocol.connection_made(asyncio.Transport())
    protocol.data_received(b"220 hello\r\n")
    await protocol.read_response(timeout=1)
    protocol.data_received(b"250 nobody asked\r\n")
    assert not protocol._buffer
