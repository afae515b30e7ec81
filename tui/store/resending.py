"""Sending an accepted mail again to those whom it did not reach: nobody gets it twice."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace

from tui.mail.errors import MailError, StoreError
from tui.mail.ids import SubmissionId
from tui.mail.submission import Phase, Submission, SubmissionState
from tui.store.databases import Connections
from tui.store.sqlite import transaction
from tui.store.submission_rows import pack_refusals, read, write


def resend(
    at: Connections, id: SubmissionId, settled: Sequence[str], recipients: Sequence[str], due: float
) -> SubmissionId:
    """Queue the same bytes for others as a row of its own: see `tui.store.outbox.Outbox.resend`."""
    with transaction(at.precious):
        row = _accepted_row(at, id)
        if not any(each.address in settled for each in row.open_refusals):
            raise MailError("Nobody is left to whom this is to be sent again.")
        has = _reached(at, row)
        for recipient in recipients:
            if recipient.casefold() in has:
                raise MailError(f"{recipient} has it already.", cure="Leave that address out.")
        kept = [replace(each, settled=each.settled or each.address in settled) for each in row.refused]
        write(at, row, row.state, {"refused": pack_refusals(kept)})
        at.precious.execute(
            "INSERT INTO submissions (account, message_id, sender, recipients, subject, shown_to, state, due, size,"
            " phase, changed, rest_of) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                *(row.account, row.message_id, row.sender, json.dumps(recipients), row.subject, ", ".join(recipients)),
                *(SubmissionState.QUEUED.value, due, row.size, Phase.CONNECT.value, time.time(), id),
            ),
        )
        new = SubmissionId(at.precious.last_insert_rowid())
        at.precious.execute(
            "INSERT INTO letters (submission, draft, data) SELECT ?, draft, data FROM letters WHERE submission = ?",
            (new, id),
        )
    return new


def settle(at: Connections, id: SubmissionId) -> None:
    """Note that the user lets the refusals of a row be."""
    with transaction(at.precious):
        row = _accepted_row(at, id)
        kept = [replace(each, settled=True) for each in row.refused]
        write(at, row, row.state, {"refused": pack_refusals(kept)})


def _accepted_row(at: Connections, id: SubmissionId) -> Submission:
    """Return a row whose mail the server has.

    Raises:
        StoreError: when it is gone, or in another state.
    """
    rows = read(at, "id = ?", id)
    if not rows:
        raise StoreError("This submission is no longer in the outbox.")
    if rows[0].state not in (SubmissionState.ACCEPTED, SubmissionState.COPIED):
        raise StoreError(f"This submission is {rows[0].state.value}.")
    return rows[0]


def _reached(at: Connections, row: Submission) -> set[str]:
    """Return who has this mail, by this row or by those before it."""
    has: set[str] = set()
    rows = [row]
    for each in rows:  # grows while it is walked
        has.update(address.casefold() for address in each.reached)
        if each.rest_of is not None:
            rows += read(at, "id = ? AND id < ?", each.rest_of, each.id)
    return has
