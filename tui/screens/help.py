"""The keys in force on one page, grouped."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tui.mail.noun import dataclass
from tui.mail.width import cell_width, cut, pad, wrap
from tui.screens.styles import styles
from tui.terminal.keys import Scope
from tui.widgets.plain import say


@dataclass(frozen=True, slots=True)
class HelpRow:
    """One line: the keys (or a mark) and what they do."""

    keys: str
    text: str
    style: str = "$accent bold"


@dataclass(frozen=True, slots=True)
class HelpGroup:
    """A heading and its lines."""

    heading: str
    rows: tuple[HelpRow, ...]


class HelpScreen(Screen[None]):
    """Shows groups of keys in as many columns as fit.

    Args:
        groups: in the order they are read.
        elsewhere: what is not at hand where the user is, below them.
        about: which keys these are, such as ``vim preset, mail screen``.
        foot: lines below all columns.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("help")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.PAGE,)
    COLUMN: ClassVar[int] = 38
    """Cells of a column, the gap included."""
    KEYS: ClassVar[int] = 9
    """Cells for keys; longer ones push their text to the right."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,question_mark,h", "leave"),
        Binding("j,down", "scroll(1)"),
        Binding("k,up", "scroll(-1)"),
        Binding("space,pagedown", "page(1)"),
        Binding("b,pageup", "page(-1)"),
        Binding("g,home", "end(-1)"),
        Binding("G,end", "end(1)"),
    ]

    def __init__(
        self, groups: Sequence[HelpGroup], *, about: str, elsewhere: Sequence[HelpGroup] = (), foot: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.groups = tuple(groups)
        self.elsewhere = tuple(elsewhere)
        self.about = about
        self.foot = tuple(foot)

    def compose(self) -> ComposeResult:
        """Lay out the head line and the page."""
        with Horizontal(id="help-head"):
            yield Static(Content.assemble(("Keys", "$accent bold"), (f"  {self.about}", "$muted")), id="help-about")
            yield Static(id="help-leave")
        with VerticalScroll(id="help-page"):
            yield Static(id="help-text")

    def on_mount(self) -> None:
        page = self.query_one(VerticalScroll)
        page.focus()
        self.watch(page, "scroll_y", self._tell_more, init=False)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#help-text", Static).update(self.page(event.size.width - 4))
        self.call_after_refresh(self._tell_more)

    def _tell_more(self) -> None:
        """Say in the head whether there is more below, and how to get there."""
        page = self.query_one(VerticalScroll)
        words: list[tuple[str, str]] = []
        if page.max_scroll_y > 0:
            place = "more below" if page.scroll_y < page.max_scroll_y else "end"
            words = [(f"{place}   ", "$muted"), ("j k", "$accent bold"), (" scroll   ", "$muted")]
        words += [("q", "$accent bold"), (" back", "$muted")]
        self.query_one("#help-leave", Static).update(Content.assemble(*words))

    def page(self, width: int) -> Content:
        """Return the whole page for a width in cells."""
        lines = self._columns(self.groups, width)
        if self.elsewhere:
            lines += [Content(""), *self._rule("elsewhere", width), *self._columns(self.elsewhere, width)]
        if self.foot:
            lines += [Content(""), *self._rule("", width)]
            lines += [Content.styled(line, "$muted") for words in self.foot for line in wrap(words, width)]
        return Content("\n").join(lines)

    def _rule(self, heading: str, width: int) -> list[Content]:
        lead = f"{heading} " if heading else ""
        rule = say(self, "╌" * (width - cell_width(lead)))
        return [Content.assemble((lead, "$muted"), (rule, "$faint")), Content("")]

    def _columns(self, groups: Sequence[HelpGroup], width: int) -> list[Content]:
        """Return the lines of groups side by side."""
        columns = max(1, min(3, (width + 2) // self.COLUMN))
        wide = width // columns
        stacks = _stacked([self._block(group, wide - 2) for group in groups], columns)
        height = max(len(stack) for stack in stacks)
        blank = Content(" " * wide)
        return [
            Content("").join((stack[row] if row < len(stack) else blank) for stack in stacks) for row in range(height)
        ]

    def _block(self, group: HelpGroup, width: int) -> list[Content]:
        """Return a group's lines, each exactly ``width`` + 2 cells."""
        lines = [Content.styled(pad(cut(group.heading, width), width + 2), "$bright bold")]
        for row in group.rows:
            keys = pad(row.keys, max(self.KEYS, cell_width(row.keys))) + "  "
            room = max(4, width - cell_width(keys))
            lines.append(Content.assemble((keys, row.style), (pad(cut(row.text, room), room + 2), "$text")))
        return lines

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_page(self, pages: int) -> None:
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_end(self, end: int) -> None:
        view = self.query_one(VerticalScroll)
        view.scroll_to(y=0 if end < 0 else view.max_scroll_y, animate=False)


def _stacked(blocks: Sequence[list[Content]], columns: int) -> list[list[Content]]:
    """Share the blocks out into columns in reading order, so that the tallest column is as low as can be."""
    total = sum(len(block) + 1 for block in blocks)
    for limit in range(max((len(block) for block in blocks), default=1), total + 1):
        stacks: list[list[Content]] = [[]]
        for block in blocks:
            gap = 1 if stacks[-1] else 0
            if stacks[-1] and len(stacks[-1]) + gap + len(block) > limit:
                stacks.append([])
                gap = 0
            width = block[0].cell_length
            stacks[-1].extend([Content(" " * width)] * gap + block)
        if len(stacks) <= columns:
            return stacks + [[] for _ in range(columns - len(stacks))]
    return [[line for block in blocks for line in block]]
