"""The outbox: mails on their way out. Nothing in it is lost, and nothing leaves twice by itself."""

import builtins
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tui.mail import draft as drafts
from tui.mail.draft import Draft, Original
from tui.mail.errors import Overtaken, StoreError
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Phase, Refusal, Submission, SubmissionState
from tui.store import acts, resending
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction
from tui.store.submission_rows import letter, pack_refusals, read, size_limit, write

STATE = SubmissionState
TRANSITIONS: Final[dict[SubmissionState, frozenset[SubmissionState]]] = {
    STATE.HELD: frozenset({STATE.HELD, STATE.QUEUED, STATE.SENDING, STATE.FAILED}),
    STATE.QUEUED: frozenset({STATE.QUEUED, STATE.HELD, STATE.SENDING, STATE.FAILED}),
    STATE.SENDING: frozenset({STATE.SENDING, STATE.ACCEPTED, STATE.QUEUED, STATE.FAILED, STATE.UNKNOWN}),
    STATE.ACCEPTED: frozenset({STATE.ACCEPTED, STATE.COPIED}),
    STATE.COPIED: frozenset({STATE.COPIED}),
    STATE.FAILED: frozenset({STATE.FAILED, STATE.QUEUED}),
    # unknown → accepted: it was found in Sent; → queued: the user says so
    STATE.UNKNOWN: frozenset({STATE.UNKNOWN, STATE.QUEUED, STATE.ACCEPTED, STATE.COPIED, STATE.FAILED}),
}
"""What may follow what. From ACCEPTED on, a row can never be sent again."""

IN_DOUBT: Final = (Phase.DOT, Phase.DONE)
"""Phases from which the server may have taken the mail."""
MOST_TALK: Final = 30_000
"""Characters of what was said with the server that are kept of one submission, the newest."""
KEEP_COPIED: Final = 30 * 86_400.0
"""Seconds a row stays as a receipt once all is done."""

_WAITING = (STATE.HELD.value, STATE.QUEUED.value)


