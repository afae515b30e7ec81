"""Another program on our terminal, while the loop goes on."""

import asyncio
import os
from collections.abc import Sequence

from tui.mail.errors import MailError
from tui.mail.text import clean_line


async def in_foreground(argv: Sequence[str]) -> int:
    """Run a program that has the terminal, to its end; return its exit status. It is ended when this is cancelled.

    It is in our own process group: Ctrl+Z stops both, and ``fg`` goes on with both. what Ctrl+C means is
    up to the program: the caller passes it by.

    Args:
        argv: no shell.

    Raises:
        MailError: when it cannot be run.
    """
    try:
        process = await asyncio.create_subprocess_exec(*argv)
    except OSError as error:
        name = clean_line(os.path.basename(argv[0]), 60)
        raise MailError(
            f"{name} cannot be run: {error.strerror}.", cure="Set EDITOR, or editor in [compose]."
        ) from error
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
