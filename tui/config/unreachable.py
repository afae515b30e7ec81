"""Why a server cannot be reached, in the words that ``tidings doctor`` uses, out of what the system says of it."""

import errno
import re
import socket

from tui.config.model import Server
from tui.mail.errors import ConnectionLost, words_of

AGAIN = "It is tried again."
_NUMBER = re.compile(r"\[Errno (-?[0-9]{1,6})\]")
_NO_WAY = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL))
_CLOSED = frozenset((errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED))


def lost(error: BaseException, server: Server) -> ConnectionLost:
    """Return what it means that a line could not be made, or broke.

    Args:
        error: of the system or of the event loop; a deadline that passed and TLS have words of their own.
        server: who was asked.
    """
    host, port = server.host, server.port
    if isinstance(error, socket.gaierror):
        if error.errno in (socket.EAI_AGAIN, socket.EAI_SYSTEM):
            sentence = f"{host} cannot be looked up: this machine seems to be offline."
            return ConnectionLost(sentence, cure=f"Check the network. {AGAIN}")
        return ConnectionLost(f"There is no server called {host}.", cure=f"Check its name. {AGAIN}")
    numbers = _numbers(error)
    if errno.ECONNREFUSED in numbers:
        sentence = f"{host} is up, but nothing listens on port {port}."
        return ConnectionLost(sentence, cure=f"Check the port: tidings doctor looks for another. {AGAIN}")
    if errno.ETIMEDOUT in numbers:
        return ConnectionLost(f"{host} does not answer on port {port}.", cure=f"Check the network. {AGAIN}")
    if numbers & _NO_WAY:
        return ConnectionLost(f"There is no way to {host}.", cure=f"Check the network of this machine. {AGAIN}")
    if numbers & _CLOSED:
        return ConnectionLost(f"{server.label} closed the line.", cure=AGAIN)
    words = words_of(error)
    return ConnectionLost(f"The line to {server.label} could not be kept{f': {words}' if words else ''}.", cure=AGAIN)


def _numbers(error: BaseException) -> set[int]:
    """The numbers of what went wrong: one for every address, of which asyncio keeps the words only."""
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return {number}
    return {int(each) for each in _NUMBER.findall(str(error)[:4_000])} if isinstance(error, OSError) else set()
