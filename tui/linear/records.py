"""The outbox and the history in linear mode: one row at a time, and what can be done about it."""

import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from tui.linear import words
from tui.mail.act import Act, ActState
from tui.mail.ids import AccountName
from tui.mail.submission import Submission
from tui.store.database import Store
from tui.sync.events import ChangeRefused, ChangesParked, Event, MailboxesChanged, SubmissionChanged
from tui.terminal.keys import KeyHint, Scope
from tui.widgets.submission_words import happening, meaning, state_word

Row = TypeVar("Row", Submission, Act)
SHOWN = 200
"""Rows that are read."""


class Records(Generic[Row]):
    """A list of which one row is read at a time.

    Args:
        store: open.
        say: writes a line.
        gone: called when it is left.
    """

    key_scopes: ClassVar[tuple[Scope, ...]]

    def __init__(self, store: Store, say: Callable[[str], None], gone: Callable[["Records[Any]"], None]) -> None:
        self._store = store
        self._say = say
        self._gone = gone
        self._rows: Sequence[Row] = ()
        self._at = 0
        self._told = ""
        self._wants_row = False

    @property
    def current(self) -> Row | None:
        return self._rows[self._at] if self._rows else None

    def move_cursor(self, rows: int) -> None:
        self._at = max(0, min(self._at + rows, len(self._rows) - 1))
        self._wants_row = True

    async def reload(self) -> None:
        """Read the rows again; the cursor stays on its row, where that is still there."""
        before = self.current
        self._rows = await self._read()
        ids = [row.id for row in self._rows]
        if before is not None and before.id in ids:
            self._at = ids.index(before.id)
        self._at = max(0, min(self._at, len(ids) - 1))

    def dismiss(self, result: None = None) -> None:
        """Leave."""
        self._gone(self)

    async def begin(self) -> None:
        """Say what is here."""
        await self.reload()
        self._say(self._head())
        self._wants_row = bool(self._rows)
        await self.settle()

    async def settle(self) -> None:
        """Read the row under the cursor, if that was wished or it is another than it was."""
        row = self.current
        told = self._sentences(row) if row is not None else ""
        if row is not None and (self._wants_row or told != self._told):
            self._say(told)
        self._told, self._wants_row = told, False

    async def take(self, event: Event) -> None:
        """Take an event from the accounts."""
        if isinstance(event, SubmissionChanged | MailboxesChanged | ChangeRefused | ChangesParked):
            await self.reload()
            await self.settle()

    @abstractmethod
    async def _read(self) -> Sequence[Row]: ...
    @abstractmethod
    def _head(self) -> str: ...
    @abstractmethod
    def _sentences(self, row: Row) -> str: ...


class LinearReceipts(Records[Submission]):
    """The outbox (`tui.commands.places.Receipts`).

    Args:
        acts: what can be done about a submission, by key.
    """

    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.OUTBOX, Scope.ANYWHERE)

    def __init__(
        self,
        store: Store,
        say: Callable[[str], None],
        gone: Callable[[Records[Any]], None],
        acts: Callable[[Submission], Sequence[KeyHint]],
    ) -> None:
        super().__init__(store, say, gone)
        self._acts = acts

    async def _read(self) -> Sequence[Submission]:
        return (await self._store.outbox.list())[:SHOWN]

    def _head(self) -> str:
        needing = sum(row.needs_user for row in self._rows)
        needs = f" {needing} {'needs' if needing == 1 else 'need'} you." if needing else ""
        return f"Outbox. {words.counted(len(self._rows), 'submission')}.{needs}" if self._rows else "Outbox. Empty."

    def _sentences(self, row: Submission) -> str:
        keys = ", ".join(f"{hint.key_label} {hint.text}" for hint in self._acts(row))
        refused = ", ".join(each.address for each in row.open_refusals)
        server = f"Server: {row.words}" if row.words[:3].isdigit() else row.words
        parts = [
            f"To {row.to}",
            row.subject or "no subject",
            f"{state_word(row)}, {happening(row, time.time()).replace(' · ', ', ')}",
            f"refused: {refused}" if refused else "",
            server,
            meaning(row),
            f"keys: {keys}" if keys else "",
        ]
        return " ".join(filter(None, map(words.sentence, parts)))


class LinearTrail(Records[Act]):
    """The history (`tui.commands.places.Trail`).

    Args:
        accounts: whose acts are read.
    """

    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.HISTORY, Scope.ANYWHERE)

    def __init__(
        self,
        store: Store,
        say: Callable[[str], None],
        gone: Callable[[Records[Any]], None],
        accounts: Sequence[AccountName],
    ) -> None:
        super().__init__(store, say, gone)
        self._accounts = accounts

    async def _read(self) -> Sequence[Act]:
        return [act for act in await self._store.journal.list(SHOWN) if act.account in self._accounts]

    def _head(self) -> str:
        return f"History. {words.counted(len(self._rows), 'act')}." if self._rows else "History. Nothing was done yet."

    def _sentences(self, row: Act) -> str:
        state = "done" if row.state is ActState.FINAL else row.state.value
        waits = "waits for the server" if row.waits and row.state is not ActState.WAITING else ""
        account = str(row.account) if len(self._accounts) > 1 else ""
        state = ", ".join(filter(None, [state, waits, account, words.long_age(row.made, time.time())]))
        return " ".join(filter(None, map(words.sentence, [row.label, row.words, state])))
