"""Snoozing in the application: out of the list by a key, in the list of what is snoozed, and back when it is time."""

import time
from dataclasses import replace
from pathlib import Path

from tests.app.live import SEEN, WORK, Session, letter, live
from tui.config.model import ComposeConfig
from tui.mail import snooze

DAY = 86_400.0


def later(person: Session, seconds: float) -> None:
    """Let time pass for the account."""
    snoozes = person.app.accounts[WORK].snoozes
    snoozes.spread = 0.0
    snoozes.clock = lambda: time.time() + seconds
    snoozes.wake()


async def test_it_leaves_the_list_and_comes_back_as_new_mail(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        uids = [await servers.deliver(letter(f"Letter {n}"), minutes=90 - n, flags=SEEN) for n in range(3)]
        async with servers.app() as person:
            await person.sees("work · 1 of 3", "Archive")
            await person.press("j", "w")
            await person.sees("Snooze", "tomorrow morning", "until someone answers")
            await person.type("3d")
            await person.sees("as you typed")
            await person.press("enter")
            await person.sees("snoozed 1 · u undo", "work · 2 of 2")
            await person.sees("Snoozed")
            await person.misses("Letter 1")
            await person.press("u")
            await person.sees("undone: snoozed 1 message in Inbox", "Letter 1")
            await person.misses("Snoozed")
            await person.press("ctrl+r")
            await person.sees("work · 2 of 2", "Snoozed")
            await person.press("g", "w")
            await person.sees("is:snoozed", "until ", "Letter 1")
            await person.press("escape")
            later(person, 4 * DAY)
            await person.sees("back Letter 1")
            await person.misses("Snoozed")
            await person.eventually(
                lambda: servers.flags(uids[1]), lambda flags: flags == frozenset({snooze.BACK.encode()})
            )


async def test_it_is_brought_back_at_once(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Letter"), minutes=90, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "Archive")
            await person.press("w")
            await person.sees("Snooze", "until someone answers")
            await person.type("someone")
            await person.press("enter")
            await person.sees("snoozed 1 · u undo")
            await person.press("g", "w")
            await person.sees("until answered Letter")
            await person.sees("j k move")  # the hits have the focus: keys are no letters of a query
            await person.press("z", "w")
            await person.sees("brought back 1 · u undo")
            await person.press("escape")
            await person.sees("work · 1 of 1", "Letter")


async def test_one_is_reminded_of_what_nobody_answers(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        servers.config = replace(servers.config, compose=ComposeConfig(undo_send=0))
        await servers.deliver(letter("Letter"), minutes=90, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1", "Archive")
            await person.press("c")
            await person.sees("New message")
            await person.type("ada@analytical.example")
            await person.press("tab")
            await person.type("A question")
            await person.press("tab")
            await person.type("When?")
            await person.press("alt+w")
            await person.sees("Remind me if nobody answers")
            await person.misses("until someone answers")
            await person.type("3d")
            await person.press("enter")
            await person.sees("a reminder, unless somebody answers", "reminds ")
            await person.press("ctrl+x")
            await person.eventually(lambda: servers.count("Sent"), lambda count: count == 1)
            later(person, 4 * DAY)
            await person.sees("back A question", "of 2")
