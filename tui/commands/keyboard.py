"""From keys to commands, above Textual's own bindings; and typing ahead: what is typed for a screen waits for it."""

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from textual import events
from textual.app import App
from textual.timer import Timer

from tui.terminal.keys import KeyReader, Reading, Scope, canonical_key, key_label, sequence_label

if TYPE_CHECKING:
    from tui.commands.desk import Desk
    from tui.widgets.which_key import WhichKey

WHICH_KEY_AFTER = 0.4
"""Seconds a begun sequence waits before its continuations are shown."""
MOST_AHEAD = 2_000
"""Events kept for a screen that is on its way; more are dropped."""


class Giver(Protocol):
    """Takes an event as if it came from the terminal."""

    async def __call__(self, event: events.Event) -> None: ...


class Keyboard:
    """Gives commands the first look at every key.

    A command that opens a screen may need some time before it does, and a screen some before it has the focus. What is
    typed meanwhile is meant for that screen, and is no command of the one that is still there: it is kept, and given
    in order when the screen is ready. Esc gives up what is on its way.

    Args:
        app: whose keys.
        desk: the same, as commands see it.
        give: where kept events go.
    """

    def __init__(self, app: App[Any], desk: "Desk", give: Giver) -> None:
        self._app = app
        self._desk = desk
        self._give = give
        self._reader = KeyReader()
        self._which_key: Timer | None = None
        self._panel: WhichKey | None = None
        self._holds = 0
        self._held = 0
        self._work: asyncio.Task[None] | None = None
        self._ahead: list[events.Event] = []
        self._given: events.Event | None = None

    async def take(self, event: events.Key | events.Paste) -> bool:
        """Deal with an event; return False when it is for the widget that has the focus."""
        if event is not self._given and (self._held or self._ahead):
            if isinstance(event, events.Key) and event.key == "escape" and self._work is not None:
                self._give_up()
            elif len(self._ahead) < MOST_AHEAD:
                self._ahead.append(event)
            return True
        return isinstance(event, events.Key) and self._press(event)

    # Typing ahead

    def hold(self, work: asyncio.Task[None] | None = None, *, to_the_end: bool = False) -> int:
        """Keep what is typed from now on: a screen is on its way. Returns what `release` wants to know.

        Args:
            work: what will open it; None: it is being shown already.
            to_the_end: the work cannot be given up by Esc.
        """
        self._holds += 1
        self._held, self._work = self._holds, None if to_the_end else work
        if work is not None:
            held = self._held
            work.add_done_callback(lambda _: self.release(held))
        return self._held

    def release(self, held: int) -> None:
        """Give away what was kept, unless another screen is on its way by now."""
        if held == self._held:
            self._held, self._work = 0, None
            if self._ahead and self._given is None:
                self._desk.begin(self._give_away())

    async def _give_away(self) -> None:
        try:
            while self._ahead and not self._held:
                self._given = self._ahead[0]
                await self._give(self._given)
                self._ahead.pop(0)
        finally:
            self._given = None

    def _give_up(self) -> None:
        work = self._work
        self._ahead.clear()
        if work is not None:
            work.cancel()
            self._desk.flash("left")

    # Keys

    @property
    def _scopes(self) -> tuple[Scope, ...]:
        return tuple(getattr(self._app.screen, "key_scopes", ()))

    @property
    def _is_in_text(self) -> bool:
        """Whether the focus is on something to type into; Textual's need not be loaded to be asked for."""
        return hasattr(self._app.focused, "selected_text")

    def _press(self, event: events.Key) -> bool:
        takes = getattr(self._app.focused, "takes", None)
        if takes is not None and not self._reader.pending and takes(event.key):
            return True
        table = self._desk.keymap.table(self._scopes)
        in_text = self._is_in_text
        read = self._reader.press(canonical_key(event.key, event.character), table, in_text=in_text)
        self._close_which_key()
        self._desk.mail.hush()
        match read.reading:
            case Reading.NOT_OURS:
                return self._step(event) or self._unknown(event)
            case Reading.WAITING:
                self._which_key = self._app.set_timer(WHICH_KEY_AFTER, self._show_which_key)
            case Reading.FORGOTTEN:
                if read.sequence[-1] != "escape":
                    self._desk.flash(f"{sequence_label(read.sequence)} is no command")
            case Reading.COMMAND:
                self._desk.run_command(read.command_id, read.count)
        return True

    def _step(self, event: events.Key) -> bool:
        """Go to the next field at once: by Textual's own way, what comes right behind a Tab is for the field before."""
        if event.key not in ("tab", "shift+tab") or not self._is_in_text or not self._scopes:
            return False  # a question has one field, and uses for Tab of its own
        if event.key == "tab":
            self._app.screen.focus_next()
        else:
            self._app.screen.focus_previous()
        return True

    def _unknown(self, event: events.Key) -> bool:
        """Tell of a key that means nothing where every key is a command; return whether it was one."""
        if event.character is None or not event.is_printable or Scope.MAIL not in self._scopes:
            return False
        keys = self._desk.keymap.label("app.help")
        self._desk.flash(f"{key_label(canonical_key(event.key, event.character))} does nothing here · {keys} keys")
        return True

    def _show_which_key(self) -> None:
        pending, begun = self._reader.pending, self._reader.begun
        hints = self._desk.keymap.following(pending, self._scopes) if pending else ()
        if begun:
            from tui.widgets.which_key import WhichKey  # noqa: PLC0415 - late: start-up time

            self._panel = WhichKey(begun, hints)
            self._app.screen.mount(self._panel)

    def _close_which_key(self) -> None:
        if self._which_key is not None:
            self._which_key.stop()
            self._which_key = None
        panel, self._panel = self._panel, None
        if panel is not None and panel.is_attached:
            panel.remove()
