"""What the lists show, made anew from what the server says and the changes that lie over it."""

import json
from collections.abc import Collection, Iterable
from dataclasses import field

from tui.mail.flags import Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.store import envelope_changes, trail
from tui.store.behind import AT_ONCE
from tui.store.codec import AWAY, SHOWN, UID_MASK, aside, pack_flags, row_id, row_ids, row_uid, unpack_flags
from tui.store.counters import Tally, generation
from tui.store.databases import Connections
from tui.store.envelope_changes import held_rows, place_rows, write_flags
from tui.store.overlay import Place
from tui.store.sqlite import query, transaction

_IN = "IN (SELECT value FROM json_each(?))"

Sight = tuple[MailboxId | None, Collection[Uid]]
"""A mailbox, and its rows that are on the screen."""


@dataclass(slots=True)
class Effects:
    """What is shown otherwise than before, by mailbox.

    Attributes:
        changed: rows with other flags.
        hidden, shown: rows that left the lists, and that are in them again.
        tree: mailboxes came, went or have another name.
    """

    changed: dict[MailboxId, list[Uid]] = field(default_factory=dict)
    hidden: dict[MailboxId, list[Uid]] = field(default_factory=dict)
    shown: dict[MailboxId, list[Uid]] = field(default_factory=dict)
    tree: bool = False

    def note_gone(self, mailbox: MailboxId, uids: list[Uid]) -> None:
        """Count rows that were deleted among those that left the lists."""
        if uids:
            self.hidden.setdefault(mailbox, []).extend(uids)

    def merge(self, other: "Effects") -> None:
        """Take in what came after this."""
        for mine, theirs in ((self.changed, other.changed), (self.hidden, other.hidden), (self.shown, other.shown)):
            for mailbox, uids in theirs.items():
                mine.setdefault(mailbox, []).extend(uids)
        self.tree |= other.tree

    def of(self, mailbox: MailboxId) -> "Effects":
        """Return what is shown otherwise in one mailbox."""
        mine = Effects()
        for kept, every in ((mine.changed, self.changed), (mine.hidden, self.hidden), (mine.shown, self.shown)):
            if mailbox in every:
                kept[mailbox] = every[mailbox]
        return mine

    def __bool__(self) -> bool:
        return bool(self.changed or self.hidden or self.shown or self.tree)


def refresh(at: Connections, places: Iterable[Place]) -> Effects:
    """Show these rows as the overlay has them now, in one transaction. Rows of another generation are left alone."""
    effects = Effects()
    with transaction(at.cache):
        for place in places:
            known = generation(at.cache, place.mailbox)
            if known is not None and place.uids and place.concerns(place.mailbox, known[0]):
                _refresh(at, place, effects)
    return effects


def refresh_first(at: Connections, places: Iterable[Place], sight: Sight = (None, ())) -> Effects:
    """Show these rows as the overlay has them now; of thousands only those first that may be on the screen.

    The others are behind; `follow` shows them.

    Args:
        sight: what is on the screen; of other mailboxes the newest are taken to be.
    """
    places = list(places)
    if sum(len(place.uids) for place in places) <= AT_ONCE:
        return refresh(at, places)
    first: list[Place] = []
    later: list[Place] = []
    room = AT_ONCE
    for place in places:
        seen = set(sight[1]) if sight[0] == place.mailbox else set()
        order = sorted(place.uids, key=lambda uid: (uid not in seen, -uid))
        first.append(Place(place.mailbox, place.uidvalidity, tuple(order[:room])))
        later.append(Place(place.mailbox, place.uidvalidity, tuple(order[room:])))
        room -= len(first[-1].uids)
    effects = refresh(at, first)
    for place in later:
        at.behind.add(place.mailbox, place.uidvalidity, place.uids)
    return effects


def follow(at: Connections) -> Effects | None:
    """Show the next slice of the rows that are behind; None when there is none."""
    at.overlay  # noqa: B018 - where it was put off, reading it tells which rows are behind
    place = at.behind.slice()
    if place is None:
        return None
    effects = refresh(at, [place])
    at.behind.drop([place])
    return effects


