"""Changing envelopes: what runs in the writing thread. Every function is one transaction, counts included."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from tui.mail.envelope import Envelope
from tui.mail.flags import Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.store import thread_changes, trail
from tui.store.codec import (
    ASIDE,
    AWAY,
    INSERT,
    SHOWN,
    UID_MASK,
    aside,
    pack,
    pack_flags,
    row_id,
    row_ids,
    row_uid,
    unpack_flags,
)
from tui.store.counters import Tally, generation, hidden_counts, note_facts
from tui.store.databases import Connections
from tui.store.overlay import MailboxOverlay, Name, Place
from tui.store.sqlite import query, transaction

_IN = "IN (SELECT value FROM json_each(?))"

Held = dict[int, tuple[int, str, int]]
"""Rows that are here: key → (flag bits, other flags, hidden)."""


@dataclass(slots=True)
class Taken:
    """What other flags came to.

    Attributes:
        changed: rows that stay where they are, in the lists or put aside.
        left, came: rows that left the lists, and that are in them again.
    """

    changed: list[Uid] = field(default_factory=list)
    left: list[Uid] = field(default_factory=list)
    came: list[Uid] = field(default_factory=list)

    def merge(self, other: "Taken") -> None:
        """Take in what came after this."""
        self.changed += other.changed
        self.left += other.left
        self.came += other.came

    def __bool__(self) -> bool:
        return bool(self.changed or self.left or self.came)


def held_rows(at: Connections, ids: Iterable[int]) -> Held:
    """Return those of the rows that are here."""
    statement = f"SELECT id, flags, keywords, hidden FROM envelopes WHERE id {_IN}"
    rows = query(at.cache, statement, (json.dumps(list(ids)),))
    return {id: (bits, others, hidden) for id, bits, others, hidden in rows}


def alike(at: Connections, mailbox: MailboxId, uids: Iterable[Uid]) -> list[tuple[Flags, bool, list[Uid]]]:
    """Return those of the rows that are here, as (flags, going elsewhere, UIDs) of those that are alike."""
    groups = query(
        at.cache,
        f"SELECT flags, keywords, hidden = {AWAY}, json_group_array(id & {UID_MASK}) FROM envelopes WHERE id {_IN}"
        f" GROUP BY flags, keywords, hidden = {AWAY}",
        (json.dumps(row_ids(mailbox, uids)),),
    )
    return [(unpack_flags(bits, others), bool(hidden), json.loads(found)) for bits, others, hidden, found in groups]


def write_flags(at: Connections, held: Held, wanted: Mapping[int, Flags], tally: Tally) -> Taken:
    """Give rows that are here other flags, and take them out of the lists, or put them in, where these say so."""
    updates: list[tuple[int, str, int]] = []
    places: dict[int, int] = {}
    taken = Taken()
    for id, flags in wanted.items():
        before = held.get(id)
        if before is None:
            continue
        bits, others = pack_flags(flags)
        if (bits, others) == before[:2]:
            continue
        updates.append((bits, others, id))
        place = before[2] if before[2] == AWAY else aside(others)
        if place == before[2] != AWAY:
            taken.changed.append(row_uid(id))
            if place == SHOWN:
                tally.turn(id, before[0], bits)
        elif place == SHOWN:
            taken.came.append(row_uid(id))
            _bring_back(at, id, before[1], others)
        elif before[2] == SHOWN:
            taken.left.append(row_uid(id))
        if place != before[2]:
            places[id] = place
            tally.count(*((1, bits) if place == SHOWN else (-1, before[0])), id=id)
    if updates:
        at.cache.executemany("UPDATE envelopes SET flags = ?, keywords = ? WHERE id = ?", updates)
        at.cache.executemany(
            "UPDATE envelopes SET hidden = ? WHERE id = ?", [(place, id) for id, place in places.items()]
        )
        note_facts(at.cache, [id for _, _, id in updates])
    return taken


def _bring_back(at: Connections, id: int, before: str, now: str) -> None:
    """Put a row that was put aside where mail is that comes now, when its time has brought it back."""
    from tui.mail import snooze  # noqa: PLC0415 - late: start-up time

    moment = snooze.until(before.split())
    if moment is None or snooze.BACK not in now.casefold().split():
        return
    for table, key in (("envelopes", "id"), ("members", "envelope")):
        at.cache.execute(f"UPDATE {table} SET received = max(received, ?) WHERE {key} = ?", (int(moment), id))


def add(at: Connections, mailbox: MailboxId, envelopes: Sequence[Envelope]) -> list[Uid]:
    """Insert what is not here, renew the flags of what is; return the UIDs that were not here."""
    batch = {row_id(mailbox, envelope.uid): envelope for envelope in envelopes if 0 < envelope.uid <= UID_MASK}
    with transaction(at.cache):
        known = generation(at.cache, mailbox)
        if known is None:
            return []
        there = ((envelope.uid, envelope.message_id, envelope.size) for envelope in batch.values())
        _follow(at, trail.recognize(at.precious, mailbox, known[0], there))
        overlay = at.overlay.of(mailbox, known[0])
        uidnext = known[1]
        held = held_rows(at, batch)
        tally = Tally()
        wanted: dict[int, Flags] = {}
        rows = []
        fresh: list[thread_changes.Stored] = []
        gone = away(at, Place(mailbox, known[0], tuple(envelope.uid for envelope in batch.values())))
        for id, envelope in batch.items():
            flags = overlay.flags(envelope.uid, envelope.flags)
            if id in held:
                wanted[id] = flags
                continue
            bits, others = pack_flags(flags)
            hidden = AWAY if envelope.uid in gone else aside(others)
            is_news = uidnext is not None and envelope.uid >= uidnext
            if hidden == SHOWN:
                tally.count(1, bits, server=is_news)
            elif hidden == ASIDE and not is_news:
                tally.unlist(bits)
            rows.append(pack(mailbox, envelope, bits, others, hidden))
            fresh.append((id, envelope, bits, bool(hidden)))
        if rows:
            at.cache.executemany(INSERT, rows)
            thread_changes.note(at.cache, mailbox, fresh)
            highest = row_uid(max(row[0] for row in rows))
            if uidnext is not None and highest >= uidnext:
                at.cache.execute("UPDATE mailboxes SET uidnext = ? WHERE id = ?", (highest + 1, mailbox))
        write_flags(at, held, wanted, tally)
        _note_told(at, mailbox, overlay, {id: envelope.flags for id, envelope in batch.items()})
        tally.write(at.cache, mailbox)
    return [row_uid(id) for id in batch if id not in held]


def _follow(at: Connections, went: Mapping[Name, Name]) -> None:
    """Have what lies over messages go with them to their new names."""
    if went:
        from tui.store import kept  # noqa: PLC0415 - late: start-up time

        kept.follow(at, went)
        at.overlay.retarget(went)


def set_flags(at: Connections, mailbox: MailboxId, flags: Mapping[Uid, Flags]) -> Taken:
    """Take flags as the server says they are; pending changes of ours stay on top."""
    with transaction(at.cache):
        known = generation(at.cache, mailbox)
        if known is None:
            return Taken()
        overlay = at.overlay.of(mailbox, known[0])
        said = {row_id(mailbox, uid): theirs for uid, theirs in flags.items() if 0 < uid <= UID_MASK}
        wanted = {id: overlay.flags(row_uid(id), theirs) for id, theirs in said.items()}
        tally = Tally()
        held = held_rows(at, wanted)
        taken = write_flags(at, held, wanted, tally)
        _note_told(at, mailbox, overlay, {id: theirs for id, theirs in said.items() if id in held})
        tally.write(at.cache, mailbox)
        return taken


def away(at: Connections, place: Place) -> set[Uid]:
    """Return which of these are not to be shown: they are going elsewhere, or have gone.

    A server that cannot expunge just these keeps them, marked as deleted, after they were copied.
    """
    overlay = at.overlay.of(place.mailbox, place.uidvalidity)
    gone = {uid for left in trail.left(at.precious, place, known=False) for uid in left.uids}
    return {uid for uid in place.uids if uid in overlay.moved} | (gone - overlay.back)


def _note_told(at: Connections, mailbox: MailboxId, overlay: MailboxOverlay, said: Mapping[int, Flags]) -> None:
    """Keep what the server says of rows that show otherwise: it is what is shown when our changes come to nothing.

    A row that is behind may have an older word there, of a change that was taken back.
    """
    late = {uid for place in at.behind.among(mailbox, map(row_uid, said)) for uid in place.uids} if at.behind else set()
    rows = [
        (id, *pack_flags(theirs)) for id, theirs in said.items() if row_uid(id) in overlay.deltas or row_uid(id) in late
    ]
    if rows:
        at.cache.executemany("INSERT OR REPLACE INTO told (id, flags, keywords) VALUES (?, ?, ?)", rows)


def change_flags(at: Connections, mailbox: MailboxId, uids: Iterable[Uid], add: Flags, remove: Flags) -> list[Uid]:
    """Add and remove flags; return the UIDs that changed."""
    with transaction(at.cache):
        held = held_rows(at, row_ids(mailbox, uids))
        wanted = {id: (unpack_flags(row[0], row[1]) | add) - remove for id, row in held.items()}
        tally = Tally()
        taken = write_flags(at, held, wanted, tally)
        tally.write(at.cache, mailbox)
        return [*taken.changed, *taken.left, *taken.came]


def set_hidden(at: Connections, mailbox: MailboxId, uids: Iterable[Uid], hidden: bool) -> list[Uid]:
    """Hide rows, or show them again; return those that were not so before."""
    with transaction(at.cache):
        held = held_rows(at, row_ids(mailbox, uids))
        tally = Tally()
        turned = place_rows(at, held, {id: AWAY if hidden else aside(row[1]) for id, row in held.items()}, tally)
        tally.write(at.cache, mailbox)
        return turned


def place_rows(at: Connections, held: Held, wanted: Mapping[int, int], tally: Tally) -> list[Uid]:
    """Take rows out of the lists, or put them in again; return those that left the lists or came into them.

    Args:
        held: as they are.
        wanted: key → what is to be in the column ``hidden``.
    """
    turned = [(wanted[id], id) for id, row in held.items() if row[2] != wanted[id]]
    told: list[Uid] = []
    for place, id in turned:
        if SHOWN in (place, held[id][2]):
            tally.count(1 if place == SHOWN else -1, held[id][0], id=id)
            told.append(row_uid(id))
    at.cache.executemany("UPDATE envelopes SET hidden = ? WHERE id = ?", turned)
    return told


def remove(at: Connections, mailbox: MailboxId, uids: Iterable[Uid]) -> list[Uid]:
    """Delete rows, hidden or not, and their bodies; return those that were here."""
    with transaction(at.cache):
        return _remove(at, mailbox, row_ids(mailbox, uids))


def _remove(at: Connections, mailbox: MailboxId, ids: Sequence[int]) -> list[Uid]:
    held = held_rows(at, ids)
    tally = Tally()
    for id, (bits, _, hidden) in held.items():
        if not hidden:
            tally.count(-1, bits, id=id)
    tally.gone = list(held)
    keys = json.dumps(list(held))
    at.cache.execute(f"DELETE FROM bodies WHERE envelope {_IN}", (keys,))
    at.cache.execute(f"DELETE FROM envelopes WHERE id {_IN}", (keys,))
    tally.write(at.cache, mailbox)
    return [row_uid(id) for id in held]


def keep_only(
    at: Connections, mailbox: MailboxId, ranges: Sequence[tuple[int, int]], low: int, high: int, limit: int
) -> tuple[list[Uid], int]:
    """Look at the first ``limit`` rows from ``low`` to ``high`` and delete those outside the sorted ranges.

    Returns:
        (what was deleted, the last UID looked at, or ``high`` when there was no more).
    """
    starts = [first for first, _ in ranges]
    with transaction(at.cache):
        rows = query(
            at.cache,
            "SELECT id & ? FROM envelopes WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
            (UID_MASK, row_id(mailbox, max(low, 0)), row_id(mailbox, min(high, UID_MASK)), limit),
        )
        gone = []
        for (uid,) in rows:
            place = bisect_right(starts, uid)
            if not place or ranges[place - 1][1] < uid:
                gone.append(row_id(mailbox, uid))
        removed = _remove(at, mailbox, gone) if gone else []
    return removed, rows[-1][0] if len(rows) == limit else high


def count_on_server(at: Connections, mailbox: MailboxId, total: int) -> None:
    """Note how many messages the server holds, of which it still counts those that are hidden here."""
    with transaction(at.cache):
        shown = max(0, total - hidden_counts(at.cache, mailbox)[0])
        at.cache.execute("UPDATE mailboxes SET server_total = ? WHERE id = ?", (shown, mailbox))


def set_snippets(at: Connections, mailbox: MailboxId, texts: Mapping[Uid, str]) -> None:
    rows = [(text, row_id(mailbox, uid)) for uid, text in texts.items()]
    with transaction(at.cache):
        at.cache.executemany("UPDATE envelopes SET snippet = ? WHERE id = ?", rows)
