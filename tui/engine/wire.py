"""What is said on the socket: a line of JSON, and behind it as many octets as it says.

The command says one line, ``{"verb": …, "arguments": {…}, "octets": N}``. It gets a line for every row,
``{"row": {…}, "octets": N}``, and at the end ``{"status": N}``, or ``{"error": …, "cure": …, "status": N}``.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.mail.errors import ProtocolViolation

MOST_LINE = 4 * 1024 * 1024
"""Octets of one line."""
MOST_OCTETS = 512 * 1024 * 1024
"""Octets behind one."""
MOST_ADDRESS = 100
"""Octets of a socket's name that fit into its address everywhere."""


@contextlib.contextmanager
def short(path: Path) -> Iterator[str]:
    """Give a name to a socket that fits into its address (108 octets), however deep its folder lies.

    Raises:
        OSError: when the folder cannot be opened.
    """
    if len(os.fsencode(path)) < MOST_ADDRESS or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


async def put(writer: asyncio.StreamWriter, fields: Mapping[str, Any], data: bytes = b"") -> None:
    """Write one line, and what goes with it."""
    writer.write(json.dumps({**fields, "octets": len(data)}).encode("ascii") + b"\n")
    if data:
        writer.write(data)
    await writer.drain()


async def take(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bytes]:
    """Read one line, and what goes with it.

    Raises:
        ProtocolViolation: when it is none, or too long, or the other side is gone.
    """
    try:
        fields = json.loads(await reader.readuntil(b"\n"))
        octets = fields["octets"]
        if not isinstance(octets, int) or not 0 <= octets <= MOST_OCTETS:
            raise ValueError
        return fields, await reader.readexactly(octets)
    except (asyncio.IncompleteReadError, OSError):
        raise ProtocolViolation("The other side has hung up.") from None
    except (asyncio.LimitOverrunError, ValueError, TypeError, KeyError, RecursionError):
        raise ProtocolViolation("What the other side said cannot be understood.") from None
