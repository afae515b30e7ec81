"""Mailboxes and their counts."""

from collections.abc import Collection, Sequence
from typing import Any

from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.mail.noun import dataclass
from tui.store.counters import Tally, generation, hidden_counts
from tui.store.databases import Connections, Databases
from tui.store.mailbox_changes import laid_over, shown_name, shown_subscribed
from tui.store.overlay import ChangeKind
from tui.store.parking import park_older
from tui.store.sqlite import query, transaction

DROP_CHUNK = 2000
"""Rows deleted in one transaction when a whole mailbox goes."""

_COLUMNS = (
    "id, account, wire, name, delimiter, role, selectable, subscribed,"
    " uidvalidity, uidnext, highestmodseq, complete, held, unread, server_total, server_unread,"
    " conversations"
)
_RANK = {Role.INBOX: 0, Role.DRAFTS: 1, Role.SENT: 2, Role.ARCHIVE: 3, Role.JUNK: 5, Role.TRASH: 6}
_NAMES_RANK = 4


@dataclass(frozen=True, slots=True)
class MailboxState:
    """A mailbox and what is known of it.

    Attributes:
        id: the store's key; the same name of the same account has the same key for ever.
        mailbox: what LIST said.
        uidvalidity: the generation of the stored UIDs; None before the first SELECT.
        uidnext: the server's next UID as far as known.
        highestmodseq: up to where flags are known (RFC 7162); 0 for not at all.
        total, unread: what to show: our own counts when every envelope is here, else the server's, carried on by what
            is known since.
        held: envelopes in the store; hidden ones do not count.
        complete: every envelope is here.
        conversations: rows of the list of conversations.
    """

    id: MailboxId
    mailbox: Mailbox
    uidvalidity: UidValidity | None
    uidnext: Uid | None
    highestmodseq: ModSeq
    total: int
    unread: int
    held: int
    complete: bool
    conversations: int = 0


class Mailboxes:
    """The table of mailboxes."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def replace(self, account: AccountName, mailboxes: Sequence[Mailbox]) -> bool:
        """Make the account's mailboxes these; what is no longer among them goes with its envelopes.

        Returns:
            Whether anything changed.
        """
        wires = [mailbox.wire for mailbox in mailboxes]
        ids = await self._databases.write_precious(_give_ids, account, wires)
        changed, gone = await self._databases.write(_replace, account, mailboxes, ids)
        for mailbox in gone:
            await self._forget(mailbox)
        return changed

    async def all(self, account: AccountName | None = None) -> list[MailboxState]:
        """Return the mailboxes of one account or of all, each account's in the order of the tree."""
        return await self._databases.read(_all, account)

    async def get(self, id: MailboxId) -> MailboxState | None:
        """Return one mailbox, or None when it is gone."""
        return await self._databases.read(_get, "id = ?", id)

    async def by_role(self, account: AccountName, role: Role) -> MailboxState | None:
        """Return the account's mailbox for a purpose, or None when it has none that can be selected."""
        where = "account = ? AND role = ? AND listed AND selectable ORDER BY id"
        return await self._databases.read(_get, where, account, role.value)

    async def by_wire(self, account: AccountName, wire: bytes) -> MailboxState | None:
        """Return the account's mailbox of this name, or None."""
        return await self._databases.read(_get, "account = ? AND wire = ?", account, wire)

    async def key(self, account: AccountName, wire: bytes) -> MailboxId:
        """Return the key that a mailbox of this name has or will have."""
        return (await self._databases.write_precious(_give_ids, account, [wire]))[wire]

    async def selected(
        self, id: MailboxId, uidvalidity: UidValidity | None, uidnext: Uid | None, exists: int, highestmodseq: ModSeq
    ) -> bool:
        """Note what SELECT said (RFC 9051, 6.3.2).

        Args:
            highestmodseq: up to where flags are known; that of a new generation becomes 0.

        Returns:
            True when UIDVALIDITY changed: every row was of the old generation and has been dropped, and what waited
            for it is parked.
        """
        values = (uidvalidity, uidnext, exists, highestmodseq)
        renewed = await self._databases.write(_selected, id, *values)
        if renewed:
            await self._databases.write_precious(
                park_older, id, uidvalidity
            )  # while it is known which mails they meant
            while await self._databases.write(_drop_some, id):
                pass
            await self._databases.write(_renewed, id, uidvalidity, uidnext, exists)
        return renewed

    async def counted(
        self, id: MailboxId, messages: int | None, unseen: int | None, uidnext: Uid | None = None
    ) -> None:
        """Note what STATUS said; None for what it did not say."""
        await self._databases.write(_counted, id, messages, unseen, uidnext)

    async def completed(self, id: MailboxId, is_complete: bool) -> None:
        """Note whether every envelope of the mailbox is here."""
        await self._databases.write(_set, id, "complete = ?", int(is_complete))

    async def synced(self, id: MailboxId, highestmodseq: ModSeq) -> None:
        """Note that every flag is known up to this modification sequence."""
        await self._databases.write(_set, id, "highestmodseq = ?", highestmodseq)

    async def forget_account(self, accounts_to_keep: Collection[AccountName]) -> None:
        """Drop the cached mail of every account that is not among these. Outbox and drafts stay."""
        for mailbox in await self._databases.write(_unlist_others, tuple(accounts_to_keep)):
            await self._forget(mailbox)

    async def _forget(self, mailbox: MailboxId) -> None:
        while await self._databases.write(_drop_some, mailbox, True):
            pass


