"""Two hands in one account, lines that are cut and restarts; now and then all is quiet and compared, as imaptest does.

One hand is the engine's user, who flags, moves, archives, deletes, undoes and does again; the other a bare client that
flags, appends, copies and expunges behind his back.
"""

import asyncio
import imaplib
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.servers.cutter import Cutter
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import HASTE, Pace
from tui.config.model import AccountConfig, ComposeConfig, Config, Security, SyncConfig
from tui.config.paths import Paths
from tui.mail.act import ActState, Verb
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId, Uid
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event

BOXES = ("INBOX", "Archive", "Trash", "Junk")
OURS = ("\\Flagged", "\\Seen", "$Later")
THEIRS = ("\\Seen", "$Other", "\\Answered")
MAILS = 40
MOST_MAILS = 150
QUIET = 30.0
"""Seconds after which an account that nobody touches must be like its server."""
POLL = 2
"""Seconds between two looks at mailboxes of which nothing is pushed."""

Messages = dict[int, tuple[str, frozenset[str]]]


@dataclass
class Checkpoint:
    """What a comparison found.

    Attributes:
        at: seconds since the beginning.
        acts: what was done until then.
        messages: that there are.
        waited: seconds until all was alike.
        differences: in words.
    """

    at: float
    acts: Counter[str]
    messages: int
    waited: float
    differences: list[str] = field(default_factory=list)


