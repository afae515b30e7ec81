"""The door to the renderer for whoever starts with the program: it is loaded with the first message that is shown."""

import sys

from tui.mail.message import Message
from tui.render.lines import Mode, Page

SHORT = 8 * 1024
"""Octets of plain text that are laid out in a millisecond or two."""


def lay_out(message: Message, width: int, *, mode: Mode = Mode.AUTO) -> Page:
    """Lay a message out, see `tui.render.message.render_message`. For a thread: the first time takes longer."""
    from tui.render.message import render_message  # noqa: PLC0415 - late: start-up time

    return render_message(message, width, mode=mode)


def is_short(message: Message) -> bool:
    """Whether a message is laid out sooner than a thread would answer: a little plain text, and all is loaded."""
    texts = [part for part in message.structure.leaves() if message.has(part)]
    plain = all(part.type == "text/plain" for part in texts)
    return (
        plain
        and sum(len(message.bodies[part.section]) for part in texts) <= SHORT
        and "tui.render.message" in sys.modules
    )
