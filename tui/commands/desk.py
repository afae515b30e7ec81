"""What a command may touch: the desk it works at. `tui.app.TidingsApp` is the real one, tests bring a smaller one."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from textual.screen import Screen

from tui.commands.places import MailPlace, Place
from tui.config.habits import Habits
from tui.config.model import AccountConfig, Config
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid
from tui.mail.message import Message
from tui.mail.part import Part
from tui.screens.help import HelpGroup
from tui.terminal.theme import ThemeFile

if TYPE_CHECKING:
    from tui.commands.keymap import Keymap
    from tui.mail.ready_made import ReadyMade
    from tui.store.database import Store
    from tui.store.drafts import SavedDraft
    from tui.sync.changes import Changes
    from tui.sync.events import LinkState, MessagesArrived
    from tui.sync.sieve import SieveScripts
    from tui.sync.snoozes import Snoozes
    from tui.sync.where import Search
    from tui.terminal.graphics import Graphics

Answer = TypeVar("Answer")


class AccountPort(Protocol):
    """What a command needs of `tui.sync.account.Account`; see there."""

    name: AccountName
    config: AccountConfig

    @property
    def changes(self) -> "Changes": ...
    @property
    def snoozes(self) -> "Snoozes": ...
    @property
    def search(self) -> "Search": ...
    @property
    def sieve(self) -> "SieveScripts": ...
    @property
    def link(self) -> "LinkState": ...
    def look_now(self) -> None: ...
    def open_mailbox(self, mailbox: MailboxId) -> None: ...
    async def look_into(self, mailbox: MailboxId) -> None: ...
    async def message(self, mailbox: MailboxId, uid: Uid) -> Message: ...
    async def source(self, mailbox: MailboxId, uid: Uid) -> bytes: ...
    async def part(self, mailbox: MailboxId, uid: Uid, part: Part) -> bytes: ...
    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> None: ...
    async def submit(self, draft: Draft, at: float | None = None, key: int | None = None) -> SubmissionId: ...
    async def submit_ready(self, ready: "ReadyMade", *, hold: bool = False) -> SubmissionId: ...
    async def send_now(self, submission: SubmissionId) -> None: ...
    async def resend(
        self, submission: SubmissionId, settled: Sequence[str], recipients: Sequence[Address]
    ) -> SubmissionId: ...
    def look_for(self, submission: SubmissionId) -> None: ...
    def drafts_changed(self) -> None: ...
    async def take_back(self, submission: SubmissionId) -> "SavedDraft | None": ...


class Desk(Protocol):
    """The application, as commands see it."""

    config: Config
    paths: Paths
    store: "Store"
    keymap: "Keymap"
    arrival: "MessagesArrived | None"
    """The newest mail that came in since the start."""
    flashed: str
    """What `flash` said last."""
    habits: Habits
    theme_file: ThemeFile
    """The theme that is worn."""
    turn: asyncio.Lock
    """Held while a command reads what is under the cursor and changes it, so that two quick keys act on two rows."""

    @property
    def accounts(self) -> Mapping[AccountName, AccountPort]: ...
    @property
    def mail(self) -> MailPlace: ...
    @property
    def legend(self) -> Sequence[HelpGroup]:
        """What the marks on the screen mean, for the help."""

    @property
    def place(self) -> Place:
        """Where the user is."""

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line of the screen that is shown. The text is shown as it is: no markup."""

    def copy(self, text: str) -> bool:
        """Put text into the clipboard of the user's terminal (OSC 52); False when that cannot be asked for."""

    def hand_over(self, name: str, data: bytes) -> bool:
        """Have the user's terminal save a file on the machine it runs on; False when it cannot."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal."""

    async def graphics(self) -> "Graphics | None":
        """Return how the terminal paints pictures, None for not at all."""

    def open_screen(self, screen: Screen[Any]) -> None:
        """Show a screen above the present one."""

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Show a screen and wait for its answer, None when it was left."""

    def wear(self, theme: ThemeFile) -> None:
        """Show everything in this theme."""

    def show_searches(self) -> None:
        """Show the searches that are kept, below the mailboxes: they are others now."""

    def toggle_latency(self) -> None:
        """Show what keys and servers take, or show it no more."""

    def run_command(self, id: str, count: int | None = None) -> None:
        """Do what the key of this command does; the count is the number typed before it."""

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work that outlives the key; its errors are told on the status line, and it ends with the program."""

    async def lend(self, argv: Sequence[str]) -> int:
        """Give the terminal to another program until it ends; return its exit status. All else goes on.

        Raises:
            MailError: when it cannot be run.
        """
        ...

    def go_to_background(self) -> None:
        """Stop the process and give the shell its terminal, until ``fg``."""

    def leave(self) -> None:
        """End the program in good order."""


def require(value: Answer | None, message: str, cure: str = "") -> Answer:
    """Return the value, or say why the command cannot do its work.

    Raises:
        MailError: when there is no value.
    """
    if value is None:
        raise MailError(message, cure=cure)
    return value


def account_in_view(desk: Desk) -> AccountPort:
    """Return the account of the mail in view, else the first.

    Raises:
        MailError: when there is none.
    """
    name = desk.mail.account or next(iter(desk.accounts), None)
    return desk.accounts[require(name, "There is no account yet.", "Set one up with: tidings setup")]
