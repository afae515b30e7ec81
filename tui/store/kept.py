"""Keywords that a server does not keep: this machine has them, and lays them over what the server says.

They follow messages that are moved from here. For the writing thread.
"""

import json
from collections.abc import Iterable, Mapping

from tui.mail.flags import NO_FLAGS, Flags
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store import shown
from tui.store.databases import Connections
from tui.store.overlay import Name, Place
from tui.store.shown import Effects
from tui.store.sqlite import query, transaction

_IN = "IN (SELECT value FROM json_each(?))"


def read(at: Connections) -> dict[Name, Flags]:
    """Return all of them."""
    rows = query(at.precious, "SELECT mailbox, uidvalidity, uid, words FROM kept")
    return {_name(mailbox, uidvalidity, uid): frozenset(words.split()) for mailbox, uidvalidity, uid, words in rows}


def change(at: Connections, place: Place, add: Flags, remove: Flags) -> Effects:
    """Give messages such keywords, and take others off; `shown` what follows."""
    generation = place.uidvalidity or 0
    where = f"mailbox = ? AND uidvalidity = ? AND uid {_IN}"
    bindings = (place.mailbox, generation, json.dumps(place.uids))
    with transaction(at.precious):
        before = {
            uid: frozenset(words.split())
            for uid, words in query(at.precious, f"SELECT uid, words FROM kept WHERE {where}", bindings)
        }
        now = {uid: (before.get(uid, NO_FLAGS) | add) - remove for uid in place.uids}
        at.precious.execute(f"DELETE FROM kept WHERE {where}", bindings)
        _insert(at, [((place.mailbox, place.uidvalidity, uid), words) for uid, words in now.items() if words])
    at.overlay.keep({(place.mailbox, place.uidvalidity, uid): words for uid, words in now.items()})
    return shown.refresh(at, [place])


def follow(at: Connections, went: Mapping[Name, Name]) -> None:
    """Note that messages have other names now, of all of them at once; also within the caller's transaction."""
    held = read(at)
    moved = {name: now for name, now in went.items() if name in held}
    if not moved:
        return
    with at.precious:
        at.precious.executemany(
            "DELETE FROM kept WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
            [(mailbox, generation or 0, uid) for mailbox, generation, uid in moved],
        )
        _insert(at, [(now, held[name]) for name, now in moved.items()])


def _insert(at: Connections, rows: Iterable[tuple[Name, Flags]]) -> None:
    at.precious.executemany(
        "INSERT OR REPLACE INTO kept (mailbox, uidvalidity, uid, words) VALUES (?, ?, ?, ?)",
        [(mailbox, generation or 0, uid, " ".join(sorted(words))) for (mailbox, generation, uid), words in rows],
    )


def _name(mailbox: int, uidvalidity: int, uid: int) -> Name:
    return MailboxId(mailbox), UidValidity(uidvalidity) if uidvalidity else None, Uid(uid)
