"""One trial: an engine lives, is killed, lives again until all is quiet; then it is judged by what the servers hold."""

import imaplib
import multiprocessing
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.crash import engine
from tests.crash.engine import Rest, Row, Spec, live
from tests.crash.plan import BOXES, FLAGS, MAILS, RECIPIENTS, Done, Step, View, played
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import QUEUES, Postfix
from tests.servers.process import LOOPBACK
from tui.config.model import Security

LIFETIME = 60.0
"""Seconds after which an engine that neither ends nor is killed is in a knot."""
MOST_LIVES = 4
GAP = "unknown"
DRAIN = 30.0

Boxes = Mapping[str, Mapping[int, tuple[str, frozenset[str]]]]


def context() -> ForkServerContext:
    """Return what makes engines: processes that have everything imported when they are born."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([engine.__name__])
    return made


@dataclass(frozen=True)
class Setting:
    """What is done to an engine in a trial.

    Attributes:
        plan: what its user does.
        point, times: where it kills itself; "" for nowhere.
        after: seconds from when its mails are there until it is killed from outside; None for never.
        again: the same in the lives that follow.
    """

    plan: tuple[Step, ...]
    point: str = ""
    times: int = 1
    after: float | None = None
    again: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        words = f"{self.point} ({self.times})" if self.point else f"after {self.after or 0.0:.3f} s"
        return words + "".join(f", then {each:.3f} s" for each in self.again)


@dataclass
class Outcome:
    """What became of a trial.

    Attributes:
        setting: what was done.
        user: in whose account.
        kills: lives that were ended by SIGKILL.
        at: the last point reached before the first kill.
        lost, doubled, other: what is wrong, in words; empty lists when all is well.
        states: state of a submission → how many.
        letters: Message-ID → (fewest, most) copies that every recipient may have.
        span: seconds the plan took, when it came to its end.
    """

    setting: Setting
    user: str
    kills: int = 0
    at: str = ""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    letters: dict[str, tuple[int, int]] = field(default_factory=dict)
    span: float = 0.0

    @property
    def wrong(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.other]


@dataclass
class _Told:
    """What an engine has told."""

    done: list[Done] = field(default_factory=list)
    begun: int | None = None
    sending: list[str] = field(default_factory=list)
    at: str = ""
    in_the_gap: tuple[str, ...] = ()
    rest: Rest | None = None
    up: float = 0.0
    ended: float = 0.0
    end: str | None = None

    @property
    def killed(self) -> bool:
        return self.end is None


class Trials:
    """Trials on a pair of servers, each in an account of its own.

    Args:
        dovecot: with the users.
        postfix: beside it; None: nothing is sent.
    """

    def __init__(self, dovecot: Dovecot, postfix: Postfix | None) -> None:
        self._dovecot = dovecot
        self._postfix = postfix
        self._context = context()

    def run(self, user: str, setting: Setting) -> Outcome:
        """Make a trial in an account that nobody has used before. What was delivered is still to be looked at."""
        mails = tuple(f"<{user.partition('@')[0]}-{number}@example.org>" for number in range(MAILS))
        send = self._postfix.server(user) if self._postfix is not None else None
        account = self._dovecot.account(user, security=Security.PLAIN, send=send)
        account = replace(account, receive=self._dovecot.server(user, Security.PLAIN))
        folder = Path(tempfile.mkdtemp(prefix="tidings-crash-"))
        outcome = Outcome(setting, user)
        try:
            self._fill(user, mails)
            spec = Spec(folder, account, mails, setting.plan, setting.point, setting.times)
            lives = [self._life(spec, setting.after)]
            for after in (*setting.again, *[None] * (MOST_LIVES - len(setting.again))):
                if lives[-1].rest is not None:
                    break
                lives.append(self._life(replace(spec, plan=(), point=""), after))
            self._judge(outcome, mails, lives)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return outcome

    def _fill(self, user: str, mails: Sequence[str]) -> None:
        with self._line(user) as line:
            for message_id in mails:
                text = (
                    f"From: Grace <grace@example.org>\r\nMessage-ID: {message_id}\r\nSubject: a mail\r\n\r\nHello.\r\n"
                )
                kind, words = line.append("INBOX", "", "", text.encode())
                assert kind == "OK", words

    def _line(self, user: str) -> imaplib.IMAP4:
        line = imaplib.IMAP4(LOOPBACK, self._dovecot.clear_port, timeout=30)
        line.login(user, self._dovecot.users[user])
        return line

    def _life(self, spec: Spec, after: float | None) -> _Told:
        told = _Told()
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=live, args=(spec, theirs), daemon=True)
        process.start()
        theirs.close()
        end = time.monotonic() + LIFETIME
        kill_at = time.monotonic() + after if after is not None and not spec.plan else None
        try:
            while True:
                until = min(end, kill_at) if kill_at is not None else end
                if not ours.poll(max(0.0, until - time.monotonic())):
                    process.kill()
                    kill_at, end = None, time.monotonic() + 10.0
                    continue
                word, value = ours.recv()
                _take(told, word, value)
                if word == "up" and after is not None:
                    kill_at = time.monotonic() + after
        except (EOFError, ConnectionResetError):
            pass
        process.join(10.0)
        ours.close()
        return told

    def _judge(self, outcome: Outcome, mails: Sequence[str], lives: Sequence[_Told]) -> None:
        first, last = lives[0], lives[-1]
        outcome.kills = sum(life.killed for life in lives)
        outcome.at = first.at
        outcome.span = max(0.0, first.ended - first.up) if first.up and first.ended else 0.0
        for life in lives:
            if life.end:
                outcome.other.append(f"an engine failed: {life.end}")
        if outcome.setting.point and not first.killed:
            outcome.other.append("this point was never reached")
        if last.rest is None:
            outcome.other.append("it never came to rest")
            return
        if last.rest.waiting:
            outcome.other.append(f"still waiting: {last.rest.waiting}")
        if last.rest.refused:
            outcome.other.append(f"refused: {last.rest.refused}")
        server = self._boxes(outcome.user)
        _judge_view(outcome, mails, server, played(outcome.setting.plan, first.done, first.begun))
        _compare(outcome, server, last.rest)
        in_the_gap = {message_id for life in lives for message_id in life.in_the_gap}
        _judge_letters(outcome, server, first, last.rest, in_the_gap)

    def _boxes(self, user: str) -> dict[str, dict[int, tuple[str, frozenset[str]]]]:
        with self._line(user) as line:
            return {name: _messages(line, name) for name in (*BOXES, "Sent", "Drafts")}

    def look_after_letters(self, outcomes: Sequence[Outcome]) -> None:
        """Count what the recipients have of every trial, once everything is delivered."""
        if self._postfix is None:
            return
        assert drained(self._postfix), "Postfix did not deliver everything"
        for recipient in RECIPIENTS:
            with self._line(recipient) as line:
                here = Counter(message_id for message_id, _ in _messages(line, "INBOX").values())
            for outcome in outcomes:
                for message_id, (least, most) in outcome.letters.items():
                    if here[message_id] < least:
                        outcome.lost.append(f"{recipient} never got {message_id}")
                    if here[message_id] > most:
                        outcome.doubled.append(f"{recipient} has {message_id} {here[message_id]} times, not {most}")


def drained(postfix: Postfix) -> bool:
    """Wait until Postfix has nothing left to deliver."""
    queue = postfix.folder / "queue"
    end = time.monotonic() + DRAIN
    while any(path.is_file() for name in (*QUEUES, "maildrop") for path in (queue / name).rglob("*")):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _take(told: _Told, word: str, value: object) -> None:
    match word, value:
        case "begin", int(number):
            told.begun = number
        case "done", Done() as done:
            told.done.append(done)
            told.begun = None
            told.ended = time.time()
        case "sending", str(message_id):
            told.sending.append(message_id)
        case "at", str(name):
            told.at = name
        case "up", float(at):
            told.up = at
        case "in the gap", tuple(found):
            told.in_the_gap = found
        case "rest", Rest() as rest:
            told.rest = rest
        case "ended", str(why):
            told.end = why


_ROW = re.compile(rb"UID (\d+) FLAGS \(([^)]*)\)")
_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")


def _messages(line: imaplib.IMAP4, mailbox: str) -> dict[int, tuple[str, frozenset[str]]]:
    assert line.select(mailbox, readonly=True)[0] == "OK"
    kind, rows = line.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    assert kind == "OK", rows
    found = {}
    for each in rows:
        if not isinstance(each, tuple):
            continue
        head, message_id = _ROW.search(each[0]), _ID.search(each[1])
        assert head is not None, each
        flags = frozenset(head[2].decode().split()) - {"\\Recent"}
        found[int(head[1])] = (message_id[1].decode() if message_id else "", flags)
    return found


def _judge_view(outcome: Outcome, mails: Sequence[str], server: Boxes, wanted: Sequence[View]) -> None:
    """Every mail is there once, and what the user did to it was done, once."""
    view: View = {}
    for number, message_id in enumerate(mails):
        places = [(name, flags) for name in BOXES for found, flags in server[name].values() if found == message_id]
        if not places:
            outcome.lost.append(f"{message_id} is gone")
        elif len(places) > 1:
            outcome.doubled.append(f"{message_id} is in {', '.join(name for name, _ in places)}")
        else:
            view[number] = (places[0][0], places[0][1] & set(FLAGS))
    if len(view) == MAILS and view not in wanted:
        wrong = [f"{n}: {view[n]} is not {wanted[-1][n]}" for n in view if view[n] != wanted[-1][n]]
        outcome.lost.append(f"not what the user did: {'; '.join(wrong)}")


def _compare(outcome: Outcome, server: Boxes, rest: Rest) -> None:
    for name, messages in server.items():
        if rest.boxes.get(name) != messages:
            ours, theirs = rest.boxes.get(name, {}).items(), messages.items()
            outcome.other.append(f"{name}: here alone {dict(ours - theirs)}, there alone {dict(theirs - ours)}")
        counts = len(messages), sum("\\Seen" not in flags for _, flags in messages.values())
        if rest.counts.get(name) != counts:
            outcome.other.append(f"{name}: counts {rest.counts.get(name)}, there {counts}")


def _judge_letters(outcome: Outcome, server: Boxes, first: _Told, rest: Rest, in_the_gap: set[str]) -> None:
    """Every mail that was promised is in the outbox or a draft, and says of itself what is so."""
    promised = {done.message_id for done in first.done if done.submission}
    rows = {row.message_id: row for row in rest.rows}
    sent = Counter(message_id for message_id, _ in server["Sent"].values())
    for message_id in first.sending:
        row = rows.get(message_id)
        if row is None:
            if message_id not in rest.drafts and message_id in promised:
                outcome.lost.append(f"{message_id} is neither in the outbox nor a draft")
            outcome.states["draft" if message_id in rest.drafts else "never promised"] += 1
            outcome.letters[message_id] = (0, 0)
            continue
        outcome.states[row.state] += 1
        if message_id in rest.drafts:
            outcome.doubled.append(f"{message_id} is in the outbox and a draft")
        _judge_row(outcome, row, sent[message_id], in_the_gap, server)


def _judge_row(outcome: Outcome, row: Row, copies: int, in_the_gap: set[str], server: Boxes) -> None:
    message_id = row.message_id
    if row.state == GAP:
        outcome.letters[message_id] = (0, 1)
        if message_id not in in_the_gap:
            outcome.other.append(f"{message_id} became unknown outside the gap: {row.words}")
        return
    outcome.letters[message_id] = (1, 1) if row.state == "copied" else (0, 0)
    if row.state != "copied":
        outcome.lost.append(f"{message_id} is {row.state}: {row.words}")
        return
    if copies != 1:
        (outcome.doubled if copies else outcome.lost).append(f"{copies} copies of {message_id} in Sent ({row.copy})")
    answered = [flags for box in BOXES for found, flags in server[box].values() if found == row.answers]
    if row.answers and not any("\\Answered" in flags for flags in answered):
        outcome.lost.append(f"{row.answers} was answered and does not say so")
