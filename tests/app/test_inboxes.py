"""All accounts' Inboxes as one list: what is done there is done in the right account."""

from pathlib import Path

from tests.app.live import HOME, WORK, Live, Session, letter, live
from tui.mail.ids import AccountName
from tui.screens.compose import ComposeScreen
from tui.screens.inboxes import InboxesScreen
from tui.screens.mail import MailScreen

BOTH = (WORK, HOME)


async def gathered(person: Session) -> None:
    """Go to all Inboxes."""
    await person.press("g", "A")
    await person.until(lambda: isinstance(person.app.screen, InboxesScreen), "all Inboxes")


def here(person: Session) -> str:
    """Return the subject under the cursor."""
    envelope = person.app.mail.current_envelope
    return envelope.subject if envelope is not None else ""


def subjects(person: Session) -> list[str]:
    """Return the subjects on the screen, from the top down."""
    assert isinstance(person.app.screen, InboxesScreen)
    return [state.envelope.subject for state in person.app.screen._list._lines if state.envelope is not None]


async def known(person: Session) -> None:
    """Wait until the tree shows what there is of both accounts."""
    await person.sees("Third", "All inboxes      3")
    await person.until(lambda: person.screen.count("  Archive") == 2, "the mailboxes of both accounts")


async def three(servers: Live) -> list[int]:
    """Have three mails come in, in turns; return their UIDs."""
    uids = []
    for number, (subject, account) in enumerate((("First", WORK), ("Second", HOME), ("Third", WORK))):
        to = "charles@mill.example" if account == WORK else "charles@home.example"
        uids.append(await servers.deliver(letter(subject, to=to), account=account, minutes=30 - 10 * number))
    return uids


