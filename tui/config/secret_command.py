"""A command that prints a secret: argv, no shell, bounded in time, its output never told."""

import asyncio
import os
import signal

from tui.mail.errors import ConfigError
from tui.mail.text import clean_line

COMMAND_TIMEOUT = 30.0
"""Seconds a command may take; time enough for a person to unlock a password store."""
MAX_OUTPUT = 64 * 1024


async def first_line(argv: tuple[str, ...], what: str = "password", timeout: float = COMMAND_TIMEOUT) -> str:
    """Return the first line that a command prints.

    Args:
        argv: program and arguments.
        what: ``password`` or ``token``, for messages.
        timeout: seconds it may take; then it is killed with its children.

    Raises:
        ConfigError: when it cannot be run, fails, is slow, or prints nothing.
    """
    name = clean_line(os.path.basename(argv[0]), 60)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ConfigError(
            f"The {what} command {name} cannot be run: {error.strerror}.", cure=f"Check {what}_command."
        ) from error
    try:
        output, complaint = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        raise ConfigError(
            f"The {what} command {name} gave no answer for {timeout:.0f} s.",
            cure="Run it by hand: does it wait for something to be unlocked?",
        ) from None
    finally:
        if process.returncode is None:
            _end(process)
            await process.wait()
    if process.returncode:
        words = clean_line(complaint[:2000].decode("utf-8", "replace"), 300)
        raise ConfigError(
            f"The {what} command {name} failed with status {process.returncode}{': ' + words if words else ''}.",
            cure="Run it by hand to see why.",
        )
    secret = output[:MAX_OUTPUT].split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8", "replace")
    if not secret or not secret.isprintable():
        raise ConfigError(
            f"The {what} command {name} printed no {what}.", cure=f"Its first line of output must be the {what}."
        )
    return secret


def _end(process: asyncio.subprocess.Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
