"""Undo, redo, the history and acts on whole mailboxes, as they are typed."""

from pathlib import Path

from tests.app.live import SEEN, WORK, Session, letter, live
from tui.mail.flags import FLAGGED
from tui.mail.mailbox import Role
from tui.screens.history import HistoryScreen
from tui.sync.events import ChangesParked


async def choose(person: Session, command: str) -> None:
    """Call a command from the palette."""
    await person.press(":")
    await person.sees("Commands")
    await person.type(command)
    await person.press("enter")


async def test_what_was_done_is_undone_step_by_step_and_done_again(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(4):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 4", "Archive")
            await person.press("s")
            await person.sees("flagged 1 · u undo")
            await person.press("v", "v", "e")
            await person.sees("archived 2 · u undo")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 2)
            await person.press("u")
            await person.sees("undone: archived 2 messages in Inbox", "Ctrl+R redo")
            await person.eventually(lambda: servers.count("INBOX"), lambda count: count == 4)
            await person.sees("of 4", "Letter 3", "Letter 2")
            await person.press("u")
            await person.sees("undone: flagged 1 message in Inbox")
            await person.press("u")
            await person.sees("nothing to undo")
            await person.press("ctrl+r", "ctrl+r")
            await person.sees("done again: archived 2 messages in Inbox")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 2)
            await person.press("ctrl+r")
            await person.sees("nothing to do again")


async def test_the_cursor_goes_with_what_comes_back(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(5):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 5", "Archive")
            await person.press("j", "e", "u")
            await person.sees("undone: archived 1", "work · 2 of 5")
            await person.press("e")
            await person.sees("archived 1 ·", "work · 2 of 4")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
            await person.press("u")  # by another name: the server moves it back
            await person.eventually(lambda: servers.count("INBOX"), lambda count: count == 5)
            await person.sees("Letter 3", "work · 2 of 5")
            assert person.app.mail.current_envelope is not None
            assert person.app.mail.current_envelope.subject == "Letter 3"
            await person.press("e")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
            await person.press("u", "G")  # who goes on is left where he is
            await person.eventually(lambda: servers.count("INBOX"), lambda count: count == 5)
            await person.sees("work · 5 of 5")


async def test_the_history_tells_and_undoes_one_act(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(3):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number, flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 3", "Archive")
            await person.press("s")
            await person.sees("flagged 1")
            await person.press("e")
            await person.sees("archived 1")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
        async with servers.app() as person:
            await person.sees("work · 1 of 2")
            await person.press("g", "u")
            await person.sees("History   2 acts", "archived 1 message in Inbox", "flagged 1 message in Inbox", "done")
            await person.press("u")
            await person.sees("undone: archived 1 message in Inbox", "undone ")
            await person.press("u")
            await person.sees("It is undone already.")
            await person.press("ctrl+r")
            await person.sees("done again: archived 1")
            await person.press("j", "u")
            await person.sees("undone: flagged 1 message in Inbox")
            await person.press("q")
            await person.until(lambda: not isinstance(person.app.screen, HistoryScreen), "the mail screen")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)


async def test_a_sent_mail_that_has_left_is_told_and_passed_by(tmp_path: Path) -> None:
    async with live(tmp_path, undo_send=0) as servers:
        await servers.deliver(letter("Letter"), flags=SEEN)
        async with servers.app() as person:
            await person.sees("work · 1 of 1")
            await person.press("s")
            await person.sees("flagged 1")
            await person.press("c")
            await person.sees("New message")
            await person.type("ada@analytical.example")
            await person.press("tab")
            await person.type("Cards")
            await person.press("tab")
            await person.type("Words")
            await person.press("ctrl+x")
            await person.sees("accepted")
            await person.press("u")
            await person.sees("cannot be taken back: sent “Cards” to", "u again undoes: flagged 1")
            await person.press("u")
            await person.sees("undone: flagged 1 message in Inbox")


async def test_a_whole_mailbox_is_read_and_emptied(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        for number in range(3):
            await servers.deliver(letter(f"Letter {number}"), minutes=90 - number)
        async with servers.app() as person:
            await person.sees("3 unread of 3", "Trash")
            await choose(person, "mark all")
            await person.sees("read 3 · u undo")
            await person.press("d")
            await person.sees("deleted 1 · u undo")
            await person.eventually(lambda: servers.count("Trash"), lambda count: count == 1)
            await choose(person, "empty trash")
            await person.sees("Delete all 1 messages in Trash for good?")
            await person.press("y")
            await person.eventually(lambda: servers.count("Trash"), lambda count: count == 0)
            assert await servers.count("INBOX") == 2


async def test_deleting_in_the_trash_asks_and_is_for_good(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("Old"), mailbox="Trash", flags=SEEN)
        async with servers.app() as person:
            await person.sees("live", "Trash")
            await person.press("g", "t")
            await person.sees("Old")
            await person.press("d")
            await person.sees("Delete this message for good?")
            await person.press("n")
            assert await servers.count("Trash") == 1
            await person.press("d")
            await person.sees("Delete this message for good?")
            await person.press("y")
            await person.sees("deleted 1 for good")
            await person.eventually(lambda: servers.count("Trash"), lambda count: count == 0)
            await person.press("u")
            await person.sees("cannot be taken back: deleted 1 message for good in Trash")


async def test_a_mailbox_is_made_and_unmade(tmp_path: Path) -> None:
    async with live(tmp_path) as servers, servers.app() as person:
        await person.sees("live", "Trash")
        await choose(person, "new mailbox")
        await person.sees("new mailbox")
        await person.type("Plans")
        await person.press("enter")
        await person.sees("created the mailbox Plans · u undo", "Plans")
        await person.eventually(lambda: person.app.store.pending.all(), lambda changes: not changes)
        await person.press("u")
        await person.sees("undone: created the mailbox Plans")
        await person.eventually(lambda: person.app.store.pending.all(), lambda changes: not changes)
        names = [state.mailbox.name for state in await person.app.store.mailboxes.all()]
        assert "Plans" not in names


async def test_what_is_parked_is_counted_shown_and_dropped_or_done(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(letter("One"))
        await servers.deliver(letter("Two"), minutes=5)
        async with servers.app() as person:
            await person.sees("One", "Two", "live", "Archive")
            store = person.app.store
            inbox = await store.mailboxes.by_role(WORK, Role.INBOX)
            assert inbox is not None
            one, two = [row.uid for row in await store.envelopes.older(inbox.id, None, 2)]
            archive = await store.mailboxes.by_role(WORK, Role.ARCHIVE)
            assert archive is not None
            account = person.app.accounts[WORK]
            wake = account.changes._wake
            account.changes._wake = lambda: None  # the line is slow: nothing is carried to the server yet
            await account.changes.archive(inbox.id, [one])
            await account.changes.flag(inbox.id, [two], FLAGGED, on=True)
            for change in await store.pending.all(WORK):
                await store.parked.park(change.id)
            person.app._emit(ChangesParked(WORK, inbox.id, 2))
            await person.sees("a mailbox was made anew on the server: 2 changes parked")
            await person.press("j")
            await person.sees("· 2 parked")
            await person.press("g", "u")
            await person.sees("2 parked: yours to say", "flagged 1 message in Inbox", "u drop it", "do it all the same")
            await person.press("u")
            await person.sees("dropped: flagged 1 message in Inbox", "1 parked: yours to say")
            account.changes._wake = wake
            await person.press("j", "ctrl+r")
            await person.sees("done: archived 1 message in Inbox")
            assert not await store.parked.counts()
            await person.eventually(lambda: servers.count("INBOX"), lambda count: count == 1)
