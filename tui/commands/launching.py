"""Handing links and files to other programs: as one argument, without a shell, never waiting for them."""

import asyncio
import os

from tui.commands.compose import write_to
from tui.commands.desk import Desk
from tui.config.opening import LINK, filled, is_remote, program_for
from tui.mail.errors import MailError
from tui.mail.text import clean_line
from tui.render.lines import Link
from tui.screens.confirm import ConfirmScreen

OPENABLE = ("http://", "https://")
"""What is handed to a browser; nothing else ever is."""
MOST_SHOWN = 2_000


async def launch(desk: Desk, program: tuple[str, ...], what: str) -> None:
    """Start a program on a link or a file.

    Raises:
        MailError: when it cannot be run.
    """
    argv = filled(program, what)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        name = clean_line(os.path.basename(argv[0]), 60)
        raise MailError(f"{name} cannot be run: {clean_line(reason, 200)}.", cure="[open] in config.toml.") from error
    desk.begin(_reap(process))


async def _reap(process: asyncio.subprocess.Process) -> None:
    await process.wait()


async def open_link(desk: Desk, link: Link, *, ask: bool = False) -> None:
    """Open a link in the browser; where there is none, put it into the clipboard. A mailto link begins a mail.

    Where something is odd about it, the user is told where it leads, and asked.

    Args:
        ask: in any case: the user has not seen where it leads.

    Raises:
        MailError: when the browser cannot be run.
    """
    url = clean_line(link.url, MOST_SHOWN)
    if link.url[:7].lower() == "mailto:":
        write_to(desk, link.url)
        return
    if not link.url.lower().startswith(OPENABLE):
        if not say_copied(desk, url, "link copied"):
            desk.flash(url, style="link")
        return
    if link.warning or ask:
        odd = f": {link.warning}" if link.warning else ""
        question = f"It leads to {clean_line(link.host, 120)}{clean_line(odd, 200)}. Open it?"
        if not await desk.ask(ConfirmScreen(question, yes="open", no="leave it")):
            return
    program = program_for(LINK, desk.config.opening)
    if program:
        await launch(desk, program, link.url)
        desk.flash(f"opened {clean_line(link.host, 120)}")
    elif not say_copied(desk, url, "no browser here: link copied"):
        desk.flash(url, style="link")


def say_copied(desk: Desk, text: str, words: str) -> bool:
    """Put text into the clipboard and say so; False when that is not possible."""
    if not desk.copy(text):
        return False
    whose = "your terminal's clipboard" if is_remote(os.environ) else "the clipboard"
    desk.flash(f"{words} to {whose}   {clean_line(text, 300)}", style="good")
    return True
