"""The body of a mail being written."""

from rich.text import Text
from textual import events
from textual.message import Message as TextualMessage
from textual.widgets import TextArea

from tui.mail.reflow import paragraph, reflow
from tui.mail.text import clean


class Letter(TextArea):
    """A plain text area: wrapped softly, nothing blinking, quoted lines and the signature in their own colours."""

    class PathPasted(TextualMessage):
        """What was pasted may be files."""

    COMPONENT_CLASSES = {"letter--quote", "letter--signature"}  # noqa: RUF012 - Textual's own declaration is no ClassVar

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(clean(text), id=id, soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False)
        self.cursor_blink = False
        self.pasted = ""

    def get_line(self, line_index: int) -> Text:
        """Return one line of the text in its colours."""
        line = super().get_line(line_index)
        if line.plain.startswith(">"):
            line.stylize(self.get_component_rich_style("letter--quote", partial=True))
        elif line_index >= self._signature_line():
            line.stylize(self.get_component_rich_style("letter--signature", partial=True))
        return line

    def on_paste(self, event: events.Paste) -> None:
        text = event.text.strip()
        may_be_file = text.startswith(("/", "~/", "'/", '"/', "file:///")) and "\n" not in text
        self.pasted = text if may_be_file else ""
        if may_be_file:
            self.post_message(self.PathPasted())

    def exchange(self, start: int, end: int, text: str) -> None:
        """Put other text in the place of some; the cursor stays where it is, and it can be undone.

        Args:
            start, end: characters from the beginning.
        """
        before = [self.text[:place] for place in (start, end)]
        places = [(each.count("\n"), len(each) - each.rfind("\n") - 1) for each in before]
        if self.get_text_range(*places) != text:
            self.replace(clean(text), *places)

    def reflow(self) -> None:
        """Break the paragraph at the cursor anew; the cursor goes behind it, so that the next one can follow."""
        lines = self.text.split("\n")
        at = self.cursor_location[0]
        start, end = paragraph(lines, at)
        if start == end:
            self.move_cursor((min(at + 1, len(lines) - 1), 0))
            return
        broken = reflow(lines[start:end])
        if broken != lines[start:end]:
            self.replace("\n".join(broken), (start, 0), (end - 1, len(lines[end - 1])))
        self.move_cursor((min(start + len(broken), self.document.line_count - 1), 0))

    def _signature_line(self) -> int:
        """The number of the line ``-- `` if it is near the end, else one behind the last."""
        count = self.document.line_count
        for number in range(count - 1, max(-1, count - 20), -1):
            if self.document.get_line(number) == "-- ":
                return number
        return count

    @property
    def word_count(self) -> int:
        """Words the writer wrote: quoted lines and the signature left out."""
        words = 0
        for line in self.text.split("\n"):
            if line == "-- ":
                break
            if not line.startswith(">"):
                words += len(line.split())
        return words
