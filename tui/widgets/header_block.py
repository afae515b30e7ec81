"""The head of a message: subject, people, date. From the envelope alone, so that it is there before the text is."""

from collections.abc import Collection, Sequence

from tui.mail.address import Address
from tui.mail.authentication import Standing
from tui.mail.envelope import Envelope
from tui.mail.width import cell_width, cut
from tui.render.flow import line_cells, wrap
from tui.render.heading import address_spans
from tui.render.lines import Mode, Span, Style
from tui.render.sender import FIRST, verdict_spans
from tui.widgets.ages import date, long_age
from tui.widgets.painting import Look, Run
from tui.widgets.spans import runs_of
from tui.widgets.words import fit, spread, width_of

VERSIONS = {
    Mode.HEADERS: ("all headers", "view.headers"),
    Mode.SOURCE: ("source", "view.source"),
    Mode.HTML: ("HTML", "view.html"),
    Mode.PLAIN: ("plain text", "view.html"),
}
"""What is said of a version of the text that was asked for, and the command that leads back."""
LABEL = 6
MOST_SHOWN = 12
"""People named at most, however wide the line."""
MOST_SENDERS = 5
MOST_OF_NAME = 60
"""Cells of a sender's name."""


def rule_line(width: int, look: Look, asked: Mode = Mode.AUTO) -> list[Run]:
    """Return the rule below the header block; in it the version of the text that was asked for, and the key back.

    Args:
        width: cells of it.
        asked: AUTO when nobody asked for one.
    """
    faint = look.roles["faint"]
    if asked not in VERSIONS:
        return [(look.marks.rule * width, faint)]
    name, command = VERSIONS[asked]
    key = look.key(command)
    words: list[Run] = [(f" {name} ", look.roles["new"])]
    if key:
        muted = look.roles["muted"]
        words += [(f"{look.marks.dot} ", muted), (key, look.roles["accent"]), (" back ", muted)]
    left = max(0, width - width_of(words) - 3)
    return fit([(look.marks.rule * left, faint), *words, (look.marks.rule * 3, faint)], width)


def header_lines(
    envelope: Envelope,
    width: int,
    look: Look,
    *,
    own: Collection[str] = (),
    short: bool = False,
    standing: Standing | None = None,
) -> list[list[Run]]:
    """Return the lines of the header block, without a rule.

    Args:
        envelope: of the message.
        width: cells of a line.
        own: the user's addresses, case-folded: "you".
        short: for a low screen: the date joins the recipients' line and Cc is left out.
        standing: what is known of the sender, None until it is.
    """
    roles = look.roles
    subject: Run = (envelope.subject or "(no subject)", roles.style("bright", bold=True))
    flagged = [(look.marks.flagged, roles["flag"]), (" flagged", roles["muted"])] if envelope.is_flagged else []
    flagged = [*look.styled(look.label_words(envelope.flags, short=False)), *flagged]
    lines = [spread([subject], flagged, width, roles["text"])]
    if width < 40:
        return lines
    lines += _senders(envelope, width, look)
    lines += _standing(standing, width, look)
    lines += _others(envelope, width, look)
    if standing is not None and (standing.list or standing.can_leave):
        leave = [Span("  can be unsubscribed", Style.MUTED)] if standing.can_leave else []
        name = cut(standing.list or "(no name)", max(16, width - LABEL - 24))
        lines += _people("List", [Span(name), *leave], width, look)
    to, when = envelope.to or envelope.bcc, _when(envelope, look, short)
    if short:
        words = "  " + "".join(text for text, _ in when)
        room = width - LABEL - cell_width(words)
        people = shorten(to, room if room >= 16 else width - LABEL, own)
        joined: list[Run] = [(people, roles["text"]), *([(words, roles["muted"])] if room >= 16 else [])]
        return [*lines, _label("To", look) + joined]
    lines.append([*_label("To", look), (shorten(to, width - LABEL, own), roles["text"])])
    if envelope.cc:
        lines.append([*_label("Cc", look), (shorten(envelope.cc, width - LABEL, own), roles["text"])])
    return [*lines, _label("Date", look) + when]


