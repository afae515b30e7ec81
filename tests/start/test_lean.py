"""What is loaded before the first screen is there: modules are counted, not seconds."""

import re

from tests.fresh import ROOT, loaded_by

PAINT = """
from tui.cli import main
from tui.start import first
from tui.start.picture import Picture, rows_seen
from tui.config.last_view import LastView, TreeLine, KeyHint
from tui.store import first_rows
from tui.terminal.encode import Encoder
from tui.terminal.grid import Grid
from tui.terminal.modes import ENTER
from tui.terminal.tty import make_raw

view = LastView()
view.pens = {f"{role}{more}": ("1", "38;5;81") for more in ("", "+", "~", "+~") for role in
    ("text", "bright", "muted", "faint", "accent", "new", "flag")}
view.utf8, view.mailbox, view.account, view.label = True, 1, "work", "Inbox"
view.tree = [TreeLine(["work"], "work", 0, 0, 0, 0), TreeLine(["work", "INBOX"], "Inbox", 0, 1, 3, 0)]
view.hints = [KeyHint("j", "down", "message.next"), KeyHint("?", "keys", "app.help")]
view.trust = view.brief_trust = [(" ◌ ", "muted"), ("connecting", "text")]
row = (7, 0, 1_795_000_000, 1, "Grace Hopper", "Räder, 会議 👍 …", "it compiles", "[]")
picture = Picture(view, 120, 40)
picture.paint(first_rows.FirstRows(1000, 3, [first_rows.FirstRow(row, False)]))
frame = Encoder().encode(Grid(120, 40), picture.cells, range(40), picture.cursor)
assert "Grace Hopper" in frame and "会議" in frame
"""
ALLOWED = {
    *("__future__", "apsw", "bisect", "_bisect", "fcntl", "gc", "termios", "unicodedata"),
    # apsw asks for collections.abc, and that loads these:
    *("collections", "collections.abc", "itertools", "keyword", "operator", "_operator", "reprlib", "_collections"),
}
MOST_OF_OURS = 30
AT_START = {
    *(f"tui.commands.{name}" for name in ("announcing", "hints", "keyboard", "keymap", "presets", "registry")),
    *(f"tui.screens.{name}" for name in ("mail", "mail_conversations", "mail_feed", "mail_grid", "mail_panes")),
    *(f"tui.screens.{name}" for name in ("mail_reader", "mail_thread", "reading")),
    *(f"tui.screens.{name}" for name in ("styles", "throttle", "view_keeper")),
    *(f"tui.render.{name}" for name in ("lines", "page")),
}
"""What there may be of commands, screens and the renderer before the first key is obeyed: the mail screen's own."""
MOST_AT_START = 147
_LIBRARYS = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)


def test_the_first_screen_needs_next_to_nothing() -> None:
    loaded = loaded_by(PAINT)
    ours = {name for name in loaded if name.split(".")[0] == "tui"}
    assert loaded - ours <= ALLOWED
    assert len(ours) <= MOST_OF_OURS, sorted(ours)


def test_the_way_in_loads_less_still() -> None:
    loaded = loaded_by("import tui.cli.main")
    assert not {name for name in loaded if not name.startswith("tui")} - {"__future__", "termios", "gc"}
    assert len(loaded) < 15


def test_typing_is_not_what_it_is_spelled_with() -> None:
    assert "typing" in loaded_by("import typing")  # else the two above would say nothing


def test_the_application_comes_without_what_the_first_screen_does_not_show() -> None:
    loaded = loaded_by("import tui.cli.parse, tui.cli.app, tui.app, tui.store.database")
    late = {"aioimaplib", "aiosmtplib", "selectolax", "argparse", "tui.imap", "tui.smtp", "tui.demo"}
    late |= {"tui.sync.account", "tui.render.message", "tui.render.html", "tui.linear.desk"}
    late |= {"tui.store.search", "tui.sync.indexing", "textual.widgets._text_area"}
    assert not late & loaded
    assert {each for each in loaded if each.startswith(("tui.commands.", "tui.screens.", "tui.render."))} <= AT_START
    assert len({each for each in loaded if each.split(".")[0] == "tui"}) <= MOST_AT_START


def test_dataclasses_are_made_the_cheap_way() -> None:
    found = [file for file in (ROOT / "tui").rglob("*.py") if _LIBRARYS.search(file.read_text("utf-8"))]
    assert {str(file.relative_to(ROOT / "tui")) for file in found} <= {"mail/noun.py", "sync/work.py"}


def test_a_status_bar_waits_for_next_to_nothing() -> None:
    loaded = loaded_by("from tui.cli import main, status\nmain.main(['status'])")
    ours = {name for name in loaded if name.split(".")[0] == "tui"}
    assert loaded - ours <= ALLOWED
    assert "tui.store.glance" in ours
    assert len(ours) <= MOST_OF_OURS
