"""The renderer's spans as runs in the theme's styles."""

from collections.abc import Iterable

from tui.render.lines import Span, Style
from tui.terminal.theme import Roles
from tui.widgets.painting import Run

_ROLES: dict[Style, tuple[str, bool, bool]] = {
    Style.TEXT: ("text", False, False),
    Style.BRIGHT: ("bright", False, False),
    Style.MUTED: ("muted", False, False),
    Style.FAINT: ("faint", False, False),
    Style.ACCENT: ("accent", False, False),
    Style.QUOTE: ("quote", False, False),
    Style.QUOTE2: ("quote2", False, False),
    Style.QUOTE3: ("quote3", False, False),
    Style.SIGNATURE: ("muted", False, False),
    Style.LINK: ("link", True, False),
    Style.HEADING: ("bright", True, False),
    Style.EMPHASIS: ("text", False, True),
    Style.STRONG: ("bright", True, False),
    Style.CODE: ("text", False, False),
    Style.GOOD: ("good", False, False),
    Style.WARN: ("warn", False, False),
    Style.BAD: ("bad", False, False),
    Style.RULE: ("faint", False, False),
}
"""The renderer's style → (role, bold, underlined: how a terminal without italics stresses)."""


def runs_of(spans: Iterable[Span], roles: Roles) -> list[Run]:
    """Return the runs of a line that the renderer laid out."""
    runs: list[Run] = []
    for span in spans:
        role, bold, stressed = _ROLES[span.style]
        runs.append((span.text, roles.style(role, bold=bold, underline=stressed)))
    return runs
