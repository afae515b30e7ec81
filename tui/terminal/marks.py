"""The marks of the screen: each one cell wide, each with a twin in ASCII."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
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
        cut: ends what did not fit. dot: between facts.
    """

    cursor: str
    unread: str
    answered: str
    forwarded: str
    flagged: str
    file: str
    up: str
    down: str
    marked: str
    fresh: str
    closed: str
    opened: str
    passed: str
    failed: str
    untried: str
    asking: str
    unknown: str
    live: str
    connecting: str
    polling: str
    off: str
    rule: str
    upright: str
    soft: str
    cut: str
    dot: str


UNICODE = Marks(
    cursor="▌",
    unread="●",
    answered="←",
    forwarded="→",
    flagged="◆",
    file="&",
    up="↑",
    down="↓",
    marked="✓",
    fresh="+",
    closed="▸",
    opened="▾",
    passed="✓",
    failed="✗",
    untried="·",
    asking="◌",
    unknown="?",
    live="●",
    connecting="◌",
    polling="◇",
    off="×",
    rule="─",
    upright="│",
    soft="╌",
    cut="…",
    dot="·",
)
ASCII = Marks(
    cursor=">",
    unread="*",
    answered="r",
    forwarded="f",
    flagged="!",
    file="&",
    up="^",
    down="v",
    marked="#",
    fresh="+",
    closed="+",
    opened="-",
    passed="y",
    failed="x",
    untried="-",
    asking="?",
    unknown="?",
    live="*",
    connecting="?",
    polling="%",
    off="x",
    rule="-",
    upright="|",
    soft="-",
    cut="~",
    dot="-",
)


def choose(setting: str, environment: Mapping[str, str] | None = None) -> Marks:
    """Return the marks to use.

    Args:
        setting: ``unicode``, ``ascii``, or ``auto``: ASCII unless the locale is UTF-8, and on the Linux console.
        environment: to look in for ``auto``; None for the process's own.
    """
    if setting in ("unicode", "ascii"):
        return UNICODE if setting == "unicode" else ASCII
    known = os.environ if environment is None else environment
    locale = known.get("LC_ALL") or known.get("LC_CTYPE") or known.get("LANG") or ""
    speaks_utf8 = locale.lower().replace("-", "").endswith("utf8") or ".utf8@" in locale.lower().replace("-", "")
    return UNICODE if speaks_utf8 and known.get("TERM") != "linux" else ASCII
