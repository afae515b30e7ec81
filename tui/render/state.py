"""What an element hands on to what is in it: the style of its words, and whether they are to be seen at all."""

from tui.render.css import UNKNOWN, WHITE, Colour, Facts, parse_colour, same_colour
from tui.render.lines import Style


class State:
    """The state of one element; each element changes a copy of the one around it.

    Attributes:
        style: of its words.
        link: the number of the link they are in; -1 in a link that is not shown.
        pre: white space is kept.
        level: how deeply it is quoted.
        tiny, invisible: its words are not to be seen.
        right: its text stands on the right.
        colour, background: of its words, and of what is behind them; the paper is white.
        is_unseen: its words are hidden: too small, invisible, or of the colour of what is behind them.
        ordinal: the next number of the numbered list it is in, in a list of one that its items share.
    """

    __slots__ = (
        *("background", "colour", "invisible", "is_unseen", "level", "link", "ordinal", "pre", "right", "style"),
        "tiny",
    )

    def __init__(self) -> None:
        self.style = Style.TEXT
        self.link = 0
        self.pre = False
        self.level = 0
        self.tiny = False
        self.invisible = False
        self.is_unseen = False
        self.right = False
        self.colour: Colour | None = None
        self.background = WHITE
        self.ordinal: list[int] | None = None

    def copy(self) -> "State":
        new = State.__new__(State)
        new.style, new.link, new.pre, new.level = self.style, self.link, self.pre, self.level
        new.tiny, new.invisible, new.is_unseen, new.right = self.tiny, self.invisible, self.is_unseen, self.right
        new.colour, new.background, new.ordinal = self.colour, self.background, self.ordinal
        return new

    @property
    def number(self) -> int:
        """The number of the link that words here belong to, 0 for none."""
        return max(self.link, 0)

    def whiten(self) -> None:
        """Make its words white, as a rule of a style sheet does."""
        self.colour = WHITE
        self._look()

    def _look(self) -> None:
        """Find out whether words can be seen here."""
        self.is_unseen = (
            self.tiny or self.invisible or (self.colour is not None and same_colour(self.colour, self.background))
        )

    def take(self, tag: str, attributes: dict[str, str | None], facts: Facts | None, painted: bool) -> None:
        """Take over what an element's attributes and its style say.

        Args:
            tag: its name.
            attributes: as written.
            facts: what its style attribute says; None: it has none.
            painted: whether a rule of a style sheet gives it a background.
        """
        background = attributes.get("bgcolor")
        if background:
            colour, transparent = parse_colour(background.lower())
            if colour is not None and not transparent:
                self.background = colour
        if attributes.get("background"):
            self.background = UNKNOWN
        if tag == "font" and (colour_name := attributes.get("color")):
            self.colour = parse_colour(colour_name.lower())[0]
        if (attributes.get("align") or "").lower() == "right":
            self.right = True
        if painted:
            self.background = UNKNOWN
        if facts is not None:
            self._take_facts(facts)
        self._look()

    def _take_facts(self, facts: Facts) -> None:
        if facts.background is not None:
            self.background = facts.background
        if facts.transparent:
            self.invisible = True
        elif facts.colour is not None:
            self.colour = facts.colour
        if facts.tiny is not None:
            self.tiny = facts.tiny
        if facts.invisible is not None:
            self.invisible = facts.invisible
        if facts.bold and self.style in (Style.TEXT, Style.EMPHASIS):
            self.style = Style.STRONG
        elif facts.bold is False and self.style is Style.STRONG:
            self.style = Style.TEXT
        self.pre = self.pre or facts.pre
        self.right = self.right or facts.right
