"""Mailboxes that were made, renamed or deleted here, as the tree shows them before the server knows."""

from collections.abc import Iterable

from tui.mail.ids import AccountName, MailboxId
from tui.store.databases import Connections
from tui.store.overlay import Change, ChangeKind, Overlay
from tui.store.sqlite import query, transaction

SUBSCRIPTIONS = (ChangeKind.SUBSCRIBE, ChangeKind.UNSUBSCRIBE)


def show(at: Connections, change: Change, *, forward: bool) -> bool:
    """Show a change in the tree, or no longer; return whether it is one of mailboxes."""
    if change.kind is ChangeKind.RENAME:
        before, after = (change.old_name, change.name) if forward else (change.name, change.old_name)
        _rename(at, change.mailbox, before, after)
    elif change.kind in (ChangeKind.CREATE, ChangeKind.REMOVE):
        listed = int((change.kind is ChangeKind.CREATE) is forward)
        with transaction(at.cache):
            if listed:
                _make(at, change)
            at.cache.execute("UPDATE mailboxes SET listed = ? WHERE id = ?", (listed, change.mailbox))
    elif change.kind in SUBSCRIPTIONS:
        subscribed = int((change.kind is ChangeKind.SUBSCRIBE) is forward)
        at.cache.execute("UPDATE mailboxes SET subscribed = ? WHERE id = ?", (subscribed, change.mailbox))
    else:
        return False
    return True


def _make(at: Connections, change: Change) -> None:
    at.cache.execute(
        "INSERT OR IGNORE INTO mailboxes (id, account, wire, name, delimiter, complete, server_total, server_unread)"
        " VALUES (?, ?, ?, ?, coalesce((SELECT delimiter FROM mailboxes WHERE account = ? AND delimiter != ''), ''),"
        " 0, 0, 0)",
        (change.mailbox, change.account, change.wire, change.name, change.account),
    )


def _rename(at: Connections, mailbox: MailboxId, before: str, after: str) -> None:
    with transaction(at.cache):
        rows = query(at.cache, "SELECT account, delimiter FROM mailboxes WHERE id = ?", (mailbox,))
        for account, delimiter in rows:
            at.cache.execute("UPDATE mailboxes SET name = ? WHERE id = ?", (after, mailbox))
            below = query(at.cache, "SELECT id, name FROM mailboxes WHERE account = ? AND id != ?", (account, mailbox))
            for id, name in below:
                if delimiter and name.startswith(before + delimiter):
                    new = after + name.removeprefix(before)
                    at.cache.execute("UPDATE mailboxes SET name = ? WHERE id = ?", (new, id))


def settle(at: Connections, change: Change) -> None:
    """The server has done a change: give mailboxes that were renamed their new wire names. It may be done again.

    Its key stays with the mailbox, so that everything stored under it, and every change that waits, stays right.
    """
    if change.kind is not ChangeKind.RENAME:
        return
    rows = query(at.cache, "SELECT delimiter FROM mailboxes WHERE id = ?", (change.mailbox,))
    prefix = change.wire + (rows[0][0].encode() if rows else b"")
    known = query(at.precious, "SELECT id, wire FROM mailbox_ids WHERE account = ?", (change.account,))
    new = {id: change.target + wire[len(change.wire) :] for id, wire in known if _is_part(wire, change.wire, prefix)}
    with transaction(at.precious), transaction(at.cache):
        for id, wire in new.items():
            _rewire(at, change.account, id, wire)


def call(at: Connections, change: Change, wire: bytes, name: str) -> None:
    """The server calls a mailbox that is made or renamed otherwise than it was written down: write that down instead.

    Every row about this mailbox gets the new name, those that wait and those of the journal. It may be done again.

    Args:
        change: CREATE or RENAME.
        wire: the right name, of the mailbox or for it.
        name: the same for people.
    """
    made = change.kind is ChangeKind.CREATE
    before = change.wire if made else change.target
    with transaction(at.precious), transaction(at.cache):
        for table in ("pending", "steps"):
            of_it = "WHERE mailbox = ? AND kind IN ('create', 'rename', 'remove')"
            at.precious.execute(
                f"UPDATE {table} SET wire = ?, name = iif(kind = 'rename', name, ?),"
                f" old_name = iif(kind = 'rename', ?, old_name) {of_it} AND wire = ?",
                (wire, name, name, change.mailbox, before),
            )
            at.precious.execute(
                f"UPDATE {table} SET target = ?, name = ? {of_it} AND target = ?",
                (wire, name, change.mailbox, before),
            )
        if made:
            _rewire(at, change.account, change.mailbox, wire)
    _rename(at, change.mailbox, change.name, name)


def _rewire(at: Connections, account: AccountName, mailbox: int, wire: bytes) -> None:
    """Give a mailbox another wire name; its key stays."""
    for connection, table in ((at.precious, "mailbox_ids"), (at.cache, "mailboxes")):
        where = "account = ? AND wire = ? AND id != ?"  # a mailbox of that name there was once
        connection.execute(f"DELETE FROM {table} WHERE {where}", (account, wire, mailbox))
        connection.execute(f"UPDATE {table} SET wire = ? WHERE id = ?", (wire, mailbox))


def _is_part(wire: bytes, renamed: bytes, prefix: bytes) -> bool:
    return wire == renamed or (prefix != renamed and wire.startswith(prefix))


def laid_over(overlay: Overlay, account: AccountName) -> dict[MailboxId, Change]:
    """Return the last pending change of each mailbox that is made or deleted."""
    kinds = (ChangeKind.CREATE, ChangeKind.REMOVE)
    return {each.mailbox: each for each in overlay.changes if each.account == account and each.kind in kinds}


def shown_subscribed(overlay: Overlay, mailbox: MailboxId, told: bool) -> bool:
    """Return whether to show a mailbox as subscribed to where LIST told this: what is pending lies over it."""
    for each in overlay.changes:
        if each.mailbox == mailbox and each.kind in SUBSCRIPTIONS:
            told = each.kind is ChangeKind.SUBSCRIBE
    return told


def shown_name(overlay: Overlay, account: AccountName, name: str, delimiter: str) -> str:
    """Return the name to show for one that LIST told: pending renames lie over it."""
    for each in _renames(overlay, account):
        if name == each.old_name or (delimiter and name.startswith(each.old_name + delimiter)):
            name = each.name + name.removeprefix(each.old_name)
    return name


def _renames(overlay: Overlay, account: AccountName) -> Iterable[Change]:
    return (each for each in overlay.changes if each.account == account and each.kind is ChangeKind.RENAME)
