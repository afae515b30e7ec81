"""Choosing lines of the text in view, wherever a message is read: an answer quotes only these."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.widgets.line_selection import LineSelection


class SelectableView(Protocol):
    """What shows the text: `tui.widgets.message_view.MessageView`, `tui.widgets.thread_view.ThreadView`."""

    selection: "LineSelection | None"

    def select(self) -> bool: ...
    def select_lines(self, by: int) -> None: ...
    def select_no_more(self) -> None: ...


class Selecting:
    """What commands ask of a place where a message is read (`tui.commands.places.MailPlace`)."""

    def selectable_view(self) -> SelectableView:
        """Return what shows the text."""
        raise NotImplementedError

    def selection_changed(self) -> None:
        """Other keys may be at hand now."""

    @property
    def selecting(self) -> bool:
        """Whether lines are being chosen."""
        return self.selectable_view().selection is not None

    @property
    def selected(self) -> str | None:
        """The words of the lines that are chosen, None while none are."""
        selection = self.selectable_view().selection
        return selection.text if selection is not None else None

    def select(self) -> bool:
        """Choose the first line in view; the second time, begin at the line under the cursor; the third time, no more.

        Returns:
            False where there is no text.
        """
        done = self.selectable_view().select()
        self.selection_changed()
        return done

    def select_lines(self, by: int) -> None:
        """Move the end of what is chosen."""
        self.selectable_view().select_lines(by)

    def select_no_more(self) -> bool:
        """Choose nothing; return whether something was."""
        was = self.selecting
        self.selectable_view().select_no_more()
        self.selection_changed()
        return was
