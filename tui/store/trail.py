"""Where messages went that were moved here: from any name a message had to the one it has now.

A UID is never used again in its mailbox and generation, so a message leaves a name once at most, and names form a
chain. What undoes an act names the messages as they were called when it was done; the chain tells where they are.
"""

import json
import time
from collections.abc import Iterable, Mapping

import apsw

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.noun import dataclass
from tui.store.overlay import Name, Place
from tui.store.sqlite import query

MOST_MOVES = 1000
"""Links of one chain that are followed; a server that uses UIDs again could make a circle."""

Known = tuple[Uid, str, int]
"""A message: its UID, its Message-ID, its octets."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A message that was moved by a server that did not say what it is called now.

    Attributes:
        name: what it was called.
        mailbox, uidvalidity: where it went.
        since: it has this UID there, or a later one.
        message_id, size: how to know it.
    """

    name: Name
    mailbox: MailboxId
    uidvalidity: UidValidity | None
    since: Uid
    message_id: str
    size: int


def follow(precious: apsw.Connection, places: Iterable[Place]) -> tuple[list[Place], list[Lost]]:
    """Return where messages are now, as far as known, and those of them whose trail is lost at that place.

    Messages that were looked for and not found are in neither.
    """
    found: dict[tuple[MailboxId, UidValidity | None], list[Uid]] = {}
    lost: list[Lost] = []
    todo = list(places)
    for _ in range(MOST_MOVES):
        if not todo:
            break
        todo = _step(precious, todo, found, lost)
    return [Place(mailbox, validity, tuple(uids)) for (mailbox, validity), uids in found.items()], lost


def _step(
    precious: apsw.Connection,
    places: Iterable[Place],
    found: dict[tuple[MailboxId, UidValidity | None], list[Uid]],
    lost: list[Lost],
) -> list[Place]:
    further: dict[tuple[MailboxId, UidValidity | None], list[Uid]] = {}
    for place in places:
        rows = query(
            precious,
            "SELECT uid, to_mailbox, to_uidvalidity, to_uid, since, message_id, size FROM trail"
            " WHERE mailbox = ? AND uidvalidity = ? AND uid IN (SELECT value FROM json_each(?))",
            (place.mailbox, place.uidvalidity or 0, json.dumps(place.uids)),
        )
        went = {row[0]: row[1:] for row in rows}
        if not went:
            found.setdefault((place.mailbox, place.uidvalidity), []).extend(place.uids)
            continue
        for uid in place.uids:
            link = went.get(uid)
            if link is not None and link[2]:
                further.setdefault((link[0], link[1] or None), []).append(Uid(link[2]))
            elif link is None or link[2] is None:
                found.setdefault((place.mailbox, place.uidvalidity), []).append(uid)
                if link is not None:
                    name = (place.mailbox, place.uidvalidity, uid)
                    lost.append(Lost(name, link[0], link[1] or None, Uid(link[3]), link[4], link[5]))
    return [Place(mailbox, validity, tuple(uids)) for (mailbox, validity), uids in further.items()]


def begin(
    precious: apsw.Connection,
    place: Place,
    target: MailboxId,
    uidvalidity: UidValidity | None,
    since: Uid,
    known_by: Mapping[Uid, tuple[str, int]],
) -> None:
    """Note that messages are about to be moved; a note that is there already stays.

    Args:
        place: what they are called before.
        target, uidvalidity: where they go.
        since: UIDs that are given there from now on.
        known_by: (Message-ID, octets) of each.
    """
    source = (place.mailbox, place.uidvalidity or 0)
    going = (target, uidvalidity or 0, since)
    now = time.time()
    precious.executemany(
        "INSERT OR IGNORE INTO trail (mailbox, uidvalidity, uid, to_mailbox, to_uidvalidity, since, message_id, size,"
        " made) VALUES (?,?,?,?,?,?,?,?,?)",
        [(*source, uid, *going, *known_by.get(uid, ("", 0)), now) for uid in place.uids],
    )


def begin_copies(
    precious: apsw.Connection,
    copies: Place,
    target: MailboxId,
    uidvalidity: UidValidity | None,
    since: Uid,
    known_by: Mapping[Uid, tuple[str, int]],
    *,
    anew: bool,
) -> None:
    """Note that messages are about to be copied; what a try before this one noted stays.

    Args:
        copies: `Change.copies` of the change.
        target, uidvalidity, since: as for `begin`.
        known_by: (Message-ID, octets) of each, by its UID in ``copies``.
        anew: it is the first try: what an earlier doing of the same act left is forgotten.
    """
    if anew:
        precious.execute("DELETE FROM trail WHERE mailbox = ?", (copies.mailbox,))
    going = Place(copies.mailbox, copies.uidvalidity, tuple(known_by))
    begin(precious, going, target, uidvalidity, since, known_by)


