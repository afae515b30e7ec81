"""Moving about."""

from tui.commands.desk import Desk, require
from tui.commands.places import Mingled
from tui.commands.registry import command
from tui.terminal.keys import Scope

MOST_UNREAD = 100
MOST_PAGES = 200
"""Steps of one key with a count; a greater one is a slip of the finger."""


@command("message.next", keys="j, down", hint="move")
def next_message(desk: Desk, count: int = 1) -> None:
    """Next message."""
    desk.mail.move_cursor(count)


@command("message.previous", keys="k, up")
def previous_message(desk: Desk, count: int = 1) -> None:
    """Previous message."""
    desk.mail.move_cursor(-count)


@command("message.next_unread", keys="n", hint="next unread")
async def next_unread(desk: Desk, count: int = 1) -> None:
    """Next unread message."""
    for _ in range(min(count, MOST_UNREAD)):
        await desk.mail.next_unread(1)


@command("message.previous_unread", keys="N")
async def previous_unread(desk: Desk, count: int = 1) -> None:
    """Previous unread message."""
    for _ in range(min(count, MOST_UNREAD)):
        await desk.mail.next_unread(-1)


@command("list.first", keys="g g, home", hint="first message")
async def first(desk: Desk, count: int = 1) -> None:
    """First message: the newest; with a count, that many from the top."""
    await _go_to(desk, count)


@command("list.last", keys="G, end")
async def last(desk: Desk, count: int | None = None) -> None:
    """Last message: the oldest; with a count, that many from the top."""
    if count is None:
        await desk.mail.go_last()
    else:
        await _go_to(desk, count)


async def _go_to(desk: Desk, place: int) -> None:
    await desk.mail.go_first()
    if place > 1 and not desk.mail.reading:
        desk.mail.move_cursor(place - 1)


@command("message.newest", keys="g n", hint="newest arrival")
async def newest(desk: Desk) -> None:
    """Newest arrival: the mail that came in last, wherever it is."""
    arrival = require(desk.arrival, "Nothing has arrived since Tidings was started.")
    place = desk.mail
    if isinstance(place, Mingled) and arrival.mailbox in place.inboxes:
        await place.go_to_message(arrival.mailbox, max(arrival.uids))
        return
    desk.mail.show_mailbox(arrival.mailbox)
    await desk.mail.go_first()


@command("view.page", keys="space", hint="page on")
async def page(desk: Desk, count: int = 1) -> None:
    """Page on: behind the end of a message, the next unread one."""
    for _ in range(min(count, MOST_PAGES)):
        if not desk.mail.page(1):
            await desk.mail.next_unread(1)
            return


@command("view.page_down", keys="pagedown")
def page_down(desk: Desk, count: int = 1) -> None:
    """Page down: in the message while reading, else in the list."""
    for _ in range(min(count, MOST_PAGES)):
        desk.mail.page(1)


@command("view.page_back", keys="b, pageup, backspace")
def page_back(desk: Desk, count: int = 1) -> None:
    """Page back."""
    for _ in range(min(count, MOST_PAGES)):
        desk.mail.page(-1)


@command("view.line", keys="down", scope=Scope.MESSAGE)
def line(desk: Desk, count: int = 1) -> None:
    """Line on: in the message."""
    desk.mail.scroll(count)


@command("view.line_back", keys="up", scope=Scope.MESSAGE)
def line_back(desk: Desk, count: int = 1) -> None:
    """Line back: in the message."""
    desk.mail.scroll(-count)


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