def _state(row: tuple[Any, ...]) -> MailboxState:
    id, account, wire, name, delimiter, role, selectable, subscribed, *known = row
    uidvalidity, uidnext, highestmodseq, complete, held, unread, server_total, server_unread, conversations = known
    mailbox = Mailbox(
        account, wire, name, delimiter, Role(role) if role is not None else None, bool(selectable), bool(subscribed)
    )
    return MailboxState(
        id,
        mailbox,
        uidvalidity,
        uidnext,
        highestmodseq,
        held if complete or server_total is None else server_total,
        unread if complete or server_unread is None else server_unread,
        held,
        bool(complete),
        conversations,
    )


def _all(at: Connections, account: AccountName | None) -> list[MailboxState]:
    where, bindings = ("listed", ()) if account is None else ("listed AND account = ?", (account,))
    rows = query(at.cache, f"SELECT {_COLUMNS} FROM mailboxes WHERE {where} ORDER BY id", bindings)
    accounts: dict[AccountName, list[MailboxState]] = {}
    for row in rows:
        state = _state(row)
        accounts.setdefault(state.mailbox.account, []).append(state)
    return [state for states in accounts.values() for state in in_tree_order(states)]


def in_tree_order(states: Sequence[MailboxState]) -> list[MailboxState]:
    """Order one account's mailboxes: Inbox, Drafts, Sent, Archive, the others by name, Junk, Trash.

    What lies below one of these follows it; what lies below INBOX is one of the others, as some servers put
    everything there.
    """
    ranks = {state.mailbox.levels: _RANK[state.mailbox.role] for state in states if state.mailbox.role in _RANK}

    def place(state: MailboxState) -> tuple[int, tuple[tuple[str, str], ...]]:
        levels = state.mailbox.levels
        names = tuple((level.casefold(), level) for level in levels)
        if levels in ranks:
            return ranks[levels], names
        above = (ranks.get(levels[:depth], 0) for depth in range(len(levels) - 1, 0, -1))
        return next((rank for rank in above if rank), _NAMES_RANK), names

    return sorted(states, key=place)


def _get(at: Connections, where: str, *bindings: Any) -> MailboxState | None:
    rows = query(at.cache, f"SELECT {_COLUMNS} FROM mailboxes WHERE {where} LIMIT 1", bindings)
    return _state(rows[0]) if rows else None


def _give_ids(at: Connections, account: AccountName, wires: Sequence[bytes]) -> dict[bytes, MailboxId]:
    known = dict(query(at.precious, "SELECT wire, id FROM mailbox_ids WHERE account = ?", (account,)))
    new = [wire for wire in dict.fromkeys(wires) if wire not in known]
    if new:
        with transaction(at.precious):
            for wire in new:
                at.precious.execute("INSERT INTO mailbox_ids (account, wire) VALUES (?, ?)", (account, wire))
                known[wire] = at.precious.last_insert_rowid()
    return {wire: MailboxId(known[wire]) for wire in wires}


