"""The door to the renderer for whoever starts with the program: it is loaded with the first message that is shown."""

import sys

from tui.mail.message import Message
from tui.render.lines import Mode, Page

SHORT = 4 * 1024
"""Octets of plain text that are laid out in a millisecond or two."""
ODD = 8
"""As many of these one counts for that is no printable ASCII, such as the end of a line."""

_PRINTABLE = bytes(range(0x20, 0x7F))


def lay_out(message: Message, width: int, *, mode: Mode = Mode.AUTO) -> Page:
    """Lay a message out, see `tui.render.message.render_message`. For a thread: the first time takes longer."""
    from tui.render.message import render_message  # noqa: PLC0415 - late: start-up time

    return render_message(message, width, mode=mode)


def is_short(message: Message, mode: Mode = Mode.AUTO) -> bool:
    """Whether a message is laid out sooner than a thread would answer: a little plain text, and all is loaded."""
    texts = [part for part in message.structure.leaves() if message.has(part)]
    if not all(part.type == "text/plain" and part.encoding != "base64" for part in texts):
        return False
    octets = [message.bodies[part.section] for part in texts]
    if mode in (Mode.HEADERS, Mode.SOURCE):
        octets.append(message.header.raw)
    size = sum(map(len, octets))
    if size > SHORT or "tui.render.message" not in sys.modules:
        return False
    odd = sum(len(each.translate(None, _PRINTABLE)) for each in octets)
    return size + (ODD - 1) * odd <= SHORT
