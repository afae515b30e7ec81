"""Passwords: obtained when a line needs them, never kept in a file of ours, never shown."""

import asyncio
import os
import signal

from tui.config.model import Server
from tui.mail.errors import ConfigError
from tui.mail.text import clean_line

COMMAND_TIMEOUT = 30.0
"""Seconds a password command may take; time enough for a person to unlock a password store."""
MAX_OUTPUT = 64 * 1024


async def obtain(server: Server, *, timeout: float = COMMAND_TIMEOUT) -> str:
    """Return the password for a server.

    Args:
        server: whose secret is wanted.
        timeout: seconds a command may take.

    Raises:
        ConfigError: when the command fails, is slow, or prints nothing. Its output is never part of the message.
    """
    secret = server.secret
    if secret.password:
        return secret.password
    if secret.password_command:
        return await _ask_command(secret.password_command, timeout)
    raise ConfigError(f"No password is configured for {server.label}.", cure="Add password_command to the account.")


async def _ask_command(argv: tuple[str, ...], timeout: float) -> str:
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
            f"The password command {name} cannot be run: {error.strerror}.", cure="Check password_command."
        ) from error
    try:
        output, complaint = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        raise ConfigError(
            f"The password command {name} gave no answer for {timeout:.0f} s.",
            cure="Run it by hand: does it wait for something to be unlocked?",
        ) from None
    finally:
        if process.returncode is None:
            _end(process)
            await process.wait()
    if process.returncode:
        words = clean_line(complaint[:2000].decode("utf-8", "replace"), 300)
        raise ConfigError(
            f"The password command {name} failed with status {process.returncode}{': ' + words if words else ''}.",
            cure="Run it by hand to see why.",
        )
    password = output[:MAX_OUTPUT].split(b"\n", 1)[0].removesuffix(b"\r").decode("utf-8", "replace")
    if not password or not password.isprintable():
        raise ConfigError(
            f"The password command {name} printed no password.", cure="Its first line of output must be the password."
        )
    return password


def _end(process: asyncio.subprocess.Process) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
