"""The rows of the mailbox tree, made of what the store knows. Nothing of Textual here."""

from collections.abc import Collection, Iterable, Sequence

from tui.mail.ids import AccountName, MailboxId
from tui.mail.mailbox import Role
from tui.mail.noun import dataclass
from tui.store.mailboxes import MailboxState

FEW = 6
"""A mailbox with more below it than this begins folded."""

Path = tuple[str, ...]
"""The account's name and the levels of a mailbox: what a row of the tree is known by."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One line of the tree.

    Attributes:
        path: what it is known by; only the account's name for an account's own line, empty for a blank one.
        label: what is shown; in parentheses where the user is not subscribed to a mailbox.
        depth: levels below the account, from 0.
        mailbox: what it opens, None where there is nothing to open.
        unread: its own count, with that of what is folded away below it.
        folds: whether something is below it. folded: and hidden.
    """

    path: Path = ()
    label: str = ""
    depth: int = 0
    mailbox: MailboxId | None = None
    unread: int = 0
    folds: bool = False
    folded: bool = False

    @property
    def is_account(self) -> bool:
        return len(self.path) == 1


BLANK = TreeRow()


def tree_rows(
    accounts: Sequence[AccountName], states: Iterable[MailboxState], turned: Collection[Path]
) -> list[TreeRow]:
    """Return the lines of the tree from the top down.

    Where nothing but INBOX is subscribed to, subscriptions are not used, and nothing is told of them.

    Args:
        accounts: in the order of the screen.
        states: each account's mailboxes in tree order.
        turned: rows whose fold the user has turned from what it would be.
    """
    forests = {name: _Forest(name) for name in accounts}
    for state in states:
        if state.mailbox.account in forests:
            forests[state.mailbox.account].add(state)
    rows: list[TreeRow] = []
    if len(forests) > 1:
        rows.append(TreeRow(INBOXES, INBOXES[-1], unread=sum(forest.inbox for forest in forests.values())))
    for name, forest in forests.items():
        if rows:
            rows.append(BLANK)
        rows.append(TreeRow((name,), name))
        rows += forest.rows(turned)
    return rows


INBOXES: Path = ("", "", "All inboxes")
"""What the line of all accounts' Inboxes is known by, where there are several accounts."""
SEARCHES: Path = ("",)
"""What the line above the saved searches is known by: no account is called so."""


SNOOZED: Path = ("", "", "Snoozed")
"""What the line of all that is snoozed is known by."""


def snoozed_rows(count: int) -> list[TreeRow]:
    """Return the line of what is snoozed, none where nothing is."""
    return [BLANK, TreeRow(SNOOZED, SNOOZED[-1], unread=count)] if count else []


def search_rows(names: Iterable[str]) -> list[TreeRow]:
    """Return the lines of the saved searches, none where there is none."""
    rows = [TreeRow((*SEARCHES, name), name) for name in names]
    return [BLANK, TreeRow(SEARCHES, "Searches"), *rows] if rows else []


def folded_above(rows: Iterable[TreeRow], path: Path) -> Path | None:
    """Return the row whose fold hides what is at a path, None when it is in sight."""
    hiding = (
        row.path for row in rows if row.folded and len(path) > len(row.path) and path[: len(row.path)] == row.path
    )
    return next(hiding, None)


def rows_in_sight(
    accounts: Sequence[AccountName], states: Sequence[MailboxState], path: Path, turned: set[Path]
) -> list[TreeRow]:
    """Return the lines of the tree with a row in sight; the folds above it are turned.

    Args:
        accounts, states: as for `tree_rows`.
        path: of the row.
        turned: folds the user has turned; those turned here are added.
    """
    rows = tree_rows(accounts, states, turned)
    while (closed := folded_above(rows, path)) is not None:
        turned ^= {closed}
        rows = tree_rows(accounts, states, turned)
    return rows


def path_of(state: MailboxState) -> Path:
    """Return what the mailbox's row is known by."""
    levels = state.mailbox.levels
    if len(levels) > 1 and levels[0].upper() == "INBOX":
        levels = levels[1:]  # some servers keep everything below INBOX
    return (state.mailbox.account, *levels)


class _Forest:
    """One account's mailboxes, and what each has below it. Accounts may have thousands: every step is linear.

    Attributes:
        inbox: what is unread in its Inbox.
    """

    def __init__(self, account: AccountName) -> None:
        self._account = account
        self._nodes: dict[Path, MailboxState | None] = {}
        self._below: dict[Path, tuple[int, int]] = {}
        self.inbox = 0
        self._has_subscriptions = False

    def add(self, state: MailboxState) -> None:
        """Add a mailbox, and before it the levels above that the server does not list."""
        path = path_of(state)
        for depth in range(2, len(path)):
            above = path[:depth]
            self._nodes.setdefault(above, None)
            count, unread = self._below.get(above, (0, 0))
            self._below[above] = (count + 1, unread + _unread(state))
        self._nodes[path] = state
        self.inbox += state.unread if state.mailbox.role is Role.INBOX else 0
        self._has_subscriptions |= _is_chosen(state)

    def rows(self, turned: Collection[Path]) -> list[TreeRow]:
        """Return the rows that no fold hides."""
        rows: list[TreeRow] = []
        hidden: Path | None = None
        for path, state in self._nodes.items():
            if hidden is not None and path[: len(hidden)] == hidden:
                continue
            below, unread_below = self._below.get(path, (0, 0))
            folded = below > 0 and ((below > FEW) is not (path in turned))
            hidden = path if folded else None
            unread = _unread(state) + (unread_below if folded else 0)
            mailbox = state.id if state is not None and state.mailbox.selectable else None
            label = state.mailbox.label if state is not None else path[-1]
            if self._has_subscriptions and mailbox is not None and state is not None and not state.mailbox.subscribed:
                label = f"({label})"
            rows.append(TreeRow(path, label, len(path) - 2, mailbox, unread, below > 0, folded))
        return rows


def subscribed_only(states: Iterable[MailboxState], shown: MailboxId | None) -> list[MailboxState]:
    """Return those mailboxes that are subscribed to, INBOX, and the one that is shown.

    Of an account where nothing but INBOX is subscribed to, all are returned.
    """
    states = tuple(states)
    using = {state.mailbox.account for state in states if _is_chosen(state)}
    return [
        state for state in states if state.mailbox.subscribed or state.id == shown or state.mailbox.account not in using
    ]


def _is_chosen(state: MailboxState) -> bool:
    """Whether a mailbox is subscribed to because somebody wanted it."""
    return state.mailbox.subscribed and state.mailbox.role is not Role.INBOX


def _unread(state: MailboxState | None) -> int:
    """Return the count a mailbox shows: what is in Junk, Trash, Drafts and Sent calls nobody."""
    quiet = (Role.JUNK, Role.TRASH, Role.SENT, Role.DRAFTS)
    return 0 if state is None or state.mailbox.role in quiet else state.unread
