"""The mailbox of the yardstick: generated mail, and at both ends letters whose text is known, to be opened.

All of it has been read, so that every program begins at the newest row.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from tests.bench.mailboxes import PEOPLE, Letter, letter, letters

NEWEST, OLDEST = 40, 200
"""Letters whose text is known, at either end."""
RARE = "zanzibar"
"""The word of one subject near the oldest end."""
_RARE_AT = 30
RARE_SUBJECT = f"Yard {_RARE_AT} {RARE}"
_LINES = "".join("The engine weaves algebraic patterns just as the loom weaves leaves.\r\n" for _ in range(8))


def post(count: int) -> Iterator[Letter]:
    """Yield the messages, oldest first; they are numbered from 1, which is what a fresh server calls them.

    Args:
        count: how many, at least `NEWEST` + `OLDEST`.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    for number in range(1, OLDEST + 1):
        yield _known(number, now - timedelta(minutes=7 * (count - number), days=1))
    generated = letters(count - NEWEST, newest=now - timedelta(hours=8))
    for each in islice(generated, OLDEST, None):
        yield Letter(each.raw, "\\Seen", each.received)
    for number in range(count - NEWEST + 1, count + 1):
        yield _known(number, now - timedelta(minutes=7 * (count - number)))


def subject(number: int) -> str:
    """Return the subject of a known letter."""
    return RARE_SUBJECT if number == _RARE_AT else f"Yard {number}"


def text(number: int) -> str:
    """Return words of a known letter that stand nowhere else."""
    return f"This one says {number}."


def _known(number: int, when: datetime) -> Letter:
    body = f"{text(number)}\r\n{_LINES}"
    raw = letter(subject(number), sender=PEOPLE[number % 3], number=number, body=body, when=when)
    return Letter(raw, "\\Seen", when)
