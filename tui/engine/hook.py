"""A program of the user's that is run for a mail: argv, no shell, the fields in its environment."""

import asyncio
import contextlib
import json
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Any

from tui.engine.rows import environment_of
from tui.mail.errors import ConfigError

END_WITHIN = 5.0
"""Seconds a program has to end when it is asked to."""


def check(argv: Sequence[str]) -> None:
    """See whether there is such a program.

    Raises:
        ConfigError: there is none.
    """
    if not argv or shutil.which(argv[0]) is None:
        raise ConfigError(
            f"There is no program {argv[0] if argv else ''}.", cure="It is run without a shell: name it and its words."
        )


async def run(argv: Sequence[str], row: Mapping[str, Any], *, timeout: float | None = None, quiet: bool = False) -> str:
    """Run a program and wait for its end; it gets the fields as ``TIDINGS_…``, and as a line of JSON on its input.

    Args:
        argv: the program and its words, as they are: nothing of the mail is put among them.
        row: the fields of the mail.
        timeout: seconds it may take; None: as long as it likes.
        quiet: what it prints goes nowhere, not onto the terminal.

    Returns:
        What went wrong, a sentence; "" for nothing.
    """
    out = DEVNULL if quiet else None
    try:
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=PIPE, stdout=out, stderr=out, env={**os.environ, **environment_of(row)}
        )
    except OSError as error:
        return f"{argv[0]} cannot be run: {error.strerror}."
    try:
        async with asyncio.timeout(timeout):
            await process.communicate(json.dumps(row).encode("ascii") + b"\n")
    except TimeoutError:
        return f"{argv[0]} did not end within {timeout:.0f} s and was stopped."
    finally:
        await _end(process)
    status = process.returncode or 0
    if status < 0:
        return f"{argv[0]} was ended by signal {-status}."
    return f"{argv[0]} ended with status {status}." if status else ""


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_WITHIN)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
