"""The outbox: mails on their way out. Nothing in it is lost, and nothing leaves twice by itself."""

import builtins
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from tui.mail import draft as drafts
from tui.mail.draft import Original
from tui.mail.errors import MailError, StoreError
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Phase, Refusal, Submission, SubmissionState
from tui.store import acts
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction

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
KEEP_COPIED: Final = 30 * 86_400.0
"""Seconds a row stays as a receipt once all is done."""

_COLUMNS = (
    "id, account, message_id, sender, recipients, subject, shown_to, state, phase, due, attempts, words, refused,"
    " changed, size, looked, looked_at, copy, rest_of, planned"
)
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

        Raises:
            StoreError: when it could not be written; then nothing was.
        """
        row = (
            *(account, message_id, sender, json.dumps(list(recipients)), subject, to),
            *(state.value, due, len(data), planned),
        )
        return await self._databases.write_precious(_add, row, draft, data, key)

    async def list(self, account: AccountName | None = None) -> builtins.list[Submission]:
        """Return the rows of one account or of all, the newest first."""
        where, bindings = ("true", ()) if account is None else ("account = ?", (account,))
        return await self._databases.read_precious(_read, f"{where} ORDER BY id DESC", *bindings)

    async def get(self, id: SubmissionId) -> Submission | None:
        """Return one row, or None when it is gone."""
        rows = await self._databases.read_precious(_read, "id = ?", id)
        return rows[0] if rows else None

    async def data(self, id: SubmissionId) -> bytes:
        """Return the final bytes.

        Raises:
            StoreError: when the row is gone.
        """
        data: bytes = await self._databases.read_precious(_letter, "data", id)
        return data

    async def draft(self, id: SubmissionId) -> str:
        """Return the draft's JSON.

        Raises:
            StoreError: when the row is gone.
        """
        draft: str = await self._databases.read_precious(_letter, "draft", id)
        return draft

    async def original(self, id: SubmissionId) -> Original | None:
        """Return what the mail answers or forwards; its attachments stay where they are.

        Raises:
            StoreError: when the row is gone.
        """
        text: str = await self._databases.read_precious(_letter, "json_extract(draft, '$.original')", id)
        return drafts.original_from_json(text) if text else None

    async def due(self, account: AccountName, now: float) -> builtins.list[Submission]:
        """Return held and queued rows whose time has come, the longest due first."""
        where = "account = ? AND state IN (?, ?) AND due <= ? ORDER BY due, id"
        return await self._databases.read_precious(_read, where, account, *_WAITING, now)

    async def next_due(self, account: AccountName) -> float | None:
        """Return when the next held or queued row is due, seconds since 1970 UTC; None when there is none."""
        return await self._databases.read_precious(_next_due, account)

    async def accepted(self, account: AccountName) -> builtins.list[Submission]:
        """Return the rows whose Sent copy is still to be filed, oldest first."""
        where = "account = ? AND state = ? ORDER BY id"
        return await self._databases.read_precious(_read, where, account, STATE.ACCEPTED.value)

    async def unknown(self, account: AccountName) -> builtins.list[Submission]:
        """Return the rows of which nobody knows whether they left, oldest first."""
        where = "account = ? AND state = ? ORDER BY id"
        return await self._databases.read_precious(_read, where, account, STATE.UNKNOWN.value)

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
        return await self._databases.write_precious(_resend, id, tuple(settled), tuple(recipients), due)

    async def settle(self, id: SubmissionId) -> None:
        """Note that the user lets the refusals of a row be."""
        await self._databases.write_precious(_settle, id)

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
            StoreError: when the row is gone, or the state cannot follow the one it is in; nothing was changed.
        """
        fields: dict[str, object] = {}
        if phase is not None:
            fields["phase"] = phase.value
        if words is not None:
            fields["words"] = words
        if due is not None:
            fields["due"] = due
        if refused is not None:
            fields["refused"] = _refusals(refused)
        if copy is not None:
            fields["copy"] = copy
        return await self._databases.write_precious(_advance, id, state, fields, attempted)

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
        for row in _read(at, "state = ?", STATE.SENDING.value):
            if row.phase in IN_DOUBT:
                words = "Tidings ended while the server had it: it may have been sent."
                _write(at, row, STATE.UNKNOWN, {"words": words})
            else:
                _write(at, row, STATE.QUEUED, {})
        at.precious.execute(
            "DELETE FROM submissions WHERE state = ? AND changed < ?", (STATE.COPIED.value, time.time() - KEEP_COPIED)
        )


