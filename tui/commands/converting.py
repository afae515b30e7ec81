"""Programs that make something to look at of a part: text of a PDF, a picture. Found where installed."""

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress

from tui.mail.errors import MailError

PATIENCE = 15.0
"""Seconds a program may take; then it is killed with its children."""
MOST_OUTPUT = 4_000_000
PIECE = 65_536


def pdf_program() -> list[str]:
    """Return what makes text of a PDF on its standard input; [] where there is nothing."""
    found = shutil.which("pdftotext")
    return [found, "-layout", "-nopgbrk", "-enc", "UTF-8", "-", "-"] if found else []


async def converted(argv: Sequence[str], data: bytes, *, name: str = "") -> bytes:
    """Return what a program writes when it is given some octets; cut where it writes without end.

    Args:
        argv: the program and its words; no shell.
        data: its standard input.
        name: what it is called in errors; "": by its file.

    Raises:
        MailError: it cannot be run, is slow, or fails without a word.
    """
    name = name or os.path.basename(argv[0])
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise MailError(f"{name} cannot be run: {error.strerror}.") from error
    feeding = asyncio.create_task(_feed(process, data))
    try:
        async with asyncio.timeout(PATIENCE):
            output = await _read(process)
    except TimeoutError:
        cure = "Save the part, and open it there."
        raise MailError(f"{name} took longer than {PATIENCE:.0f} s.", cure=cure) from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        await process.wait()
    if not output.strip():
        raise MailError(f"{name} makes nothing of this part.", cure="Save it, and open it with something else.")
    return output


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError, BrokenPipeError):
        for start in range(0, len(data), PIECE):
            process.stdin.write(data[start : start + PIECE])
            await process.stdin.drain()
        process.stdin.close()


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    pieces: list[bytes] = []
    size = 0
    while size < MOST_OUTPUT and (piece := await process.stdout.read(PIECE)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)
