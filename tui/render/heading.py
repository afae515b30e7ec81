"""The header box as lines: who really wrote, to whom, when. Addresses are always shown, whatever the names claim."""

import re
from collections.abc import Sequence
from datetime import datetime

from tui.mail.address import Address
from tui.mail.date import DAYS, MONTHS, parse_date
from tui.mail.header import decode_words
from tui.mail.message import Header, Message
from tui.mail.scripts import mixed_scripts
from tui.mail.text import clean_line
from tui.mail.width import cell_width, cut
from tui.render.flow import MIN_WIDTH, wrap
from tui.render.lines import Line, Span, Style
from tui.render.links import ascii_host, unicode_host

MAX_SHOWN = 20
"""Addresses of one field that are shown; the rest is counted."""
LABEL = 6
"""Cells of the labels' column."""

_ADDRESS_IN_NAME = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


def header_lines(message: Message, width: int) -> list[Line]:
    """Return Subject, From, To, Cc, Date and what else decides about trust, as lines of at most ``width`` cells.

    The subject stands first, without a label.
    """
    return field_lines(message.header, width)


def field_lines(header: Header, width: int) -> list[Line]:
    """Return the header box of a message, or of one enclosed in it."""
    lines: list[Line] = [(Span(cut(header.text("Subject") or "(no subject)", max(width, 8)), Style.BRIGHT),)]
    from_, sender, reply_to = header.addresses("From"), header.addresses("Sender"), header.addresses("Reply-To")
    rows: list[tuple[str, list[Span]]] = [("From", _addresses(from_) or [Span("(no sender)", Style.WARN)])]
    if len(from_) > 1:
        rows[0][1].append(Span(f"  {len(from_)} senders", Style.WARN))
    if sender and not _same(sender, from_):
        rows.append(("Sender", _addresses(sender)))
    if reply_to and not _same(reply_to, from_):
        elsewhere = {address.domain for address in reply_to} - {address.domain for address in from_}
        rows.append(("Reply", [*_addresses(reply_to), *([Span("  another domain", Style.WARN)] if elsewhere else ())]))
    for name in ("To", "Cc", "Bcc"):
        addresses = header.addresses(name)
        if addresses:
            rows.append((name, _addresses(addresses)))
    rows.append(("Date", _date(header)))
    for label, spans in rows:
        first = (Span(label.ljust(LABEL), Style.MUTED),)
        column = LABEL
        if cell_width(label) >= LABEL:
            first = (Span(f"{label} ", Style.MUTED),)
            column = len(label) + 1
        lines.extend(wrap(spans, width, first, (Span(" " * column),)))
    return lines


def all_fields(header: Header, width: int) -> list[Line]:
    """Return every field of a header, decoded and cleaned, in order."""
    lines: list[Line] = []
    for name, body in header.fields:
        label = Span(f"{clean_line(name, 80)}: ", Style.MUTED)
        text = Span(clean_line(decode_words(body), 8_000))
        beside = cell_width(label.text) + MIN_WIDTH <= width
        first, runs = ((label,), [text]) if beside else ((), [label, text])
        lines.extend(wrap(runs, width, first, (Span("    "),)))
    return lines


def address_spans(address: Address, name_cells: int = 200) -> list[Span]:
    """Return one address: its name, its true address, and warnings when it is made to look like another one.

    Args:
        address: cleaned.
        name_cells: of the name at most, so that the address behind it is in sight.
    """
    spans: list[Span] = []
    if address.name:
        spans.append(Span(f"{cut(address.name, name_cells)} "))
        spans.append(Span(f"<{cut(address.spec, 320)}>" if address.spec else "(no address)", Style.MUTED))
    else:
        spans.append(Span(cut(address.spec, 320) or "(no address)"))
    domain = address.domain
    if not domain.isascii():
        spans.append(Span(f" ({ascii_host(domain) or 'no host name'})", Style.WARN))
    elif "xn--" in domain:
        spans.append(Span(f" (reads as {unicode_host(domain)})", Style.WARN))
    claimed = _ADDRESS_IN_NAME.search(address.name)
    doubts = []
    if claimed and claimed.group().strip("'\"()<>,;").casefold() != address.spec.casefold():
        doubts.append("the name is another address")
    mixed = mixed_scripts(f"{address.name} {address.spec}")
    if mixed:
        doubts.append(f"one word in {mixed}")
    if doubts:
        spans.append(Span(f" {', '.join(doubts)}", Style.WARN))
    return spans


def _addresses(addresses: Sequence[Address]) -> list[Span]:
    spans: list[Span] = []
    for place, address in enumerate(addresses[:MAX_SHOWN]):
        if place:
            spans.append(Span(", "))
        spans.extend(address_spans(address))
    if len(addresses) > MAX_SHOWN:
        spans.append(Span(f", +{len(addresses) - MAX_SHOWN}", Style.MUTED))
    return spans


def _same(some: Sequence[Address], others: Sequence[Address]) -> bool:
    return {address.spec.casefold() for address in some} == {address.spec.casefold() for address in others}


def _date(header: Header) -> list[Span]:
    raw = header.raw_field("Date")
    seconds = parse_date(raw)
    if seconds is None:
        written = clean_line(raw, 80)
        return [Span(f"no date ({written})" if written else "no date", Style.MUTED)]
    when = datetime.fromtimestamp(seconds).astimezone()
    return [Span(f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year} {when:%H:%M}")]
