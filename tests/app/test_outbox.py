"""The outbox on the screen: every state with its next step."""

from pathlib import Path

import pytest

from tests.app.live import Session, live
from tui.screens.outbox import OutboxScreen
from tui.sync import delivery, follow_up


async def sent(person: Session, *recipients: str) -> None:
    """Write and send a mail, and open the outbox."""
    await person.sees("live")
    await person.press("c")
    await person.sees("New message")
    await person.type(", ".join(recipients))
    await person.press("tab")
    await person.type("Cards")
    await person.press("tab")
    await person.type("Precious words")
    await person.press("ctrl+x")
    await person.misses("New message")


async def opened(person: Session) -> None:
    await person.press("g", "o")
    await person.until(lambda: isinstance(person.app.screen, OutboxScreen), "the outbox")


async def test_who_got_it_and_who_did_not_and_it_goes_again_to_those(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="rcpt-partial") as servers, servers.app(width=100, height=30) as person:
        await sent(person, "mary@obs.example", "plana@torino.example")
        await person.sees("but not for plana@torino.example · g o outbox")
        await opened(person)
        await person.sees(
            "1 needs you",
            "✗ failed",
            "1 of 2 refused",
            "Refused   plana@torino.example",
            "Taken     mary@obs.example   has it, will not get it twice",
            "Server    550 5.1.1 no such user   its own words",
            "r retry for them",
        )
        await person.press("r")
        await person.sees("send again to  plana@torino.example", "nobody gets it twice")
        await person.press("ctrl+u")
        await person.type("mary@obs.example")
        await person.press("enter")
        await person.sees("mary@obs.example has it already")
        await person.press("r")
        await person.sees("send again to")
        await person.press("ctrl+u")
        await person.type("giovanni@torino.example")
        await person.press("enter")
        await person.until(lambda: len(servers.smtp.accepted) == 2, "sent again")
        assert [mail.recipients for mail in servers.smtp.accepted] == [
            (b"mary@obs.example",),
            (b"giovanni@torino.example",),
        ]
        await person.misses("needs you")
        await person.press("j")
        await person.sees("Refused   plana@torino.example   sent again")
        await person.eventually(lambda: servers.count("Sent"), lambda count: count == 1)


async def test_a_refusal_that_is_let_be_needs_nobody_any_more(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="rcpt-partial") as servers, servers.app() as person:
        await sent(person, "mary@obs.example", "plana@torino.example")
        await opened(person)
        await person.sees("1 needs you", "x let it be")
        await person.press("x")
        await person.sees("let be: they do not get it", "let be", "x put the receipt away")
        await person.press("x")
        await person.sees("nothing in it")


async def test_one_in_doubt_says_how_often_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_up, "LOOKS", (0.05, 0.1))
    async with live(tmp_path, behaviour="drop-after-dot") as servers, servers.app(width=100, height=30) as person:
        await sent(person, "mary@obs.example")
        await opened(person)
        await person.sees("? unknown", "looked 2 times, last", "Not found yet", "l look again", "r send again")
        await person.press("l")
        await person.sees("looked 3 times")
        await person.press("r")
        await person.sees("It may have been sent already. Send it again?")
        await person.press("n")
        assert len(servers.smtp.accepted) == 1
        await person.press("r")
        await person.sees("Send it again?")
        await person.press("y")
        await person.until(lambda: len(servers.smtp.accepted) == 2, "sent again")
        first, second = (mail.data for mail in servers.smtp.accepted)
        assert first == second, "under the same Message-ID"


async def test_one_that_waits_says_when_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 0.3)
    async with live(tmp_path, behaviour="greylist") as servers, servers.app(width=100, height=30) as person:
        await sent(person, "mary@obs.example")
        await opened(person)
        await person.sees("queued", "try 2 at", "Tries     1, the next at", "greylisted", "r try now")
        await person.press("r")
        await person.sees("✓ accepted", "copied to Sent")
        assert len(servers.smtp.accepted) == 1


async def test_leaving_while_the_server_thinks_is_asked_about(tmp_path: Path) -> None:
    async with live(tmp_path, behaviour="slow-after-dot") as servers, servers.app() as person:
        await sent(person, "mary@obs.example")
        await person.until(lambda: servers.smtp.accepted, "the dot")
        await person.press("Q")
        await person.sees("you would not know whether it was sent", "n stay")
        await person.press("n")
        await person.misses("n stay")
        servers.smtp.released.set()
        await person.sees("accepted")


async def test_long_facts_are_broken_below_each_other(tmp_path: Path) -> None:
    async with live(tmp_path, undo_send=600) as servers, servers.app(width=60, height=24) as person:
        await sent(person, *(f"person{number}@analytical.example" for number in range(4)))
        await opened(person)
        await person.sees("person0@analytical.example,")
        facts = [line for line in person.lines if "@analytical.example" in line and "held" not in line]
        assert len(facts) == 4
        assert {line.index("person") for line in facts} == {13}
