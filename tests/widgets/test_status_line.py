"""The status line: what a key has done is read before what came meanwhile, and a notice has its room."""

from textual.app import App, ComposeResult

from tui.mail.ids import AccountName
from tui.sync.events import Link, LinkState
from tui.terminal.keys import KeyHint
from tui.terminal.marks import UNICODE
from tui.terminal.theme import Roles
from tui.widgets.painting import Look
from tui.widgets.status_line import STANDS, StatusLine
from tui.widgets.trust import Line

REASON = "imap.example.org cannot be reached: no route to host, said the network, and that is all it said."


class Stage(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000.0
        state = LinkState(Link.OFFLINE, self.now - 60, self.now - 60, self.now + 500, REASON)
        self.accounts = ["work"]
        self.status = StatusLine(
            Look(Roles({}), UNICODE, lambda: self.now),
            lambda: [Line(AccountName(name), state, 3) for name in self.accounts],
        )

    def compose(self) -> ComposeResult:
        yield self.status

    @property
    def shown(self) -> str:
        return "".join(text for text, _ in self.status.line(0))


async def test_an_arrival_waits_until_what_was_done_has_been_read() -> None:
    app = Stage()
    async with app.run_test(size=(120, 10)):
        app.status.say([("undone: archived 1", "muted")])
        app.now += 1
        app.status.say_in_turn([("+ Ada", "text")])
        app.status.say_in_turn([("+ Grace", "text")])
        assert app.status.notice == "undone: archived 1"
        app.status.hush()
        assert app.status.notice == "+ Grace"
        app.status.hush()
        assert app.status.notice == ""


async def test_an_arrival_takes_its_turn_when_nothing_is_said_or_it_has_stood_long_enough() -> None:
    app = Stage()
    async with app.run_test(size=(120, 10)):
        app.status.say_in_turn([("+ Ada", "text")])
        assert app.status.notice == "+ Ada"
        app.status.say_in_turn([("+ Grace", "text")])
        assert app.status.notice == "+ Grace"
        app.status.say([("accepted 09:42", "good")])
        app.now += STANDS
        app.status.say_in_turn([("+ Mary", "text")])
        assert app.status.notice == "+ Mary"


async def test_a_notice_is_not_hidden_behind_a_long_reason_where_the_hints_share_the_line() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)):
        app.status.set_hints([KeyHint("j k", "move", "message.next"), KeyHint("?", "keys", "app.help")])
        app.status.say([("a draft was not finished: p takes it up", "new")])
        assert "a draft was not finished: p takes it up" in app.shown
        assert app.shown.startswith(" × offline")


async def test_all_lines_are_told_once_over_the_whole_line() -> None:
    app = Stage()
    async with app.run_test(size=(120, 10)):
        app.status.place([("work · 4 of 400", "muted")], AccountName("work"))
        app.status.say_lines()
        assert app.shown.count("offline") == 1
        assert "4 of 400" not in app.shown
        app.status.hush()
        assert "4 of 400" in app.shown


async def test_every_line_is_told_where_all_their_words_have_no_room() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)):
        app.accounts = ["work", "home", "society"]
        app.status.say_lines()
        assert "× work offline ↑3   × home offline ↑3   ×" in app.shown
        assert app.shown.rstrip().endswith("society offline ↑3   g ! why")


async def test_a_notice_that_is_cut_ends_in_the_key_that_tells_it_whole() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)):
        long = "work has no ManageSieve at sieve.example.org: it is up, but nothing answers at that port."
        app.status.explains = True
        app.status.say([(long, "bad")])
        assert app.shown.rstrip().endswith("…   g ! more")
        app.status.say([("nothing to undo", "muted")])
        assert "more" not in app.shown
        app.status.explains = False
        app.status.say([(long, "bad")])
        assert "more" not in app.shown
