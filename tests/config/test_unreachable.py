"""What is told of a server that cannot be reached, out of what the system says."""

import asyncio
import errno
import os
import socket

import pytest

from tests.servers.process import free_port
from tui.config.model import Secret, Security, Server
from tui.config.unreachable import lost

SERVER = Server("mail.example.org", 993, Security.TLS, "ada", Secret())
CASES = (
    (OSError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.7', 993)"), "is up, but nothing listens on port 993"),
    (
        OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 993, 0, 0), [Errno 101] Connect call"),
        "mail.example.org is up, but nothing listens on port 993",
    ),
    (OSError(errno.ENETUNREACH, "Connect call failed ('192.0.2.7', 993)"), "There is no way to mail.example.org"),
    (OSError(errno.ETIMEDOUT, "Connect call failed ('192.0.2.7', 993)"), "does not answer on port 993"),
    (OSError(errno.ECONNRESET, "Connection reset by peer"), "mail.example.org:993 closed the line"),
    (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "There is no server called mail.example.org"),
    (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "seems to be offline"),
    (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), os.strerror(errno.EMFILE)),
    (EOFError(), "could not be kept."),
)


@pytest.mark.parametrize(("error", "words"), CASES)
def test_the_reason_is_told_in_words(error: Exception, words: str) -> None:
    said = lost(error, SERVER)
    assert words in said.message
    assert said.cure
    assert "Errno" not in str(said)
    assert "call failed" not in str(said)


async def test_what_the_loop_itself_says_of_a_port_where_nothing_is() -> None:
    port = free_port()
    with pytest.raises(ConnectionRefusedError) as caught:
        await asyncio.open_connection("127.0.0.1", port)
    server = Server("127.0.0.1", port, Security.TLS, "ada", Secret())
    assert lost(caught.value, server).message == f"127.0.0.1 is up, but nothing listens on port {port}."
