"""The head of a message: subject, people, date. From the envelope alone, so that it is there before the text is."""

from collections.abc import Collection, Sequence

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.width import cell_width, cut
from tui.widgets.ages import date, long_age
from tui.widgets.painting import Look, Run, spread

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
    flagged = [(look.marks.flagged, roles["warn"]), (" flagged", roles["muted"])] if envelope.is_flagged else []
    lines = [spread([subject], flagged, width, roles["text"])]
    if width < 40:
        return lines
    lines.append(_label("From", look) + _sender(envelope, width - LABEL, look))
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


def _sender(envelope: Envelope, room: int, look: Look) -> list[Run]:
    """Return the sender's name and always the real address; a name that claims to be another address is a warning."""
    roles = look.roles
    sender = envelope.from_[0] if envelope.from_ else Address("", "")
    if not sender.name:
        return [(cut(sender.label, room), roles["text"])]
    claims = "@" in sender.name and sender.spec.casefold() not in sender.name.casefold()
    spec = f"<{sender.spec}>" if sender.spec else ""
    name = cut(sender.name, max(room - cell_width(spec) - 1, room // 3))
    return [(name, roles["text"]), (f" {spec}", roles["warn" if claims else "muted"])]


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