def _replace(
    at: Connections, account: AccountName, mailboxes: Sequence[Mailbox], ids: dict[bytes, MailboxId]
) -> tuple[bool, list[MailboxId]]:
    columns = "name, delimiter, role, selectable, subscribed, listed"
    changed = False
    with transaction(at.cache):
        rows = query(at.cache, f"SELECT id, {columns} FROM mailboxes WHERE account = ?", (account,))
        known = {row[0]: row[1:] for row in rows}
        pending = laid_over(at.overlay, account)
        for mailbox in mailboxes:
            id = ids[mailbox.wire]
            role = mailbox.role.value if mailbox.role is not None else None
            name = shown_name(at.overlay, account, mailbox.name, mailbox.delimiter)
            listed = int(id not in pending or pending[id].kind is ChangeKind.CREATE)
            subscribed = int(shown_subscribed(at.overlay, id, mailbox.subscribed))
            values = (name, mailbox.delimiter, role, int(mailbox.selectable), subscribed, listed)
            if known.get(id) == values:
                continue
            changed = True
            at.cache.execute(
                f"INSERT INTO mailboxes (id, account, wire, {columns}) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id)"
                " DO UPDATE SET name = excluded.name, delimiter = excluded.delimiter, role = excluded.role,"
                " selectable = excluded.selectable, subscribed = excluded.subscribed, listed = 1",
                (id, account, mailbox.wire, *values),
            )
        gone = [MailboxId(id) for id in known.keys() - set(ids.values()) - pending.keys()]
        if any(each.account == account for each in at.overlay.changes):
            gone = [id for id in gone if known[id][-1]]  # the others were made for what waits: see `startup`
        for id in gone:
            at.cache.execute("UPDATE mailboxes SET listed = 0 WHERE id = ?", (id,))
    return changed or any(known[id][-1] for id in gone), gone


def _unlist_others(at: Connections, accounts: tuple[AccountName, ...]) -> list[MailboxId]:
    with transaction(at.cache):
        rows = query(at.cache, "SELECT id, account FROM mailboxes")
        gone = [MailboxId(id) for id, account in rows if account not in accounts]
        for id in gone:
            at.cache.execute("UPDATE mailboxes SET listed = 0 WHERE id = ?", (id,))
    return gone


def _drop_some(at: Connections, mailbox: MailboxId, with_mailbox: bool = False) -> bool:
    """Delete some rows of a mailbox, and at last the mailbox. Return whether there may be more."""
    with transaction(at.cache):
        low, high = mailbox << 32, (mailbox + 1) << 32
        ids = query(
            at.cache,
            "SELECT id, hidden, flags FROM envelopes WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
            (low, high, DROP_CHUNK),
        )
        if ids:
            span = (ids[0][0], ids[-1][0])
            at.cache.execute("DELETE FROM bodies WHERE envelope BETWEEN ? AND ?", span)
            at.cache.execute("DELETE FROM envelopes WHERE id BETWEEN ? AND ?", span)
            tally = Tally()
            for id, hidden, flags in ids:
                if not hidden:
                    tally.count(-1, flags, server=False, id=id)
            tally.gone = [id for id, _, _ in ids]
            tally.write(at.cache, mailbox)
        more = len(ids) == DROP_CHUNK
        if with_mailbox and not more:
            at.cache.execute("DELETE FROM mailboxes WHERE id = ? AND listed = 0", (mailbox,))
        return more


def _selected(
    at: Connections,
    id: MailboxId,
    uidvalidity: UidValidity | None,
    uidnext: Uid | None,
    exists: int,
    highestmodseq: ModSeq,
) -> bool:
    with transaction(at.cache):
        known = generation(at.cache, id)
        if known is None:
            return False
        if known[0] is not None and known[0] != uidvalidity:
            at.cache.execute("UPDATE mailboxes SET complete = 0, highestmodseq = 0 WHERE id = ?", (id,))
            return True
        at.cache.execute(
            "UPDATE mailboxes SET uidvalidity = ?, uidnext = ?, highestmodseq = ?, server_total = ? WHERE id = ?",
            (uidvalidity, uidnext, highestmodseq, max(0, exists - hidden_counts(at.cache, id)[0]), id),
        )
        return False


def _renewed(at: Connections, id: MailboxId, uidvalidity: UidValidity | None, uidnext: Uid | None, exists: int) -> None:
    with transaction(at.cache):
        at.cache.execute(
            "UPDATE mailboxes SET uidvalidity = ?, uidnext = ?, highestmodseq = 0, complete = 0, server_total = ?,"
            " server_unread = NULL WHERE id = ?",
            (uidvalidity, uidnext, exists, id),
        )


def _counted(at: Connections, id: MailboxId, messages: int | None, unseen: int | None, uidnext: Uid | None) -> None:
    with transaction(at.cache):
        hidden, hidden_unread = hidden_counts(at.cache, id)
        at.cache.execute(
            "UPDATE mailboxes SET server_total = coalesce(max(0, ? - ?), server_total),"
            " server_unread = coalesce(max(0, ? - ?), server_unread), uidnext = coalesce(?, uidnext) WHERE id = ?",
            (messages, hidden, unseen, hidden_unread, uidnext, id),
        )


def _set(at: Connections, id: MailboxId, assignment: str, value: int) -> None:
    at.cache.execute(f"UPDATE mailboxes SET {assignment} WHERE id = ?", (value, id))
