"""What is put right before the store is used: the two databases must agree, whatever a crash or a rebuild left."""

from typing import Final

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.text import clean_line
from tui.store import outbox, shown
from tui.store.behind import AT_ONCE
from tui.store.codec import UID_BITS, row_uid
from tui.store.databases import Connections
from tui.store.overlay import Overlay
from tui.store.pending import read_changes
from tui.store.sqlite import query, transaction

_DOUBTFUL: Final = "SELECT id FROM envelopes INDEXED BY envelope_hidden WHERE hidden = 1 UNION ALL SELECT id FROM told"
"""Rows that show something that the server has not said."""
_CONCERNED: Final = (
    "SELECT mailbox, account, wire FROM pending WHERE mailbox > 0"  # below 0: `tui.store.overlay.Change.copies`
    " UNION SELECT id, account, wire FROM mailbox_ids WHERE id IN (SELECT target_mailbox FROM steps JOIN acts"
    " ON acts.id = act WHERE acts.account IN (SELECT account FROM pending))"
)
"""Mailboxes that something waits for, or in which what it is about may be by now."""


def repair(at: Connections) -> bool:
    """Bring cache and precious database together.

    Returns:
        False when the cache belongs to another precious database, so that its mailbox keys mean other mailboxes: it
        must be made anew.
    """
    outbox.recover(at)
    if not _match_keys(at):
        return False
    at.late = _read
    _make_missing_mailboxes(at)
    if not _is_much(at):
        while shown.follow(at) is not None:
            pass
    return True


def _is_much(at: Connections) -> bool:
    """Whether so much waits that to look at all its rows would keep the first screen and the first keys waiting.

    The rows are right, unless the program was killed in the middle of an act: they are looked at behind the screen.
    """
    changes, octets = query(at.precious, "SELECT count(*), coalesce(sum(length(uids)), 0) FROM pending")[0]
    if changes > AT_ONCE or octets > 6 * AT_ONCE:
        return True
    return len(query(at.cache, f"{_DOUBTFUL} LIMIT ?", (AT_ONCE + 1,))) > AT_ONCE


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
        for mailbox, account, wire in query(at.precious, _CONCERNED):
            wire = wires.get(mailbox, wire)
            at.cache.execute(
                "INSERT OR IGNORE INTO mailboxes (id, account, wire, name, listed) VALUES (?, ?, ?, ?, 0)",
                (mailbox, account, wire, clean_line(wire.decode("utf-8", "replace"))),
            )


def _read(at: Connections) -> Overlay:
    """Read what waits, and have every row looked at that it is about, or that shows something that may not wait now.

    Rows are hidden exactly while they are going elsewhere, or have gone, and show the flags that are pending.
    """
    from tui.store import kept  # noqa: PLC0415 - late: start-up time

    overlay = Overlay(read_changes(at), kept.read(at))
    doubtful: dict[MailboxId, list[Uid]] = {}
    for (id,) in query(at.cache, _DOUBTFUL):
        doubtful.setdefault(MailboxId(id >> UID_BITS), []).append(row_uid(id))
    generations: dict[MailboxId, UidValidity | None] = dict(query(at.cache, "SELECT id, uidvalidity FROM mailboxes"))
    for mailbox, uids in doubtful.items():
        at.behind.add(mailbox, generations.get(mailbox), uids)
    for change in overlay.changes:
        for spot in change.spots:
            at.behind.add(spot.mailbox, spot.uidvalidity, spot.uids)
    return overlay
