"""How submissions lie in their table, with their letters."""

import json
import re
import time
from collections.abc import Iterable
from typing import Any

from tui.mail.errors import StoreError
from tui.mail.ids import SubmissionId
from tui.mail.submission import Phase, Refusal, Submission, SubmissionState
from tui.store.databases import Connections
from tui.store.sqlite import query

_COLUMNS = (
    "id, account, message_id, sender, recipients, subject, shown_to, state, phase, due, attempts, words, refused,"
    " changed, size, looked, looked_at, copy, rest_of, planned, remind"
)

_SIZE = re.compile(r"\bSIZE (\d{1,15})\b")


def read(at: Connections, where: str, *bindings: Any) -> list[Submission]:
    """Return the rows for which a condition holds."""
    return [
        _submission(row) for row in query(at.precious, f"SELECT {_COLUMNS} FROM submissions WHERE {where}", bindings)
    ]


def letter(at: Connections, column: str, id: SubmissionId) -> Any:
    """Return a column of the bytes or the draft of a submission, or what is computed of it.

    Raises:
        StoreError: when the row is gone.
    """
    rows = query(at.precious, f"SELECT {column} FROM letters WHERE submission = ?", (id,))
    if not rows:
        raise StoreError("This submission is no longer in the outbox.")
    return rows[0][0]


def size_limit(at: Connections, account: str) -> int:
    """Return the octets that an account's server said last that it takes, from what was said with it; 0: never."""
    talks = query(
        at.precious,
        "SELECT t.words FROM talks t JOIN submissions s ON s.id = t.submission WHERE s.account = ?"
        " AND instr(t.words, 'SIZE ') ORDER BY s.id DESC LIMIT 1",
        (account,),
    )
    said = _SIZE.findall(talks[0][0]) if talks else []
    return int(said[-1]) if said else 0


def write(at: Connections, row: Submission, state: SubmissionState, fields: dict[str, Any]) -> None:
    """Write fields of a row; a new state says since when it is in it."""
    if state is not row.state:
        fields = {**fields, "state": state.value, "changed": time.time()}
        if state is SubmissionState.UNKNOWN:
            fields |= {"looked": 0, "looked_at": 0.0}
    if fields:
        assignments = ", ".join(f"{column} = ?" for column in fields)
        at.precious.execute(f"UPDATE submissions SET {assignments} WHERE id = ?", (*fields.values(), row.id))


def pack_refusals(refused: Iterable[Refusal]) -> str:
    """Return refusals as they lie in their column."""
    return json.dumps([[each.address, each.code, each.text, each.settled] for each in refused])


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
        remind=rest[7],
    )