class Outbox:
    """The table of submissions, with their bytes and drafts."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(
        self,
        *,
        account: AccountName,
        draft: str,
        data: bytes,
        message_id: str,
        sender: str,
        recipients: Sequence[str],
        subject: str,
        to: str,
        state: SubmissionState = SubmissionState.QUEUED,
        due: float = 0.0,
        planned: bool = False,
        key: int | None = None,
        remind: float | None = None,
    ) -> SubmissionId:
        """Write a mail; when this returns, it survives a power cut.

        Args:
            draft: JSON of the draft, for editing it again.
            data: the final bytes.
            sender, recipients: the SMTP envelope, addr-specs.
            subject, to: for showing; cleaned.
            state: HELD or QUEUED.
            due: when it may leave, seconds since 1970 UTC.
            planned: the user chose when.
            key: of the saved draft that it was; it is a draft no longer, in the same moment.
            remind: when the user is to be reminded unless somebody answers, seconds since 1970 UTC.

        Raises:
            StoreError: when it could not be written; then nothing was.
        """
        row = (
            *(account, message_id, sender, json.dumps(list(recipients)), subject, to),
            *(state.value, due, len(data), planned, remind),
        )
        return await self._databases.write_precious(_add, row, draft, data, key)

    async def list(self, account: AccountName | None = None) -> builtins.list[Submission]:
        """Return the rows of one account or of all, the newest first."""
        where, bindings = ("true", ()) if account is None else ("account = ?", (account,))
        return await self._databases.read_precious(read, f"{where} ORDER BY id DESC", *bindings)

    async def get(self, id: SubmissionId) -> Submission | None:
        """Return one row, or None when it is gone."""
        rows = await self._databases.read_precious(read, "id = ?", id)
        return rows[0] if rows else None

    async def data(self, id: SubmissionId) -> bytes:
        """Return the final bytes.

        Raises:
            StoreError: when the row is gone.
        """
        data: bytes = await self._databases.read_precious(letter, "data", id)
        return data

    async def draft(self, id: SubmissionId) -> str:
        """Return the draft's JSON.

        Raises:
            StoreError: when the row is gone.
        """
        draft: str = await self._databases.read_precious(letter, "draft", id)
        return draft

    async def original(self, id: SubmissionId) -> Original | None:
        """Return what the mail answers or forwards; its attachments stay where they are.

        Raises:
            StoreError: when the row is gone.
        """
        text: str = await self._databases.read_precious(letter, "json_extract(draft, '$.original')", id)
        return drafts.original_from_json(text) if text else None

    async def due(self, account: AccountName, now: float) -> builtins.list[Submission]:
        """Return held and queued rows whose time has come, the longest due first."""
        where = "account = ? AND state IN (?, ?) AND due <= ? ORDER BY due, id"
        return await self._databases.read_precious(read, where, account, *_WAITING, now)

    async def next_due(self, account: AccountName) -> float | None:
        """Return when the next held or queued row is due, seconds since 1970 UTC; None when there is none."""
        return await self._databases.read_precious(_next_due, account)

    async def accepted(self, account: AccountName) -> builtins.list[Submission]:
        """Return the rows whose Sent copy is still to be filed, oldest first."""
        where = "account = ? AND state = ? ORDER BY id"
        return await self._databases.read_precious(read, where, account, STATE.ACCEPTED.value)

    async def unknown(self, account: AccountName) -> builtins.list[Submission]:
        """Return the rows of which nobody knows whether they left, oldest first."""
        where = "account = ? AND state = ? ORDER BY id"
        return await self._databases.read_precious(read, where, account, STATE.UNKNOWN.value)

    async def looked(self, id: SubmissionId, now: float) -> None:
        """Note that an unknown row was looked for on the server, and not found.

        Args:
            now: seconds since 1970 UTC.
        """
        await self._databases.write_precious(_looked, id, now)

    async def resend(
        self, id: SubmissionId, settled: Sequence[str], recipients: Sequence[str], due: float
    ) -> SubmissionId:
        """Queue the same bytes for those whom an accepted row did not reach, as a row of its own.

        Args:
            settled: refused addresses of the row about which nothing is to be done any more.
            recipients: who is to get it, addr-specs.
            due: when it may leave, seconds since 1970 UTC.

        Returns:
            The new row.

        Raises:
            MailError: when one of them has it already, or the row has nobody left; nothing was changed.
            StoreError: when the row is gone.
        """
        return await self._databases.write_precious(resending.resend, id, tuple(settled), tuple(recipients), due)

    async def settle(self, id: SubmissionId) -> None:
        """Note that the user lets the refusals of a row be."""
        await self._databases.write_precious(resending.settle, id)

    async def advance(
        self,
        id: SubmissionId,
        state: SubmissionState,
        *,
        phase: Phase | None = None,
        words: str | None = None,
        due: float | None = None,
        refused: Sequence[Refusal] | None = None,
        copy: str | None = None,
        attempted: bool = False,
    ) -> Submission:
        """Bring a row into a state; when this returns, that survives a power cut.

        Args:
            phase, words, due, refused, copy: new values; None leaves the old ones.
            attempted: a dialogue begins: count it.

        Returns:
            The row as it is now.

        Raises:
            Overtaken: when the row is gone, or the state cannot follow the one it is in; nothing was changed.
            StoreError: when it could not be written.
        """
        fields: dict[str, object] = {}
        if phase is not None:
            fields["phase"] = phase.value
        if words is not None:
            fields["words"] = words
        if due is not None:
            fields["due"] = due
        if refused is not None:
            fields["refused"] = pack_refusals(refused)
        if copy is not None:
            fields["copy"] = copy
        return await self._databases.write_precious(_advance, id, state, fields, attempted)

    async def size_limit(self, account: AccountName) -> int:
        """Return the octets of a mail that the account's server takes, as it said last (RFC 1870); 0: it never did."""
        return await self._databases.read_precious(size_limit, account)

    async def sent_mailbox(self, id: SubmissionId) -> str:
        """Return the name of the mailbox that the identity of a row wants its copy in, "" for that of the account."""
        return str(await self._databases.read_precious(letter, "coalesce(json_extract(draft, '$.sent'), '')", id))

    async def reminders(self, account: AccountName) -> builtins.list[Submission]:
        """Return the rows that the server has, and of which the user is to be reminded."""
        states = (STATE.ACCEPTED.value, STATE.COPIED.value)
        where = "account = ? AND remind IS NOT NULL AND state IN (?, ?) ORDER BY id"
        return await self._databases.read_precious(read, where, account, *states)

    async def remind_no_longer(self, id: SubmissionId) -> None:
        """Forget a reminder: it was given, or is kept elsewhere."""
        await self._databases.write_precious(_remind_no_longer, id)

    async def keep_talk(self, id: SubmissionId, words: str) -> None:
        """Keep what was said with the server about a submission, below what was said before.

        Args:
            words: cleaned, a line each, without secrets.
        """
        await self._databases.write_precious(_keep_talk, id, words)

    async def talk(self, id: SubmissionId) -> str:
        """Return what was said with the server about a submission, "" when nothing was."""
        return await self._databases.read_precious(_talk, id)

    async def remove(self, id: SubmissionId) -> None:
        """Delete a row with its bytes and its draft.

        Raises:
            StoreError: when it is being sent.
        """
        await self._databases.write_precious(_remove, id)

    async def take_back(self, id: SubmissionId) -> int | None:
        """Turn a row that has not left into a saved draft, in one transaction.

        Returns:
            The draft's key (`tui.store.drafts`), or None when the row is gone, being sent or accepted.
        """
        return await self._databases.write_precious(_take_back, id)