def _label(text: str, look: Look) -> list[Run]:
    return [(f"{text:<{LABEL}}", look.roles["muted"])]


def _people(label: str, spans: list[Span], width: int, look: Look) -> list[list[Run]]:
    """Return addresses on as many lines as they take: the whole of every one is in sight."""
    first, rest = (Span(f"{label:<{LABEL}}", Style.MUTED),), (Span(" " * LABEL),)
    return [runs_of(line, look.roles) for line in wrap(spans, width, first, rest)]


def _senders(envelope: Envelope, width: int, look: Look) -> list[list[Run]]:
    """Return the senders' names and always the real addresses."""
    spans: list[Span] = []
    for place, address in enumerate(envelope.from_[:MOST_SENDERS]):
        spans += [*([Span(", ")] if place else []), *address_spans(address, MOST_OF_NAME)]
    if len(envelope.from_) > MOST_SENDERS:
        spans.append(Span(f", +{len(envelope.from_) - MOST_SENDERS}", Style.MUTED))
    if not envelope.from_:
        spans.append(Span("(no sender)", Style.WARN))
    if len(envelope.from_) > 1:
        spans.append(Span(f"  {len(envelope.from_)} senders: one mail has one", Style.WARN))
    return _people("From", spans, width, look)


def _standing(standing: Standing | None, width: int, look: Look) -> list[list[Run]]:
    """Return what is known of the sender: what the receiving server found, and whether this is the first mail."""
    if standing is None:
        return []
    verdict = verdict_spans(standing.verdict, look.marks) if standing.verdict is not None else []
    first = [Span(FIRST, Style.WARN)] if standing.is_first else []
    together = [*verdict, Span("   "), *first]
    if verdict and first and LABEL + line_cells(tuple(together)) <= width:
        return _people("", together, width, look)
    return [line for spans in (verdict, first) if spans for line in _people("", spans, width, look)]


def _others(envelope: Envelope, width: int, look: Look) -> list[list[Run]]:
    """Return who sent it in the sender's name, and where answers go, where that is somebody else."""
    lines: list[list[Run]] = []
    domains = {address.domain for address in envelope.from_}
    if envelope.sender and not _same(envelope.sender, envelope.from_):
        lines += _people("Via", address_spans(envelope.sender[0], MOST_OF_NAME), width, look)
    if envelope.reply_to and not _same(envelope.reply_to, envelope.from_):
        spans = address_spans(envelope.reply_to[0], MOST_OF_NAME)
        if len(envelope.reply_to) > 1:
            spans.append(Span(f", +{len(envelope.reply_to) - 1}", Style.MUTED))
        if not {address.domain for address in envelope.reply_to} <= domains:
            spans.append(Span("  another domain", Style.WARN))
        lines += _people("Reply", spans, width, look)
    return lines


def _same(some: Sequence[Address], others: Sequence[Address]) -> bool:
    return {address.spec.casefold() for address in some} == {address.spec.casefold() for address in others}


def _when(envelope: Envelope, look: Look, short: bool) -> list[Run]:
    moment = envelope.sent if envelope.sent is not None else envelope.received
    ago = long_age(moment, look.clock())
    if short:
        return [(date(moment, short=True) + (f", {ago}" if ago else ""), look.roles["muted"])]
    return [(date(moment), look.roles["text"]), (f"  {ago}" if ago else "", look.roles["muted"])]


def shorten(people: Sequence[Address], room: int, own: Collection[str]) -> str:
    """Return names with commas between, as many as fit into ``room`` cells, and ``+n`` for the others."""
    if not people:
        return "(nobody)"
    names = ["you" if person.spec.casefold() in own else person.label for person in people[:MOST_SHOWN]]
    for count in range(len(names), 0, -1):
        left = len(people) - count
        text = ", ".join([*names[:count], *([f"+{left}"] if left else [])])
        if cell_width(text) <= room:
            return text
    more = f", +{len(people) - 1}" if len(people) > 1 else ""
    return cut(names[0], max(1, room - len(more))) + more
