"""The rows of the mailbox tree, made of what the store knows. Nothing of Textual here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tui.mail.ids import AccountName, MailboxId
from tui.mail.mailbox import Role
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
        label: what is shown.
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

    Args:
        accounts: in the order of the screen.
        states: each account's mailboxes in tree order.
        turned: rows whose fold the user has turned from what it would be.
    """
    nodes: dict[AccountName, list[tuple[Path, MailboxState | None]]] = {name: [] for name in accounts}
    for state in states:
        if state.mailbox.account in nodes:
            _place(nodes[state.mailbox.account], state)
    rows: list[TreeRow] = []
    for name in accounts:
        if rows:
            rows.append(BLANK)
        rows.append(TreeRow((name,), name))
        rows += _account_rows(name, nodes[name], turned)
    return rows


def path_of(state: MailboxState) -> Path:
    """Return what the mailbox's row is known by."""
    levels = state.mailbox.levels
    if len(levels) > 1 and levels[0].upper() == "INBOX":
        levels = levels[1:]  # some servers keep everything below INBOX
    return (state.mailbox.account, *levels)


def _place(nodes: list[tuple[Path, MailboxState | None]], state: MailboxState) -> None:
    """Add a mailbox, and before it the levels above that the server does not list."""
    levels = path_of(state)[1:]
    known = {path for path, _ in nodes}
    for depth in range(1, len(levels)):
        if levels[:depth] not in known:
            nodes.append((levels[:depth], None))
    nodes.append((levels, state))


def _account_rows(
    account: AccountName, nodes: list[tuple[Path, MailboxState | None]], turned: Collection[Path]
) -> list[TreeRow]:
    rows: list[TreeRow] = []
    hidden: Path | None = None
    for levels, state in nodes:
        if hidden is not None and levels[: len(hidden)] == hidden:
            continue
        hidden = None
        below = [each for path, each in nodes if len(path) > len(levels) and path[: len(levels)] == levels]
        path = (account, *levels)
        folded = bool(below) and ((len(below) > FEW) is not (path in turned))
        unread = _unread(state) + (sum(_unread(each) for each in below) if folded else 0)
        is_open = state is not None and state.mailbox.selectable
        label = state.mailbox.label if state is not None else levels[-1]
        mailbox = state.id if state is not None and is_open else None
        rows.append(TreeRow(path, label, len(levels) - 1, mailbox, unread, bool(below), folded))
        if folded:
            hidden = levels
    return rows


def _unread(state: MailboxState | None) -> int:
    """Return the count a mailbox shows: what is in Junk, Trash, Drafts and Sent calls nobody."""
    quiet = (Role.JUNK, Role.TRASH, Role.SENT, Role.DRAFTS)
    return 0 if state is None or state.mailbox.role in quiet else state.unread