def _add(at: Connections, row: tuple[Any, ...], draft: str, data: bytes, key: int | None) -> SubmissionId:
    with transaction(at.precious):
        at.precious.execute(
            "INSERT INTO submissions (account, message_id, sender, recipients, subject, shown_to, state, due, size,"
            " planned, phase, changed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (*row, Phase.CONNECT.value, time.time()),
        )
        id = SubmissionId(at.precious.last_insert_rowid())
        at.precious.execute("INSERT INTO letters (submission, draft, data) VALUES (?, ?, ?)", (id, draft, data))
        at.precious.execute("DELETE FROM drafts WHERE id = ?", (key,))
        account, subject, to = row[0], row[4], row[5]
        acts.note_submission(at, id, account, subject, to)
    return id


def _read(at: Connections, where: str, *bindings: Any) -> list[Submission]:
    return [
        _submission(row) for row in query(at.precious, f"SELECT {_COLUMNS} FROM submissions WHERE {where}", bindings)
    ]


def _submission(row: tuple[Any, ...]) -> Submission:
    id, account, message_id, sender, recipients, subject, to, state, phase, due, attempts, words, refused, *rest = row
    return Submission(
        id=id,
        account=account,
        message_id=message_id,
        sender=sender,
        recipients=tuple(json.loads(recipients)),
        subject=subject,
        to=to,
        state=SubmissionState(state),
        phase=Phase(phase),
        due=due,
        attempts=attempts,
        words=words,
        refused=tuple(Refusal(*each) for each in json.loads(refused)),
        changed=rest[0],
        size=rest[1],
        looked=rest[2],
        looked_at=rest[3],
        copy=rest[4],
        rest_of=rest[5],
        planned=bool(rest[6]),
    )


def _refusals(refused: Iterable[Refusal]) -> str:
    return json.dumps([[each.address, each.code, each.text, each.settled] for each in refused])


def _letter(at: Connections, column: str, id: SubmissionId) -> Any:
    rows = query(at.precious, f"SELECT {column} FROM letters WHERE submission = ?", (id,))
    if not rows:
        raise StoreError("This submission is no longer in the outbox.")
    return rows[0][0]


def _next_due(at: Connections, account: AccountName) -> float | None:
    statement = "SELECT min(due) FROM submissions WHERE account = ? AND state IN (?, ?)"
    due: float | None = query(at.precious, statement, (account, *_WAITING))[0][0]
    return due


def _advance(
    at: Connections, id: SubmissionId, state: SubmissionState, fields: dict[str, object], attempted: bool
) -> Submission:
    with transaction(at.precious):
        rows = _read(at, "id = ?", id)
        if not rows:
            raise StoreError("This submission is no longer in the outbox.")
        row = rows[0]
        if state not in TRANSITIONS[row.state]:
            raise StoreError(f"A submission that is {row.state.value} cannot become {state.value}.")
        if attempted:
            fields = {**fields, "attempts": row.attempts + 1}
        _write(at, row, state, fields)
        return _read(at, "id = ?", id)[0]


def _looked(at: Connections, id: SubmissionId, now: float) -> None:
    statement = "UPDATE submissions SET looked = looked + 1, looked_at = ? WHERE id = ? AND state = ?"
    at.precious.execute(statement, (now, id, STATE.UNKNOWN.value))


