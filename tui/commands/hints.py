"""The hint lines: which keys are shown where, the most useful first."""

from collections.abc import Sequence

from tui.commands.keymap import Keymap
from tui.terminal.keys import KeyHint, Scope

LIST = (
    *("message.next", "message.open", "message.reply", "message.archive", "message.delete", "compose.new"),
    *("mailbox.inbox", "message.flag", "message.move", "message.reply_all", "message.forward", "message.mark"),
    *("view.next_pane", "app.palette", "app.help"),
)
TREE = (
    *("message.next", "message.open", "view.close", "view.next_pane", "mailbox.look_now", "compose.new"),
    *("mailbox.by_name", "app.palette", "app.help"),
)
MESSAGE = (
    *("view.page", "message.reply", "view.close", "message.archive", "view.links", "view.save_part"),
    *("message.reply_all", "message.forward", "message.delete", "message.next", "view.headers"),
    *("app.palette", "app.help"),
)
COMPOSE = ("compose.send", "compose.attach", "compose.copies", "compose.keep", "app.palette")
OUTBOX = ("outbox.next", "outbox.edit", "outbox.send_now", "outbox.cancel", "outbox.close", "app.palette", "app.help")

LINES = {
    Scope.MAIL: LIST,
    Scope.TREE: TREE,
    Scope.MESSAGE: MESSAGE,
    Scope.COMPOSE: COMPOSE,
    Scope.OUTBOX: OUTBOX,
}
"""Where the user is → commands. Only what exists is promised."""
TOGETHER = {"message.next": "message.previous", "outbox.next": "outbox.previous"}
"""Commands shown as one hint with the keys of both."""
BEGINS = {"mailbox.inbox": "go to"}
"""Commands for which the first key of their sequence is shown, and what it begins."""


def hints(keymap: Keymap, scopes: Sequence[Scope]) -> list[KeyHint]:
    """Return the hint line of a place.

    Args:
        keymap: the keys in force.
        scopes: where the user is, the most particular first.
    """
    place = scopes[0] if scopes else Scope.ANYWHERE
    return [_shown(keymap, hint) for hint in keymap.hints(LINES.get(place, ()), in_text=place is Scope.COMPOSE)]


def _shown(keymap: Keymap, hint: KeyHint) -> KeyHint:
    other = keymap.label(TOGETHER.get(hint.command_id, ""))
    if other:
        return KeyHint(f"{hint.key_label} {other}", hint.text, hint.command_id)
    first, *more = hint.key_label.split(" ")
    if hint.command_id in BEGINS and more:
        return KeyHint(first, BEGINS[hint.command_id], hint.command_id)
    return hint
