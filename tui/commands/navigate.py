"""Moving about."""

from tui.commands.desk import Desk, require
from tui.commands.registry import command
from tui.terminal.keys import Scope


@command("message.next", keys="j, down", hint="move")
def next_message(desk: Desk) -> None:
    """Next message."""
    desk.mail.move_cursor(1)


@command("message.previous", keys="k, up")
def previous_message(desk: Desk) -> None:
    """Previous message."""
    desk.mail.move_cursor(-1)


@command("message.next_unread", keys="n", hint="next unread")
async def next_unread(desk: Desk) -> None:
    """Next unread message."""
    await desk.mail.next_unread(1)


@command("message.previous_unread", keys="N")
async def previous_unread(desk: Desk) -> None:
    """Previous unread message."""
    await desk.mail.next_unread(-1)


@command("list.first", keys="g g, home", hint="first message")
async def first(desk: Desk) -> None:
    """First message: the newest."""
    await desk.mail.go_first()


@command("list.last", keys="G, end")
async def last(desk: Desk) -> None:
    """Last message: the oldest."""
    await desk.mail.go_last()


@command("message.newest", keys="g n", hint="newest arrival")
async def newest(desk: Desk) -> None:
    """Newest arrival: the mail that came in last, wherever it is."""
    arrival = require(desk.arrival, "Nothing has arrived since Tidings was started.")
    desk.mail.show_mailbox(arrival.mailbox)
    await desk.mail.go_first()


@command("view.page", keys="space, pagedown", hint="page on")
def page(desk: Desk) -> None:
    """Page on: in the message while reading, else in the list."""
    desk.mail.page(1)


@command("view.page_back", keys="b, pageup, backspace")
def page_back(desk: Desk) -> None:
    """Page back."""
    desk.mail.page(-1)


@command("view.line", keys="down", scope=Scope.MESSAGE)
def line(desk: Desk) -> None:
    """Line on: in the message."""
    desk.mail.scroll(1)


@command("view.line_back", keys="up", scope=Scope.MESSAGE)
def line_back(desk: Desk) -> None:
    """Line back: in the message."""
    desk.mail.scroll(-1)


@command("view.half_page", keys="ctrl+d")
def half_page(desk: Desk) -> None:
    """Half a page on."""
    desk.mail.page(1, half=True)


@command("view.half_page_back", keys="ctrl+u")
def half_page_back(desk: Desk) -> None:
    """Half a page back."""
    desk.mail.page(-1, half=True)


@command("view.next_pane", keys="tab")
def next_pane(desk: Desk) -> None:
    """Next pane: tree, list, message."""
    desk.mail.focus_next()


@command("view.previous_pane", keys="shift+tab")
def previous_pane(desk: Desk) -> None:
    """Previous pane."""
    desk.mail.focus_next(back=True)
