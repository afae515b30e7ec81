"""Title, clipboard and notifications: cleaned, cut, and wrapped for whoever stands between."""

from base64 import b64decode

import pytest

from tui.terminal import osc
from tui.terminal.osc import MOST_COPIED, MOST_TITLE, Outside, Way, copied, notification, passed, title, way_of

HOSTILE = "pwn\x1b]52;c;ZXZpbA==\x07\x1b\\\x9b31m\x9d\u202e\r\n;evil\x00" + "x" * 5000
TMUX = {"TMUX": "/tmp/tmux-1/default,1,0", "TERM": "tmux-256color"}
SCREEN = {"STY": "1.pts", "TERM": "screen-256color"}


@pytest.mark.parametrize("way", list(Way))
def test_nothing_of_the_text_is_obeyed(way: Way) -> None:
    for sequence in (title(HOSTILE), notification(HOSTILE, HOSTILE, way)):
        inside = sequence.replace("\x1b\\", "").removeprefix("\x1b]").replace("\x1b]99;", "")
        assert way is Way.BELL or inside.isprintable()
        assert len(sequence) < 400


def test_title_is_cut() -> None:
    assert len(title("x" * 500)) == MOST_TITLE + len("\x1b]2;\x1b\\")


def test_clipboard_holds_cleaned_text_with_its_lines() -> None:
    sequence = copied("one\x1b]0;x\x07\ntwo\tthree\u202e")
    assert sequence is not None
    assert (
        b64decode(sequence.removeprefix("\x1b]52;c;").removesuffix("\x1b\\")).decode()
        == "one\ufffd]0;x\ufffd\ntwo\tthree"
    )
    assert copied("x" * (MOST_COPIED + 1)) is None


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-kitty"}, Way.OSC99),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, Way.OSC99),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Way.OSC9),
        ({"TERM": "foot-extra"}, Way.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Way.OSC777),
        ({"TERM": "xterm-256color"}, Way.BELL),
        ({}, Way.BELL),
    ],
)
def test_way_by_terminal(environment: dict[str, str], way: Way) -> None:
    assert way_of(environment) is way


def test_fields_stay_fields() -> None:
    assert notification("a;b", "c;d", Way.OSC777) == "\x1b]777;notify;a,b;c;d\x1b\\"
    assert notification("4;3;50", "", Way.OSC9) == "\x1b]9; 4;3;50\x1b\\"


def test_tmux_and_screen_hand_it_on() -> None:
    sequence = notification("a", "b", Way.OSC777)
    assert passed(sequence, {}) == sequence
    assert passed(sequence, TMUX) == "\x1bPtmux;\x1b\x1b]777;notify;a;b\x1b\x1b\\\x1b\\"
    assert passed(sequence, SCREEN) == "\x1bP\x1b]777;notify;a;b\x07\x1b\\"
    assert passed("\x07", TMUX) == "\x07"
    long = copied("x" * 2000)
    assert long is not None
    chunks = passed(long, SCREEN).split("\x1b\\")[:-1]
    assert "".join(chunk.removeprefix("\x1bP") for chunk in chunks) == long.replace("\x1b\\", "\x07")
    assert max(map(len, chunks)) < 768


def test_one_place_writes() -> None:
    said: list[str] = []
    outside = Outside(said.append, {"TERM": "foot"})
    outside.set_title("Inbox")
    outside.set_title("Inbox")
    outside.notify("Ada", "Note G")
    assert outside.copy("x")
    assert said == ["\x1b]2;Inbox\x1b\\", "\x1b]777;notify;Ada;Note G\x1b\\", "\x1b]52;c;eA==\x1b\\"]


def test_the_console_only_rings() -> None:
    said: list[str] = []
    outside = Outside(said.append, {"TERM": "linux"})
    outside.set_title("Inbox")
    outside.notify("Ada", "Note G")
    assert not outside.copy("x")
    assert said == ["\x07"]


def test_a_file_goes_only_through_terminals_that_save_it() -> None:
    iterm = {"TERM_PROGRAM": "iTerm.app"}
    assert osc.handed_over("a.pdf", b"x\x1b", iterm) == "\x1b]1337;File=name=YS5wZGY=;size=2;inline=0:eBs=\x07"
    assert osc.handed_over("a.pdf", b"x", {**iterm, "TMUX": "x"}) is None
    assert osc.handed_over("a.pdf", b"x", {"TERM": "xterm-kitty"}) is None
    assert osc.handed_over("a.pdf", b"x" * (osc.MOST_HANDED + 1), iterm) is None
