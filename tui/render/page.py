"""The door to the renderer for whoever starts with the program: it is loaded with the first message that is shown."""

from tui.mail.message import Message
from tui.render.lines import Mode, Page


def lay_out(message: Message, width: int, *, mode: Mode = Mode.AUTO) -> Page:
    """Lay a message out, see `tui.render.message.render_message`. For a thread: the first time takes longer."""
    from tui.render.message import render_message  # noqa: PLC0415 - late: start-up time

    return render_message(message, width, mode=mode)