class Soak:
    """One soak; an async context manager.

    Args:
        dovecot: running; Ada's account is used up.
        folder: for the files of the engine.
        seed: of all that happens.
    """

    def __init__(self, dovecot: Dovecot, folder: Path, seed: int) -> None:
        self._dovecot = dovecot
        self._folder = folder
        self._dice = random.Random(seed)
        self._acts: Counter[str] = Counter()
        self._events: list[Event] = []
        self._number = 0
        self._began = time.monotonic()

    async def __aenter__(self) -> "Soak":
        self._cutter = await Cutter(self._dovecot.clear_port).__aenter__()
        server = replace(self._dovecot.server(ADA, Security.PLAIN), port=self._cutter.port)
        self._config: AccountConfig = replace(self._dovecot.account(ADA), receive=server)
        await asyncio.to_thread(self._connect)
        for _ in range(MAILS):
            await asyncio.to_thread(self._append)
        await self._start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stop()
        with suppress(OSError, imaplib.IMAP4.error):
            self._other.logout()
        await self._cutter.__aexit__(None, None, None)

    async def _start(self) -> None:
        self._store = await Store.open(Paths.under(self._folder))
        times = SyncConfig(poll=POLL, timeout=20)
        settings = Config((self._config,), ComposeConfig(0), sync=times)
        self._account = Account(self._config, settings, self._store, self._events.append, Pace(HASTE))
        self._account.start()

    async def _stop(self) -> None:
        await self._account.stop()
        await self._store.close()

    async def run(self, seconds: float, told: Callable[[Checkpoint], None], every: float = 8.0) -> None:
        """Be restless for a while, and compare now and then; ends with a comparison."""
        end = time.monotonic() + seconds
        await self._look_once()
        while (left := end - time.monotonic()) > 0:
            until = time.monotonic() + min(left, every)
            await asyncio.gather(self._user(until), self._somebody_else(until), self._fate(until))
            told(await self._compare())

    async def _look_once(self) -> None:
        """Open every mailbox: one that was never looked into is not held, and not kept like the server's."""
        end = time.monotonic() + QUIET
        for _ in iter(lambda: time.monotonic() < end, False):
            if len(await self._ids()) == len(BOXES):
                break
            await asyncio.sleep(0.02)
        for mailbox in (await self._ids()).values():
            await self._account.look_into(mailbox)

    # The engine's user

    async def _user(self, until: float) -> None:
        kinds = (self._flag, self._move, self._undo, self._redo, self._erase)
        while time.monotonic() < until:
            act = self._dice.choices(kinds, (40, 25, 15, 10, 3))[0]
            async with self._one_program:
                try:
                    if await act():
                        self._acts[act.__name__.strip("_")] += 1
                except MailError:
                    self._acts["impossible"] += 1
            await asyncio.sleep(self._dice.random() * 0.1)

    @property
    def _one_program(self) -> asyncio.Lock:
        """Nobody can press a key while the program is not there."""
        if not hasattr(self, "_lock"):
            self._lock = asyncio.Lock()
        return self._lock

    async def _ids(self) -> dict[str, MailboxId]:
        states = await self._store.mailboxes.all(self._account.name)
        return {each.mailbox.name: each.id for each in states if each.mailbox.name in BOXES}

    async def _pick(self) -> tuple[MailboxId, list[Uid], list[MailboxId]]:
        ids = list((await self._ids()).values())
        mailbox = ids[0] if self._dice.random() < 0.5 else self._dice.choice(ids)
        rows = await self._store.envelopes.older(mailbox, None, 1000)
        many = self._dice.choice((1, 1, 1, 2, 5))
        return mailbox, [row.uid for row in self._dice.sample(rows, min(many, len(rows)))], ids

    async def _flag(self) -> bool:
        mailbox, uids, _ = await self._pick()
        flag, on = self._dice.choice(OURS), self._dice.random() < 0.6
        return await self._account.changes.flag(mailbox, uids, flag, on) is not None

    async def _move(self) -> bool:
        mailbox, uids, ids = await self._pick()
        target = self._dice.choice(ids)
        return await self._account.changes.move(mailbox, uids, target, Verb.MOVED) is not None

    async def _erase(self) -> bool:
        mailbox, uids, _ = await self._pick()
        return await self._account.changes.erase(mailbox, uids[:1]) is not None

    async def _undo(self) -> bool:
        act = await self._store.journal.newest([self._account.name])
        if act is not None and act.state in (ActState.FINAL, ActState.REFUSED):
            await self._store.journal.pass_by(act.id)
            return False
        return act is not None and await self._account.changes.undo(act) is not None

    async def _redo(self) -> bool:
        act = await self._store.journal.undone([self._account.name])
        return act is not None and await self._account.changes.redo(act) is not None

    # Somebody else

    def _connect(self) -> None:
        self._other = imaplib.IMAP4("127.0.0.1", self._dovecot.clear_port, timeout=30)
        self._other.login(ADA, self._dovecot.users[ADA])

    def _append(self) -> None:
        self._number += 1
        text = f"From: Grace <grace@example.org>\r\nMessage-ID: <{self._number}@soak.example>\r\n"
        box = "INBOX" if self._dice.random() < 0.7 else self._dice.choice(BOXES)
        self._other.append(box, "", "", f"{text}Subject: number {self._number}\r\n\r\nHello.\r\n".encode())

    async def _somebody_else(self, until: float) -> None:
        while time.monotonic() < until:
            kind = self._dice.choices(("append", "store", "copy", "move", "expunge"), (25, 40, 8, 12, 15))[0]
            await asyncio.to_thread(self._other_does, kind)
            self._acts[f"other {kind}"] += 1
            await asyncio.sleep(self._dice.random() * 0.15)

    def _other_does(self, kind: str) -> None:
        box = self._dice.choice(BOXES)
        self._other.select(box)
        uids = (self._other.uid("SEARCH", "ALL")[1][0] or b"").decode().split()
        if kind == "append" and self._number - self._acts["other expunge"] < MOST_MAILS:
            self._append()
        if not uids or kind == "append":
            return
        uid = ",".join(self._dice.sample(uids, min(len(uids), self._dice.choice((1, 1, 3)))))
        if kind == "store":
            self._other.uid("STORE", uid, self._dice.choice("+-") + "FLAGS", f"({self._dice.choice(THEIRS)})")
        elif kind in ("copy", "move"):
            self._other.uid(kind.upper(), uid, self._dice.choice(BOXES))
        elif kind == "expunge":
            self._other.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
            self._other.uid("EXPUNGE", uid)

    async def _fate(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, self._dice.uniform(0.3, 2.5)))
            if self._dice.random() < 0.75:
                self._cutter.cut()
                self._acts["cut"] += 1
            else:
                async with self._one_program:
                    await self._stop()
                    await self._start()
                self._acts["restart"] += 1

    # Checkpoints

    async def _compare(self) -> Checkpoint:
        began = time.monotonic()
        differences = ["not looked yet"]
        theirs: dict[str, Messages] = {}
        while differences and time.monotonic() < began + QUIET:
            await asyncio.sleep(0.1)
            theirs = await asyncio.to_thread(self._theirs)
            differences = await self._differences(theirs)
        here = time.monotonic()
        messages = sum(map(len, theirs.values()))
        return Checkpoint(here - self._began, Counter(self._acts), messages, here - began, differences)

    async def _differences(self, theirs: dict[str, Messages]) -> list[str]:
        waiting = await self._store.pending.all(self._account.name)
        found = [f"{len(waiting)} changes wait, first {waiting[0]}"] if waiting else []
        states = {each.mailbox.name: each for each in await self._store.mailboxes.all(self._account.name)}
        for name, there in theirs.items():
            state = states.get(name)
            if state is None:
                found.append(f"{name} is not known")
                continue
            rows = await self._store.envelopes.older(state.id, None, 100_000)
            here = {int(row.uid): (row.message_id, frozenset(row.flags)) for row in rows}
            if here != there:
                ours, other = here.items() - there.items(), there.items() - here.items()
                found.append(f"{name}: here alone {sorted(ours)[:3]}, there alone {sorted(other)[:3]}")
            counts = len(there), sum("\\Seen" not in flags for _, flags in there.values())
            if (state.total, state.unread) != counts:
                found.append(f"{name}: says {state.total}, {state.unread} unread; there are {counts}")
        silent = [act for act in await self._store.journal.list() if act.state is ActState.REFUSED and not act.words]
        return found + [f"refused without a word: {act.label}" for act in silent]

    def _theirs(self) -> dict[str, Messages]:
        return {name: self._messages(name) for name in BOXES}

    def _messages(self, name: str) -> Messages:
        self._other.select(name, readonly=True)
        kind, rows = self._other.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        assert kind == "OK", rows
        found: Messages = {}
        for row in rows:
            if isinstance(row, tuple):
                head, message_id = _HEAD.search(row[0]), _ID.search(row[1])
                assert head is not None
                flags = frozenset(head[2].decode().split()) - {"\\Recent"}
                found[int(head[1])] = (message_id[1].decode() if message_id else "", flags)
        return found


_HEAD = re.compile(rb"UID (\d+) FLAGS \(([^)]*)\)")
_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")
