"""Parking: changes that cannot be carried out because their mailbox was made anew on the server (RFC 9051, 2.3.1.1).

Their UIDs mean other messages now, or none. They leave the list of what waits for the server and wait for the user,
with what their messages are known by, so that these can be found again.
"""

import json
from collections.abc import Iterable, Sequence

from tui.mail.act import Verb
from tui.mail.ids import MailboxId, UidValidity
from tui.mail.mailbox import Role
from tui.mail.text import clean_line
from tui.store import acts, shown, trail
from tui.store.change_codec import STEP_COLUMNS, step_values
from tui.store.databases import Connections
from tui.store.overlay import Change, ChangeKind
from tui.store.pending import alter
from tui.store.shown import Effects
from tui.store.sqlite import query

WORDS = "the mailbox was made anew on the server before it knew of this"


def park_older(at: Connections, mailbox: MailboxId, uidvalidity: UidValidity | None) -> Effects:
    """Park what waits for another generation of a mailbox than this one."""
    older = [
        change.id
        for change in at.overlay.changes
        if any(
            spot.mailbox == mailbox and spot.uidvalidity is not None and spot.uidvalidity != uidvalidity
            for spot in change.spots
        )
    ]
    return park(at, older)


def park(at: Connections, ids: Iterable[int]) -> Effects:
    """Park changes, in one transaction; those that are no longer there are passed over."""
    changes = [change for id in ids if (change := at.overlay.get(id)) is not None and change.uids]
    if not changes:
        return Effects()
    known = {change.id: _known(at, change) for change in changes}

    def write() -> None:
        for change in changes:
            step = change.step if change.step is not None else _note_act(at, change)
            if change.kind is ChangeKind.MOVE:
                trail.forget(at.precious, change.spots)
            elif change.kind is ChangeKind.COPY:
                trail.forget(at.precious, [change.copies])
            at.precious.execute(
                f"INSERT OR REPLACE INTO parked (id, account, {STEP_COLUMNS}, step, undoing, known)"
                f" VALUES (?,?,{','.join('?' * len(step_values(change)))},?,?,?)",
                (change.id, change.account, *step_values(change), step, int(change.undoing), known[change.id]),
            )
            at.precious.execute(
                "UPDATE acts SET words = ?, final = 0 WHERE id = (SELECT act FROM steps WHERE id = ?)",
                (WORDS, step),
            )

    return alter(at, drop=[change.id for change in changes], write=write)[1]


def _known(at: Connections, change: Change) -> str:
    rows: list[Sequence[object]] = []
    for spot in [each for each in change.spots if each.is_real]:
        found = shown.known_by(at, spot)
        rows += [(spot.mailbox, spot.uidvalidity, uid, *found.get(uid, ("", 0))) for uid in spot.uids]
    return json.dumps(rows, separators=(",", ":"))


def _note_act(at: Connections, change: Change) -> int:
    """Give a change that came of no act of the user's one, for the history to show."""
    label = shown_label(at, change.mailbox) or clean_line(change.wire.decode("utf-8", "replace"))
    act = acts.insert(at, change.account, Verb.CHANGED, len(change.uids), label)
    return acts.insert_step(at, act, change)


def shown_label(at: Connections, mailbox: MailboxId) -> str:
    """Return what a mailbox is called for people, "" when it is not known."""
    for name, role in query(at.cache, "SELECT name, role FROM mailboxes WHERE id = ?", (mailbox,)):
        return "Inbox" if role == Role.INBOX.value else str(name)
    return ""
