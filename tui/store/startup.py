"""What is put right before the store is used: the two databases must agree, whatever a crash or a rebuild left."""

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.text import clean_line
from tui.store import envelope_changes, outbox
from tui.store.codec import row_uid
from tui.store.databases import Connections
from tui.store.overlay import ChangeKind, Overlay
from tui.store.pending import read_changes
from tui.store.sqlite import query, transaction


def repair(at: Connections) -> bool:
    """Bring cache and precious database together.

    Returns:
        False when the cache belongs to another precious database, so that its mailbox keys mean other mailboxes: it
        must be made anew.
    """
    outbox.recover(at)
    if not _match_keys(at):
        return False
    at.overlay = Overlay(read_changes(at))
    _make_missing_mailboxes(at)
    _match_rows(at)
    return True


def _match_keys(at: Connections) -> bool:
    """Mailbox keys are given out by precious.db; when that is new or an older copy, take over what the cache uses."""
    used = set(query(at.cache, "SELECT id, account, wire FROM mailboxes"))
    given = set(query(at.precious, "SELECT id, account, wire FROM mailbox_ids"))
    unknown = used - given
    if not unknown:
        return True
    ids = {id for id, _, _ in given}
    names = {(account, wire) for _, account, wire in given}
    if any(id in ids or (account, wire) in names for id, account, wire in unknown):
        return False
    with transaction(at.precious):
        at.precious.executemany("INSERT INTO mailbox_ids (id, account, wire) VALUES (?, ?, ?)", unknown)
    return True


def _make_missing_mailboxes(at: Connections) -> None:
    """A change waits for a mailbox that a new cache does not know yet: make a row for it, not shown before LIST."""
    with transaction(at.cache):
        for change in at.overlay.changes:
            at.cache.execute(
                "INSERT OR IGNORE INTO mailboxes (id, account, wire, name, listed) VALUES (?, ?, ?, ?, 0)",
                (change.mailbox, change.account, change.wire, clean_line(change.wire.decode("utf-8", "replace"))),
            )


def _match_rows(at: Connections) -> None:
    """Rows are hidden exactly while a move of them is pending, and show the flags that are."""
    hidden: dict[MailboxId, set[Uid]] = {}
    for id, mailbox in query(at.cache, "SELECT id, mailbox FROM envelopes WHERE hidden = 1"):
        hidden.setdefault(mailbox, set()).add(row_uid(id))
    generations: dict[MailboxId, UidValidity | None] = dict(query(at.cache, "SELECT id, uidvalidity FROM mailboxes"))
    for mailbox in hidden.keys() | {change.mailbox for change in at.overlay.changes}:
        overlay = at.overlay.of(mailbox, generations.get(mailbox))
        is_hidden = hidden.get(mailbox, set())
        envelope_changes.set_hidden(at, mailbox, is_hidden - overlay.moved, False)
        envelope_changes.set_hidden(at, mailbox, overlay.moved - is_hidden, True)
    for change in at.overlay.changes:
        if change.kind is ChangeKind.FLAGS and change.concerns(change.mailbox, generations.get(change.mailbox)):
            envelope_changes.change_flags(at, change.mailbox, change.uids, change.add, change.remove)
