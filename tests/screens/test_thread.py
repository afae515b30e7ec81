"""The page of a conversation: what is read is folded, what comes and goes does so there, acts are on its messages."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.screen import Screen

from tests.screens.mail_stage import HOME, WORK, FakeAccount, MailStage, lines
from tests.screens.test_mail import until
from tests.screens.threads import THREAD, letter, store_with
from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.render.lines import Mode
from tui.screens.place_above import Below
from tui.screens.thread import ThreadScreen
from tui.store.thread_reads import MOST_MEMBERS
from tui.sync.events import Event, MailboxesChanged, MailboxReset, MessagesChanged, MessagesVanished
from tui.terminal.keys import KeyHint
from tui.widgets.thread_sheet import Laid, lay

HINTS = (KeyHint("j", "move", "message.next"), KeyHint("?", "keys", "app.help"))


class Account(FakeAccount):
    """Tells both screens what happens."""

    page: ThreadScreen | None = None

    def emit(self, event: Event) -> None:
        super().emit(event)
        if self.page is not None:
            self.page.apply(event)


@asynccontextmanager
async def page(
    folder: Path,
    thread: tuple[Envelope, ...] = THREAD,
    *,
    size: tuple[int, int] = (120, 40),
    chosen: bool = False,
    offline: bool = False,
) -> AsyncIterator[tuple[ThreadScreen, Account, MailboxId]]:
    """The page of a thread, of which one message is in Sent, opened from its newest in the Inbox."""
    store, inbox = await store_with(folder, thread, older=5)
    app = MailStage(store)
    account = Account(WORK, store)
    account.screen, account.is_offline = app.mail, offline
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.mail.current is not None)
        start = (inbox, thread[-1].uid)
        here = ThreadScreen(
            store,
            account,
            inbox,
            start,
            Below(app.mail.look, app.mail.lines, lambda scopes, page: HINTS, app.mail.show_mailbox),
            chosen=chosen,
        )
        account.page = here
        await app.push_screen(here)
        await until(lambda: here.current is not None)
        await pilot.pause()
        yield here, account, inbox
    await store.close()


def shown(here: ThreadScreen) -> str:
    return "\n".join(lines(here.app))


def uid(here: ThreadScreen) -> Uid | None:
    return here.current[2] if here.current is not None else None


def folded(here: ThreadScreen) -> list[bool]:
    return [sheet.folded for sheet in here._view.page.sheets]


async def eventually(ask: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await ask():  # noqa: ASYNC110 - the store has no event for it
            await asyncio.sleep(0.005)


def is_read(account: Account, inbox: MailboxId, number: int) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        row = await account.store.envelopes.get(inbox, Uid(number))
        return row is not None and not row.is_unread

    return ask


async def test_what_is_read_is_folded_and_the_oldest_unread_one_is_read(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, account, inbox):
        await until(lambda: "The table is done" in shown(here))
        assert folded(here) == [True, False, True, False]
        assert here.current == (WORK, inbox, 30_002)
        rows = [line for line in lines(here.app) if line[3:4] in ("▸", "▾")]
        assert ["Ada" in row for row in rows] == [True, False, False, True]
        assert [row[5:15].rstrip() for row in rows[:3]] == ["Ada Lovela", "└ Emmy Noe", "  └ you"]
        assert "Sent" in rows[2], "it is in another mailbox"
        assert "Cards" in lines(here.app)[0]
        assert "4 messages" in lines(here.app)[0]
        await eventually(is_read(account, inbox, 30_002))
        await here.next_unread(1)
        assert uid(here) == 30_004
        await eventually(is_read(account, inbox, 30_004))
        await until(lambda: "unread" not in lines(here.app)[0])
        assert folded(here) == [True, False, True, False], "what was read here stays open"
        await here.next_unread(1)
        await until(lambda: "nothing else is unread" in shown(here))


async def test_only_what_comes_into_view_is_fetched(tmp_path: Path) -> None:
    thread = tuple(
        letter(40_000 + n, 9_000 - n, "Ada Lovelace", f"n{n}", *([f"n{n - 1}"] * bool(n))) for n in range(90)
    )
    async with page(tmp_path, thread) as (here, account, _):
        await until(lambda: here.message is not None)
        assert account.asked == [thread[-1].uid]
        await here.go_first()
        assert uid(here) == 40_000
        assert here.message is None, "it is folded"
        here.open_current()
        await until(lambda: here.message is not None)
        assert account.asked == [thread[-1].uid, 40_000]
        assert await here.toggle_fold()
        await until(lambda: not here._view.wanted())
        assert len(account.asked) < 25


async def test_a_message_that_comes_stands_in_its_place_and_one_that_goes_is_gone(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, account, inbox):
        await until(lambda: "The table is done" in shown(here))
        await account.arrive(inbox, letter(30_005, 1, "Grace Hopper", "e", "a", marks="*"))
        await until(lambda: "Grace Hopper wrote to this" in shown(here))
        assert len(folded(here)) == 5
        assert uid(here) == 30_002, "what is read stays"
        await account.store.envelopes.remove(inbox, [Uid(30_002)])
        account.emit(MessagesVanished(WORK, inbox, (Uid(30_002),)))
        await until(lambda: len(folded(here)) == 4)
        assert uid(here) == 1, "the one behind it"


async def test_where_nothing_is_left_in_the_mailbox_the_page_goes(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, account, inbox):
        uids = [Uid(30_001), Uid(30_002), Uid(30_004)]
        await account.store.envelopes.remove(inbox, uids)
        account.emit(MessagesVanished(WORK, inbox, tuple(uids)))
        await until(lambda: not here.is_attached)


async def renumber(account: Account, mailbox: MailboxId, *rows: Envelope) -> None:
    """The server begins anew to count the messages of a mailbox, in which these are now."""
    await account.store.mailboxes.selected(mailbox, UidValidity(77), Uid(90_000), len(rows), ModSeq(0))
    await account.store.envelopes.add(mailbox, rows)
    account.emit(MailboxReset(WORK, mailbox))


async def test_where_uids_name_other_messages_now_the_page_shows_none_of_them(tmp_path: Path) -> None:
    async with page(tmp_path, chosen=True) as (here, account, inbox):
        await until(lambda: "The table is done" in shown(here))
        assert uid(here) == 30_004
        await renumber(account, inbox, letter(30_004, 1, "A stranger", "other"))
        assert here.current != (WORK, inbox, 30_004), "nothing can be done to what is not shown"
        await until(lambda: not here.is_attached)


async def test_a_page_below_another_screen_does_not_come_back_with_other_messages(tmp_path: Path) -> None:
    async with page(tmp_path, chosen=True) as (here, account, inbox):
        await until(lambda: "The table is done" in shown(here))
        above: Screen[None] = Screen()
        await here.app.push_screen(above)
        await renumber(account, inbox, letter(30_004, 1, "A stranger", "other"))
        above.dismiss(None)
        await until(lambda: not here.is_attached)


async def test_a_copy_elsewhere_is_shown_anew_where_its_uid_names_another_message(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, account, _):
        await until(lambda: "The table is done" in shown(here))
        sent = await account.store.mailboxes.by_role(WORK, Role.SENT)
        assert sent is not None
        assert len(folded(here)) == 4
        await renumber(account, sent.id, letter(1, 1, "A stranger", "other"))
        assert len(folded(here)) == 3
        await here._due.done()
        assert len(folded(here)) == 3
        assert here.is_attached


async def test_acts_are_about_the_message_under_the_cursor_or_those_behind_it_in_its_mailbox(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, _, inbox):
        await here.go_first()
        assert (here.mailbox, here.marked_or_current(), here.account) == (inbox, [30_001], WORK)
        assert await here.behind(1) == [30_002]
        assert await here.behind(9) == [30_002, 30_004], "never the copy in Sent, nor what is no part of it"
        here.move_cursor(2)
        assert here.role is Role.SENT
        assert await here.behind(9) == []
        with pytest.raises(MailError, match="Nothing is marked"):
            here.toggle_mark()


async def test_a_message_marked_unread_again_stays_so_while_it_is_looked_at(tmp_path: Path) -> None:
    async with page(tmp_path, chosen=True) as (here, account, inbox):
        assert uid(here) == 30_004
        await eventually(is_read(account, inbox, 30_004))
        await account.change_flags(inbox, [Uid(30_004)], remove=[SEEN])
        account.emit(MessagesChanged(WORK, inbox, (Uid(30_004),)))
        await until(lambda: here.current_envelope is not None and here.current_envelope.is_unread)
        here._note_read()
        assert len(here._tasks) == 0


async def test_what_is_not_here_says_so_and_can_be_asked_for_again(tmp_path: Path) -> None:
    async with page(tmp_path, offline=True, size=(80, 24)) as (here, account, _):
        await until(lambda: "This message is not on this machine" in shown(here))
        assert "$ tries again." in shown(here)
        account.is_offline = False
        here.turn()
        here.turn()
        await until(lambda: "The table is done" in shown(here))


async def test_only_what_happens_in_its_account_has_it_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with page(tmp_path) as (here, _, inbox):
        await until(lambda: "The table is done" in shown(here))
        await here._due.done()
        reads: list[int] = []
        read = here._read_members

        async def counted() -> None:
            reads.append(1)
            await read()

        monkeypatch.setattr(here, "_read_members", counted)
        for account in (HOME, HOME, WORK):
            here.apply(MessagesChanged(account, inbox, (Uid(30_002),)))
            here.apply(MailboxesChanged(account))
            await here._due.done()
            assert len(reads) == (account == WORK)


async def test_texts_are_laid_out_anew_for_another_width_and_mode(tmp_path: Path) -> None:
    async with page(tmp_path) as (here, _, _inbox):
        await until(lambda: here.page_shown is not None)
        here.set_mode(here.mode.SOURCE)
        await until(lambda: "Message-ID:" in shown(here) or "MIME-Version" in shown(here))
        here.set_mode(here.mode.AUTO)
        await until(lambda: "The table is done" in shown(here))


async def test_a_charset_is_taken_while_the_text_is_being_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with page(tmp_path) as (here, _, _inbox):
        await until(lambda: "The table is done" in shown(here))
        began, may_end = threading.Event(), threading.Event()

        def slow(message: Message, width: int, mode: Mode, opened: int) -> Laid:
            began.set()
            may_end.wait(5)
            return lay(message, width, mode, opened)

        monkeypatch.setattr("tui.screens.thread.lay", slow)
        here.set_mode(Mode.PLAIN)
        await until(began.is_set)
        here.read_as("koi8-r")
        may_end.set()
        await until(lambda: here.page_shown is not None and here.mode is Mode.PLAIN)
        assert here.message is not None
        assert {part.params.get("x-read-as") for part in here.message.structure.leaves()} >= {"koi8-r"}


async def test_more_messages_than_are_shown_are_told(tmp_path: Path) -> None:
    count = MOST_MEMBERS + 3
    thread = tuple(letter(40_000 + n, 9_000 - n, "Ada Lovelace", f"n{n}", *(["n0"] * bool(n))) for n in range(count))
    async with page(tmp_path, thread, size=(80, 24)) as (here, account, _):
        await until(lambda: f"the newest {MOST_MEMBERS} messages of {count}" in lines(here.app)[0])
        await until(lambda: here.message is not None)
        assert len(account.asked) == 1
