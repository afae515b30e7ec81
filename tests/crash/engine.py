"""The engine as a process of its own: an account and its store without a screen, doing what a plan says."""

import asyncio
import time
import traceback
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import apsw

from tests.crash.plan import BOXES, MAILS, RECIPIENTS, Done, Step
from tests.crash.points import Points
from tests.sync.desk import HASTE, Pace
from tui.config.model import AccountConfig, ComposeConfig, Config, SyncConfig
from tui.config.paths import Paths
from tui.mail.act import Verb
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Draft, Original
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED
from tui.mail.ids import MailboxId
from tui.mail.submission import SubmissionState
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event

ACTIVE = (SubmissionState.HELD, SubmissionState.QUEUED, SubmissionState.SENDING, SubmissionState.ACCEPTED)
PATIENCE = 40.0
HOLD = 0.15
"""Seconds a held mail is held."""
KEPT = ("INBOX", "Archive", "Trash", "Sent", "Drafts")


@dataclass(frozen=True)
class Spec:
    """One life of the engine.

    Attributes:
        folder: of its files.
        account: which.
        mails: Message-IDs of what is in INBOX at the beginning.
        plan: what the user does; empty: nothing but what is still to be done.
        point, times: where it kills itself; "" for nowhere.
    """

    folder: Path
    account: AccountConfig
    mails: tuple[str, ...]
    plan: tuple[Step, ...] = ()
    point: str = ""
    times: int = 1


@dataclass(frozen=True)
class Row:
    """A row of the outbox at the end."""

    message_id: str
    state: str
    words: str
    copy: str
    answers: str


@dataclass
class Rest:
    """What the store holds when all is quiet.

    Attributes:
        boxes: mailbox → UID → (Message-ID, flags).
        counts: mailbox → (messages, unseen).
        rows: of the outbox.
        drafts: Message-IDs of saved drafts.
        refused: words of acts on the mailboxes that were refused.
        waiting: what did not come to rest.
    """

    boxes: dict[str, dict[int, tuple[str, frozenset[str]]]] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: str = ""


def live(spec: Spec, pipe: Connection) -> None:
    """Live one life; what is done and found is told through the pipe, as tuples whose first word says what it is."""
    try:
        asyncio.run(_Life(spec, pipe).run())
        pipe.send(("ended", ""))
    except Exception:
        pipe.send(("ended", traceback.format_exc()))


