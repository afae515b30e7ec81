"""Conversations on the mail screen: a row for each, the message that is read, the thread beside it."""

import asyncio
from pathlib import Path

import pytest

from tests.screens.mail_stage import NOW, WORK, MailStage, lines
from tests.screens.test_mail import is_reading, until
from tests.screens.threads import letter, threaded
from tui.config.habits import Habits
from tui.config.last_view import LastView
from tui.config.paths import Paths
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.thread import Conversation, thread_named
from tui.start.picture import Picture
from tui.store import first_rows
from tui.sync.events import MailboxReset, ThreadsChanged


async def read(app: MailStage, inbox: MailboxId, uid: int) -> None:
    """Wait until a message is in view, and one of the Inbox is read by that."""
    await until(lambda: app.mail.message is not None)
    async with asyncio.timeout(10):
        envelopes = app.work.store.envelopes
        while uid > 20_000 and (row := await envelopes.get(inbox, Uid(uid))) and row.is_unread:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_conversation_is_one_row_and_is_read_from_its_first_unread(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        first = lines(app)[1]
        assert "Ada, Emmy" in first
        assert first.split("Re: Cards")[1].split()[0] == "3"
        assert sum("Cards" in line for line in lines(app)[:12]) == 1
        assert thread_named(app.mail.marked_or_current()[0]) is not None
        app.mail.open_current()
        await read(app, inbox, 30_002)
        assert is_reading(app)
        assert app.mail.current == (WORK, inbox, 30_002), "the oldest unread"
        assert app.mail.marked_or_current() == [30_002], "while it is read, it is acted on alone"

        await app.work.arrive(inbox, letter(30_005, 1, "Grace Hopper", "e", "d", marks="*"))
        await until(lambda: "Grace, Ada" in lines(app)[1])
        assert app.mail.current == (WORK, inbox, 30_002), "what is read stays"
        for expected in (1, 30_004, 30_005):
            assert await app.mail.step_in_thread(1)
            assert app.mail.current is not None
            assert app.mail.current[2] == expected
            await read(app, inbox, expected)
        assert not await app.mail.step_in_thread(1)
        await until(lambda: "●" not in lines(app)[1][24:28])  # all of them were read, one after the other


async def test_a_message_elsewhere_whose_uid_names_another_now_is_not_in_view(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        app.mail.open_current()
        await read(app, inbox, 30_002)
        assert await app.mail.step_in_thread(1)
        assert app.mail.current is not None
        _, sent, uid = app.mail.current
        await until(lambda: app.mail.message is not None)
        store = app.work.store
        await store.mailboxes.selected(sent, UidValidity(77), Uid(9), 1, ModSeq(0))
        await store.envelopes.add(sent, [letter(int(uid), 1, "A stranger", "z")])
        app.mail.apply(MailboxReset(WORK, sent))
        assert app.mail.current[:2] == (WORK, inbox)
        await until(lambda: app.mail.message is not None)
        assert app.mail.current[:2] == (WORK, inbox)


async def test_a_key_right_behind_a_move_is_about_the_row_that_was_gone_to(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        await until(lambda: app.mail.current == (WORK, inbox, 30_002))
        app.mail.move_cursor(1)
        assert app.mail.current == (WORK, inbox, 20_000), "not the message of the conversation above"


async def test_the_messages_of_an_open_conversation_stand_below_it(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        assert await app.mail.toggle_fold()
        await until(lambda: "▾3" in lines(app)[1])
        listed = [line[24:] for line in lines(app)[2:5]]
        assert ["Ada" in line for line in listed] == [True, False, True]
        app.mail.move_cursor(2)
        assert app.mail.current == (WORK, inbox, 30_002)
        assert app.mail.marked_or_current() == [30_002]
        assert await app.mail.behind(5) == [30_004], "not what is older in the mailbox, and in no conversation of it"
        assert await app.mail.toggle_fold()
        await until(lambda: "▾" not in lines(app)[1])
        assert isinstance(app.mail._list.current, Conversation)
        app.mail.move_cursor(1)
        assert not await app.mail.toggle_fold(), "one message is no conversation"


async def test_the_thread_stands_below_the_message_where_there_is_room(tmp_path: Path) -> None:
    async with threaded(tmp_path, (200, 50)) as (app, inbox):

        def told() -> list[str]:
            """The rows of the thread: where they stand is another place once the message is laid out."""
            at = next((y for y, line in enumerate(lines(app)) if "This thread" in line), len(lines(app)))
            return [line[112:150] for line in lines(app)[at + 1 : at + 5]]

        await until(told)
        await until(lambda: "▌" in told()[1])
        for words, line in zip(("Ada Lovelace", "Emmy Noether", "you", "Ada Lovelace"), told(), strict=True):
            assert words in line
        app.mail.move_cursor(1)
        await until(lambda: not told())
        await app.mail.show_conversations(False)
        await app.mail.go_to(Uid(30_001))
        await until(told)
        assert await app.mail.step_in_thread(1)
        assert app.mail.current == (WORK, inbox, 30_002), "in a list of messages the cursor goes there"


async def test_the_list_is_remembered_and_stays_on_its_message(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        view = LastView()
        app.mail.remember(view)
        assert view.conversations
        await app.mail.show_conversations(False)
        await until(lambda: not isinstance(app.mail._list.current, Conversation))
        assert app.mail.current in ((WORK, inbox, 30_002), (WORK, inbox, 30_004)), "what was in view, or its newest"
        await app.mail.show_conversations(True)
        await until(lambda: isinstance(app.mail._list.current, Conversation))
        assert app.mail.current is not None
        assert app.mail.current[2] in (30_002, 30_004)


async def test_threads_that_are_found_later_become_one_row(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        store = app.work.store
        await app.work.arrive(inbox, letter(30_009, 1, "Grace Hopper", "z"))
        await until(lambda: "Grace Hopper" in lines(app)[1])
        assert await store.threads.traced(inbox, [Uid(30_009)], {Uid(30_009): ["a@x"]})
        app.mail.apply(ThreadsChanged((inbox,)))
        await until(lambda: "Grace, Ada, Emmy" in lines(app)[1])


@pytest.mark.parametrize("size", [(80, 24), (59, 20)])
async def test_a_narrow_list_still_counts(tmp_path: Path, size: tuple[int, int]) -> None:
    async with threaded(tmp_path, size) as (app, _):
        await until(lambda: any("Re: Cards" in line and " 3 " in line for line in lines(app)))


async def test_the_next_start_paints_the_same_rows(tmp_path: Path) -> None:
    async with threaded(tmp_path) as (app, inbox):
        view = LastView()
        app.mail.remember(view)
        view.utf8 = True
        view = LastView.parse(view.format())
        version = app.work.store.cache_version
        path = str(Paths.under(tmp_path).cache_file)
        found = first_rows.read(path, version, inbox, 11, outgoing=view.outgoing, conversations=view.conversations)
        assert found is not None
        state = await app.work.store.mailboxes.get(inbox)
        assert state is not None
        assert found.conversations == state.conversations
        picture = Picture(view, 120, 40)
        picture.paint(found, NOW)
        painted = ["".join(cell for cell, _ in row).rstrip() for row in picture.cells.rows[1:12]]
        assert [line[24:] for line in painted] == [line[24:] for line in lines(app)[1:12]]


def test_how_a_mailbox_is_listed_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    habits = Habits.read(file)
    assert habits.is_threaded("work INBOX") is None
    habits.choose_threaded("work INBOX", True)
    habits.choose_threaded("work Lists", False)
    assert habits.is_changed
    habits.write(habits.snapshot())
    again = Habits.read(file)
    assert (again.is_threaded("work INBOX"), again.is_threaded("work Lists")) == (True, False)
    file.write_text(file.read_text().replace("false", '"no"'))
    assert Habits.read(file).is_threaded("work Lists") is None
