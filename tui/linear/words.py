"""What a row, a message and a line's state are in whole sentences: who and what first, state after, age last."""

import re
import time
from collections.abc import Collection, Iterable, Sequence

from tui.mail.address import CLAIMS, Address
from tui.mail.authentication import Standing
from tui.mail.date import DAYS
from tui.mail.envelope import Envelope
from tui.mail.later import snooze_words
from tui.render.heading import address_spans
from tui.render.lines import Line, Mode, Page, PartRow, Span, Style, line_text
from tui.render.linktable import link_lines
from tui.render.sender import standing_sentences
from tui.sync.events import Link
from tui.widgets.ages import age, ago, clock
from tui.widgets.envelope_row import who
from tui.widgets.trust import Line as AccountLine

LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONG_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
FOLDED_ABOVE = 3
"""Lines of a quote that are read as they are; a longer one is folded."""
_QUOTES = (Style.QUOTE, Style.QUOTE2, Style.QUOTE3)
_QUOTE_MARKS = re.compile(r"^(?:> ?)+")
_SPACES = re.compile(r"\s+")
_UNITS = {"s": "second", "min": "minute", "h": "hour", "B": "byte", "kB": "kilobyte", "MB": "megabyte"}
_ACTS = re.compile(r"(archived|deleted|moved|flagged|unflagged|snoozed) 1(?P<to> to [^·]*?)?(?= · |\Z)")


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital at its beginning, a stop at its end."""
    text = _SPACES.sub(" ", text).strip()
    if not text:
        return ""
    return stopped(text[0].upper() + text[1:])


def stopped(text: str) -> str:
    """Return a text with a stop at its end; a key at its beginning keeps its case."""
    return text + ("" if text[-1:] in ".!?:…" else ".")


def counted(number: int, what: str) -> str:
    """Return ``1 file``, ``1,204 messages``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def spoken(text: str) -> str:
    """Return a figure with its unit written out: ``8 s`` as ``8 seconds``."""
    figure, _, unit = text.partition(" ")
    whole = _UNITS.get(unit)
    return f"{figure} {whole}{'' if figure == '1' else 's'}" if whole else text


def long_age(moment: float, now: float) -> str:
    """Return how old something is: now, 33 minutes, yesterday, Friday, 12 November, March 2025."""
    short = age(moment, now)
    if short[0].isdigit() and short.endswith((" min", " h")):
        return spoken(short)
    then = time.localtime(moment)
    if short == "yest.":
        return "yesterday"
    if short in DAYS:
        return LONG_DAYS[then.tm_wday]
    month = LONG_MONTHS[then.tm_mon - 1]
    return short if short == "now" else f"{then.tm_mday} {month}" if short[0].isdigit() else f"{month} {then.tm_year}"


def date(moment: float, now: float) -> str:
    """Return ``Monday 23 November, 09:04``, with the year where that is another than now's."""
    then = time.localtime(moment)
    year = "" if then.tm_year == time.localtime(now).tm_year else f" {then.tm_year}"
    return f"{LONG_DAYS[then.tm_wday]} {then.tm_mday} {LONG_MONTHS[then.tm_mon - 1]}{year}, {clock(moment)}"


# Rows


def row(envelope: Envelope, now: float, *, outgoing: bool = False, marked: bool = False) -> str:
    """Return a row of the list.

    Args:
        envelope: the message; its structure is used where it is known.
        now: seconds since 1970 UTC.
        outgoing: whom it went to is said instead of whom it is from.
        marked: it is chosen for the next act.
    """
    people = (envelope.to or envelope.cc or envelope.bcc) if outgoing else envelope.from_[:1]
    snoozed = snooze_words(envelope.flags, now)
    states = [
        *([snoozed] if snoozed else []),
        *(["unread"] if envelope.is_unread else []),
        *(["flagged"] if envelope.is_flagged else []),
        *(["answered"] if envelope.is_answered else []),
        *(["forwarded"] if envelope.is_forwarded else []),
        *(["marked"] if marked else []),
        *([_files(envelope)] if envelope.has_file else []),
        long_age(envelope.received, now),
    ]
    subject = stopped(envelope.subject) if envelope.subject else "No subject."
    name = who(people)
    if name.startswith(CLAIMS):
        name = f"Warning, the name is another address: {name.removeprefix(CLAIMS)}"
    return " ".join([stopped(name), subject, sentence(", ".join(states))])