async def test_what_arrives_anywhere_is_in_one_list(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        _, second, _ = await three(servers)
        await known(person)
        await gathered(person)
        await person.sees("All inboxes  work, home   3 unread of 3", "work 2   home 1")
        assert subjects(person) == ["Third", "Second", "First"]
        assert here(person) == "Third"
        await servers.deliver(letter("Fourth"), account=HOME)
        await person.sees("4 unread of 4", "+1 new")
        assert subjects(person) == ["Fourth", "Third", "Second", "First"]
        assert here(person) == "Third", "arrivals never take the cursor"
        await person.press("j", "enter")
        await person.sees("3 unread of 4")
        await person.eventually(lambda: servers.flags(second, account=HOME), lambda found: bool(found))
        await person.press("q", "q")
        await person.until(lambda: isinstance(person.app.screen, MailScreen), "back at the mail")


async def test_acts_are_done_in_the_account_of_the_message(tmp_path: Path) -> None:
    async def count(mailbox: str, account: AccountName) -> int:
        return await servers.count(mailbox, account=account)

    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await gathered(person)
        await person.press("j")
        assert here(person) == "Second"
        await person.press("e")
        await person.sees("archived 1 · u undo", "2 unread of 2")
        await person.eventually(lambda: count("Archive", HOME), lambda found: found == 1)
        assert here(person) == "First", "on to the next older one"
        await person.press("d")
        await person.sees("deleted 1 · u undo", "1 unread of 1")
        await person.eventually(lambda: count("Trash", WORK), lambda found: found == 1)
        await person.press("u")
        await person.sees("2 unread of 2")
        await person.until(lambda: here(person) == "First", "the cursor on what is back")
        await person.press("u")
        await person.sees("3 unread of 3")
        await person.eventually(lambda: count("INBOX", HOME), lambda found: found == 1)
        await person.until(lambda: here(person) == "Second", "the cursor on what is back")
        await person.press("g", "g", "j", "s")
        await person.sees("flagged 1")
        await person.press("m")
        await person.type("lis")
        await person.press("enter")
        await person.sees("moved 1 to Lists")
        await person.eventually(lambda: count("Lists", HOME), lambda found: found == 1)
        assert await count("Lists", WORK) == 0


async def test_answers_come_from_the_address_the_mail_came_to(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("g", "g", "j")
        await person.until(lambda: here(person) == "Second", "the cursor on it")
        await person.press("r")
        await person.until(lambda: isinstance(person.app.screen, ComposeScreen), "an answer")
        await person.sees("charles@home.example", "Re: Second")


async def test_it_is_a_row_of_the_tree_where_there_are_several_accounts(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await person.press("shift+tab", "g", "g", "enter")
        await person.until(lambda: isinstance(person.app.screen, InboxesScreen), "all Inboxes")
        await person.press("g", "i")
        await person.until(lambda: isinstance(person.app.screen, MailScreen), "one Inbox")
    async with live(tmp_path / "one") as servers, servers.app(width=120, height=40) as person:
        await person.sees("live", "  Archive")
        assert "All inboxes" not in person.screen


async def test_marks_in_several_accounts_are_one_act(tmp_path: Path) -> None:
    async def counts(mailbox: str) -> list[int]:
        return [await servers.count(mailbox, account=name) for name in BOTH]

    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("g", "g", "v", "v", "v")
        await person.sees("3 marked")
        await person.press("e")
        await person.sees("archived 3 · u undo", "nothing here")
        await person.eventually(lambda: counts("Archive"), lambda found: found == [2, 1])
        await person.press("u")
        await person.sees("undone: archived 3 messages in 2 mailboxes", "3 unread of 3")
        await person.eventually(lambda: counts("INBOX"), lambda found: found == [2, 1])
        await person.press("ctrl+r")
        await person.sees("done again: archived 3 messages in 2 mailboxes", "nothing here")
        await person.eventually(lambda: counts("Archive"), lambda found: found == [2, 1])
        await person.press("u")
        await person.sees("3 unread of 3")
        await person.press("g", "g", "v", "v", "m")
        await person.sees("Move 1 message of work to")
        await person.type("lis")
        await person.press("enter")
        await person.sees("Move 1 message of home to")
        await person.type("arch")
        await person.press("enter")
        await person.sees("moved 2 to Lists, Archive · u undo")
        await person.eventually(lambda: counts("Lists"), lambda found: found == [1, 0])
        await person.eventually(lambda: counts("Archive"), lambda found: found == [0, 1])


async def test_marks_are_acted_on_where_they_are_wherever_the_cursor_is(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        first, second, third = await three(servers)
        await known(person)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("g", "g", "v")  # a mail at work, and on to one at home
        assert here(person) == "Second"
        await person.press("s")
        await person.sees("flagged 1")
        flagged = frozenset({b"\\Flagged"})
        await person.eventually(lambda: servers.flags(third, account=WORK), lambda found: found == flagged)
        assert await servers.flags(second, account=HOME) == frozenset()
        assert await servers.flags(first, account=WORK) == frozenset()


async def test_marking_by_search_is_about_what_is_listed(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await servers.deliver(letter("Fourth, elsewhere"), mailbox="Lists")
        await known(person)
        await person.eventually(person.app.store.search.waiting, lambda count: count == 0)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("*")
        await person.sees("such as from:ada")
        await person.type("from:ada -subject:third")
        await person.press("enter")
        await person.sees("marked 2 in 2 Inboxes", "2 marked")
        await person.press("q")
        await person.misses("2 marked")


async def test_what_is_for_one_mailbox_refuses_marks_in_several(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("g", "g", "v", "v", "E")
        await person.sees("The marked messages are in 2 mailboxes.")
        await person.press("q", "g", "g", "v", "E")  # one at work is marked, the cursor is on one at home
        await person.sees("archived 1")
        await person.eventually(lambda: servers.count("Archive", account=WORK), lambda found: found == 1)


async def test_the_newest_arrival_is_gone_to_where_it_is_listed(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers, servers.app(width=120, height=40) as person:
        await three(servers)
        await known(person)
        await gathered(person)
        await person.until(lambda: len(subjects(person)) == 3, "three rows")
        await person.press("j")
        await servers.deliver(letter("Fourth"), account=HOME)
        await person.until(lambda: len(subjects(person)) == 4, "four rows")
        await person.press("g", "n")
        await person.until(lambda: here(person) == "Fourth", "the cursor on it")
        assert isinstance(person.app.screen, InboxesScreen)
