"""The From line of a mail being written: one identity of those there are."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.reactive import reactive
from textual.widget import Widget

from tui.mail.identity import Identity
from tui.terminal.marks import UNICODE
from tui.widgets.plain import marks_of


class IdentityChoice(Widget, can_focus=True):
    """Shows the chosen identity; left and right take the one before or after.

    Args:
        identities: all there are, at least one.
        chosen: the one to begin with; added when it is not among them.
        why: why it is that one; said until another is chosen.
    """

    class Changed(TextualMessage):
        """Another identity was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down,space", "turn(1)", show=False),
        Binding("left,up", "turn(-1)", show=False),
    ]

    place: reactive[int] = reactive(0)

    def __init__(
        self, identities: Sequence[Identity], chosen: Identity, *, id: str | None = None, why: str = ""
    ) -> None:
        super().__init__(id=id)
        self._why = (chosen, why)
        self._identities = list(identities) if chosen in identities else [chosen, *identities]
        self.set_reactive(IdentityChoice.place, self._identities.index(chosen))

    @property
    def chosen(self) -> Identity:
        return self._identities[self.place]

    def render(self) -> Content:
        address = self.chosen.address
        turn = "← →" if marks_of(self) is UNICODE else "Left Right"
        several = f"   {self.place + 1} of {len(self._identities)}, {turn} another" if len(self._identities) > 1 else ""
        if self.chosen == self._why[0] and self._why[1] and not self.has_focus:
            several = f"   {self._why[1]}"
        focused = "bold underline " if self.has_focus else ""
        if not address.name:
            return Content.assemble((address.spec, f"{focused}$text"), (several, "$muted"))
        return Content.assemble(
            (address.name, f"{focused}$text"), (f" <{address.spec}>", "$muted"), (several, "$muted")
        )

    def action_turn(self, step: int) -> None:
        if len(self._identities) > 1:
            self.place = (self.place + step) % len(self._identities)
            self.post_message(self.Changed())
