"""Rules at work: what arrives is looked at once, and what they say is done, as acts that can be undone.

A message is claimed in the ledger (`tui.store.rulings`) before anything is done with it: a crash in between leaves it
undone, told as begun, and nothing is ever done twice. What arrives while nobody looks, because the program ended
between a message's row and its rule, is found at the next start: every mailbox has a mark up to which it was looked at.
What cannot be looked at now, because its text is not to be had, is looked at once more, and the mark stays before it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from tui.config.rules import Rule
from tui.engine import hook
from tui.engine.desk import Desk
from tui.engine.filing import WORDS
from tui.engine.names import known_mailbox
from tui.engine.rows import row_of
from tui.engine.unlooked import Unlooked
from tui.mail.act import Verb
from tui.mail.envelope import Envelope
from tui.mail.errors import MailboxNotFound, MailError
from tui.mail.flags import canonical
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.matching import Item, matches, matches_head
from tui.mail.query import Node
from tui.mail.query_syntax import parse
from tui.render.message import as_text, render_message
from tui.store.mailboxes import MailboxState
from tui.store.rulings import Place, Ruled
from tui.sync.events import Event, MailboxReset, MessagesArrived
from tui.sync.mailing import Mailing

log = logging.getLogger(__name__)

EXEC_WITHIN = 120.0
"""Seconds a program has for one mail."""
TEXT_WITHIN = 60.0
"""Seconds in which the text of a mail is to be had; without it only what its head tells is known."""
AGAIN_AFTER = 60.0
"""Seconds after which what could not be looked at is looked at once more."""
TEXT_WIDTH = 1000
MOST_AT_ONCE = 500
"""Messages looked at in one go when much came while nobody looked."""

Announce = Callable[[str, str], None]


class Ruling:
    """Does what the rules of the configuration say.

    Args:
        desk: whose accounts, store and events.
        announce: has the terminal tell: a few words, and a line more; None: there is none.
        again_after: seconds after which what could not be looked at is looked at once more.
    """

    def __init__(self, desk: Desk, announce: Announce | None = None, again_after: float = AGAIN_AFTER) -> None:
        self._desk = desk
        self._announce = announce
        self._again_after = again_after
        self._arrived: asyncio.Queue[tuple[int, MessagesArrived]] = asyncio.Queue()
        self._unlooked = Unlooked()

    @property
    def _rules(self) -> Sequence[Rule]:
        return self._desk.config.rules

    def listen(self) -> Callable[[], None]:
        """Begin to note what arrives; returns what ends it."""
        return self._desk.listen(self._heard)

    def _heard(self, event: Event) -> None:
        if self._rules and isinstance(event, MessagesArrived) and event.fresh and not event.again:
            self._note(event)
        elif isinstance(event, MailboxReset):
            self._unlooked.renew(event.mailbox)

    def _note(self, event: MessagesArrived) -> None:
        self._unlooked.add(event.mailbox, event.uids)
        self._arrived.put_nowait((self._unlooked.renewals(event.mailbox), event))

    async def run(self) -> None:
        """Look at what arrives until cancelled. Never raises a `MailError`."""
        if not self._rules:
            return
        deaf = self.listen()
        try:
            await self.note_missed()
            while True:
                await self._next()
        finally:
            deaf()

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(self._again_after if self._unlooked.is_put_off else None):
                renewals, event = await self._arrived.get()
        except TimeoutError:
            for mailbox, uids in self._unlooked.take_again():
                state = await self._desk.store.mailboxes.get(mailbox)
                if state is not None:
                    self._note(MessagesArrived(state.mailbox.account, mailbox, uids, True))
            return
        await self._guarded(renewals, event)

    async def drain(self) -> None:
        """Look at what has arrived so far. Never raises a `MailError`."""
        while not self._arrived.empty():
            await self._guarded(*self._arrived.get_nowait())

    async def note_missed(self) -> None:
        """Note what arrived since a mailbox was looked at last; where it never was, everything in it is old."""
        for state in await self._desk.store.mailboxes.all() if self._rules else ():
            place = place_of(state)
            bounds = await self._desk.store.envelopes.bounds(state.id)
            if place is None or bounds is None or not self._applying(state):
                continue
            mark = await self._desk.store.rulings.mark(place)
            if mark is None:
                await self._desk.store.rulings.set_mark(place, bounds[1])
            elif mark < bounds[1]:
                new = [
                    Uid(uid)
                    for low, high in await self._desk.store.envelopes.ranges(state.id)
                    for uid in range(max(low, mark + 1), high + 1)
                ]
                for start in range(0, len(new), MOST_AT_ONCE):
                    uids = tuple(new[start : start + MOST_AT_ONCE])
                    self._note(MessagesArrived(place.account, state.id, uids, True))

    async def _guarded(self, renewals: int, event: MessagesArrived) -> None:
        """Look at what arrived, unless the mailbox was made anew since, so that these UIDs are of other messages."""

        def is_over() -> bool:
            return self._unlooked.renewals(event.mailbox) != renewals

        try:
            if not is_over():
                await self._look(event, is_over)
        except MailError as error:
            log.warning("rules: %s", error)
            if not is_over():
                self._unlooked.put_off(event.mailbox, event.uids)
        except Exception:  # a mistake of ours must not end all rules
            log.exception("rules")
            if not is_over():
                self._unlooked.done(event.mailbox, event.uids)

    def _applying(self, state: MailboxState) -> list[Rule]:
        account, mailbox = state.mailbox.account, state.mailbox
        return [
            rule
            for rule in self._rules
            if account in self._desk.accounts
            and rule.account in ("", account)
            and known_mailbox([state], rule.mailbox) is not None
            and mailbox.selectable
        ]

    async def _look(self, event: MessagesArrived, is_over: Callable[[], bool]) -> None:
        state = await self._desk.store.mailboxes.get(event.mailbox)
        place = place_of(state) if state is not None else None
        if state is None or place is None or not (rules := self._applying(state)):
            return
        account = self._desk.accounts[place.account]
        alike: dict[tuple[Rule, ...], list[Envelope]] = {}
        put_off: set[Uid] = set()
        for envelope in await self._desk.store.envelopes.many(state.id, event.uids):
            found = await self._finding(rules, account, state, envelope)
            if found is None:
                put_off.add(envelope.uid)
            elif found:
                alike.setdefault(tuple(found), []).append(envelope)
        for which, envelopes in alike.items():
            claimed = await self._claim(place, envelopes, which)
            if claimed:
                await self._apply(account, state, place, which, claimed)
        if is_over():
            return
        if put_off:
            self._unlooked.put_off(state.id, put_off)
        mark = self._unlooked.done(state.id, (uid for uid in event.uids if uid not in put_off))
        if mark is not None:
            await self._desk.store.rulings.set_mark(place, mark)

    async def _finding(
        self, rules: Sequence[Rule], account: Mailing, state: MailboxState, envelope: Envelope
    ) -> list[Rule] | None:
        """Return the rules that a message is for; None where its text decides and is not to be had now."""
        found: list[Rule] = []
        now = datetime.now().astimezone()
        body: str | None = None
        is_given_up = False
        for rule in rules:
            node = parse(rule.query, now).node
            if node is None:
                continue
            answer = matches_head(node, Item(envelope, state.mailbox, body))
            if answer is None and body is None and not is_given_up:
                body = await _text(account, state, envelope.uid)
                if body is None and self._unlooked.may_wait(state.id, envelope.uid, account.link.link.is_up):
                    return None
                is_given_up = body is None
            if answer or (answer is None and body is not None and matches(node, Item(envelope, state.mailbox, body))):
                found.append(rule)
                if rule.stop:
                    break
        return found

    async def _claim(self, place: Place, envelopes: Sequence[Envelope], rules: Sequence[Rule]) -> list[Envelope]:
        names = tuple(rule.name for rule in rules)
        now = time.time()
        ruled = [Ruled(place, each.uid, each.message_id, each.subject, names, now) for each in envelopes]
        claimed = await self._desk.store.rulings.claim(ruled)
        return [each for each in envelopes if each.uid in claimed]

    async def _apply(
        self, account: Mailing, state: MailboxState, place: Place, rules: Sequence[Rule], envelopes: Sequence[Envelope]
    ) -> None:
        """Do it: what tells of a message first, then its flags, and last what takes it elsewhere."""
        uids = [each.uid for each in envelopes]
        done: list[str] = []
        wrong: list[str] = []
        is_quiet = self._desk.config.notify.is_quiet(datetime.now().astimezone())
        for rule in rules:
            for envelope in envelopes:
                row = row_of(place.account, state.mailbox.name, place.uidvalidity, envelope)
                if rule.notify and self._announce is not None and not is_quiet:
                    self._announce(row["from"] or "(no sender)", row["subject"] or "(no subject)")
                if rule.program and (trouble := await hook.run(rule.program, row, timeout=EXEC_WITHIN, quiet=True)):
                    wrong.append(trouble)
            done += [f"ran {rule.program[0]}"] if rule.program else []
            done += ["kept quiet" if is_quiet else "notified"] if rule.notify else []
        try:
            if add := flags_of(rules):
                await account.changes.flags(state.id, uids, add=add, verb=Verb.CHANGED)
                done.append(f"flagged {' '.join(add)}")
            if target := next((rule for rule in rules if rule.archive or rule.move), None):
                if target.archive:
                    await account.changes.archive(state.id, uids)
                else:
                    await account.changes.move(state.id, uids, await self._target(account, target.move))
                done.append("archived" if target.archive else f"moved to {target.move}")
        except MailError as error:
            wrong.append(str(error))
        words = ", ".join(done + wrong)
        await self._desk.store.rulings.settle(place, uids, "failed" if wrong else "done", words)

    async def _target(self, account: Mailing, name: str) -> MailboxId:
        found = known_mailbox(await self._desk.store.mailboxes.all(account.name), name)
        if found is None:
            raise MailboxNotFound(f"{account.name} has no mailbox “{name}”.")
        return found.id


def flags_of(rules: Sequence[Rule]) -> list[str]:
    """Return the flags that rules give."""
    named = [each for rule in rules for each in (*rule.flag, *(["read"] if rule.mark_read else []))]
    return sorted(canonical(WORDS.get(each.lower(), each) for each in named)) if named else []


def doings_of(rule: Rule) -> list[str]:
    """Return in words what a rule does."""
    return [
        *([f"run {rule.program[0]}"] if rule.program else []),
        *(["notify"] if rule.notify else []),
        *(["mark as read"] if rule.mark_read else []),
        *(f"flag {each}" for each in rule.flag),
        *(["archive"] if rule.archive else []),
        *([f"move to {rule.move}"] if rule.move else []),
    ]


def place_of(state: MailboxState) -> Place | None:
    """Return where the messages of a mailbox are; None where their UIDs do not last."""
    if state.uidvalidity is None:
        return None
    return Place(state.mailbox.account, state.mailbox.wire, UidValidity(state.uidvalidity))


def node_of(rule: Rule) -> Node | None:
    """Return what a rule looks for, as of now."""
    return parse(rule.query, datetime.now().astimezone()).node


async def _text(account: Mailing, state: MailboxState, uid: Uid) -> str | None:
    """Return the text of a message; None where it is not to be had now."""
    try:
        async with asyncio.timeout(TEXT_WITHIN):
            message = await account.message(state.id, uid)
    except (MailError, TimeoutError) as error:
        log.info("rules: a text is not to be had: %s", error)
        return None
    return as_text(await asyncio.to_thread(render_message, message, TEXT_WIDTH))
