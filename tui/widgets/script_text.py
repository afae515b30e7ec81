"""A Sieve script being written: its lines numbered, for a server names them, and coloured by what they are."""

import re

from rich.text import Text
from textual.widgets import TextArea

from tui.mail.text import clean

_PARTS = re.compile(
    r"(?P<comment>#.*|/\*.*?(?:\*/|$))"
    r'|(?P<text>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<word>(?<![\w:])(?:require|if|elsif|else|stop|keep|discard|fileinto|redirect|reject|vacation"
    r"|setflag|addflag|removeflag|allof|anyof|not)(?!\w))"
)
MOST_OF_LINE = 2_000
"""Characters of a line that are coloured."""


class ScriptText(TextArea):
    """The text area."""

    COMPONENT_CLASSES = {  # noqa: RUF012 - Textual's own declaration is no ClassVar
        "script--comment",
        "script--text",
        "script--word",
    }

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(clean(text), id=id, soft_wrap=False, show_line_numbers=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def get_line(self, line_index: int) -> Text:
        """Return one line of the text in its colours."""
        line = super().get_line(line_index)
        for found in _PARTS.finditer(line.plain[:MOST_OF_LINE]):
            style = self.get_component_rich_style(f"script--{found.lastgroup}", partial=True)
            line.stylize(style, *found.span())
        return line
