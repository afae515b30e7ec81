"""The list of links below a text that shows only their numbers: where each really goes."""

from collections.abc import Sequence

from tui.mail.width import cell_width, cut
from tui.render.flow import wrap
from tui.render.lines import Line, Link, Span, Style


def link_lines(links: Sequence[Link], width: int, *, only_doubtful: bool = False) -> list[Line]:
    """Return one line a link: its number, its host, the rest of its address cut to the width, and what is odd.

    Args:
        links: in order of their numbers.
        width: cells.
        only_doubtful: leave out those without a warning: for a text that shows the addresses themselves.
    """
    rows = [link for link in links if link.warning or not (only_doubtful or says_itself(link))]
    if not rows:
        return []
    column = len(f"[{rows[-1].number}] ")
    lines: list[Line] = [()]
    for link in rows:
        label = Span(f"[{link.number}] ".rjust(column), Style.LINK, link.number)
        room = max(width - column, 8)
        host = cut(link.host, room)
        tail = cut(path_of(link), room - cell_width(host)) if room > cell_width(host) else ""
        lines.append((label, Span(host), *((Span(tail, Style.MUTED),) if tail else ())))
        if link.warning:
            indent = (Span(" " * column),)
            lines.extend(wrap([Span(f"but {link.warning}" if link.text else link.warning, Style.WARN)], width, indent))
    return lines


def says_itself(link: Link) -> bool:
    """Whether the text shows all there is: a mail address written out."""
    return link.url[:7].lower() == "mailto:" and link.text == link.host


def path_of(link: Link) -> str:
    """Return what follows the host in an address; "" for a bare host."""
    if link.url[:7].lower() == "mailto:":
        return ""
    at = link.url.find(link.host, 7)
    if at < 0:
        return ""
    tail = link.url[at + len(link.host) :].removeprefix("]")
    return "" if tail == "/" else tail
