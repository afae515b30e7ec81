"""The table of acts: how an act lies in its row, and when it is forgotten."""

import time
from collections.abc import Sequence
from typing import Any, Final

from tui.mail.act import Act, ActState, Verb
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import SubmissionState
from tui.store import change_codec
from tui.store.databases import Connections
from tui.store.overlay import Change
from tui.store.sqlite import query

KEEP: Final = 1000
"""Acts that are kept; older ones are forgotten once the server knows them."""

PARKED: Final = "EXISTS (SELECT 1 FROM steps JOIN parked ON parked.step = steps.id WHERE steps.act = acts.id)"
"""Whether an act waits for the user."""

_COLUMNS = (
    "acts.id, acts.account, verb, count, place, target, made, undone, cut, acts.refused, final, acts.words, submission,"
    " (SELECT state FROM submissions WHERE submissions.id = acts.submission),"
    " EXISTS (SELECT 1 FROM steps JOIN pending ON pending.step = steps.id WHERE steps.act = acts.id),"
    f" {PARKED}"
)
_SENT_WORDS = {
    SubmissionState.FAILED.value: "refused: it is in the outbox",
    SubmissionState.UNKNOWN.value: "nobody knows whether it left: it is in the outbox",
}
_LEAVING = (SubmissionState.HELD.value, SubmissionState.QUEUED.value)


def note_submission(at: Connections, id: SubmissionId, account: AccountName, subject: str, to: str) -> None:
    """Note a mail that was given to the outbox; within the caller's transaction."""
    insert(at, account, Verb.SENT, 1, subject, to, id)


def note_taken_back(at: Connections, id: SubmissionId) -> None:
    """Note that a mail became a draft again; within the caller's transaction."""
    undone = "(SELECT max(undone) + 1 FROM acts)"
    at.precious.execute(f"UPDATE acts SET undone = {undone}, cut = 1 WHERE submission = ?", (id,))


def first(at: Connections, where: str, accounts: Sequence[AccountName], order: str) -> Act | None:
    names = ",".join("?" * len(accounts))
    found = read(at, f"{where} AND acts.account IN ({names}) ORDER BY {order} LIMIT 1", *accounts)
    return found[0] if found else None


def read(at: Connections, where: str, *bindings: Any) -> list[Act]:
    return [_act(row) for row in query(at.precious, f"SELECT {_COLUMNS} FROM acts WHERE {where}", bindings)]


def _act(row: tuple[Any, ...]) -> Act:
    (
        id,
        account,
        verb,
        count,
        place,
        target,
        made,
        undone,
        cut,
        refused,
        final,
        words,
        submission,
        sent,
        waits,
        parked,
    ) = row
    if parked:
        state = ActState.PARKED
    elif refused:
        state = ActState.REFUSED
    elif undone:
        state = ActState.UNDONE
    elif submission is not None:
        state = ActState.WAITING if sent in _LEAVING else ActState.FINAL
    elif waits and not final:
        state = ActState.WAITING
    else:
        state = ActState.FINAL if final else ActState.DONE
    words = words or _SENT_WORDS.get(sent, "")
    can_redo = bool(undone) and not cut and not parked
    return Act(id, account, Verb(verb), count, place, target, made, state, bool(waits), words, submission, can_redo)


def insert(
    at: Connections,
    account: AccountName,
    verb: Verb,
    count: int,
    place: str,
    target: str = "",
    submission: SubmissionId | None = None,
) -> int:
    """Write an act; what was undone before cannot be done again from now on."""
    at.precious.execute("UPDATE acts SET cut = 1 WHERE undone > 0 AND cut = 0")
    at.precious.execute(
        "INSERT INTO acts (account, verb, count, place, target, submission, made) VALUES (?,?,?,?,?,?,?)",
        (account, verb.value, count, place, target, submission, time.time()),
    )
    id = at.precious.last_insert_rowid()
    if not id % 50:
        _prune(at, id - KEEP)
    return id


def insert_step(at: Connections, act: int, step: Change) -> int:
    """Write a step of an act; return its key."""
    values = change_codec.step_values(step)
    columns = f"act, {change_codec.STEP_COLUMNS}"
    at.precious.execute(f"INSERT INTO steps ({columns}) VALUES (?,{','.join('?' * len(values))})", (act, *values))
    return at.precious.last_insert_rowid()


def _prune(at: Connections, below: int) -> None:
    """Forget old acts whose changes are done, and the trails that only they could follow."""
    at.precious.execute(
        "DELETE FROM acts WHERE id < ? AND NOT EXISTS"
        f" (SELECT 1 FROM steps JOIN pending ON pending.step = steps.id WHERE steps.act = acts.id) AND NOT {PARKED}",
        (below,),
    )
    at.precious.execute("DELETE FROM trail WHERE made < (SELECT coalesce(min(made), 0) FROM acts)")
