"""A small terminal beside other work: what arrived and how the lines stand, and the normal screen when it grows."""

from pathlib import Path

import pytest

from tests.app.live import Live, Session, letter, live
from tests.app.test_inboxes import BOTH, here, subjects, three
from tui.screens.compose import ComposeScreen
from tui.screens.inboxes import InboxesScreen
from tui.screens.mail import MailScreen

SMALL, LARGE = (40, 8), (120, 40)
ROWS = SMALL[1] - 1


async def resized(person: Session, size: tuple[int, int]) -> None:
    await person.pilot.resize_terminal(*size)


async def in_pane(person: Session) -> None:
    await person.until(lambda: isinstance(person.app.screen, InboxesScreen), "the pane")


async def many(servers: Live) -> None:
    """Have more mails come in than there are rows."""
    for number in range(ROWS + 5):
        account = BOTH[number % 2]
        await servers.deliver(letter(f"Old {number}"), account=account, minutes=100 - number)


async def test_what_arrives_is_on_top_and_nobody_is_at_it(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers:
        await many(servers)
        async with servers.app(width=SMALL[0], height=SMALL[1]) as person:
            await in_pane(person)
            await person.sees("live · heard", "? keys", "12 ●")
            assert len(subjects(person)) == ROWS
            assert "▌" not in person.screen
            for number in range(ROWS + 2):
                await servers.deliver(letter(f"New {number}"), account=BOTH[number % 2], minutes=20 - number)
                await person.sees(f"New {number}")
                assert subjects(person)[0] == f"New {number}"
            assert person.screen.count("+●") == ROWS
            assert "live" in person.lines[-1], "the meter stays"
            await person.press("e")
            await person.sees("There is no message here")
            assert sum([await servers.count("INBOX", account=name) for name in BOTH]) == 2 * ROWS + 7


async def test_a_mail_opens_in_place(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers:
        await three(servers)
        async with servers.app(width=SMALL[0], height=SMALL[1]) as person:
            await in_pane(person)
            await person.until(lambda: subjects(person) == ["Third", "Second", "First"], "all")
            await person.press("j")
            assert here(person) == "Third", "the first key shows where the cursor is"
            await person.press("j", "enter")
            await person.sees("▌Second", "Dear Charles,")
            await person.press("q")
            await person.until(lambda: here(person) == "Second", "the list")
            await person.press("q")
            await person.until(lambda: here(person) == "", "nobody at it")
            assert isinstance(person.app.screen, InboxesScreen), "there is nothing to go back to"
            await person.press("enter")
            await person.sees("▌Third", "Dear Charles,")
            await person.press("g", "i")
            await person.until(lambda: isinstance(person.app.screen, MailScreen), "one Inbox")
            await person.press("q")
            await in_pane(person)


@pytest.mark.parametrize("gone_to", [False, True])
async def test_the_normal_screen_is_back_when_there_is_room(tmp_path: Path, gone_to: bool) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=LARGE[0], height=LARGE[1]) as person:
        await three(servers)
        await person.sees("Third", "All inboxes      3")
        await resized(person, SMALL)
        await in_pane(person)
        await person.until(lambda: len(subjects(person)) == 3, "all")
        if gone_to:
            await person.press("j", "j")
        await resized(person, LARGE)
        await person.until(lambda: isinstance(person.app.screen, MailScreen), "the mail screen")
        if gone_to:
            await person.until(lambda: here(person) == "Second", "the message that was gone to")
            await person.sees("Inbox  home", "Dear Charles,")
        else:
            await person.sees("Inbox  work", "Dear Charles,")


async def test_what_is_read_or_written_stays(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=LARGE[0], height=LARGE[1]) as person:
        await three(servers)
        await person.sees("Third")
        await person.press("enter")
        await person.until(lambda: person.app.mail.reading, "reading")
        await resized(person, SMALL)
        await person.sees("▌Third")
        assert isinstance(person.app.screen, MailScreen)
        await person.press("q")
        await in_pane(person)
        await person.press("c")
        await person.until(lambda: isinstance(person.app.screen, ComposeScreen), "a new mail")
        await resized(person, LARGE)
        await person.sees("Ctrl+X")
        assert isinstance(person.app.screen, ComposeScreen)
        await person.press("escape")
        await person.until(lambda: isinstance(person.app.screen, MailScreen), "the mail screen")


async def test_a_click_opens_what_is_at_rest(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers:
        await three(servers)
        async with servers.app(width=SMALL[0], height=SMALL[1]) as person:
            await in_pane(person)
            await person.until(lambda: subjects(person) == ["Third", "Second", "First"], "all")
            await person.pilot.click("#inboxes-list", offset=(20, 1))
            await person.sees("▌Second", "Dear Charles,")
            await person.press("q")
            await person.until(lambda: here(person) == "Second", "the list")
            await person.pilot.click("#inboxes-list", offset=(20, 2))
            assert (here(person), person.app.mail.reading) == ("First", False), (
                "where there is a cursor it goes there first"
            )
            await person.pilot.click("#inboxes-list", offset=(20, 2))
            await person.sees("▌First", "Dear Charles,")
