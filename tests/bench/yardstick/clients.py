"""What the yardstick asks of a mail program: to be led to a mailbox, to be started there, and which keys do what."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.pty_driver import PtyProgram


@dataclass(frozen=True, slots=True)
class Line:
    """Where a mailbox is: an IMAP server on 127.0.0.1, without TLS.

    Attributes:
        port: of it, or of a slow road to it.
        user, password: of the owner.
        count: messages in the INBOX.
    """

    port: int
    user: str
    password: str
    count: int


@dataclass(frozen=True, slots=True)
class Hands:
    """The keys of a program.

    Attributes:
        next, previous: one row down (older) and up.
        page: a screen down.
        top, bottom: to the newest and to the oldest row; ``{count}`` is how many there are.
        open, back: show the message of the row, and the list again.
        search: what is typed before a word that is looked for in subjects; None: not measured.
        found: what is typed behind it until the hits are alone on the screen; "": they come while one types.
        done: the list again.
        end: leave the program.
    """

    next: str
    previous: str
    page: str
    top: str
    bottom: str
    open: str
    back: str
    search: str | None
    found: str
    done: str
    end: str


class Client(Protocol):
    """A mail program.

    Attributes:
        name: one word.
        version: as it says itself.
        hands: its keys.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def hands(self) -> Hands: ...

    def prepare(self, home: Path, line: Line) -> None:
        """Write its configuration into a folder of its own, where nothing of it is yet."""

    def start(self, home: Path, *, width: int, height: int) -> PtyProgram:
        """Start it on a terminal of that size; if it asks for the password, that is typed at once."""

    def whole(self, home: Path, count: int) -> bool | None:
        """Whether all rows of the INBOX are on this machine; None for one that only ever asks for those on the screen.

        Args:
            home: as `prepare` got it.
            count: how many there are.
        """


Maker = Callable[[], Client]
"""Finds a program.

Raises:
    ServersMissing: it is not here and cannot be had.
"""