def _resend(
    at: Connections, id: SubmissionId, settled: Sequence[str], recipients: Sequence[str], due: float
) -> SubmissionId:
    with transaction(at.precious):
        row = _accepted_row(at, id)
        if not any(each.address in settled for each in row.open_refusals):
            raise MailError("Nobody is left to whom this is to be sent again.")
        has = _reached(at, row)
        for recipient in recipients:
            if recipient.casefold() in has:
                raise MailError(f"{recipient} has it already.", cure="Leave that address out.")
        kept = [replace(each, settled=each.settled or each.address in settled) for each in row.refused]
        _write(at, row, row.state, {"refused": _refusals(kept)})
        at.precious.execute(
            "INSERT INTO submissions (account, message_id, sender, recipients, subject, shown_to, state, due, size,"
            " phase, changed, rest_of) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                *(row.account, row.message_id, row.sender, json.dumps(recipients), row.subject, ", ".join(recipients)),
                *(STATE.QUEUED.value, due, row.size, Phase.CONNECT.value, time.time(), id),
            ),
        )
        new = SubmissionId(at.precious.last_insert_rowid())
        at.precious.execute(
            "INSERT INTO letters (submission, draft, data) SELECT ?, draft, data FROM letters WHERE submission = ?",
            (new, id),
        )
    return new


def _settle(at: Connections, id: SubmissionId) -> None:
    with transaction(at.precious):
        row = _accepted_row(at, id)
        kept = [replace(each, settled=True) for each in row.refused]
        _write(at, row, row.state, {"refused": _refusals(kept)})


def _accepted_row(at: Connections, id: SubmissionId) -> Submission:
    rows = _read(at, "id = ?", id)
    if not rows:
        raise StoreError("This submission is no longer in the outbox.")
    if rows[0].state not in (STATE.ACCEPTED, STATE.COPIED):
        raise StoreError(f"This submission is {rows[0].state.value}.")
    return rows[0]


def _reached(at: Connections, row: Submission) -> set[str]:
    """Return who has this mail, by this row or by those before it."""
    has: set[str] = set()
    rows = [row]
    for each in rows:  # grows while it is walked
        has.update(address.casefold() for address in each.reached)
        if each.rest_of is not None:
            rows += _read(at, "id = ? AND id < ?", each.rest_of, each.id)
    return has


def _write(at: Connections, row: Submission, state: SubmissionState, fields: dict[str, Any]) -> None:
    if state is not row.state:
        fields = {**fields, "state": state.value, "changed": time.time()}
        if state is STATE.UNKNOWN:
            fields |= {"looked": 0, "looked_at": 0.0}
    if fields:
        assignments = ", ".join(f"{column} = ?" for column in fields)
        at.precious.execute(f"UPDATE submissions SET {assignments} WHERE id = ?", (*fields.values(), row.id))


def _remove(at: Connections, id: SubmissionId) -> None:
    with transaction(at.precious):
        for row in _read(at, "id = ?", id):
            if row.state is STATE.SENDING:
                raise StoreError("A submission that is being sent cannot be removed.", cure="Wait for its end.")
            at.precious.execute("DELETE FROM submissions WHERE id = ?", (id,))


def _take_back(at: Connections, id: SubmissionId) -> int | None:
    from tui.mail.compose import new_message_id  # noqa: PLC0415 - late: start-up time

    with transaction(at.precious):
        for row in _read(at, "id = ?", id):
            if row.state in (STATE.SENDING, STATE.ACCEPTED, STATE.COPIED):
                return None
            draft = _letter(at, "draft", id)
            if row.rest_of is not None:
                rest = drafts.from_json(draft).only_for(row.recipients)
                # edited it is another mail: under its old name, the copy of the first would be taken for its own
                rest = replace(rest, message_id=new_message_id(rest.identity.address.domain))
                draft = drafts.to_json(rest)
            at.precious.execute(
                "INSERT INTO drafts (draft, account, changed) VALUES (?, ?, ?)", (draft, row.account, time.time())
            )
            key = at.precious.last_insert_rowid()
            at.precious.execute("DELETE FROM submissions WHERE id = ?", (id,))
            acts.note_taken_back(at, id)
            return key
    return None
