"""What every widget of ours paints with: runs of text in styles, laid into lines of cells. No markup anywhere."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._styles_cache import StylesCache
from textual.containers import Container
from textual.geometry import Region, Size
from textual.message import Message as TextualMessage
from textual.strip import Strip
from textual.widget import Widget

from tui.mail.flags import OURS, Flags, labels_of
from tui.mail.width import ELLIPSIS
from tui.terminal.marks import ASCII, UNICODE, Marks
from tui.terminal.theme import Roles
from tui.widgets.trust import Key, usual_key
from tui.widgets.words import Words, fit, width_of

_PLAIN = str.maketrans({ELLIPSIS: ASCII.cut, "·": ASCII.dot})

Run = tuple[str, Style]
"""Text of one line and its style. The text is cleaned; it is painted as it is."""


class Look:
    """Colours, marks and the time of day: one object shared by a screen and its widgets.

    Args:
        roles: styles by role.
        marks: unicode or ascii.
        clock: seconds since 1970 UTC.

    Attributes:
        key: of a command, as the user has chosen it.
        labels: keyword → role of its colour, where the user chose one.
    """

    def __init__(self, roles: Roles, marks: Marks = UNICODE, clock: Callable[[], float] = time.time) -> None:
        self.roles = roles
        self.marks = marks
        self.clock = clock
        self.key: Key = usual_key
        self.labels: Mapping[str, str] = {}

    def label_words(self, flags: Flags, *, short: bool = True) -> Words:
        """Return the labels among flags, each in its colour and a space behind it; before them, what is snoozed.

        Args:
            short: until when it is, as short as a row has room for.
        """
        roles = {name.casefold(): role for name, role in self.labels.items()}
        labels = [(f"{name} ", roles.get(name.casefold(), "accent")) for name in labels_of(flags, self.labels)]
        if not any(flag.casefold().startswith(OURS) for flag in flags):
            return labels
        from tui.mail.later import snooze_words  # noqa: PLC0415 - late: start-up time

        snoozed = snooze_words(flags, self.clock(), short=short)
        return [(f"{snoozed} ", "new"), *labels] if snoozed else labels

    def styled(self, words: Words) -> list[Run]:
        """Return words as runs."""
        return [(text, self.roles.of(role)) for text, role in words]


def _is_blank(text: str, style: Style) -> bool:
    return text.isspace() and not (style.reverse or style.underline) and style.bgcolor is None


class Lines(StylesCache):
    """The painted lines of a widget that is nothing but its lines: no border, no padding, and no pass over each cell.

    Stock Textual looks at a score of rules for every line, which takes twice as long as painting it.
    """

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """Return the lines of a part of a widget; see Textual's own."""
        if widget.styles.gutter or widget.opacity != 1.0:
            return super().render_widget(widget, crop)
        width = widget.outer_size.width
        if width != self._width:
            self.clear()
            self._width = width
        strips = [self._painted(widget, y) for y in crop.line_range]
        self._dirty_lines.difference_update(crop.line_range)
        if filters := widget.get_line_filters():
            background = widget.background_colors[1]
            for each in filters:
                strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _painted(self, widget: Widget, y: int) -> Strip:
        strip = self._cache.get(y) if y not in self._dirty_lines else None
        if strip is None:
            strip = self._cache[y] = widget.render_line(y)
        return strip


class Pane(Container):
    """Holds line widgets, and never scrolls."""

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)  # as for `LineWidget`


class LineWidget(Widget):
    """A widget painted line by line.

    A subclass gives each line as runs; a line that is not wide enough is filled with spaces.

    Args:
        look: what to paint with.
    """

    FOCUS_ON_CLICK = False  # the screen knows what a click on it means
    ALLOW_SELECT = False

    class Clicked(TextualMessage):
        """The mouse was pressed on a line, counted from the top of the widget."""

        def __init__(self, widget: "LineWidget", y: int) -> None:
            super().__init__()
            self.widget = widget
            self.y = y

    class Wheeled(TextualMessage):
        """The wheel was turned above the widget: by 1 downwards, -1 upwards."""

        def __init__(self, widget: "LineWidget", by: int) -> None:
            super().__init__()
            self.widget = widget
            self.by = by

    DEFAULT_CSS = """
    LineWidget { background: transparent; overflow: hidden hidden; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._styles_cache = Lines()
        self.look = look

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        # What it holds never grows beyond it: another size is no reason to lay the whole screen out once more.
        changed = super()._size_updated(size, virtual_size, container_size, layout=False)
        self.placed()
        return changed

    def placed(self) -> None:
        """The screen was laid out, and is painted next: `size` is what there is. ``Resize`` comes behind the frame."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Paint nothing of the screen until the end: what changes meanwhile comes with one frame."""
        screen = self.screen
        try:
            with self.app.batch_update():
                yield
        finally:
            screen.check_idle()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Paint what the focus changes, in a subclass; no style asks for it, so that none is looked up again."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Clicked(self, event.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(self.Wheeled(self, -1))

    def line(self, y: int) -> list[Run]:
        """Return the runs of a line, counted from the top of the widget."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        space = self.look.roles["text"]
        runs = fit(self.line(y), width)
        if self.look.marks.cut != ELLIPSIS:
            runs = [(text.translate(_PLAIN), style) for text, style in runs]
        used = width_of(runs)
        # Blanks look the same in every colour: painted in one, they are never sent again for their colour's sake.
        segments = [Segment(text, space if _is_blank(text, style) else style) for text, style in runs if text]
        if used < width:
            segments.append(Segment(" " * (width - used), space))
        return Strip(segments, width)

    def refresh_line(self, y: int) -> None:
        """Paint one line again."""
        self.refresh_lines([y])

    def refresh_lines(self, lines: Iterable[int]) -> None:
        """Paint some lines again, all at once: where a list scrolls, that is every one."""
        width = self.outer_size.width  # `size` is worked out anew each time
        if regions := [Region(0, y, width, 1) for y in lines]:
            self.refresh(*regions)
