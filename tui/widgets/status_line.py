"""The last line of the screen: how the lines stand, what just happened, where you are."""

from collections.abc import Callable, Sequence

from textual.timer import Timer

from tui.mail.ids import AccountName
from tui.terminal.keys import KeyHint
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.trust import Line, every_line, next_word_in, trust_words
from tui.widgets.words import GAP, Words, fit, hint_words, quiet_status, spread, width_of

LEAST_NOTICE = 24
"""Cells a notice gets before the trust meter is cut for it."""
STANDS = 8.0
"""Seconds that what a key has done stands before what came meanwhile may take its place."""
LEAST_TRUST = 8
"""Cells the trust meter keeps beside a notice, however long that is."""


class StatusLine(LineWidget):
    """Paints the trust meter left, a notice behind it, the place or the hints at the right edge.

    Args:
        lines: asked at every painting for the accounts' lines.
    """

    def __init__(self, look: Look, lines: Callable[[], Sequence[Line]], *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._lines = lines
        self._timer: Timer | None = None
        self._notice: Words = []
        self._tells_all = False
        self._ending = 0
        self._said_at = 0.0
        self._is_news = False
        self._waiting: tuple[Words, int] | None = None
        self._turn: Timer | None = None
        self._place: Words = []
        self._hints: Sequence[KeyHint] = ()
        self._note: Words = []
        self._account: AccountName | None = None
        self._painted: list[Run] = []
        self._key_at = 0.0
        self.brief = True
        """Whether only the worst account is told where the others are well."""
        self.explains = False
        """Whether a key tells what was said last in full: it is named where a notice is cut."""

    def say(self, words: Words, *, ending: int = 0) -> None:
        """Show a notice, until `hush`. Its texts are cleaned; they are shown as they are.

        Args:
            ending: so many of the last words are not cut off, however little room there is: the key that acts on it.
        """
        self._notice, self._ending, self._tells_all = words, ending, False
        self._said_at, self._is_news = self.look.clock(), False
        if self._waiting is not None:
            self._let_wait(STANDS)
        self.update()

    def say_lines(self) -> None:
        """Tell of every account, over the whole line, until `hush`."""
        self.say([])
        self._tells_all = True
        self.update()

    def say_in_turn(self, words: Words, *, ending: int = 0) -> None:
        """Show a notice of what came from outside: not before the answer to a key has stood for `STANDS` seconds.

        Args:
            words, ending: as with `say`; a newer one takes the place of one that waits.
        """
        stood = self.look.clock() - self._said_at
        if self._notice and not self._is_news and stood < STANDS:
            self._waiting = (words, ending)
            self._let_wait(STANDS - stood)
        else:
            self._waiting = None
            self.say(words, ending=ending)
            self._is_news = True

    def _let_wait(self, seconds: float) -> None:
        if self._turn is not None:
            self._turn.stop()
        self._turn = self.set_timer(seconds, self._take_turn)

    def _take_turn(self) -> None:
        waiting, self._waiting = self._waiting, None
        if self._turn is not None:
            self._turn.stop()
            self._turn = None
        if waiting is not None:
            self.say(waiting[0], ending=waiting[1])
            self._is_news = True

    def hush(self) -> None:
        """Take the notice away: a key was pressed. One that waits has its turn."""
        self._key_at = self.look.clock()
        if self._waiting is not None:
            self._take_turn()
        elif self._notice or self._tells_all:
            self.say([])
        elif any(line.state.back is not None for line in self._lines()):
            self.update()

    @property
    def notice(self) -> str:
        """What the notice says now."""
        return "".join(text for text, _ in self._notice)

    def place(self, words: Words, account: AccountName | None) -> None:
        """Show where the user is."""
        if words != self._place or account != self._account:
            self._place, self._account = words, account
            self.update()

    def set_hints(self, hints: Sequence[KeyHint], *, note: Words | None = None) -> None:
        """Show hints instead of the place: there is no hint line. None: the place.

        Args:
            note: stands before them, where there is room.
        """
        self._hints, self._note = tuple(hints), note or []
        self.update()

    def update(self) -> None:
        """Paint again if anything is told otherwise now, and arrange for the next time."""
        if not self.is_mounted:
            return
        runs = self._runs()
        if runs != self._painted:
            self.refresh()
        self._arrange()

    def _arrange(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        wait = next_word_in(self._lines(), self.look.clock())
        if wait is not None:
            self._timer = self.set_timer(wait, self.update)

    def _runs(self) -> list[Run]:
        width = self.size.width
        now, marks = self.look.clock(), self.look.marks
        brief = self.brief and not self._tells_all
        key = self.look.key
        said = trust_words(self._lines(), self._account, now, marks, brief=brief, key_at=self._key_at, key=key)
        if self._tells_all:
            if width_of(said) >= width and len(self._lines()) > 1:
                said = every_line(self._lines(), marks, key)
            return self.look.styled(spread(said, [(" ", "text")], width, "text"))
        if not self._notice:
            return self.look.styled(quiet_status(said, self._place, self._hints, width, self._note))
        return self.look.styled(self._with_notice(said, width))

    def _with_notice(self, trust: Words, width: int) -> Words:
        notice = self._notice
        if self._hints:
            kept = fit(trust, max(width - max(min(width_of(notice), width), LEAST_NOTICE) - GAP - 1, LEAST_TRUST))
            left = [*kept, (" " * GAP, "text"), *self._cut(notice, width - width_of(kept) - GAP - 1)]
            right = hint_words(self._hints, max(width - width_of(left) - GAP - 1, 0), gap=2)
            return spread(left, [*right, (" ", "text")] if right else [], width, "text")
        place = [*self._place, (" ", "text")]
        if width_of(place) + LEAST_TRUST + width_of(notice) + 2 * GAP > width:
            place = [(" ", "text")]  # what happened matters more than where you are
        room = width - width_of(place) - GAP
        kept = fit(trust, max(room - max(min(width_of(notice), room), LEAST_NOTICE) - GAP, LEAST_TRUST))
        cut = self._cut(notice, room - width_of(kept) - GAP)
        return spread([*kept, (" " * GAP, "text"), *cut], place, width, "text")

    def _cut(self, notice: Words, cells: int) -> Words:
        """Return the notice in so many cells, its ending whole: what was given, else the key that tells more."""
        begun, ending = notice[: len(notice) - self._ending], notice[len(notice) - self._ending :]
        key = self.look.key("app.trouble") if self.explains and not ending else ""
        if key and width_of(notice) > cells:
            ending = [(f"   {key}", "accent+"), (" more", "muted")]
        return [*fit(begun, max(0, cells - width_of(ending))), *ending]

    def line(self, y: int) -> list[Run]:
        self._painted = self._runs()
        return self._painted

    def on_resize(self) -> None:
        self.update()
