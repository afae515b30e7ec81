"""One-line inputs as the screens draw them: no box, no blinking; addresses are marked while they are typed."""

from rich.highlighter import Highlighter
from rich.text import Text
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from tui.mail.address import Address, parse_addresses


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
    """An input for several addresses with commas between."""

    COMPONENT_CLASSES = {"address-input--spec"}  # noqa: RUF012 - Textual's own declaration is no ClassVar here

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, id=id)
        self.highlighter = _Quietly(self)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """What was typed, as addresses; those that are none are among them, see `invalid`."""
        return parse_addresses(self.value)

    @property
    def invalid(self) -> str:
        """The first typed address that no server would take, as typed; "" when all are well."""
        return next((str(address) for address in self.addresses if not address.is_valid), "")