class _Life:
    def __init__(self, spec: Spec, pipe: Connection) -> None:
        self._spec = spec
        self._pipe = pipe
        self._events: list[Event] = []

    async def run(self) -> None:
        spec = self._spec
        paths = Paths.under(spec.folder)
        self._pipe.send(("in the gap", _in_the_gap(paths.precious_file)))
        self._store = store = await Store.open(paths)
        points = Points(spec.point, spec.times, lambda name: self._pipe.send(("at", name)))
        await points.put(store)
        settings = Config((spec.account,), ComposeConfig(0), sync=SyncConfig(poll=120, timeout=20))
        self._account = Account(spec.account, settings, store, self._events.append, Pace(HASTE))
        self._account.start()
        try:
            if spec.plan:
                await self._begin()
                for number, step in enumerate(spec.plan):
                    self._pipe.send(("begin", number))
                    self._pipe.send(("done", await self._do(number, step)))
            self._pipe.send(("rest", await self._rest()))
        finally:
            await self._account.stop()
            await store.close()

    async def _begin(self) -> None:
        """Wait until the mails are here, and the mailboxes known."""

        async def ready() -> bool:
            states = await self._states()
            return set(KEPT) <= states.keys() and len(await self._rows(states["INBOX"])) == MAILS

        assert await self._until(ready), "the mails did not come"
        self._pipe.send(("up", time.time()))

    async def _until(self, condition: Any) -> bool:
        end = time.monotonic() + PATIENCE
        while not await condition():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def _states(self) -> dict[str, MailboxId]:
        return {each.mailbox.name: each.id for each in await self._store.mailboxes.all(self._account.name)}

    async def _rows(self, mailbox: MailboxId) -> list[Envelope]:
        return await self._store.envelopes.older(mailbox, None, 1000)

    async def _find(self, mail: int) -> tuple[str, MailboxId, Envelope] | None:
        for name, mailbox in (await self._states()).items():
            for row in await self._rows(mailbox):
                if row.message_id == self._spec.mails[mail]:
                    return name, mailbox, row
        return None

    # What a user does

    async def _do(self, number: int, step: Step) -> Done:
        match step.kind:
            case "flag" | "move":
                return await self._change(number, step)
            case "send":
                return await self._send(number, step)
            case "undo":
                return await self._undo(number)
            case "redo":
                act = await self._store.journal.undone([self._account.name])
                turned = None if act is None else await self._account.changes.redo(act)
                return Done(number, act.id if act is not None and turned is not None else None)
            case "rest":
                await self._until(self._is_quiet)
                await self._look()
            case "pause":
                await asyncio.sleep(step.seconds)
        return Done(number)

    async def _change(self, number: int, step: Step) -> Done:
        found = await self._find(step.mail)
        if found is None:
            return Done(number)
        place, mailbox, row = found
        changes = self._account.changes
        if step.kind == "flag":
            act = await changes.flag(mailbox, [row.uid], step.word, step.on)
        elif step.word == "Archive":
            act = await changes.archive(mailbox, [row.uid]) if place != "Archive" else None
        elif step.word == "Trash":
            act = await changes.delete(mailbox, [row.uid]) if place != "Trash" else None
        else:
            act = await changes.move(mailbox, [row.uid], (await self._states())[step.word], Verb.MOVED)
        return Done(number, act.id if act is not None else None, place)

    async def _send(self, number: int, step: Step) -> Done:
        found = await self._find(step.mail) if step.mail >= 0 else None
        draft = Draft(
            self._account.config.identity,
            tuple(Address("", each) for each in RECIPIENTS),
            subject=f"mail {number}",
            body="Never lost, never doubled.\n",
            message_id=new_message_id("example.org"),
            original=Original(found[1], found[2].uid, ANSWERED) if found else None,
            in_reply_to=self._spec.mails[step.mail] if found else "",
        )
        self._pipe.send(("sending", draft.message_id))
        id = await self._account.submit(draft, time.time() + HOLD if step.on else None)
        return Done(number, message_id=draft.message_id, submission=id)

    async def _undo(self, number: int) -> Done:
        while (act := await self._store.journal.newest([self._account.name])) is not None:
            if act.submission is None:
                turned = await self._account.changes.undo(act)
                return Done(number, act.id if turned is not None else None)
            row = await self._store.outbox.get(act.submission)
            if row is not None and row.state in (SubmissionState.HELD, SubmissionState.QUEUED):
                saved = await self._account.take_back(act.submission)
                if saved is not None:
                    return Done(number, message_id=saved.draft.message_id)
            await self._store.journal.pass_by(act.id)
        return Done(number)

    # The end

    async def _is_quiet(self) -> bool:
        return not await self._waiting()

    async def _waiting(self) -> str:
        pending = await self._store.pending.all(self._account.name)
        rows = [row for row in await self._store.outbox.list(self._account.name) if row.state in ACTIVE]
        words = [f"{len(pending)} changes: {pending[0]}"] if pending else []
        words += [f"{row.message_id} {row.state.value} {row.phase.value}: {row.words} {row.copy}" for row in rows]
        return "; ".join(words)

    async def _look(self) -> None:
        """Make every mailbox like the server's."""
        for mailbox in (await self._states()).values():
            await self._account.look_into(mailbox)

    async def _rest(self) -> Rest:
        rest = Rest()
        if not await self._until(self._is_quiet):
            rest.waiting = await self._waiting()
        await self._look()
        store, name = self._store, self._account.name
        for state in await store.mailboxes.all(name):
            rows = await self._rows(state.id)
            if state.mailbox.name in (*KEPT, *BOXES):
                rest.boxes[state.mailbox.name] = {row.uid: (row.message_id, frozenset(row.flags)) for row in rows}
                rest.counts[state.mailbox.name] = (state.total, state.unread)
        for row in await store.outbox.list(name):
            letter = await store.outbox.draft(row.id)
            answers = next((each for each in self._spec.mails if each in letter), "")
            rest.rows.append(Row(row.message_id, row.state.value, row.words, row.copy, answers))
        rest.drafts = [saved.draft.message_id for saved in await store.drafts.all()]
        acts = await store.journal.list()
        rest.refused = [act.words for act in acts if act.words and act.submission is None]  # mails say it in their rows
        return rest


def _in_the_gap(file: Path) -> tuple[str, ...]:
    """Return the Message-IDs that a crash left between the final dot and what became of it."""
    if not file.exists():
        return ()
    with apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READWRITE) as connection:
        rows = connection.execute(
            "SELECT message_id FROM submissions WHERE state = 'sending' AND phase IN ('dot', 'done')"
        ).fetchall()
    connection.close()
    return tuple(str(row[0]) for row in rows)