def catch_up(at: Connections, mailbox: MailboxId, uids: Iterable[Uid]) -> Effects:
    """Show those of some rows that are behind, before anybody goes by what they show."""
    at.overlay  # noqa: B018 - as above
    places = at.behind.among(mailbox, uids) if at.behind else []
    effects = refresh(at, places)
    at.behind.drop(places)
    return effects


def _refresh(at: Connections, place: Place, effects: Effects) -> None:
    mailbox = place.mailbox
    uidvalidity = (generation(at.cache, mailbox) or (None,))[0]
    overlay = at.overlay.of(mailbox, uidvalidity)
    held = held_rows(at, row_ids(mailbox, place.uids))
    told = _told(at, held)
    wanted: dict[int, Flags] = {}
    noted: list[tuple[int, int, str]] = []
    for id, row in held.items():
        theirs = told.get(id, row[:2])
        wanted[id] = overlay.flags(row_uid(id), unpack_flags(*theirs))
        if row_uid(id) in overlay.deltas and id not in told:
            noted.append((id, *theirs))
    at.cache.executemany("INSERT INTO told (id, flags, keywords) VALUES (?, ?, ?)", noted)
    over = [id for id in told if row_uid(id) not in overlay.deltas]
    at.cache.execute(f"DELETE FROM told WHERE id {_IN}", (json.dumps(over),))
    tally = Tally()
    write_flags(at, held, wanted, tally)
    now = held_rows(at, held)
    away = envelope_changes.away(at, Place(mailbox, uidvalidity, place.uids))
    places = {id: AWAY if row_uid(id) in away else aside(row[1]) for id, row in now.items()}
    place_rows(at, now, places, tally)
    tally.write(at.cache, mailbox)
    for kept, concerned in (
        (effects.changed, [id for id, row in now.items() if row[:2] != held[id][:2] and held[id][2] != AWAY]),
        (effects.hidden, [id for id in now if held[id][2] == SHOWN != places[id]]),
        (effects.shown, [id for id in now if held[id][2] != SHOWN == places[id]]),
    ):
        if concerned:
            kept.setdefault(mailbox, []).extend(map(row_uid, concerned))


def _told(at: Connections, ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    rows = query(at.cache, f"SELECT id, flags, keywords FROM told WHERE id {_IN}", (json.dumps(list(ids)),))
    return {id: (bits, others) for id, bits, others in rows}


def flagged(at: Connections, mailbox: MailboxId) -> list[Uid]:
    """Return the rows whose flags are shown otherwise than the server has them."""
    bounds = (row_id(mailbox, 0), row_id(mailbox, UID_MASK))
    rows = query(at.cache, f"SELECT id & {UID_MASK} FROM told WHERE id BETWEEN ? AND ?", bounds)
    return [Uid(uid) for (uid,) in rows]


def note(at: Connections, place: Place, add: Flags, remove: Flags) -> None:
    """Take it that the server has added and removed these flags; `refresh` must follow."""
    known = generation(at.cache, place.mailbox)
    if known is None or not place.concerns(place.mailbox, known[0]):
        return
    held = held_rows(at, row_ids(place.mailbox, place.uids))
    with transaction(at.cache):
        told = _told(at, held)
        rows = []
        for id, row in held.items():
            bits, others = told.get(id, row[:2])
            rows.append((id, *pack_flags((unpack_flags(bits, others) | add) - remove)))
        at.cache.executemany("INSERT OR REPLACE INTO told (id, flags, keywords) VALUES (?, ?, ?)", rows)


def known_by(at: Connections, place: Place) -> dict[Uid, tuple[str, int]]:
    """Return (Message-ID, octets) of messages: of rows that are here, hidden or not, and of those we moved there."""
    ids = json.dumps([row_id(place.mailbox, uid) for uid in place.uids])
    rows = query(at.cache, f"SELECT id, message_id, size FROM envelopes WHERE id {_IN}", (ids,))
    here = {row_uid(id): (message_id, size) for id, message_id, size in rows}
    return {**trail.known_by(at.precious, place), **here}
