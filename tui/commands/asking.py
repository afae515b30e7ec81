"""Asking for the password of an account that has none configured: once per run, and again when it was refused."""

import asyncio

from tui.commands.desk import Desk
from tui.screens.prompt import PromptScreen

CALM = 0.2
"""Seconds between two looks whether the user has left what a question would interrupt."""


def question(whose: str) -> PromptScreen:
    """Return the screen that asks.

    Args:
        whose: ``ada@example.org at imap.example.org``, cleaned or our own.
    """
    return PromptScreen("password for this run", note=f"as {whose}", does="sign in", hidden=True)


async def ask(desk: Desk, whose: str) -> str | None:
    """Ask for a password; None when it was not given. Whoever writes is not interrupted: the question waits."""
    while desk.place is not desk.mail:  # noqa: ASYNC110 - the desk may change for any reason
        await asyncio.sleep(CALM)
    return await desk.ask(question(whose))