def _files(envelope: Envelope) -> str:
    if envelope.structure is None:
        return "with a file"
    return counted(sum(part.is_attachment for part in envelope.structure.leaves()) or 1, "file")


def act(flashed: str, envelope: Envelope | None) -> str:
    """Return what is said after an act as sentences; one message is told by its sender and subject."""
    found = _ACTS.match(flashed)
    if found is not None and envelope is not None:
        to = found["to"] or ""
        what = f"{who(envelope.from_[:1])}, {envelope.subject or 'no subject'}"
        flashed = f"{found.group(1)}{to}: {what.rstrip('.')}{flashed[found.end() :]}"
    parts = [each.strip() for each in flashed.replace("   ", " · ").split(" · ")]
    said = [_key_words(part) for part in parts if part]
    return " ".join(sentence(part) if place == 0 else stopped(part) for place, part in enumerate(said))


def _key_words(part: str) -> str:
    """``u undo`` reads ``u undoes``: a key and its verb; the key keeps its case."""
    key, _, verb = part.rpartition(" ")
    verbs = {"undo": "undoes", "redo": "does it again", "quits": "quits"}
    return f"{key} {verbs[verb]}" if verb in verbs and len(key) <= 8 else part


# A message


def head(
    envelope: Envelope, page: Page, now: float, own: Collection[str], standing: Standing | None = None
) -> list[str]:
    """Return the head of a message: subject, sender and what is known of him, recipients and date, files."""
    moment = envelope.sent if envelope.sent is not None else envelope.received
    to = [*envelope.to, *envelope.cc] or list(envelope.bcc)
    lines = [
        stopped(envelope.subject) if envelope.subject else "No subject.",
        " ".join(_people("From", envelope.from_[:3])),
        *standing_sentences(standing),
    ]
    if envelope.reply_to and {each.spec.casefold() for each in envelope.reply_to} != {
        each.spec.casefold() for each in envelope.from_
    }:
        lines.append(" ".join(_people("Answers go to", envelope.reply_to[:3])))
    names = ["you" if each.spec.casefold() in own else each.label for each in to[:8]]
    more = f" and {len(to) - 8} more" if len(to) > 8 else ""
    lines.append(f"To {', '.join(names) or 'nobody'}{more}. {date(moment, now)}.")
    if page.parts:
        lines.append(f"{_parts(page.parts)}: " + " ".join(_part(part) for part in page.parts[:20]))
    return lines


def _people(label: str, people: Sequence[Address]) -> list[str]:
    if not people:
        return [f"{label} nobody."]
    said = []
    for address in people:
        spans = address_spans(address)
        name = f"{address.name}, " if address.name else ""
        said.append(f"{label} {name}{address.spec.replace('@', ' at ') or 'no address'}.")
        said += [f"Warning: {span.text.strip(' ()')}." for span in spans if span.style is Style.WARN]
        label = "and"
    return [said[0], *(sentence(each) for each in said[1:])]


def _parts(parts: Sequence[PartRow]) -> str:
    files = all(each.part.is_attachment or each.part.filename for each in parts)
    return counted(len(parts), "file" if files else "part")


def _part(part: PartRow) -> str:
    return f"{part.number} {part.label}, {size(part.size)}."


def size(octets: int) -> str:
    """Return ``214 kilobytes``."""
    if octets < 1000:
        return counted(octets, "byte")
    if octets < 999_500:
        return counted(round(octets / 1000), "kilobyte")
    return f"{octets / 1_000_000:.1f} megabytes"


