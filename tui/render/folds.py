"""Quotations folded by level: what is quoted becomes a line that says how much, what is said in between stays.

Quoted is what has quote marks, and what follows the head that Outlook and its like put above the mail they answer.
"""

import re
from collections.abc import Iterator, Sequence

from tui.render.lines import Line, Span, Style, line_text
from tui.render.quotes import quote_prefix

SHORT = 4
"""Quoted lines that are not worth folding."""
CONTEXT = 6
"""Quoted lines that stay above an answer to them."""
HEAD = 8
"""Lines within which the fields of a head stand."""
MAX_LINES = 2_000
"""Lines of a page up to which it is folded: that is done where keys are waited for."""
FOOTER = 12
"""Lines a mailing list may add below."""

_MARKS = re.compile(r">+")
_QUOTED = (Style.QUOTE, Style.QUOTE2, Style.QUOTE3)
_FIRST = re.compile(
    r"(?:From|Von|De|Da|Van|Från|Fra|Od|Lähettäjä|Feladó|От|发件人|寄件者|差出人|보낸 사람)[ \xa0]?[:：]", re.IGNORECASE
)
_WHEN = re.compile(
    r"(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el| em)?|Fecha|Data|Inviato|Verzonden|Skickat|Sendt|Dato|Wysłano"
    r"|Lähetetty|Elküldve|Отправлено|Дата|发送时间|日期|送信日時|日時|보낸 날짜)[ \xa0]?[:：]",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"(?:Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Onderwerp|Ämne|Emne|Temat|Aihe|Tárgy|Тема|主题|主旨|件名"
    r"|제목)[ \xa0]?[:：]",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{3,} ?(?:Original Message|Original Appointment|Ursprüngliche Nachricht|Message d.origine|Mensaje original"
    r"|Messaggio originale|Oorspronkelijk bericht|Mensagem original) ?-{3,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"-{3,} ?(?:Forwarded|Weitergeleitete|Message transféré|Mensaje reenviado|Messaggio inoltrato)|Begin forwarded|"
    r"Anfang der weitergeleiteten",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|napisała|kirjoitti|писал|írta)\b"
    r".{0,80}[:：]\s*\Z|写道[:：]|のメール[:：]",
    re.IGNORECASE,
)
_RULED = re.compile(r"[_=*─-]{8,}\Z")


def quote_levels(lines: Sequence[Line]) -> list[int]:
    """Return how deeply each line of one text is quoted.

    A head (From, Sent, Subject) without quote marks begins a level that lasts to the end, unless it is said to be
    forwarded, or nothing stands above it that it could be quoted for.
    """
    texts = [line_text(line) for line in lines]
    levels: list[int] = []
    chain, own, forwarded = 0, False, False
    for index, (line, text) in enumerate(zip(lines, texts, strict=True)):
        marks = _MARKS.match(text) if line and line[0].style in _QUOTED else None
        words = text.strip()
        if marks is None and not forwarded and own and _begins(texts, index, chain > 0):
            chain += 1
            if chain == 1:
                _take_rule(lines, levels)
        levels.append(chain + (marks.end() if marks else 0))
        if marks is None and words:
            forwarded = forwarded or (not chain and _FORWARDED.search(text) is not None)
            own = own or line[0].style not in (Style.RULE, Style.SIGNATURE)
    return levels


def _begins(texts: Sequence[str], index: int, chained: bool) -> bool:
    """Whether a head begins here: its first field, with a time and a subject close below, or the words for it."""
    text = _bare(texts[index])
    if _ORIGINAL.match(text):
        # Where the head follows at once, that begins the level, once.
        return not any(_FIRST.match(_bare(near)) for near in texts[index + 1 : index + 3])
    if not _FIRST.match(text) or (chained and _FIRST.match(_bare(texts[index - 1]))):
        return False
    near = [_bare(each) for each in texts[index + 1 : index + 1 + HEAD]]
    return any(map(_WHEN.match, near)) and any(map(_WHAT.match, near))


def _bare(text: str) -> str:
    """Return a line without the marks some programs put around what was bold."""
    return text.strip(" *\xa0")


def _take_rule(lines: Sequence[Line], levels: list[int]) -> None:
    """Count the rule above a head, and the words that say it is one, as part of it."""
    for place in range(len(levels) - 1, max(len(levels) - 4, -1), -1):
        line = lines[place]
        if line and not (
            line[0].style is Style.RULE or _RULED.match(line_text(line)) or _ORIGINAL.match(line_text(line))
        ):
            return
        if line:
            levels[place] = 1


def fold(lines: Sequence[Line], levels: Sequence[int], opened: int = 0) -> tuple[Line, ...]:
    """Return the lines with what is quoted more deeply than ``opened`` folded.

    Args:
        lines: of a page.
        levels: of its first lines, by `quote_levels`; what is behind is not folded.
        opened: levels that are shown whole.
    """
    if max(levels, default=0) <= opened:
        return tuple(lines)
    end = _last_own(lines, levels)
    out: list[Line] = []
    place = 0
    while place < len(levels):
        if levels[place] <= opened:
            out.append(lines[place])
            place += 1
            continue
        stop = place
        while stop < len(levels) and levels[stop] > opened:
            stop += 1
        out.extend(_folded(lines[place:stop], levels[place:stop], answered=opened == 0 and stop <= end))
        place = stop
    out.extend(lines[len(levels) :])
    return tuple(out)


def _last_own(lines: Sequence[Line], levels: Sequence[int]) -> int:
    """Return the last line that somebody wrote below a quotation: no signature, no footer of a list; -1 for none."""
    stop = len(levels)
    for place in range(len(levels) - 1, max(len(levels) - FOOTER, -1), -1):
        if levels[place]:
            break
        if _RULED.match(line_text(lines[place]).strip()):
            stop = place
    for place in range(stop - 1, -1, -1):
        line = lines[place]
        if line and not levels[place] and line[0].style is not Style.SIGNATURE and line_text(line).strip() != "--":
            return place
    return -1


def _folded(lines: Sequence[Line], levels: Sequence[int], *, answered: bool) -> Iterator[Line]:
    """Yield a stretch of quoted lines: who is quoted, how much is folded and, where it is answered, its last lines."""
    if len(lines) <= SHORT:
        yield from lines
        return
    first = _said(lines)
    last = len(lines)
    if answered:
        least = min(levels)
        while last > first and len(lines) - last < CONTEXT and levels[last - 1] == least:
            last -= 1
    if answered and last - first <= SHORT:
        yield from lines
        return
    yield from lines[:first]
    hidden = levels[first:last]
    if hidden:
        marks = _MARKS.match(line_text(lines[first]))
        deep = len(set(hidden))
        words = f"[{len(hidden)} quoted lines{f', {deep} levels' if deep > 1 else ''}]"
        yield (*quote_prefix(min(marks.end(), 3) if marks else 0), Span(words, Style.MUTED))
    yield from lines[last:]


def _said(lines: Sequence[Line]) -> int:
    """Return how many of the first lines say who is quoted, and stay."""
    for count in (1, 2, 3):
        text = " ".join([_MARKS.sub("", line_text(line)).strip() for line in lines[:count]])
        if _SAID.search(text):
            return count
    for place, line in enumerate(lines[:4]):
        if _FIRST.match(_bare(line_text(line))):
            return place + 1
    return 0
