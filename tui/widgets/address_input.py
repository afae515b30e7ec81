"""One-line inputs as the screens draw them: no box, no blinking; addresses are marked while they are typed."""

from rich.highlighter import Highlighter
from rich.text import Text
from textual.geometry import Size
from textual.message import Message as TextualMessage
from textual.reactive import Reactive
from textual.widgets import Input

from tui.mail.address import Address, parse_addresses
from tui.mail.piece import piece, with_piece
from tui.widgets.suggestions import Suggestions


class LineInput(Input):
    """A one-line input without frame and without a blinking cursor (a blink costs 2 kB/s over a slow line)."""

    virtual_size = Reactive(Size(0, 0), layout=False)
    """What is typed moves inside a box that keeps its size: no key has the screen laid out anew."""

    def __init__(self, value: str = "", *, id: str | None = None, placeholder: str = "", hidden: bool = False) -> None:
        super().__init__(value, id=id, placeholder=placeholder, password=hidden, compact=True, select_on_focus=False)
        self.cursor_blink = False


class _Quietly(Highlighter):
    """Mutes what stands in angle brackets, so that the names are read first."""

    def __init__(self, owner: "AddressInput") -> None:
        self._owner = owner

    def highlight(self, text: Text) -> None:
        style = self._owner.get_component_rich_style("address-input--spec", partial=True)
        inside = 0
        for place, character in enumerate(text.plain):
            if character == "<":
                inside = place
            elif character == ">" and text.plain[inside : inside + 1] == "<":
                text.stylize(style, inside, place + 1)


class AddressInput(LineInput):
    """An input for several addresses with commas between; who may be meant by what is typed can be taken from a list.

    Args:
        suggestions: that list; None for none.
    """

    class Asked(TextualMessage):
        """Something is typed that may mean somebody; "" where it means nobody any more."""

        def __init__(self, box: "AddressInput", typed: str) -> None:
            super().__init__()
            self.box = box
            self.typed = typed

    class Settled(TextualMessage):
        """The focus went elsewhere: what stands here is meant."""

        def __init__(self, box: "AddressInput") -> None:
            super().__init__()
            self.box = box

    COMPONENT_CLASSES = {"address-input--spec"}  # noqa: RUF012 - Textual's own declaration is no ClassVar here

    def __init__(self, value: str = "", *, id: str | None = None, suggestions: Suggestions | None = None) -> None:
        super().__init__(value, id=id)
        self.highlighter = _Quietly(self)
        self._suggestions = suggestions

    def takes(self, key: str) -> bool:
        """Deal with a key that is for the list, before it can be a command; return whether it was."""
        chosen = self._suggestions.chosen if self._suggestions is not None else None
        if self._suggestions is None or chosen is None:
            return False
        if key in ("down", "up"):
            self._suggestions.move(1 if key == "down" else -1)
        elif key in ("tab", "enter") and piece(self.value):
            self.value = with_piece(self.value, chosen.text)
            self.cursor_position = len(self.value)
            self._suggestions.show((), 0)
        elif key == "escape":
            self._suggestions.show((), 0)
        else:
            return False
        return True

    def on_input_changed(self) -> None:
        at_end = self.has_focus and self.cursor_position == len(self.value)
        self.post_message(self.Asked(self, piece(self.value) if at_end else ""))

    def on_blur(self) -> None:
        if self._suggestions is not None:
            self._suggestions.show((), 0)
        self.post_message(self.Settled(self))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """What was typed, as addresses; those that are none are among them, see `invalid`."""
        return parse_addresses(self.value)

    @property
    def invalid(self) -> str:
        """The first typed address that no server would take, as typed; "" when all are well."""
        return next((str(address) for address in self.addresses if not address.is_valid), "")