def body(page: Page, width: int, *, unfold: str) -> list[str]:
    """Return the text of a message: no blank lines, no rules, long quotes folded, links by number and host.

    Args:
        page: laid out for a width.
        width: that width in cells.
        unfold: the key that reads folded quotes.
    """
    lines: list[str] = []
    quote: list[str] = []
    for line in [*_text_lines(page, width), ()]:
        words = _words(line, page)
        if line and line[0].style in _QUOTES:
            quote += [_QUOTE_MARKS.sub("", words)]
            continue
        if quote and (words or not line):
            lines += _quote([each for each in quote if each], unfold)
            quote = []
        if words:
            lines.append(words)
    lines += [
        f"Warning: link {link.number}: {link.warning}, it goes to {link.host}." for link in page.links if link.warning
    ]
    return [*lines, *(sentence(note) for note in page.notes), "End of message."]


def _text_lines(page: Page, width: int) -> Sequence[Line]:
    """Return the lines of a page without the list of links at its end."""
    table = link_lines(page.links, width, only_doubtful=page.mode is not Mode.HTML)
    if table and list(page.lines[-len(table) :]) == table:
        return page.lines[: -len(table)]
    return page.lines


def _words(line: Iterable[Span], page: Page) -> str:
    spans = [span for span in line if span.style is not Style.RULE]
    words = ""
    for span in spans:
        words += _link_words(span, page) if span.link else span.text
    words = _SPACES.sub(" ", words).strip()
    return "" if words and not any(character.isalnum() for character in words) else words


def _link_words(span: Span, page: Page) -> str:
    if not 0 < span.link <= len(page.links):
        return span.text
    link = page.links[span.link - 1]
    text = span.text.strip().removesuffix(f"[{link.number}]").strip()
    before, after = " " * span.text.startswith(" "), " " * span.text.endswith(" ")
    plain = not text or "://" in text or text in link.url
    return f"{before}link {link.number} {link.host if plain else text}{after}"


def _quote(lines: Sequence[str], unfold: str) -> list[str]:
    if len(lines) > FOLDED_ABOVE:
        return [f"Quote folded: {counted(len(lines), 'line')}.{f' {unfold} reads it.' if unfold else ''}"]
    return [f"Quote: {line}" for line in lines]


def quotes(page: Page) -> list[str]:
    """Return the quoted lines of a message, whole."""
    quoted = [_QUOTE_MARKS.sub("", _words(line, page)) for line in page.lines if line and line[0].style in _QUOTES]
    return [f"Quote: {line}" for line in quoted if line]


def page_text(page: Page) -> list[str]:
    """Return a page that is read as it is: all headers, the source."""
    return [*(text for line in page.lines if (text := line_text(line).strip())), "End."]


# The lines to the servers


def links(lines: Sequence[AccountLine], now: float) -> str:
    """Return how it stands with every account: ``Live. work heard 8 seconds ago. Nothing waiting.``"""
    waiting = sum(line.waiting for line in lines)
    waits = f"{counted(waiting, 'change')} waiting." if waiting else "Nothing waiting."
    if lines and all(line.state.link is Link.LIVE for line in lines):
        heard = [
            f"{line.account} heard {spoken(ago(now - line.state.heard))} ago" for line in lines if line.state.heard
        ]
        return " ".join(filter(None, ["Live.", f"{', '.join(heard)}." if heard else "", waits]))
    return " ".join([*(f"{line.account}: {link(line)}" for line in lines), waits])


def link(line: AccountLine) -> str:
    """Return the state of one line, without what waits."""
    state = line.state
    why = f" {sentence(state.reason)}" if state.reason else ""
    match state.link:
        case Link.OFFLINE:
            return f"offline since {clock(state.since)}.{why}"
        case Link.REFUSED:
            return f"{state.refused or 'refused'}.{why}"
        case Link.POLLING:
            return "polling."
        case _:
            return f"{state.link.value}."
