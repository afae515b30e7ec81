"""A Textual application that is at home on a terminal: lean output, signals, an orderly end whatever happens.

`tui.app.TidingsApp` is one; what is mail is there, what is terminal is here.
"""

import logging
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import textual.screen
from rich.color import ColorSystem
from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.geometry import Offset
from textual.screen import Screen

import tui.mail.cells  # noqa: F401 - amends the toolkit's table of widths
from tui.config.last_view import LastView
from tui.mail.text import clean
from tui.terminal import crash, display
from tui.terminal.answers import Color
from tui.terminal.display import LeanDisplay
from tui.terminal.driver import TtyDriver
from tui.terminal.ends import LastResort
from tui.terminal.marks import UNICODE, choose, speaks_utf8
from tui.terminal.meter import Meter
from tui.terminal.osc import Outside, Way
from tui.terminal.painted import Painted
from tui.terminal.theme import Roles

if TYPE_CHECKING:
    from tui.terminal.graphics import Graphics, Placed
    from tui.terminal.meter import Meter

log = logging.getLogger(__name__)

Result = TypeVar("Result")

FRAMES = 120
"""Frames a second at most. With Textual's own 60 a key waits for 17 ms where something else came just before it."""
FIRST_SCREEN_WITHIN = 2.0
"""Seconds after which keys are read and frames are sent, whether or not the first screen is whole."""

textual.screen.UPDATE_PERIOD = 1 / FRAMES  # type: ignore[misc] # there is no other way to tell it


