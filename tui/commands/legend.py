"""What the marks on the screen mean, for the help."""

from tui.screens.help import HelpGroup, HelpRow
from tui.terminal.marks import Marks


def legend(marks: Marks) -> tuple[HelpGroup, ...]:
    """Return the marks of the list and of the lines, each with its meaning."""
    in_list = (
        (marks.unread, "unread", "new"),
        (marks.answered, "answered", "muted"),
        (marks.forwarded, "forwarded", "muted"),
        (marks.flagged, "flagged", "warn"),
        (marks.file, "with a file", "muted"),
        (marks.up, "not yet on the server", "accent"),
        (marks.fresh, "new since you looked", "new"),
        (marks.marked, "marked for the next act", "accent"),
    )
    of_lines = (
        (marks.live, "live: the server pushes", "good"),
        (marks.polling, "asked every few minutes", "good"),
        (marks.connecting, "connecting", "muted"),
        (marks.off, "offline or refused", "warn"),
    )
    in_tree = (("(", "a mailbox you are not subscribed to", "muted"),)
    return (_group("Marks in the list", in_list), _group("In the tree", in_tree), _group("Lines", of_lines))


def _group(heading: str, rows: tuple[tuple[str, str, str], ...]) -> HelpGroup:
    return HelpGroup(heading, tuple(HelpRow(mark, text, f"${role}") for mark, text, role in rows))
