"""One message on the page of its thread: folded to a line, or its head, text and parts below that line."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.mail.envelope import Envelope
from tui.mail.message import Message
from tui.mail.noun import dataclass
from tui.mail.thread import Branch, Member
from tui.render.folds import fold
from tui.render.lines import Line, Mode, Page, Style, plain_line
from tui.render.page import lay_out
from tui.widgets.header_block import header_lines, rule_line
from tui.widgets.message_view import note_lines, open_levels
from tui.widgets.painting import Look, Run
from tui.widgets.part_list import parts_line
from tui.widgets.spans import runs_of
from tui.widgets.thread_pane import Name, name_of

if TYPE_CHECKING:
    from tui.mail.authentication import Standing


@dataclass(frozen=True, slots=True)
class Laid:
    """A message laid out for a width.

    Attributes:
        message: it.
        page: its page, of a mode that was asked for.
        text: the lines of the page, with quotations folded, and what is to be said below.
        width: cells.
        mode: as it was asked for.
        opened: levels of quotations that are open.
    """

    message: Message
    page: Page
    text: tuple[Line, ...]
    width: int
    mode: Mode
    opened: int


def lay(message: Message, width: int, mode: Mode, opened: int) -> Laid:
    """Lay a message out. Slow: for a worker thread."""
    page = lay_out(message, width, mode=mode)
    lines = fold(page.lines, page.levels, opened) if page.levels else page.lines
    return Laid(message, page, lines + note_lines(page, width), width, mode, opened)


class Sheet:
    """A message on the page.

    Attributes:
        member: the message.
        depth: in the tree.
        guide: the branches of the tree before its name.
        folded: only its line is shown.
        fresh: it came in while the page was looked at.
        waits: a change of it waits for the server.
        mode: how its text is to be laid out.
        opened: levels of its quotations that are to be open.
        laid: its text, None while that is not here.
        sentences: what is said in place of its text, because there is none.
        hint: what is said while its text is on its way.
    """

    def __init__(self, branch: Branch, folded: bool) -> None:
        self.member: Member = branch.member
        self.depth = branch.depth
        self.guide = ""
        self.folded = folded
        self.fresh = self.waits = False
        self.mode = Mode.AUTO
        self.opened = open_levels(branch.member.envelope)
        self.message: Message | None = None
        self.laid: Laid | None = None
        self.sentences: tuple[Line, ...] = ()
        self.hint = ""
        self._head: list[list[Run]] = []
        self._foot: list[list[Run]] = []
        self._dress: tuple[object, ...] = ()
        self._gap = 0

    @property
    def name(self) -> Name:
        return name_of(self.member)

    @property
    def envelope(self) -> Envelope:
        return self.member.envelope

    @property
    def standing(self) -> "Standing | None":
        """What is known of its sender, None until its text is here."""
        return self.message.standing if self.message is not None else None

    def lacks(self, width: int) -> bool:
        """Whether its text is to be laid out, for this width, before it can be shown as it is wanted."""
        if self.folded or self.sentences:
            return False
        laid = self.laid
        return laid is None or (laid.width, laid.mode, laid.opened) != (width, self.mode, self.opened)

    # Its lines

    @property
    def text(self) -> tuple[Line, ...]:
        """What stands below its head."""
        if self.sentences:
            return self.sentences
        return self.laid.text if self.laid is not None else (plain_line(self.hint or "…", Style.MUTED),)

    @property
    def rows(self) -> int:
        """How many lines of the page it takes."""
        if self.folded:
            return 1
        return 2 + len(self._head) + max(len(self.text), self._gap) + len(self._foot)

    @property
    def text_at(self) -> int:
        """Which of its lines is the first one of its text."""
        return 1 + len(self._head)

    def show(self, laid: Laid) -> None:
        """Take its text."""
        self.laid, self.message, self.sentences, self._gap = laid, laid.message, (), 0
        self._dress = ()

    def tell(self, *sentences: Line) -> None:
        """Say something in place of its text."""
        self.sentences, self._gap = sentences, 0

    def read_as(self, charset: str) -> None:
        """Have its texts read in a charset; "" for their own."""
        if self.message is not None:
            self.message, self.laid = self.message.read_as(charset), None

    def turn_quotes(self) -> bool:
        """Have one more level of its quotations opened, or all folded when they are open; False when nothing folds."""
        laid = self.laid
        if laid is None or not laid.page.levels:
            return False
        deepest = max(laid.page.levels)
        lines, levels = laid.page.lines, laid.page.levels
        now = fold(lines, levels, self.opened)
        for opened in [*range(self.opened + 1, deepest + 1), *range(self.opened + 1)]:
            if fold(lines, levels, opened) != now:
                self.opened = opened
                return True
        return False

    def open_quotes(self) -> None:
        """Show every line that it quotes."""
        laid = self.laid
        if laid is not None and laid.page.levels:
            self.opened = max(laid.page.levels)
            text = laid.page.lines + note_lines(laid.page, laid.width)
            self.laid = replace(laid, text=text, opened=self.opened)

    def let_go(self) -> None:
        """Forget the text until it is wanted again; it keeps its room."""
        if self.laid is not None:
            self._gap = len(self.laid.text)
            self.laid = self.message = None

    def dress(self, width: int, look: Look, own: Collection[str]) -> None:
        """Make its head and foot for a width in cells and the look there is now, unless they are."""
        laid, minute = self.laid, int(look.clock()) // 60
        if laid is None or self.folded:
            return
        dress = (width, look.roles, look.marks, minute, id(laid), self.envelope)
        if dress == self._dress:
            return
        self._dress = dress
        # The subject stands above the page, or on the line of the message.
        rule = rule_line(width, look, laid.mode) if laid.mode is not Mode.AUTO else []
        self._head = [*header_lines(self.envelope, width, look, own=own, short=True, standing=self.standing)[1:], rule]
        self._foot = [[], parts_line(laid.page.parts, 0, width, look)] if laid.page.parts else []

    def line(self, offset: int, look: Look) -> list[Run]:
        """Return the runs of a line below its first one, without a margin."""
        place = offset - 1
        if place < len(self._head):
            return self._head[place]
        place -= len(self._head)
        text = self.text
        if place < len(text):
            return runs_of(text[place], look.roles, self.laid.page.links if self.laid is not None else ())
        place -= max(len(text), self._gap)
        return self._foot[place] if 0 <= place < len(self._foot) else []
