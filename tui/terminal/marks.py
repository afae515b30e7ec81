"""The marks of the screen: each one cell wide, each with a twin in ASCII. Nothing heavy is loaded for them."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Mapping


class Marks:
    """One set of marks.

    Attributes:
        cursor: in the gutter, where you are.
        unread, answered, forwarded, flagged, file: of a list row.
        up: a change that waits for the server; down: on the server only.
        marked: chosen for the next act; fresh: came since you looked.
        closed, opened: a fold.
        passed, failed, untried, asking: of checks. unknown: an outcome nobody can tell.
        live, connecting, polling, off: of an account's line.
        rule, upright, soft: lines between panes, the last one a quiet one.
        branch, last: of a tree, before what others follow, and before the last.
        cut: ends what did not fit. dot: between facts.
    """

    cursor = "▌"
    unread = "●"
    answered = "←"
    forwarded = "→"
    flagged = "◆"
    file = "&"
    up = "↑"
    down = "↓"
    marked = "✓"
    fresh = "+"
    closed = "▸"
    opened = "▾"
    passed = "✓"
    failed = "✗"
    untried = "·"
    asking = "◌"
    unknown = "?"
    live = "●"
    connecting = "◌"
    polling = "◇"
    off = "×"
    rule = "─"
    upright = "│"
    soft = "╌"
    branch = "├"
    last = "└"
    cut = "…"
    dot = "·"


class _AsciiMarks(Marks):
    """The twins."""

    cursor = ">"
    unread = "*"
    answered = "r"
    forwarded = "f"
    flagged = "!"
    file = "&"
    up = "^"
    down = "v"
    marked = "#"
    fresh = "+"
    closed = "+"
    opened = "-"
    passed = "y"
    failed = "x"
    untried = "-"
    asking = "?"
    unknown = "?"
    live = "*"
    connecting = "?"
    polling = "%"
    off = "x"
    rule = "-"
    upright = "|"
    soft = "-"
    branch = "|"
    last = "`"
    cut = "~"
    dot = "-"


UNICODE = Marks()
ASCII: Marks = _AsciiMarks()


def choose(setting: str, environment: Mapping[str, str] | None = None) -> Marks:
    """Return the marks to use.

    Args:
        setting: ``unicode``, ``ascii``, or ``auto``: ASCII unless the locale is UTF-8, and on the Linux console.
        environment: to look in for ``auto``; None for the process's own.
    """
    if setting in ("unicode", "ascii"):
        return UNICODE if setting == "unicode" else ASCII
    known = _as_started() if environment is None else environment
    return UNICODE if speaks_utf8(known) and known.get("TERM") != "linux" else ASCII


def speaks_utf8(environment: Mapping[str, str] | None = None) -> bool:
    """Return whether the terminal takes UTF-8, by the locale.

    Args:
        environment: to look in; None for the process's own.
    """
    known = _as_started() if environment is None else environment
    locale = known.get("LC_ALL") or known.get("LC_CTYPE") or known.get("LANG") or ""
    encoding = locale.lower().partition(".")[2].partition("@")[0].replace("-", "")
    return encoding == "utf8"


def _as_started() -> Mapping[str, str]:
    """Return the process's variables without the LC_CTYPE that Python sets itself where the locale is C (PEP 538)."""
    if os.environ.get("LC_CTYPE") != "C.UTF-8":
        return os.environ
    try:
        with open("/proc/self/environ", "rb") as stream:
            started = stream.read()
    except OSError:
        return os.environ
    is_ours = b"\0LC_CTYPE=" not in b"\0" + started
    return {name: value for name, value in os.environ.items() if name != "LC_CTYPE" or not is_ours}
