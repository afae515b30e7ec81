"""How ``tidings watch`` tells: mails one after another on standard output, losses and returns on standard error."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from tui.engine import hook
from tui.engine.bookmark import Bookmark
from tui.engine.lookout import Arrival
from tui.engine.rows import row_of
from tui.mail.envelope import Envelope
from tui.mail.mailbox import Mailbox
from tui.mail.noun import dataclass
from tui.sync.clock import ClockJumps
from tui.sync.events import Link, LinkState

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is done with a mail.

    Attributes:
        show: prints its fields.
        program: argv of what is run for it; () for nothing.
        announce: has the terminal tell it, given where it arrived; None: it need not.
        only_one: after the first it is over.
    """

    show: Callable[[Row], None]
    program: tuple[str, ...] = ()
    announce: Callable[[Mailbox, Envelope], None] | None = None
    only_one: bool = False


@dataclass(frozen=True, slots=True)
class Tiding:
    """A mail that is to be told.

    Attributes:
        row: its fields.
        mailbox: where it arrived.
    """

    row: Row
    mailbox: Mailbox
    envelope: Envelope


class Teller:
    """Tells mails in the order in which they came; only when one is done with, the bookmark goes on.

    Whoever kills this between the two is told that mail once more, and misses none.

    Args:
        telling: how.
        bookmark: moved behind every mail; None: there is none.
    """

    def __init__(self, telling: Telling, bookmark: Bookmark | None) -> None:
        self._telling = telling
        self._bookmark = bookmark
        self._queue: asyncio.Queue[tuple[Tiding | None, Callable[[], None]]] = asyncio.Queue()

    def told(self, arrival: Arrival) -> None:
        """Take a mail that came by IMAP."""
        mailbox, envelope, validity = arrival.mailbox, arrival.envelope, arrival.uidvalidity
        tiding = None
        if arrival.is_wanted:
            tiding = Tiding(row_of(mailbox.account, mailbox.name, validity, envelope), mailbox, envelope)

        def mark() -> None:
            if self._bookmark is not None:
                self._bookmark.tell(mailbox.account, mailbox.wire, validity, envelope.uid)

        self.take(tiding, mark)

    def take(self, tiding: Tiding | None, mark: Callable[[], None]) -> None:
        """Take a mail, None for nothing to be told; and what notes that it was."""
        self._queue.put_nowait((tiding, mark))

    async def run(self) -> None:
        """Tell until cancelled, or until the first one, where one is enough.

        Raises:
            StoreError: the bookmark cannot be written.
        """
        while True:
            tiding, mark = await self._queue.get()
            if tiding is not None:
                await self._tell(tiding)
            mark()
            if tiding is not None and self._telling.only_one:
                return

    async def _tell(self, tiding: Tiding) -> None:
        telling = self._telling
        telling.show(tiding.row)
        if telling.announce is not None:
            telling.announce(tiding.mailbox, tiding.envelope)
        if telling.program and (trouble := await hook.run(telling.program, tiding.row)):
            say(trouble)


class Herald:
    """Says on standard error that a line is up, lost or back: one sentence each; knows when none can be watched.

    Args:
        accounts: which there are.
    """

    def __init__(self, accounts: Iterable[str]) -> None:
        self.hopeless = asyncio.Event()
        self._hopeful = set(accounts)
        self._lost: dict[str, float] = {}
        self._said: dict[str, str] = {}

    def tell(self, account: str, label: str, state: LinkState) -> None:
        """Take a new state of a line.

        Args:
            account: whose it is.
            label: the mailbox it is for, "" for all.
            state: that.
        """
        line = f"{account}/{label}" if label else account
        now = time.monotonic()
        match state.link:
            case Link.CONNECTING | Link.ASKING:
                return
            case Link.LIVE | Link.POLLING:
                sentence = "watching"
                if state.link is Link.POLLING:
                    sentence = f"watching, by looking every {state.every:.0f} s: the server has no push"
                if line in self._lost:
                    sentence = f"back after {now - self._lost.pop(line):.0f} s, {sentence}"
                elif self._said.get(line) == sentence:
                    return
            case Link.REFUSED:
                sentence = f"stopped: {state.reason}"
                if not label:
                    self._hopeful.discard(account)
            case _:
                if line in self._lost:
                    return
                self._lost[line] = now
                sentence = f"offline: {state.reason}"
        self._said[line] = sentence
        say(f"{line}: {sentence}")
        if not self._hopeful:
            self.hopeless.set()

    def warn(self, account: str, sentence: str) -> None:
        """Say something that cannot be as it should, once."""
        if self._said.get(f"{account}!{sentence}") is None:
            self._said[f"{account}!{sentence}"] = sentence
            say(f"{account}: {sentence}")


async def mind_sleep(awoke: Callable[[], None]) -> None:
    """Call a function whenever the machine has slept."""
    jumps = ClockJumps()
    while True:
        await jumps.next()
        awoke()


def say(sentence: str) -> None:
    """Say something on standard error."""
    print(f"tidings: {sentence}", file=sys.stderr, flush=True)
