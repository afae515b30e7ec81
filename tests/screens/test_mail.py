"""The mail screen, driven as commands drive it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.strip import Strip

from tests.screens.mail_stage import HOME, NOW, WORK, MailStage, fill, lines, mail
from tui.config.paths import Paths
from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.mail.width import cell_width
from tui.render.lines import Mode, Page
from tui.render.page import lay_out
from tui.store.database import Store
from tui.sync.events import (
    AlertReceived,
    ChangeRefused,
    Link,
    LinkChanged,
    LinkState,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesVanished,
    SyncProgressed,
)
from tui.terminal.keys import KeyHint, Scope
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.mailbox_tree import MailboxTree
from tui.widgets.message_view import MessageView
from tui.widgets.status_line import StatusLine

FIRST = Uid(20_000)
HINTS = [
    KeyHint("j", "move", "message.next"),
    KeyHint("r", "reply", "message.reply"),
    KeyHint(":", "commands", "app.palette"),
    KeyHint("?", "keys", "app.help"),
]


def mode(app: MailStage) -> Mode:
    return app.mail.mode


def is_reading(app: MailStage) -> bool:
    return app.mail.reading


async def until(condition: Callable[[], object]) -> None:
    """Wait for a state, not for a time."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - any state of the screen, not one that has an event
            await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(folder: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[MailStage]:
    store = await Store.open(Paths.under(folder))
    try:
        await fill(store)
        app = MailStage(store)
        async with app.run_test(size=size) as pilot:
            await until(lambda: app.mail.current is not None)
            await pilot.pause()
            yield app
    finally:
        await store.close()


def inbox(app: MailStage) -> MailboxId:
    assert app.mail.mailbox is not None
    return app.mail.mailbox


def uid(app: MailStage) -> Uid:
    current = app.mail.current
    assert current is not None
    return current[2]


def screen(app: MailStage) -> str:
    return "\n".join(lines(app))


async def test_begins_in_the_first_inbox_on_the_newest_unread(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        assert app.mail.current == (WORK, inbox(app), FIRST)
        assert app.work.opened == [inbox(app)]
        await until(lambda: "Dear Charles" in screen(app))
        text = screen(app)
        assert "Inbox  work   3 unread of 1,204" in text
        assert "work · 1 of 1,204" in text
        assert "live · heard 8 s ago" in text
        assert app.mail.key_scopes == (Scope.MAIL, Scope.ANYWHERE)


async def test_a_move_paints_two_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    whole = EnvelopeList.render_line

    def render_line(self: EnvelopeList, y: int) -> Strip:
        painted.append(y)
        return whole(self, y)

    async with opened(tmp_path, (80, 24)) as app:
        monkeypatch.setattr(EnvelopeList, "render_line", render_line)
        for step in range(1, 6):
            painted.clear()
            app.mail.move_cursor(1)
            await until(lambda step=step: step in painted)  # type: ignore[misc]
            assert sorted(set(painted)) == [step - 1, step]


async def test_a_message_is_shown_when_the_cursor_rests_and_is_not_read_by_that(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        await until(lambda: app.mail.message is not None)
        asked = len(app.work.asked)
        for _ in range(6):
            app.mail.move_cursor(1)
        await until(lambda: app.mail.message is not None)
        assert app.work.asked[asked:] == [FIRST - 6]
        app.mail.move_cursor(-6)
        await until(lambda: app.mail.message is not None)
        assert app.mail.current_envelope is not None
        assert app.mail.current_envelope.is_unread


async def test_ages_in_the_list_and_in_the_head_go_on_together(tmp_path: Path) -> None:
    async with opened(tmp_path, (120, 40)) as app:
        await until(lambda: app.mail.message is not None)
        await until(lambda: screen(app).count("33 min") == 2)
        app.mail.look.clock = lambda: NOW + 60
        app.mail._grow_older()
        await until(lambda: screen(app).count("34 min") == 2)


async def test_opening_reads_it_and_closing_goes_back_to_the_list(tmp_path: Path) -> None:
    async with opened(tmp_path, (80, 24)) as app:
        assert app.work.asked == [], "nothing is fetched where no message is in sight"
        app.mail.open_current()
        assert is_reading(app)
        assert app.mail.key_scopes[0] is Scope.MESSAGE
        await until(lambda: app.mail.current_envelope and not app.mail.current_envelope.is_unread)
        await until(lambda: "2 unread of 1,204" in screen(app))
        page = app.mail.page_shown
        assert page is not None
        assert len(page.parts) == 2
        assert "The table is done, and it is the whole argument. Every operation has a" in screen(app)
        assert "1 table-note-g.pdf 12 kB   2 operations.csv 3 kB   2 links" in screen(app)
        assert "more below" in screen(app)
        app.mail.page(1)
        assert app.mail.query_one(MessageView).top > 0
        await app.mail.go_last()
        await until(lambda: lines(app)[-2].endswith("end"))
        assert app.mail.close_view()
        assert not is_reading(app)
        await until(lambda: "Kurt" in screen(app))
        assert not app.mail.close_view(), "never past the mail screen"


async def test_moving_on_while_reading_reads_the_next(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.open_current()
        app.mail.move_cursor(1)
        await until(lambda: app.mail.current_envelope and not app.mail.current_envelope.is_unread)
        assert uid(app) == FIRST - 1
        assert app.mail.message is not None


async def test_new_mail_never_takes_the_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        await app.work.arrive(inbox(app), mail(20_001, 0, "Grace Hopper", "It compiles", "first time", "*"))
        await until(lambda: "+1 new" in screen(app))
        await until(lambda: "+ Grace Hopper  It compiles   g n go to it" in screen(app))
        assert uid(app) == FIRST
        await until(lambda: "work · 2 of 1,205" in screen(app))
        assert "It compiles" in lines(app)[1]
        app.mail.hush()
        app.mail.move_cursor(-1)
        await until(lambda: "g n" not in screen(app) and "+1 new" not in lines(app)[0])


async def test_a_row_that_vanishes_gives_the_cursor_to_the_next_older(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.toggle_mark()
        app.mail.move_cursor(-1)
        assert app.mail.marked_or_current() == [FIRST]
        await app.work.store.envelopes.remove(inbox(app), [FIRST])
        app.mail.apply(MessagesVanished(WORK, inbox(app), (FIRST,)))
        await until(lambda: uid(app) == FIRST - 1)
        assert app.mail.marked_or_current() == [FIRST - 1]
        await until(lambda: app.mail.message is not None)


async def test_a_burst_of_events_is_read_a_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as app:
        reads = 0
        whole = app.work.store.mailboxes.all

        async def counted():  # type: ignore[no-untyped-def]
            nonlocal reads
            reads += 1
            return await whole()

        monkeypatch.setattr(app.work.store.mailboxes, "all", counted)
        touched: list[int] = []
        monkeypatch.setattr(app.mail._list, "touch", lambda arrived, *, fresh: touched.append(1))
        for number in range(2000):
            app.mail.apply(MessagesArrived(WORK, inbox(app), (Uid(number + 1),), fresh=False))
            app.mail.apply(MailboxesChanged(WORK))
            app.mail.apply(SyncProgressed(WORK, inbox(app), number, 50_000))
        await until(lambda: "of 50,000" in screen(app))
        assert reads <= 2
        assert len(touched) <= 2


async def test_what_cannot_be_shown_is_said_with_its_cure(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.work.is_offline = True
        app.mail.move_cursor(1)
        await until(lambda: "This message is not on this machine, and work is offline." in screen(app))
        assert "$ tries again." in screen(app)
        assert app.mail.message is None
        app.work.link = LinkState(Link.OFFLINE, NOW - 1500, NOW - 1500, NOW + 20, "no route")
        app.mail.apply(LinkChanged(WORK, app.work.link))
        await until(lambda: "offline since " in screen(app))
        assert "next try in 20 s   $ try now" in screen(app)


async def test_a_slow_message_says_what_is_fetched_and_a_newer_wish_replaces_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        await until(lambda: app.mail.message is not None)
        app.work.gate.clear()
        app.mail.move_cursor(1)
        await until(lambda: "fetching 34 kB from imap.work.example" in screen(app))
        app.mail.move_cursor(1)
        app.work.gate.set()
        await until(lambda: app.mail.message is not None)
        assert app.mail._reader.is_for(inbox(app), Uid(FIRST - 2))
        await until(lambda: "Thursday" in lines(app)[13])


async def test_a_charset_is_taken_while_the_text_is_being_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as app:
        app.mail.open_current()
        await until(lambda: app.mail.page_shown is not None)
        laid: list[Message] = []

        def noting(message: Message, width: int, *, mode: Mode) -> Page:
            laid.append(message)
            return lay_out(message, width, mode=mode)

        monkeypatch.setattr("tui.screens.mail_reader.lay_out", noting)
        app.mail.set_mode(Mode.PLAIN)
        app.mail.read_as("koi8-r")
        await until(lambda: bool(laid) and laid[-1] is app.mail.message)
        assert app.mail.mode is Mode.PLAIN


async def test_lines_that_are_chosen_are_never_those_of_the_message_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.open_current()
        await until(lambda: app.mail.message is not None and app.mail.page_shown is not None)
        assert app.mail.select()
        assert len(app.mail.selected or "") > 0
        app.work.gate.clear()
        app.mail.move_cursor(1)
        assert app.mail.selected is None
        await until(lambda: app.mail._reader.is_for(inbox(app), Uid(FIRST - 1)))
        assert app.mail.selected is None
        app.work.gate.set()
        await until(lambda: app.mail.page_shown is not None)
        assert not app.mail.selecting


async def test_a_mailbox_whose_uids_mean_others_is_begun_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.move_cursor(3)
        await until(lambda: app.mail.message is not None)
        store = app.work.store
        assert await store.mailboxes.selected(inbox(app), UidValidity(2), Uid(1), 1, ModSeq(0))
        app.mail.apply(MailboxReset(WORK, inbox(app)))
        await until(lambda: app.mail.current is None)
        assert app.mail.page_shown is None
        await app.work.arrive(inbox(app), mail(FIRST - 3, 10, "Emmy Noether", "Another message altogether", "", "*"))
        await until(lambda: app.mail.current is not None)
        await until(lambda: "Another message altogether" in lines(app)[13])


async def test_focus_goes_round_and_the_tree_opens_mailboxes(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.focus_next(back=True)
        assert app.mail.key_scopes[0] is Scope.TREE
        app.mail.move_cursor(3)
        tree = app.mail.query_one(MailboxTree)
        assert tree.current is not None
        assert tree.current.label == "Archive"
        app.mail.open_current()
        archive = await app.work.store.mailboxes.by_role(WORK, Role.ARCHIVE)
        assert archive is not None
        await until(lambda: app.mail.mailbox == archive.id)
        await until(lambda: "nothing here" in screen(app) or "asking the server" in screen(app))
        assert app.mail.current is None
        assert not app.mail.close_view(), "the list has the focus"
        await app.mail.next_mailbox(-3)
        await until(lambda: app.mail.current is not None)
        await app.mail.next_mailbox(1)
        await app.mail.next_mailbox(1)
        assert app.mail.mailbox == archive.id - 1


async def test_next_unread_goes_round(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        seen = []
        for _ in range(3):
            await app.mail.next_unread(1)
            seen.append(uid(app))
        assert seen == [FIRST - 1, FIRST - 4, FIRST]


async def test_first_and_last(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        await app.mail.go_last()
        await until(lambda: "work · 1,204 of 1,204" in screen(app))
        await app.mail.go_first()
        assert uid(app) == FIRST


async def test_another_mode_lays_the_message_out_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        await until(lambda: app.mail.message is not None)
        app.mail.set_mode(Mode.HEADERS)
        await until(lambda: app.mail.page_shown and app.mail.page_shown.mode is Mode.HEADERS)
        assert mode(app) is Mode.HEADERS
        app.mail.move_cursor(1)
        await until(lambda: app.mail.page_shown is not None)
        assert mode(app) is Mode.AUTO


async def test_notices_stay_until_the_next_key_and_markup_is_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as app:
        app.mail.flash("[/] [b]archived[/b] 1 · u undo")
        await until(lambda: "[/] [b]archived[/b] 1 · u undo" in screen(app))
        app.mail.hush()
        assert app.mail.query_one(StatusLine).notice == ""
        app.mail.apply(ChangeRefused(WORK, inbox(app), "server refused: over quota · put back"))
        assert "over quota" in app.mail.query_one(StatusLine).notice
        app.mail.apply(AlertReceived(HOME, "maintenance at noon"))
        assert app.mail.query_one(StatusLine).notice == "home says: maintenance at noon"


@pytest.mark.parametrize(
    ("size", "tree", "rule"),
    [
        ((200, 50), True, "│"),
        ((120, 40), True, "─"),
        ((100, 30), True, "─"),
        ((80, 24), False, ""),
        ((50, 14), False, ""),
    ],
)
async def test_every_size_has_its_layout(tmp_path: Path, size: tuple[int, int], tree: bool, rule: str) -> None:
    async with opened(tmp_path, size) as app:
        app.mail.set_hints(HINTS)
        await until(lambda: "keys" in screen(app))
        text = screen(app)
        assert ("Trash" in text) is tree
        assert all(cell_width(line) <= size[0] for line in lines(app))
        assert "Note G" in text
        assert "33 min" in text
        if rule:
            await until(lambda: "From  Ada Lovelace <ada@analytical.example>" in screen(app))
            assert rule * 1 in text
        if size == (120, 40):
            assert ["Harbour office" in line for line in lines(app)].index(True) == 11
        if size == (80, 24):
            assert "Mailing office" in lines(app)[22]
            assert lines(app)[0].endswith("home 2")


async def test_hostile_rows_do_not_break_the_columns(tmp_path: Path) -> None:
    async with opened(tmp_path, (80, 24)) as app:
        rows: list[Envelope] = [
            mail(20_001, 3, "[/red]", "[/] [@click=app.quit]press me[/]", "", "*&"),
            mail(
                20_002,
                2,
                "王貞儀王貞儀王貞儀王貞儀",
                "月食の球と灯月食の球と灯月食の球と灯月食の球と灯月食の球と灯",
                "",
                "&",
            ),
            mail(20_003, 1, "e\u0301" * 30, "a\u0301" * 90, "", "&"),
        ]
        await app.work.arrive(inbox(app), *rows)
        await until(lambda: "[/] [@click=app.quit]press me[/]" in lines(app)[3])
        for y in (1, 2, 3):
            assert cell_width(lines(app)[y].rstrip()) == 79
            assert lines(app)[y].endswith("min")
