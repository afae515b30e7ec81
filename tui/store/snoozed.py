"""What is put aside, and what was sent and is to be answered; found by indexes that hold nothing else."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from tui.mail import snooze
from tui.mail.flags import DRAFT, Flags
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.noun import dataclass
from tui.mail.thread import own_key
from tui.store.codec import AWAY, BITS, UID_BITS, row_id, row_ids, row_uid, unpack_flags
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query

MOST_LOOKED_AT: Final = 50
"""Newest messages of a thread that are looked at for an answer."""

_OF = "mailbox IN (SELECT id FROM mailboxes WHERE account = ?1)"
_WAITING = (
    f"SELECT id, flags, keywords, received FROM envelopes INDEXED BY envelope_aside WHERE hidden = 2 AND {_OF}"
    " UNION ALL SELECT id, flags, keywords, received FROM envelopes INDEXED BY envelope_remind"
    f" WHERE instr(lower(keywords), '{snooze.REMIND}') > 0 AND hidden = 0 AND {_OF}"
)
_NO_ANSWERS = (Role.TRASH.value, Role.JUNK.value, Role.DRAFTS.value)
_ANSWERS = (
    "SELECT json_extract(e.addresses, '$[0][1]') FROM members m JOIN envelopes e ON e.id = m.envelope"
    " JOIN mailboxes b ON b.id = m.mailbox WHERE m.thread = (SELECT thread FROM {} = ?1) AND m.received > ?2"
    f" AND e.hidden != {AWAY} AND e.flags & {BITS[DRAFT]} = 0 AND coalesce(b.role, '') NOT IN {_NO_ANSWERS!r}"
    f" ORDER BY m.received DESC LIMIT {MOST_LOOKED_AT}"
)
_ANSWERS_TO_ROW = _ANSWERS.format("members WHERE envelope")
_ANSWERS_TO_NAME = _ANSWERS.format("thread_keys WHERE key")
_COPY = (
    "SELECT e.id FROM envelopes e JOIN mailboxes b ON b.id = e.mailbox WHERE e.message_id = ? AND e.message_id != ''"
    f" AND b.account = ? AND b.role = '{Role.SENT.value}' AND e.hidden = 0 LIMIT 1"
)
_IN = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for a time or an answer.

    Attributes:
        flags: all of them; see `tui.mail.snooze` for what they say.
        received: seconds since 1970 UTC.
    """

    mailbox: MailboxId
    uid: Uid
    flags: Flags
    received: int


class Snoozed:
    """Reads what waits, of all accounts."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def waiting(self, account: AccountName) -> list[Waiting]:
        """Return what waits in the mailboxes of an account."""
        return await self._databases.read(_waiting, account)

    async def answered(
        self, asked: Mapping[tuple[MailboxId, Uid], float], own: Collection[str]
    ) -> set[tuple[MailboxId, Uid]]:
        """Return those of the messages in whose thread somebody else has written since.

        Args:
            asked: message → the moment after which an answer counts, seconds since 1970 UTC.
            own: the user's addresses, case-folded: what is from there is no answer.
        """
        return await self._databases.read(_answered, asked, own)

    async def is_answered(self, message_id: str, since: float, own: Collection[str]) -> bool:
        """Return whether somebody else has written in the thread of a mail, whether that is here or not.

        Args:
            message_id: its name, with angle brackets.
            since, own: as for `answered`.
        """
        return await self._databases.read(_is_answered, message_id, since, own)

    async def sent_copy(self, account: AccountName, message_id: str) -> tuple[MailboxId, Uid] | None:
        """Return the copy of a mail in the account's Sent, as far as that is known here."""
        return await self._databases.read(_sent_copy, account, message_id)

    async def copy_in(self, mailbox: MailboxId, message_id: str) -> Waiting | None:
        """Return a mail of this name in a mailbox, the newest, as far as it is known here."""
        return await self._databases.read(_copy_in, mailbox, message_id)

    async def newest(self, mailbox: MailboxId, uids: Sequence[Uid]) -> int:
        """Return when the newest message in the threads of these came, seconds since 1970 UTC; 0 for none."""
        return await self._databases.read(_newest, mailbox, uids)

    async def words(self, mailbox: MailboxId, uids: Sequence[Uid]) -> Flags:
        """Return the keywords of `tui.mail.snooze` that any of these messages has."""
        return await self._databases.read(_words, mailbox, uids)


def _waiting(at: Connections, account: AccountName) -> list[Waiting]:
    return [_row(*row) for row in query(at.cache, _WAITING, (account,))]


def _row(id: int, bits: int, others: str, received: int) -> Waiting:
    return Waiting(MailboxId(id >> UID_BITS), row_uid(id), unpack_flags(bits, others), received)


def _answered(
    at: Connections, asked: Mapping[tuple[MailboxId, Uid], float], own: Collection[str]
) -> set[tuple[MailboxId, Uid]]:
    return {
        (mailbox, uid)
        for (mailbox, uid), since in asked.items()
        if _is_by_others(query(at.cache, _ANSWERS_TO_ROW, (row_id(mailbox, uid), since)), own)
    }


def _is_by_others(found: Sequence[tuple[str]], own: Collection[str]) -> bool:
    return any(spec and spec.casefold() not in own for (spec,) in found)


def _is_answered(at: Connections, message_id: str, since: float, own: Collection[str]) -> bool:
    key = own_key(message_id)
    return bool(key) and _is_by_others(query(at.cache, _ANSWERS_TO_NAME, (key, since)), own)


def _sent_copy(at: Connections, account: AccountName, message_id: str) -> tuple[MailboxId, Uid] | None:
    found = query(at.cache, _COPY, (message_id, account))
    return (MailboxId(found[0][0] >> UID_BITS), row_uid(found[0][0])) if found else None


def _copy_in(at: Connections, mailbox: MailboxId, message_id: str) -> Waiting | None:
    found = query(
        at.cache,
        "SELECT id, flags, keywords, received FROM envelopes WHERE message_id = ? AND message_id != '' AND mailbox = ?"
        f" AND hidden != {AWAY} ORDER BY id DESC LIMIT 1",
        (message_id, mailbox),
    )
    return next((_row(*row) for row in found), None)


def _newest(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> int:
    ids = json.dumps(row_ids(mailbox, uids))
    found = query(
        at.cache,
        f"SELECT max((SELECT coalesce(max(received), 0) FROM envelopes WHERE id {_IN}),"
        f" (SELECT coalesce(max(received), 0) FROM members WHERE thread IN"
        f" (SELECT thread FROM members WHERE envelope {_IN})))",
        (ids, ids),
    )
    newest: int = found[0][0]
    return newest


def _words(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> Flags:
    rows = query(
        at.cache,
        f"SELECT DISTINCT keywords FROM envelopes WHERE id {_IN} AND keywords != ''",
        (json.dumps(row_ids(mailbox, uids)),),
    )
    return frozenset(word for (others,) in rows for word in snooze.taken_off(others.split()))
