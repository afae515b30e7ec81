"""The hint lines: which keys are shown where, the most useful first."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from tui.commands.keymap import Keymap
from tui.render.lines import Mode, Page
from tui.terminal.keys import KeyHint, Scope

LIST = (
    *("message.next", "message.open", "message.reply", "message.archive", "message.delete", "compose.new"),
    *("search.open", "mailbox.inbox", "message.flag", "message.move", "message.reply_all", "message.forward"),
    *("message.mark", "thread.open"),
    *("view.next_pane", "app.palette", "app.help"),
)
TREE = (
    *("message.next", "message.open", "view.close", "view.next_pane", "mailbox.look_now", "compose.new"),
    *("mailbox.by_name", "app.palette", "app.help"),
)
MESSAGE = (
    "message.invitation",
    *("view.page", "message.reply", "view.close", "view.html", "view.links", "view.save_part", "message.archive"),
    *("message.reply_all", "message.forward", "message.delete", "message.next", "view.headers"),
    *("app.palette", "app.help"),
)
THREAD = (
    *("message.next", "message.next_unread", "thread.turn", "message.reply", "view.close", "message.archive"),
    *("thread.archive", "message.reply_all", "message.forward", "thread.fold", "message.flag", "message.delete"),
    *("view.links", "view.save_part", "view.html", "app.palette", "app.help"),
)
SELECT = (
    *("select.next", "select.begin", "message.reply", "select.copy", "view.close", "message.reply_all"),
    *("app.palette", "app.help"),
)
COMPOSE = ("compose.send", "compose.attach", "compose.copies", "compose.keep", "compose.editor", "app.palette")
OUTBOX = (
    *("outbox.next", "outbox.edit", "outbox.send_now", "outbox.cancel", "outbox.talk", "outbox.close"),
    *("app.palette", "app.help"),
)
HISTORY = ("history.next", "history.undo", "history.redo", "history.close", "app.palette", "app.help")

LINES = {
    Scope.MAIL: LIST,
    Scope.TREE: TREE,
    Scope.MESSAGE: MESSAGE,
    Scope.THREAD: THREAD,
    Scope.SELECT: SELECT,
    Scope.COMPOSE: COMPOSE,
    Scope.OUTBOX: OUTBOX,
    Scope.HISTORY: HISTORY,
}
"""Where the user is → commands. Only what exists is promised."""
TOGETHER = {
    "message.next": "message.previous",
    "select.next": "select.previous",
    "outbox.next": "outbox.previous",
    "history.next": "history.previous",
}
"""Commands shown as one hint with the keys of both."""
OF_A_RECORD = ("outbox.edit", "outbox.send_now", "outbox.cancel", "outbox.talk", "history.undo", "history.redo")
"""Commands that can only be carried out where a record's state allows."""
BEGINS = {"mailbox.inbox": "go to"}
"""Commands for which the first key of their sequence is shown, and what it begins."""


def hints(
    keymap: Keymap, scopes: Sequence[Scope], page: Page | None = None, *, in_drafts: bool = False
) -> list[KeyHint]:
    """Return the hint line of a place.

    Args:
        keymap: the keys in force.
        scopes: where the user is, the most particular first.
        page: of the message in view: what it does not have is not promised.
        in_drafts: the list is that of Drafts, where opening is going on writing.
    """
    place = scopes[0] if scopes else Scope.ANYWHERE
    pointless = _pointless(page)
    ids = [id for id in LINES.get(place, ()) if id not in pointless]
    shown = [_shown(keymap, hint) for hint in keymap.hints(ids, in_text=place is Scope.COMPOSE)]
    return [replace(each, text="edit") if in_drafts and each.command_id == "message.open" else each for each in shown]


def record_hints(keymap: Keymap, scopes: Sequence[Scope], acts: Sequence[KeyHint]) -> list[KeyHint]:
    """Return the hint line of a list of records: what can be done about the one under the cursor, and no more.

    Args:
        keymap, scopes: as with `hints`.
        acts: what can be done.
    """
    first, *rest = [each for each in hints(keymap, scopes) if each.command_id not in OF_A_RECORD]
    return [first, *acts, *rest] if acts else [first, *rest]


def _pointless(page: Page | None) -> Collection[str]:
    """Return the commands that have nothing to do on a page."""
    if page is None:
        return ("view.links", "view.save_part", "view.html", "message.invitation")
    has_html = any(row.part.type == "text/html" and not row.part.is_attachment for row in page.parts)
    pointless = [] if page.links else ["view.links"]
    pointless += [] if page.parts else ["view.save_part"]
    pointless += [] if any(row.part.type == "text/calendar" for row in page.parts) else ["message.invitation"]
    return [*pointless, *([] if has_html or page.mode is Mode.HTML else ["view.html"])]


def _shown(keymap: Keymap, hint: KeyHint) -> KeyHint:
    other = keymap.label(TOGETHER.get(hint.command_id, ""))
    if other:
        return KeyHint(f"{hint.key_label} {other}", hint.text, hint.command_id)
    first, *more = hint.key_label.split(" ")
    if hint.command_id in BEGINS and more:
        return KeyHint(first, BEGINS[hint.command_id], hint.command_id)
    return hint
