"""How a change lies in its row, of `pending` and of `steps`: UIDs as runs, flags as JSON."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from tui.mail.flags import Flags
from tui.mail.ids import AccountName, Uid
from tui.store.overlay import Change, ChangeKind

STEP_COLUMNS = "mailbox, wire, uidvalidity, kind, uids, added, removed, target, target_mailbox, name, old_name"
"""What a pending change and a step of the journal have in common."""


def step_values(change: Change) -> tuple[Any, ...]:
    """Return the values of `STEP_COLUMNS`."""
    return (
        *(change.mailbox, change.wire, change.uidvalidity, change.kind.value, pack_uids(change.uids)),
        *(_flags(change.add), _flags(change.remove), change.target, change.target_mailbox),
        *(change.name, change.old_name),
    )


def step_change(
    step: int | None,
    account: AccountName,
    *values: Any,
    id: int = 0,
    made: float = 0.0,
    undoing: bool = False,
    begun: bool = False,
) -> Change:
    """Return what `step_values` wrote."""
    mailbox, wire, uidvalidity, kind, uids, added, removed, target, target_mailbox, name, old_name = values
    return Change(
        account,
        mailbox,
        wire,
        uidvalidity,
        ChangeKind(kind),
        unpack_uids(uids),
        _unpack_flags(added),
        _unpack_flags(removed),
        target,
        id,
        made,
        target_mailbox,
        step,
        undoing,
        begun,
        name,
        old_name,
    )


@lru_cache(256)
def _unpack_flags(text: str) -> Flags:
    return frozenset(json.loads(text))


def _flags(flags: Iterable[str]) -> str:
    return json.dumps(sorted(flags))


def pack_uids(uids: Iterable[int]) -> str:
    """Return numbers as JSON, in their order, those that follow each other as [first, last]."""
    runs: list[list[int]] = []
    last = -1
    for uid in uids:
        if uid != last + 1 or not runs:
            runs.append([uid, uid])
        else:
            runs[-1][1] = uid
        last = uid
    packed = [run if run[1] > run[0] else run[0] for run in runs]
    return json.dumps(packed, separators=(",", ":"))


def unpack_uids(text: str) -> tuple[Uid, ...]:
    """Return the numbers that `pack_uids` wrote."""
    uids: list[Uid] = []
    for item in json.loads(text):
        uids += map(Uid, range(item[0], item[1] + 1)) if isinstance(item, list) else [Uid(item)]
    return tuple(uids)
