"""What is told of errors."""

import errno
import os
import socket

from tui.mail.errors import words_of


def test_the_reason_is_told_and_no_address() -> None:
    asyncios = OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")
    assert words_of(asyncios) == os.strerror(errno.ECONNREFUSED)
    assert words_of(socket.gaierror(socket.EAI_NONAME, "Name or service not known")) == "Name or service not known"
    assert words_of(OSError("gone")) == words_of(EOFError()) == ""
