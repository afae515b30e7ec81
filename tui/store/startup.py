"""What is put right before the store is used: the two databases must agree, whatever a crash or a rebuild left."""

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.text import clean_line
from tui.store import outbox, shown
from tui.store.codec import UID_BITS, row_uid
from tui.store.databases import Connections
from tui.store.overlay import Overlay, Place
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
    wires = dict(query(at.precious, "SELECT id, wire FROM mailbox_ids"))
    with transaction(at.cache):
        for change in at.overlay.changes:
            wire = wires.get(change.mailbox, change.wire)
            at.cache.execute(
                "INSERT OR IGNORE INTO mailboxes (id, account, wire, name, listed) VALUES (?, ?, ?, ?, 0)",
                (change.mailbox, change.account, wire, clean_line(wire.decode("utf-8", "replace"))),
            )


def _match_rows(at: Connections) -> None:
    """Rows are hidden exactly while they are going elsewhere, or have gone, and show the flags that are pending."""
    doubtful: dict[MailboxId, set[Uid]] = {}
    for (id,) in query(
        at.cache, "SELECT id FROM envelopes INDEXED BY envelope_hidden WHERE hidden = 1 UNION ALL SELECT id FROM told"
    ):
        doubtful.setdefault(MailboxId(id >> UID_BITS), set()).add(row_uid(id))
    generations: dict[MailboxId, UidValidity | None] = dict(query(at.cache, "SELECT id, uidvalidity FROM mailboxes"))
    places = [Place(mailbox, generations.get(mailbox), tuple(uids)) for mailbox, uids in doubtful.items()]
    shown.refresh(at, [*places, *(spot for change in at.overlay.changes for spot in change.spots)])
