"""Marks for widgets that render `Content`: the application's own, and their twins in ASCII for the texts we write."""

from textual.widget import Widget

from tui.terminal.marks import ASCII, UNICODE, Marks

_TWINS = str.maketrans(
    {
        **{getattr(UNICODE, name): getattr(ASCII, name) for name in ("cursor", "cut", "dot", "rule", "soft")},
        **{getattr(UNICODE, name): getattr(ASCII, name) for name in ("upright", "passed", "failed")},
        "→": ">",
        "←": "<",
    }
)


def marks_of(widget: Widget) -> Marks:
    """Return the marks of the application a widget is in."""
    marks = getattr(widget.app, "marks", UNICODE)
    return marks if isinstance(marks, Marks) else UNICODE


def say(widget: Widget, text: str) -> str:
    """Return a text of ours with the marks that may be shown."""
    return text if marks_of(widget) is UNICODE else text.translate(_TWINS)
