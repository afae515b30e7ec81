"""Tens of thousands of mails for ``tidings demo --messages``: each is made when it is read, from its number alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.header import Header
from functools import partial

from pymap.parsing.specials.flag import Flag

from tui.demo.imap_mailbox import Make
from tui.demo.people import Cast
from tui.mail.date import format_date

STEP = timedelta(minutes=47)
"""Time between two of them."""
THREAD = 5
"""Mails of one conversation: the first, and answers to it."""

TOPICS = (
    "The difference table, sheet",
    "Carriage, drawing",
    "Readings of the gauge, day",
    "Proof of page",
    "Variable card",
    "Star list, zone",
    "Minutes of meeting",
    "Order of brass, lot",
    "Tide at the church step, no.",
    "Logarithms, column",
    "Lens, trial",
    "Subscription, receipt",
)
SENTENCES = (
    "I have gone over the figures again and changed two of them.",
    "The rest is as we left it.",
    "Please compare before you copy.",
    "It rained, so there was time for it.",
    "Nothing here is urgent; it is merely true.",
    "If the third column looks odd, turn the sheet round.",
    "The wheel jams at nine, and only at nine.",
    "Whoever finds the mistake may keep it.",
    "I shall be away until the end of the week.",
    "The drawing goes to the workshop by the next coach.",
    "Yes to your first question, no to the one behind it.",
    "Ask me again when the clock has been repaired.",
)
_SEEN, _ANSWERED, _FLAGGED = Flag(b"\\Seen"), Flag(b"\\Answered"), Flag(b"\\Flagged")
_MASK = 0xFFFFFFFF


class Bulk:
    """Makes mails from numbers.

    Args:
        cast: who writes.
        seed: other numbers make other mails.
    """

    def __init__(self, cast: Cast, seed: int) -> None:
        self._seed = seed
        people = [person.address for person in cast.people.values()]
        self._from = [f"{Header(each.name, 'utf-8').encode()} <{each.spec}>" for each in people]
        self._to = f"{cast.me['work'].name} <{cast.me['work'].spec}>"

    def rows(self, count: int, before: datetime) -> Iterator[tuple[datetime, frozenset[Flag], Make]]:
        """Yield so many mails, oldest first, none of them made yet.

        Args:
            count: how many.
            before: all are older, with its time zone.
        """
        start = before - count * STEP
        for number in range(count):
            received = start + number * STEP
            yield received, self._flags(number), partial(self.make, number, received)

    def make(self, number: int, sent: datetime) -> bytes:
        """Return a mail's wire bytes.

        Args:
            number: from 0, the oldest.
            sent: its date.
        """
        root = number - number % THREAD
        topic = f"{TOPICS[self._dice(root, 1) % len(TOPICS)]} {root // THREAD + 1}"
        lines = [
            f"Date: {format_date(sent)}",
            f"From: {self._from[self._dice(number, 2) % len(self._from)]}",
            f"To: {self._to}",
            f"Subject: {'' if number == root else 'Re: '}{topic}",
            f"Message-ID: {self._id(number)}",
        ]
        if number != root:
            lines += [f"In-Reply-To: {self._id(root)}", f"References: {self._id(root)}"]
        lines += [
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            *(SENTENCES[self._dice(number, 3 + each) % len(SENTENCES)] for each in range(2 + number % 3)),
            "",
        ]
        return "\r\n".join(lines).encode("utf-8")

    def _flags(self, number: int) -> frozenset[Flag]:
        dice = self._dice(number, 9)
        flags = set() if dice % 97 == 0 else {_SEEN}
        if dice % 11 == 0:
            flags.add(_ANSWERED)
        if dice % 61 == 0:
            flags.add(_FLAGGED)
        return frozenset(flags)

    def _id(self, number: int) -> str:
        return f"<{self._seed:x}.{number}@bulk.example>"

    def _dice(self, number: int, which: int) -> int:
        """Return 32 bits that look thrown (the mixer of MurmurHash3, which is public domain)."""
        mixed = (number * 31 + which * 0x9E3779B1 + self._seed) & _MASK
        mixed = ((mixed ^ (mixed >> 16)) * 0x85EBCA6B) & _MASK
        mixed = ((mixed ^ (mixed >> 13)) * 0xC2B2AE35) & _MASK
        return mixed ^ (mixed >> 16)