class TerminalApp(App[Result]):
    """What a subclass overrides: `leave`, and `crash_folder` before it runs.

    A widget that has the focus may have a property ``terminal_cursor``: the cell of its own, as an Offset, where the
    terminal's cursor stands, which screen readers and magnifiers follow. A screen may have a property
    ``terminal_picture``: a `tui.terminal.graphics.Placed`, painted over its cells while it is in front.

    Attributes:
        is_hurried: a signal ends the program: there is no time to be polite to servers.
        is_saved: set by the subclass when nothing of the user's can be lost any more.
        is_away: the terminal told that its window lost the focus.
        background: of the terminal as it told, red, green and blue, 0 to 255; None until then.
        outside: title, clipboard, notifications.
        crash_folder: where the report of a crash is written; None for nowhere.
        painted: a first screen that stands there already.
        keys_wait: what is typed waits in the tty until `first_screen_is_there`.
    """

    def __init__(self, *, way: Way | None = None, painted: Painted | None = None, keys_wait: bool = False) -> None:
        """Make one.

        Args:
            way: how the terminal shows a notification, None for what it is known to do.
            painted: a first screen that stands there already: nothing is sent before `first_screen_is_there`.
            keys_wait: the subclass calls that when it can obey keys.
        """
        super().__init__()
        self.outside = Outside(self._say, os.environ, way)
        self.is_hurried = False
        self.is_saved = False
        self.crash_folder: Path | None = None
        self.is_away = False
        self.background: Color | None = None
        self._is_lean = display.fits()
        self._lean: LeanDisplay | None = None
        self._is_owed = False
        self.painted = painted
        self.keys_wait = keys_wait
        self._crash: BaseException | None = None
        self._last_resort = LastResort()
        self._is_lent = False
        self._knows_graphics = False
        self._graphics: Graphics | None = None

    def get_driver_class(self) -> type[Driver]:
        return TtyDriver

    # Output

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if not isinstance(driver, TtyDriver) or renderable is None or self._batch_count or not self._running:
            super()._display(screen, renderable)
            return
        if not self._is_lean:
            if driver.is_clear:
                super()._display(screen, renderable)
            else:
                self._is_owed = True
            return
        lean = self._lean_display(driver)
        lean.brackets = self._sync_available
        try:
            drawn = lean.draw(renderable, self.size, self._cursor_cell(), self._picture())
        except Exception as error:
            self._handle_exception(error)
            return
        if not drawn:
            super()._display(screen, renderable)
            lean.reset()
            return
        driver.farewell = lean.farewell
        self.post_display_hook()

    def _picture(self) -> "Placed | None":
        """Return the picture that the screen in front wants to be painted over its cells."""
        return getattr(self.screen, "terminal_picture", None)

    async def graphics(self) -> "Graphics | None":
        """Return how the terminal paints pictures, None for not at all; it is asked once, for a second at most."""
        if not self._knows_graphics:
            driver = self._driver
            if self._is_lean and isinstance(driver, TtyDriver) and os.environ.get("TERM") != "linux":
                self._graphics = await driver.graphics()
            self._knows_graphics = True
        return self._graphics

    def _lean_display(self, driver: TtyDriver) -> LeanDisplay:
        if self._lean is None:
            self._lean = LeanDisplay(driver.write, lambda: driver.is_clear, self._colors, ascii_only=not speaks_utf8())
            if self.painted is not None and self.keys_wait and not self.painted.is_stale:
                self._lean.go_on_from(self.painted.grid)
        return self._lean

    def remember(self, view: LastView) -> bool:
        """Write down how the terminal is used, and the pens of the roles that are asked for in ``view.pens``.

        Returns:
            False where frames are not ours, so that nothing could be painted beforehand.
        """
        if self._lean is None:
            return False
        roles = Roles.from_variables(self.theme_variables)
        view.pens = {role: self._lean.pens_of(roles.of(role)) for role in view.pens}
        view.utf8, view.asks = speaks_utf8(), choose("auto") is UNICODE
        view.mouse = self._driver is not None and self._driver._mouse
        return True

    def first_screen_is_there(self) -> None:
        """The application can show what is to be seen, and obey keys. May be called again."""
        if not self.keys_wait:
            return
        self.keys_wait = False
        if self._lean is not None:
            self._lean.release()
        if isinstance(self._driver, TtyDriver):
            self._driver.listen()

    def measure(self, meter: "Meter | None") -> None:
        """Have a meter told of keys and frames from now on; None for no more of it."""
        if isinstance(self._driver, TtyDriver):
            self._driver.meter = meter

    @property
    def _colors(self) -> ColorSystem | None:
        name = self.console.color_system
        by_name = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT, "standard": ColorSystem.STANDARD}
        return None if self.no_color or name is None else by_name.get(name)

    def _cursor_cell(self) -> tuple[int, int]:
        focused = self.focused
        own = getattr(focused, "terminal_cursor", None)
        if focused is not None and isinstance(own, Offset):
            at = focused.content_region.offset + own
        else:
            at = self.cursor_position
        x, y = self.screen.outer_size.clamp_offset(at)
        return x, y

    def _say(self, sequence: str) -> None:
        if isinstance(self._driver, TtyDriver):
            self._driver.write(sequence)

    def on_app_focus(self) -> None:
        self.is_away = False

    def on_app_blur(self) -> None:
        self.is_away = True

    def copy_to_clipboard(self, text: str) -> None:
        """Put text, cleaned, into the clipboard of this program and of the terminal."""
        self._clipboard = clean(text)
        self.outside.copy(text)

    def _set_pointer_shape(self, shape: str) -> None:
        """Nothing: the mouse pointer is the terminal's."""

    def terminal_drained(self) -> None:
        """The terminal reads again: it gets the newest picture, the ones between are not missed."""
        if self._lean is not None:
            self._lean.catch_up()
        elif self._is_owed:
            self._is_owed = False
            self.refresh()

    def terminal_back(self) -> None:
        """The process is in the foreground again: whatever the terminal shows is not ours."""
        self.repaint()

    def repaint(self) -> None:
        """Draw everything anew."""
        if self._lean is not None:
            self._lean.reset()
        self.refresh(layout=True)

    def terminal_resized(self) -> None:
        """The terminal has another size, or had one for a moment: what it shows may have been cut or moved."""
        if self._lean is not None:
            self._lean.reset()
        self.refresh()

    def terminal_widens(self) -> None:
        """Marks of ambiguous width take two cells here: a subclass uses others."""

    def terminal_background(self, color: Color) -> None:
        """The terminal told its background."""
        self.background = color

    def _resume_from_suspend(self, _: object) -> None:
        self.repaint()

    # Ends

    def on_load(self) -> None:
        if self.keys_wait:
            self.set_timer(FIRST_SCREEN_WITHIN, self.first_screen_is_there)
        self.app_resume_signal.subscribe(self, self._resume_from_suspend, immediate=True)

    def go_to_background(self) -> None:
        """Stop the process and give the shell its terminal, until ``fg``."""
        if isinstance(self._driver, TtyDriver):
            os.kill(os.getpid(), signal.SIGTSTP)

    async def lend(self, argv: Sequence[str]) -> int:
        """Give the terminal to another program until it ends, and return its exit status; the loop goes on meanwhile.

        Raises:
            MailError: when it cannot be run.
        """
        from tui.terminal.foreground import in_foreground  # noqa: PLC0415 - late: start-up time

        self._is_lent = True
        try:
            with self.suspend():
                return await in_foreground(argv)
        finally:
            self._is_lent = False

    def leave(self) -> None:
        """End the program in good order: a subclass saves what the user wrote."""
        self.is_saved = True
        self.exit()

    def end_by(self, number: int) -> None:
        """End the program because of a signal, within a second."""
        if self.is_hurried or (self._is_lent and number == signal.SIGINT):  # Ctrl+C was for the other program
            return
        log.warning("ending: %s", signal.Signals(number).name)
        self.is_hurried = True
        self._return_code = 128 + number
        self._last_resort.arm(128 + number, lambda: self.is_saved)
        self.leave()

    def terminal_lost(self) -> None:
        """The terminal is gone: an SSH connection broke, a window was closed."""
        self.end_by(signal.SIGHUP)

    def _fatal_error(self) -> None:
        """End after an exception nobody caught. Textual's own would print every local variable."""
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self._crash is None:
            self._crash = error
            log.error("the program crashed: %s", type(error).__name__)
        super()._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:
        """End at once. What Textual would show may hold anything; the report holds what is safe."""
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
        if self._crash is not None:
            crash.tell(self._crash, self.crash_folder)
            self._crash = None