def names_now(precious: apsw.Connection, origin: Place) -> dict[Name, Uid]:
    """Return what messages are called now, as far as known → their UIDs in ``origin``."""
    if not left(precious, origin, known=False):
        return {(origin.mailbox, origin.uidvalidity, uid): uid for uid in origin.uids}
    named: dict[Name, Uid] = {}
    for uid in origin.uids:
        for place in follow(precious, [Place(origin.mailbox, origin.uidvalidity, (uid,))])[0]:
            named[place.mailbox, place.uidvalidity, place.uids[0]] = uid
    return named


def known_by(precious: apsw.Connection, place: Place) -> dict[Uid, tuple[str, int]]:
    """Return (Message-ID, octets) of those of the messages that we moved there."""
    rows = query(
        precious,
        "SELECT to_uid, message_id, size FROM trail WHERE to_mailbox = ? AND to_uidvalidity = ?"
        " AND to_uid IN (SELECT value FROM json_each(?))",
        (place.mailbox, place.uidvalidity or 0, json.dumps(place.uids)),
    )
    return {Uid(uid): (message_id, size) for uid, message_id, size in rows}


def landed(precious: apsw.Connection, went: Mapping[Name, Name | None]) -> None:
    """Note what moved messages are called now; None for those that are not there."""
    with precious:  # else each is written to the disk by itself
        precious.executemany(
            "UPDATE trail SET to_uid = ?, to_uidvalidity = coalesce(?, to_uidvalidity)"
            " WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
            [
                (now[2] if now else 0, (now[1] or 0) if now else None, name[0], name[1] or 0, name[2])
                for name, now in went.items()
            ],
        )


def recognize(
    precious: apsw.Connection, mailbox: MailboxId, uidvalidity: UidValidity | None, there: Iterable[Known]
) -> dict[Name, Name]:
    """Note which messages are such as we moved there, where the server did not say what they are called now.

    What is on the screen has its whole trail then: an undo shows at once, and nobody acts on a message that is about to
    be taken back. While such a move may still be cut off half-way, nothing is noted: a copy is not yet a move.

    Args:
        there: messages that are found in the mailbox.

    Returns:
        Old name → new name of those that were recognized.
    """
    lost = query(
        precious,
        "SELECT mailbox, uidvalidity, uid, since, message_id, size FROM trail WHERE to_mailbox = ?1 AND to_uid IS NULL"
        " AND to_uidvalidity = ?2 AND message_id <> '' AND NOT EXISTS"
        " (SELECT 1 FROM pending WHERE begun AND target_mailbox = ?1) ORDER BY uid",
        (mailbox, uidvalidity or 0),
    )
    if not lost:
        return {}
    alike: dict[tuple[str, int], list[Uid]] = {}
    for uid, message_id, size in there:
        alike.setdefault((message_id, size), []).append(uid)
    place = Place(mailbox, uidvalidity, tuple(uid for uids in alike.values() for uid in uids))
    taken = known_by(precious, place)
    went: dict[Name, Name] = {}
    for box, validity, old, since, message_id, size in lost:
        free = sorted(uid for uid in alike.get((message_id, size), ()) if uid >= since and uid not in taken)
        if free:
            alike[message_id, size].remove(free[0])
            went[box, validity or None, Uid(old)] = (mailbox, uidvalidity, free[0])
    landed(precious, went)
    return went


def forget(precious: apsw.Connection, places: Iterable[Place]) -> None:
    """Drop the notes of messages that were not moved after all."""
    for place in places:
        precious.execute(
            "DELETE FROM trail WHERE mailbox = ? AND uidvalidity = ? AND to_uid IS NULL"
            " AND uid IN (SELECT value FROM json_each(?))",
            (place.mailbox, place.uidvalidity or 0, json.dumps(place.uids)),
        )


def left(precious: apsw.Connection, place: Place, *, known: bool = True) -> list[Place]:
    """Return those of the messages that were moved away from there, as none or one place.

    Args:
        known: only those whose new name is known.
    """
    rows = query(
        precious,
        "SELECT uid FROM trail WHERE mailbox = ? AND uidvalidity = ? AND uid IN (SELECT value FROM json_each(?))"
        " AND (NOT ? OR to_uid IS NOT NULL)",
        (place.mailbox, place.uidvalidity or 0, json.dumps(place.uids), known),
    )
    return [Place(place.mailbox, place.uidvalidity, tuple(Uid(row[0]) for row in rows))] if rows else []
