"""What the terminal can do, by what its surroundings say; without Textual, so that it is asked before that loads."""

from collections.abc import Mapping

TRUECOLOR, EIGHT_BIT, STANDARD = "truecolor", "256", "standard"

_TRUECOLOR_TERMS = ("alacritty", "contour", "foot", "ghostty", "xterm-ghostty", "kitty", "xterm-kitty", "wezterm")
_TRUECOLOR_PROGRAMS = ("iTerm.app", "WezTerm", "ghostty", "vscode")


def color_system(environment: Mapping[str, str]) -> str:
    """Return how many colours the terminal shows: ``truecolor``, ``256`` or ``standard`` (16).

    COLORTERM is what terminals say of themselves, but SSH does not carry it; so some are known by name. Inside tmux
    and screen the variables of the terminal around them do not count.

    Args:
        environment: the process's variables.
    """
    term = environment.get("TERM", "")
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return TRUECOLOR
    if term.endswith(("-direct", "-truecolor")) or term.split("-")[0] in _TRUECOLOR_TERMS or term in _TRUECOLOR_TERMS:
        return TRUECOLOR
    inside = term.startswith(("tmux", "screen"))
    if not inside and environment.get("TERM_PROGRAM") in _TRUECOLOR_PROGRAMS:
        return TRUECOLOR
    return EIGHT_BIT if "256color" in term else STANDARD


def refusal(environment: Mapping[str, str], *, reads_tty: bool, writes_tty: bool) -> str:
    """Return a sentence why there can be no screen here, "" when there can.

    Args:
        environment: the process's variables.
        reads_tty, writes_tty: whether standard input and output are a terminal.
    """
    if not reads_tty or not writes_tty:
        stream = "input" if not reads_tty else "output"
        return f"Standard {stream} is not a terminal. `tidings watch` and `tidings view` need none."
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        return (
            f'The terminal cannot place its cursor: TERM is "{environment.get("TERM", "")[:20]}". '
            "Set TERM to what it is, such as xterm-256color."
        )
    return ""
