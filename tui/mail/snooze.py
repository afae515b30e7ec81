"""Messages that are put aside until a time or an answer: keywords say so, and every machine of the user agrees.

``$Snoozed`` is for other programs and for searches. What takes a message out of the lists stands beside it:
``tidings-until-20261128T0800Z``, or ``tidings-answer-20261125T093000Z`` for an answer that comes after that moment. On
a message that was sent, ``tidings-remind-20261128T0800Z`` says when to be reminded that nobody has answered. Times are
UTC. Whoever brings a message back takes off just the words it has read, and leaves ``tidings-back``; a later time that
another machine has set meanwhile stays.
"""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from tui.mail.flags import OURS, Flags

SNOOZED: Final = "$Snoozed"
BACK: Final = f"{OURS}back"
"""It was put aside, or was to be answered, and is back."""
UNTIL: Final = f"{OURS}until-"
ANSWER: Final = f"{OURS}answer-"
REMIND: Final = f"{OURS}remind-"

_ASIDE: Final = (UNTIL, ANSWER)
_OURS: Final = (SNOOZED.casefold(), BACK)
_MOMENT: Final = re.compile(r"(\d{8}t\d{4}(?:\d\d)?)z\Z", re.ASCII)


def is_put_aside(flags: Iterable[str]) -> bool:
    """Return whether a message with these flags is put aside."""
    flags = list(flags)
    return until(flags) is not None or awaited(flags) is not None


def until(flags: Iterable[str]) -> float | None:
    """Return until when a message is put aside, seconds since 1970 UTC: the latest where there are several.

    None: no time brings it back.
    """
    return max(_moments(flags, UNTIL), default=None)


def awaited(flags: Iterable[str]) -> float | None:
    """Return the moment after which an answer brings a message back, seconds since 1970 UTC; None: none does."""
    return max(_moments(flags, ANSWER), default=None)


def reminds(flags: Iterable[str]) -> float | None:
    """Return when the user is to be reminded that nobody has answered, seconds since 1970 UTC; None: never."""
    return max(_moments(flags, REMIND), default=None)


def put_aside(until: float | None = None, answer: float | None = None) -> Flags:
    """Return the keywords that put a message aside.

    Args:
        until: a time that brings it back, seconds since 1970 UTC; the next full minute counts.
        answer: an answer after this moment brings it back, seconds since 1970 UTC.
    """
    words = {SNOOZED}
    if until is not None:
        words.add(UNTIL + _minute(until))
    if answer is not None:
        words.add(f"{ANSWER}{datetime.fromtimestamp(math.floor(answer), UTC):%Y%m%dT%H%M%SZ}")
    return frozenset(words)


def reminder(moment: float) -> Flags:
    """Return the keywords of a message that was sent and is to be answered before a moment; as for `put_aside`."""
    return frozenset({SNOOZED, REMIND + _minute(moment)})


def taken_off(flags: Iterable[str]) -> Flags:
    """Return those of the flags that this module gives."""
    flags = list(flags)
    prefixes = (*_ASIDE, REMIND)
    return frozenset(each for each in flags if each.casefold() in _OURS or each.casefold().startswith(prefixes))


def _minute(moment: float) -> str:
    return f"{datetime.fromtimestamp(math.ceil(moment / 60) * 60, UTC):%Y%m%dT%H%MZ}"


def _moments(flags: Iterable[str], prefix: str) -> Iterator[float]:
    """Yield the times in the keywords with a prefix; servers may have turned them into other letters."""
    for flag in flags:
        folded = flag.casefold()
        match = _MOMENT.match(folded[len(prefix) :]) if folded.startswith(prefix) else None
        if match is None:
            continue
        form = "%Y%m%dt%H%M" if len(match[1]) == 13 else "%Y%m%dt%H%M%S"
        try:
            yield datetime.strptime(match[1], form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
