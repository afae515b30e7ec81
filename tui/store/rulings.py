"""What rules have done, in precious.db: a message that is noted here is never handled again."""

import json
from collections.abc import Sequence

from tui.mail.ids import AccountName, Uid, UidValidity
from tui.mail.noun import dataclass
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction

MOST_KEPT = 100_000
"""Messages that are remembered; older ones are below every mark."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox in one generation of its UIDs.

    Attributes:
        mailbox: its wire name.
    """

    account: AccountName
    mailbox: bytes
    uidvalidity: UidValidity


@dataclass(frozen=True, slots=True)
class Ruled:
    """A message that rules were about.

    Attributes:
        rules: their names, in their order.
        at: when, seconds since 1970 UTC.
        state: ``begun``, ``done`` or ``failed``; what stays ``begun`` was cut short, and is not done again.
        words: what was done, or why not.
    """

    place: Place
    uid: Uid
    message_id: str
    subject: str
    rules: tuple[str, ...]
    at: float
    state: str = "begun"
    words: str = ""


class Rulings:
    """The ledger.

    Args:
        databases: open.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def claim(self, ruled: Sequence[Ruled]) -> set[Uid]:
        """Note that messages are being handled, all in one go; return which were not already, also under another name.

        A mail that was moved, or put back, has another UID and the same Message-ID. Once this is on disk nobody
        handles it again, whatever happens.
        """
        return await self._databases.write_precious(_claim_all, tuple(ruled))

    async def settle(self, place: Place, uids: Sequence[Uid], state: str, words: str) -> None:
        """Note what became of messages that were claimed."""
        await self._databases.write_precious(_settle, place, tuple(uids), state, words)

    async def mark(self, place: Place) -> Uid | None:
        """Return the UID up to which a mailbox was looked at, None where it never was in this generation."""
        return await self._databases.read_precious(_mark, place)

    async def set_mark(self, place: Place, uid: Uid) -> None:
        """Note that a mailbox was looked at up to this UID. It never goes back."""
        await self._databases.write_precious(_set_mark, place, uid)

    async def history(self, limit: int) -> list[Ruled]:
        """Return what was done, the newest first."""
        return await self._databases.read_precious(_history, limit)


def _claim_all(at: Connections, ruled: tuple[Ruled, ...]) -> set[Uid]:
    with transaction(at.precious):
        claimed = {each.uid for each in ruled if _claim(at, each)}
        if claimed:
            query(
                at.precious,
                "DELETE FROM ruled WHERE at < (SELECT at FROM ruled ORDER BY at DESC LIMIT 1 OFFSET ?)",
                (MOST_KEPT,),
            )
        return claimed


def _claim(at: Connections, ruled: Ruled) -> bool:
    place = ruled.place
    if ruled.message_id and query(
        at.precious,
        "SELECT 1 FROM ruled WHERE account = ? AND message_id = ? LIMIT 1",
        (place.account, ruled.message_id),
    ):
        return False
    query(
        at.precious,
        "INSERT OR IGNORE INTO ruled VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            *(place.account, place.mailbox, place.uidvalidity, ruled.uid, ruled.message_id, ruled.subject),
            *(json.dumps(ruled.rules), ruled.at, ruled.state, ruled.words),
        ),
    )
    return at.precious.changes() == 1


def _settle(at: Connections, place: Place, uids: tuple[Uid, ...], state: str, words: str) -> None:
    with transaction(at.precious):
        query(
            at.precious,
            "UPDATE ruled SET state = ?, words = ? WHERE account = ? AND mailbox = ? AND uidvalidity = ?"
            " AND uid IN (SELECT value FROM json_each(?))",
            (state, words, place.account, place.mailbox, place.uidvalidity, json.dumps(uids)),
        )


def _mark(at: Connections, place: Place) -> Uid | None:
    rows = query(
        at.precious,
        "SELECT uid FROM ruled_marks WHERE account = ? AND mailbox = ? AND uidvalidity = ?",
        (place.account, place.mailbox, place.uidvalidity),
    )
    return Uid(rows[0][0]) if rows else None


def _set_mark(at: Connections, place: Place, uid: Uid) -> None:
    query(
        at.precious,
        "INSERT INTO ruled_marks VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET uid ="
        " CASE WHEN uidvalidity = excluded.uidvalidity THEN max(uid, excluded.uid) ELSE excluded.uid END,"
        " uidvalidity = excluded.uidvalidity",
        (place.account, place.mailbox, place.uidvalidity, uid),
    )


def _history(at: Connections, limit: int) -> list[Ruled]:
    rows = query(
        at.precious,
        "SELECT account, mailbox, uidvalidity, uid, message_id, subject, rules, at, state, words FROM ruled"
        " ORDER BY at DESC, uid DESC LIMIT ?",
        (limit,),
    )
    return [
        Ruled(
            Place(AccountName(account), bytes(mailbox), UidValidity(uidvalidity)),
            Uid(uid),
            message_id,
            subject,
            tuple(json.loads(rules)),
            when,
            state,
            words,
        )
        for account, mailbox, uidvalidity, uid, message_id, subject, rules, when, state, words in rows
    ]
