"""The renderer's spans as runs in the theme's styles."""

from collections.abc import Iterable, Sequence

from rich.style import Style as RichStyle

from tui.render.lines import Link, Span, Style
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


def runs_of(spans: Iterable[Span], roles: Roles, links: Sequence[Link] = ()) -> list[Run]:
    """Return the runs of a line that the renderer laid out.

    Args:
        spans: the line.
        roles: the theme's styles.
        links: of the page, by number from 1. Those that nothing is odd about are links for the terminal, too.
    """
    runs: list[Run] = []
    for span in spans:
        role, bold, stressed = _ROLES[span.style]
        style = roles.style(role, bold=bold, underline=stressed)
        if 0 < span.link <= len(links) and not links[span.link - 1].warning:
            style += RichStyle(link=links[span.link - 1].url)
        runs.append((span.text, style))
    return runs
