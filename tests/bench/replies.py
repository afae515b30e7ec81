"""Odd mails in Dovecot answered through Postfix: what arrives, where, and whether another parser finds it right.

Every recipient is a user of that Dovecot, so that what came into each Inbox tells to whom Postfix was asked to send.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from email import message_from_bytes
from itertools import count, islice
from pathlib import Path

from tests.bench.report import heading, row
from tests.end_to_end.work import at_work, other_client
from tests.mail.odd_mails import COUNT, ME, Odd, answer, faults, odd
from tests.servers.dovecot import ADA, USERS, Dovecot
from tests.servers.postfix import Postfix
from tests.sync.desk import open_store
from tui.commands.original import QUOTED_WIDTH
from tui.mail.submission import SubmissionState
from tui.render.lines import Mode
from tui.render.message import as_text, render_message

ON_THE_WAY = ("Return-Path", "Delivered-To", "Received")
"""Fields that the servers put in."""
SECONDS = 120.0
"""In which all answers must have left."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an answer is lost, doubled, or wrong."""
    parser = argparse.ArgumentParser(prog="scripts/bench replies", description=__doc__)
    parser.add_argument("--mails", type=int, default=COUNT, metavar="N", help="how many mails are answered")
    given = list(islice(mails(), parser.parse_args(words).mails))
    heading(f"{len(given)} odd mails answered through Dovecot and Postfix")
    began = time.monotonic()
    wrong = measure(given)
    for each in wrong:
        print(f"  WRONG {each}", file=sys.stderr)
    row("seconds", time.monotonic() - began, "s")
    row("answers that had to arrive", sum(len(each.to) for each in given), "")
    return 0 if row("wrong, lost, doubled or sent elsewhere", len(wrong), "", most=0) else 1


def mails() -> Iterator[Odd]:
    """Yield odd mails without end.

    No user of Dovecot can have a blank in the name: answers to such are looked at in tests/mail alone.
    """
    return (each for each in map(odd, count()) if not any('"' in spec for spec in each.to))


def measure(given: Sequence[Odd]) -> list[str]:
    """Answer them all, and return what is wrong."""
    people = {spec for each in given for spec in each.to}
    users = {**USERS, **dict.fromkeys(people, "secret")}
    with tempfile.TemporaryDirectory() as folder, Dovecot(users=users) as dovecot, Postfix(dovecot) as postfix:
        dovecot.deliver(ADA, *[each.raw.replace(b"\n", b"\r\n") for each in given])
        ids = asyncio.run(_answer(Path(folder), dovecot, postfix, given))
        wrong = _looked_at(given, ids, _arrived(dovecot, sorted(people), given))
        wrong += [f"mail {uid - 1} is not marked as answered" for uid in _unanswered(dovecot)]
        with other_client(dovecot) as other:
            copies = len(other.uids("Sent"))
        wrong += [] if copies == len(given) else [f"there are {copies} copies in Sent"]
    return wrong


async def _answer(folder: Path, dovecot: Dovecot, postfix: Postfix, given: Sequence[Odd]) -> list[str]:
    """Send all answers; return their Message-IDs."""
    ids: list[str] = []
    sent = []
    async with (
        open_store(folder) as store,
        at_work(store, dovecot.account(ADA, send=postfix.server(ADA))) as desk,
    ):
        rows = sorted(await desk.holds(len(given), timeout=SECONDS), key=lambda each: each.uid)
        await desk.mailbox(b"Sent")
        inbox = await desk.inbox()
        me = replace(ME, account=desk.name)
        for each, envelope in zip(given, rows, strict=True):
            message = await desk.account.message(inbox, envelope.uid)
            page = await asyncio.to_thread(render_message, message, QUOTED_WIDTH)
            text = as_text(page) if page.mode is Mode.HTML else None
            draft = answer(each, message, envelope=envelope, identity=me, mailbox=inbox, text=text)
            ids.append(draft.message_id)
            sent.append(await desk.account.submit(draft))
        for submission in sent:
            await desk.becomes(submission, SubmissionState.COPIED, SubmissionState.FAILED, timeout=SECONDS)
        with suppress(AssertionError):  # told below
            await desk.until(lambda: asyncio.to_thread(lambda: not _unanswered(dovecot)), SECONDS / 4)
    return ids


def _unanswered(dovecot: Dovecot) -> list[int]:
    """Return the UIDs of mails that are not marked as answered on the server."""
    with other_client(dovecot) as other:
        return [uid for uid, flags in other.flags().items() if "\\Answered" not in flags]


def _arrived(dovecot: Dovecot, people: Sequence[str], given: Sequence[Odd]) -> dict[str, list[bytes]]:
    """Wait until as many mails as should came in, or no more do, and return them by user."""
    due = sum(len(each.to) for each in given)
    end = time.monotonic() + SECONDS / 4
    while True:
        found = {user: _inbox(dovecot, user) for user in people}
        if sum(map(len, found.values())) >= due or time.monotonic() > end:
            return found
        time.sleep(0.5)  # between two looks; `_looked_at` finds one that came twice


def _inbox(dovecot: Dovecot, user: str) -> list[bytes]:
    with dovecot.imap(user) as line:
        held = int((line.select(readonly=True)[1][0] or b"0").decode())
        rows = line.fetch("1:*", "(BODY.PEEK[])")[1] if held else []
        return [each[1] for each in rows if isinstance(each, tuple)]


def _looked_at(given: Sequence[Odd], ids: Sequence[str], found: dict[str, list[bytes]]) -> list[str]:
    """Return what is wrong in all that arrived."""
    wrong: list[str] = []
    came: Counter[tuple[str, str]] = Counter()
    for user, arrived in found.items():
        for raw in arrived:
            name = str(message_from_bytes(raw)["Message-ID"]).strip()
            came[name, user] += 1
            if name in ids:
                seed = ids.index(name)
                wrong += [f"mail {seed} at {user}: {what}" for what in faults(given[seed], raw, ON_THE_WAY)]
    due = Counter((name, spec) for name, each in zip(ids, given, strict=True) for spec in each.to)
    wrong += [f"mail to {user} is missing: {name}" for name, user in due - came]
    wrong += [f"mail to {user} is one too many: {name}" for name, user in came - due]
    return wrong
