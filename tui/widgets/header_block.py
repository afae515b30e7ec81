"""The head of a message: subject, people, date. From the envelope alone, so that it is there before the text is."""

from collections.abc import Collection, Sequence

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.width import cell_width, cut
from tui.render.heading import address_spans
from tui.widgets.ages import date, long_age
from tui.widgets.painting import Look, Run
from tui.widgets.spans import runs_of
from tui.widgets.words import spread

LABEL = 6
MOST_SHOWN = 12
"""People named at most, however wide the line."""


def header_lines(
    envelope: Envelope, width: int, look: Look, *, own: Collection[str] = (), short: bool = False
) -> list[list[Run]]:
    """Return the lines of the header block, without a rule.

    Args:
        envelope: of the message.
        width: cells of a line.
        own: the user's addresses, case-folded: "you".
        short: for a low screen: the date joins the recipients' line and Cc is left out.
    """
    roles = look.roles
    subject: Run = (envelope.subject or "(no subject)", roles.style("bright", bold=True))
    flagged = [(look.marks.flagged, roles["flag"]), (" flagged", roles["muted"])] if envelope.is_flagged else []
    lines = [spread([subject], flagged, width, roles["text"])]
    if width < 40:
        return lines
    lines.append(_label("From", look) + _sender(envelope, look))
    lines += _others(envelope, look)
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


def _sender(envelope: Envelope, look: Look) -> list[Run]:
    """Return the sender's name and always the real address."""
    if not envelope.from_:
        return [("(no sender)", look.roles["warn"])]
    runs = runs_of(address_spans(envelope.from_[0]), look.roles)
    if len(envelope.from_) > 1:
        runs.append((f"  {len(envelope.from_)} senders", look.roles["warn"]))
    return runs


def _others(envelope: Envelope, look: Look) -> list[list[Run]]:
    """Return who sent it in the sender's name, and where answers go, where that is somebody else."""
    lines: list[list[Run]] = []
    domains = {address.domain for address in envelope.from_}
    if envelope.sender and not _same(envelope.sender, envelope.from_):
        lines.append(_label("Via", look) + runs_of(address_spans(envelope.sender[0]), look.roles))
    if envelope.reply_to and not _same(envelope.reply_to, envelope.from_):
        warning = "" if {address.domain for address in envelope.reply_to} <= domains else "  another domain"
        runs = runs_of(address_spans(envelope.reply_to[0]), look.roles)
        lines.append([*_label("Reply", look), *runs, (warning, look.roles["warn"])])
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