def recover(at: Connections) -> None:
    """Decide about rows that a crash left in the middle: unknown if the server may have taken them, else queued."""
    with transaction(at.precious):
        for row in read(at, "state = ?", STATE.SENDING.value):
            if row.phase in IN_DOUBT:
                words = "Tidings ended while the server had it: it may have been sent."
                write(at, row, STATE.UNKNOWN, {"words": words})
            else:
                write(at, row, STATE.QUEUED, {})
        at.precious.execute(
            "DELETE FROM submissions WHERE state = ? AND changed < ? AND remind IS NULL",
            (STATE.COPIED.value, time.time() - KEEP_COPIED),
        )


def _add(at: Connections, row: tuple[Any, ...], draft: str, data: bytes, key: int | None) -> SubmissionId:
    with transaction(at.precious):
        at.precious.execute(
            "INSERT INTO submissions (account, message_id, sender, recipients, subject, shown_to, state, due, size,"
            " planned, remind, phase, changed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (*row, Phase.CONNECT.value, time.time()),
        )
        id = SubmissionId(at.precious.last_insert_rowid())
        at.precious.execute("INSERT INTO letters (submission, draft, data) VALUES (?, ?, ?)", (id, draft, data))
        at.precious.execute("DELETE FROM drafts WHERE id = ?", (key,))
        account, subject, to = row[0], row[4], row[5]
        acts.note_submission(at, id, account, subject, to)
    return id


def _next_due(at: Connections, account: AccountName) -> float | None:
    statement = "SELECT min(due) FROM submissions WHERE account = ? AND state IN (?, ?)"
    due: float | None = query(at.precious, statement, (account, *_WAITING))[0][0]
    return due


def _advance(
    at: Connections, id: SubmissionId, state: SubmissionState, fields: dict[str, object], attempted: bool
) -> Submission:
    with transaction(at.precious):
        rows = read(at, "id = ?", id)
        if not rows:
            raise Overtaken("This submission is no longer in the outbox.")
        row = rows[0]
        if state not in TRANSITIONS[row.state]:
            raise Overtaken(f"A submission that is {row.state.value} cannot become {state.value}.")
        if attempted:
            fields = {**fields, "attempts": row.attempts + 1}
        write(at, row, state, fields)
        return read(at, "id = ?", id)[0]


def _remind_no_longer(at: Connections, id: SubmissionId) -> None:
    with transaction(at.precious):
        at.precious.execute("UPDATE submissions SET remind = NULL WHERE id = ?", (id,))


def _looked(at: Connections, id: SubmissionId, now: float) -> None:
    statement = "UPDATE submissions SET looked = looked + 1, looked_at = ? WHERE id = ? AND state = ?"
    at.precious.execute(statement, (now, id, STATE.UNKNOWN.value))


def _keep_talk(at: Connections, id: SubmissionId, words: str) -> None:
    before = _talk(at, id)
    kept = f"{before}\n\n{words}" if before else words
    if len(kept) > MOST_TALK:
        kept = kept[-MOST_TALK:].partition("\n")[2]
    at.precious.execute(
        "INSERT OR REPLACE INTO talks (submission, words) SELECT ?1, ?2 WHERE EXISTS"
        " (SELECT 1 FROM submissions WHERE id = ?1)",
        (id, kept),
    )


def _talk(at: Connections, id: SubmissionId) -> str:
    rows = query(at.precious, "SELECT words FROM talks WHERE submission = ?", (id,))
    return rows[0][0] if rows else ""


def _remove(at: Connections, id: SubmissionId) -> None:
    with transaction(at.precious):
        for row in read(at, "id = ?", id):
            if row.state is STATE.SENDING:
                raise StoreError("A submission that is being sent cannot be removed.", cure="Wait for its end.")
            at.precious.execute("DELETE FROM submissions WHERE id = ?", (id,))


def _take_back(at: Connections, id: SubmissionId) -> int | None:
    with transaction(at.precious):
        for row in read(at, "id = ?", id):
            if row.state in (STATE.SENDING, STATE.ACCEPTED, STATE.COPIED):
                return None
            draft = letter(at, "draft", id)
            if row.rest_of is not None or row.attempts:
                draft = drafts.to_json(_renamed(drafts.from_json(draft), row))
            at.precious.execute(
                "INSERT INTO drafts (draft, account, changed) VALUES (?, ?, ?)", (draft, row.account, time.time())
            )
            key = at.precious.last_insert_rowid()
            at.precious.execute("DELETE FROM submissions WHERE id = ?", (id,))
            acts.note_taken_back(at, id)
            return key
    return None


def _renamed(draft: Draft, row: Submission) -> Draft:
    """Return the draft of a mail that may have reached somebody.

    Sent again as it is, it keeps its name, and who has it already can tell. Edited it is another mail: under its old
    name, the copy of the first would be taken for its own.
    """
    from tui.mail.compose import new_message_id  # noqa: PLC0415 - late: start-up time

    if row.rest_of is not None:
        rest = draft.only_for(row.recipients)
        return replace(rest, message_id=new_message_id(rest.identity.address.domain))
    return replace(draft, may_be_out=draft.digest)
