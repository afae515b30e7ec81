"""What the surroundings say of the terminal."""

import pytest

from tui.terminal.depth import color_system, refusal


@pytest.mark.parametrize(
    ("environment", "system"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "alacritty"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "truecolor"),
        ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app"}, "standard"),
        ({"TERM": "xterm"}, "standard"),
        ({"TERM": "linux"}, "standard"),
        ({"TERM": "vt100"}, "standard"),
    ],
)
def test_colours(environment: dict[str, str], system: str) -> None:
    assert color_system(environment) == system


def test_refused_with_a_sentence() -> None:
    assert refusal({"TERM": "xterm"}, reads_tty=True, writes_tty=True) == ""
    assert "output is not a terminal" in refusal({"TERM": "xterm"}, reads_tty=True, writes_tty=False)
    assert "input is not a terminal" in refusal({"TERM": "xterm"}, reads_tty=False, writes_tty=True)
    for term in ("dumb", "", "unknown"):
        assert "TERM is" in refusal({"TERM": term}, reads_tty=True, writes_tty=True)
