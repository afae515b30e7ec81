"""The hint lines: which keys are shown where, the most useful first."""

from collections.abc import Collection, Sequence

from tui.commands.keymap import Keymap
from tui.render.lines import Mode, Page
from tui.terminal.keys import KeyHint, Scope

LIST = (
    *("message.next", "message.open", "message.reply", "message.archive", "message.delete", "compose.new"),
    *("search.open", "mailbox.inbox", "message.flag", "message.move", "message.reply_all", "message.forward"),
    *("message.mark",),
    *("view.next_pane", "app.palette", "app.help"),
)
TREE = (
    *("message.next", "message.open", "view.close", "view.next_pane", "mailbox.look_now", "compose.new"),
    *("mailbox.by_name", "app.palette", "app.help"),
)
MESSAGE = (
    *("view.page", "message.reply", "view.close", "view.html", "view.links", "view.save_part", "message.archive"),
    *("message.reply_all", "message.forward", "message.delete", "message.next", "view.headers"),
    *("app.palette", "app.help"),
)
COMPOSE = ("compose.send", "compose.attach", "compose.copies", "compose.keep", "app.palette")
OUTBOX = ("outbox.next", "outbox.edit", "outbox.send_now", "outbox.cancel", "outbox.close", "app.palette", "app.help")
HISTORY = ("history.next", "history.undo", "history.redo", "history.close", "app.palette", "app.help")

LINES = {
    Scope.MAIL: LIST,
    Scope.TREE: TREE,
    Scope.MESSAGE: MESSAGE,
    Scope.COMPOSE: COMPOSE,
    Scope.OUTBOX: OUTBOX,
    Scope.HISTORY: HISTORY,
}
"""Where the user is → commands. Only what exists is promised."""
TOGETHER = {"message.next": "message.previous", "outbox.next": "outbox.previous", "history.next": "history.previous"}
"""Commands shown as one hint with the keys of both."""
BEGINS = {"mailbox.inbox": "go to"}
"""Commands for which the first key of their sequence is shown, and what it begins."""


def hints(keymap: Keymap, scopes: Sequence[Scope], page: Page | None = None) -> list[KeyHint]:
    """Return the hint line of a place.

    Args:
        keymap: the keys in force.
        scopes: where the user is, the most particular first.
        page: of the message in view: what it does not have is not promised.
    """
    place = scopes[0] if scopes else Scope.ANYWHERE
    ids = [id for id in LINES.get(place, ()) if id not in _pointless(page)]
    return [_shown(keymap, hint) for hint in keymap.hints(ids, in_text=place is Scope.COMPOSE)]


def _pointless(page: Page | None) -> Collection[str]:
    """Return the commands that have nothing to do on a page."""
    if page is None:
        return ("view.links", "view.save_part", "view.html")
    has_html = any(row.part.type == "text/html" and not row.part.is_attachment for row in page.parts)
    pointless = [] if page.links else ["view.links"]
    pointless += [] if page.parts else ["view.save_part"]
    return [*pointless, *([] if has_html or page.mode is Mode.HTML else ["view.html"])]


def _shown(keymap: Keymap, hint: KeyHint) -> KeyHint:
    other = keymap.label(TOGETHER.get(hint.command_id, ""))
    if other:
        return KeyHint(f"{hint.key_label} {other}", hint.text, hint.command_id)
    first, *more = hint.key_label.split(" ")
    if hint.command_id in BEGINS and more:
        return KeyHint(first, BEGINS[hint.command_id], hint.command_id)
    return hint
