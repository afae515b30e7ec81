"""Typing one line: nothing is moved about on the terminal but what the line's own change needs."""

from collections.abc import Callable

from tui.mail.noun import dataclass
from tui.mail.text import clean
from tui.mail.width import cell_width


@dataclass(frozen=True, slots=True)
class Typed:
    """A key, or text that was pasted.

    Attributes:
        key: in canonical spelling; "" for pasted text.
        text: what it types, "" for nothing.
    """

    key: str
    text: str = ""


class Editor:
    """One line that is being edited; what changes is written, nothing else.

    Args:
        write: to the terminal.
        label: what stands before it, a space at its end.
        value: what stands in it already.
        width: returns the terminal's columns.

    Attributes:
        text: what stands in it.
    """

    def __init__(self, write: Callable[[str], None], label: str, value: str, width: Callable[[], int]) -> None:
        self._write = write
        self._label = label
        self._width = width
        self.text = value
        self._at = len(value)

    def show(self) -> None:
        self._write(self._label + self.text)

    def replace(self, text: str) -> None:
        """Put another text in its place."""
        if text.startswith(self.text) and self._at == len(self.text):
            self.insert(text[len(self.text) :])
        elif text != self.text:
            before = self.text
            self.text, self._at = text, len(text)
            self._again(before)

    def insert(self, text: str) -> None:
        """Type text at the cursor."""
        text = "".join(character for character in clean(text).replace("\t", " ") if character.isprintable())
        before, self.text = self.text, self.text[: self._at] + text + self.text[self._at :]
        self._at += len(text)
        if self._at == len(self.text):
            self._write(text)
        elif text:
            self._again(before)

    def press(self, typed: Typed) -> None:
        """Do what a key does in a line; others do nothing."""
        match typed.key:
            case "backspace" | "ctrl+h":
                self._cut(max(0, self._at - 1), self._at)
            case "delete":
                self._cut(self._at, self._at + 1)
            case "ctrl+u":
                self._cut(0, self._at)
            case "ctrl+w":
                self._cut(len(self.text[: self._at].rstrip().rpartition(" ")[0]), self._at)
            case "left":
                self._go(self._at - 1)
            case "right":
                self._go(self._at + 1)
            case "home" | "ctrl+a":
                self._go(0)
            case "end" | "ctrl+e":
                self._go(len(self.text))
            case _:
                self.insert(typed.text)

    def _cut(self, start: int, end: int) -> None:
        before, gone = self.text, self.text[start:end]
        if not gone:
            return
        self.text = before[:start] + before[end:]
        self._at = start
        wide = cell_width(gone)
        if start == len(self.text) and self._is_short(before):
            self._write("\b" * wide + " " * wide + "\b" * wide)
        else:
            self._again(before)

    def _go(self, at: int) -> None:
        at = max(0, min(at, len(self.text)))
        if at < self._at:
            self._write("\b" * cell_width(self.text[at : self._at]))
        else:
            self._write(self.text[self._at : at])
        self._at = at

    def _is_short(self, text: str) -> bool:
        """Whether it stands on one row with the label."""
        return cell_width(self._label + text) < self._width()

    def _again(self, before: str) -> None:
        """Write the line again: over what it was where that is one row, else as a new line."""
        if self._is_short(before) and self._is_short(self.text):
            gap = " " * max(0, cell_width(before) - cell_width(self.text))
            self._write(f"\r{self._label}{self.text}{gap}\r{self._label}{self.text[: self._at]}")
        else:
            self._write(f"\n{self._label}{self.text}")
            behind = cell_width(self.text[self._at :])
            self._write("\b" * behind)
