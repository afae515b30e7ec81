"""The trust meter: what is known of the accounts' lines, in words. Facts, no reassurance."""

from collections.abc import Callable, Sequence

from tui.mail.ids import AccountName
from tui.mail.noun import dataclass
from tui.sync.events import Link, LinkState, Return
from tui.terminal.marks import Marks
from tui.widgets.ages import ago, clock, countdown, until_next
from tui.widgets.words import Words

Key = Callable[[str], str]
"""Returns the key of a command as it is shown, "" when it has none."""
_USUAL = {"mailbox.look_now": "$", "message.newest": "g n", "app.trouble": "g !", "app.history": "g u"}
WORST_FIRST = (Link.REFUSED, Link.OFFLINE, Link.ASKING, Link.CONNECTING, Link.POLLING, Link.LIVE)


def usual_key(id: str) -> str:
    """Return the key a command has where the user has not said otherwise."""
    return _USUAL.get(id, "")


@dataclass(frozen=True, slots=True)
class Line:
    """What the meter knows of one account.

    Attributes:
        account: its name.
        state: of its line.
        waiting: changes made here that its server does not know yet.
        parked: acts that wait for the user: their mailbox was made anew on the server.
    """

    account: AccountName
    state: LinkState
    waiting: int = 0
    parked: int = 0


def link_mark(link: Link, marks: Marks) -> tuple[str, str]:
    """Return (mark, role) of a line's state."""
    match link:
        case Link.LIVE:
            return marks.live, "live"
        case Link.POLLING:
            return marks.polling, "live"
        case Link.CONNECTING | Link.ASKING:
            return marks.connecting, "muted"
        case Link.OFFLINE | Link.REFUSED:
            return marks.off, "offline"


def trust_words(
    lines: Sequence[Line],
    shown: AccountName | None,
    now: float,
    marks: Marks,
    *,
    brief: bool = False,
    key_at: float = 0.0,
    key: Key = usual_key,
) -> Words:
    """Return what the meter says: the worst line first, the others muted behind it.

    Args:
        lines: one for each account.
        shown: the account whose mailbox is on the screen; it comes first among equals.
        now: seconds since 1970 UTC.
        brief: there is little room: of the others only those are told that are not well.
        key_at: when a key was pressed last, seconds since 1970 UTC: what a return before that brought has been seen.
        key: of a command that helps.
    """
    order = sorted(lines, key=lambda line: (WORST_FIRST.index(line.state.link), line.account != shown))
    words: Words = []
    for place, line in enumerate(order):
        mark, role = link_mark(line.state.link, marks)
        if place and brief and line.state.link.is_up:
            continue
        if place:
            said = line.state.link.value if brief else _short(line, now, marks, key_at, key)
            words += [(f"   {line.account} ", "muted"), (mark, role), (f" {said}", "muted")]
            continue
        words.append((f" {mark} ", role))
        if len(lines) > 1 and line.account != shown:
            words.append((f"{line.account} ", "muted"))
        words += _long(line, now, marks, key_at, key)
    return words


def every_line(lines: Sequence[Line], marks: Marks, key: Key = usual_key) -> Words:
    """Return how it stands with every account, in a word each, and what helps: where `trust_words` takes too much room.

    Args:
        lines: one for each account.
        key: of a command that helps.
    """
    words: Words = []
    for line in lines:
        mark, role = link_mark(line.state.link, marks)
        waits = f" {marks.up}{line.waiting:,}" if line.waiting else ""
        words += [(f"{'  ' if words else ''} {mark} ", role), (f"{line.account} ", "text")]
        words += [(f"{line.state.link.value}{waits}", "muted")]
    states = {line.state.link for line in lines}
    if states & {Link.OFFLINE, Link.REFUSED}:
        words += _hint("   ", key("app.trouble"), "why")
    return words


def _short(line: Line, now: float, marks: Marks, key_at: float, key: Key) -> str:
    return "".join(text for text, _ in _long(line, now, marks, key_at, key)).partition("   ")[0]


def _long(line: Line, now: float, marks: Marks, key_at: float, key: Key) -> Words:
    state, dot = line.state, f" {marks.dot} "
    waits = f"{line.waiting:,} change{'' if line.waiting == 1 else 's'} waiting"
    waiting: Words = [(dot, "muted"), (waits, "text")] if line.waiting else []
    waiting += [(dot, "muted"), (f"{line.parked:,} parked", "warn")] if line.parked else []
    why: Words = [(f"{dot}{state.reason}", "text")] if state.reason else []
    match state.link:
        case Link.LIVE:
            if state.back is not None and state.back.at > key_at:
                return [*_returned(state.back, dot), *waiting, *why]
            heard: Words = [(f"{dot}heard {ago(now - state.heard)} ago", "muted")] if state.heard else []
            return [("live", "text"), *heard, *waiting, *why]
        case Link.ASKING:
            owed = f"no answer for {ago(now - state.since)}"
            return [("asking", "bright+"), (dot, "muted"), (owed, "text"), *waiting]
        case Link.POLLING:
            every = f"every {_span(state.every)}" if state.every else ""
            if not state.heard:
                return [(f"polling {every}".rstrip(), "text"), *waiting, *why]
            often: Words = [(f"{dot}{every}", "muted")] if every else []
            return [(f"checked {ago(now - state.heard)} ago", "text"), *often, *waiting, *why]
        case Link.CONNECTING:
            return [("connecting", "text"), *waiting]
        case Link.OFFLINE:
            tries: Words = [(dot, "muted"), (_next_try(state, now), "text")] if state.next_try else []
            keys = _hint("   ", key("mailbox.look_now"), "try now")
            if state.reason:  # the first to be cut off: a key tells it whole
                keys += [*_hint("   ", key("app.trouble"), "why"), (f"   {state.reason}", "muted")]
            return [(f"offline since {clock(state.since)}", "bright+"), *waiting, *tries, *keys]
        case Link.REFUSED:
            return [
                (state.refused or "refused", "bright+"),
                *waiting,
                *_hint(dot, key("app.trouble"), "what to do"),
                *why,
            ]


def _hint(before: str, key: str, does: str) -> Words:
    return [(before, "muted"), (key, "accent+"), (f" {does}", "muted")] if key else []


def parked_words(count: int, key: Key = usual_key) -> str:
    """Return what is said when acts are parked."""
    history = key("app.history")
    what = f"{count:,} change{'' if count == 1 else 's'} parked"
    return f"a mailbox was made anew on the server: {what}{f'   {history} history' if history else ''}"


def _returned(back: Return, dot: str) -> Words:
    new = f"{back.new:,} new" if back.new else ""
    if back.done:
        done = f"{back.done:,} change{'' if back.done == 1 else 's'} done"
        return [("live again", "text"), (f"{dot}{', '.join(filter(None, (done, new)))}", "text")]
    return [("live", "text"), (f"{dot}caught up, {new} while away", "text")]


def _span(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def _next_try(state: LinkState, now: float) -> str:
    left = countdown(state.next_try - now)
    return "trying now" if left == "now" else f"next try in {left}"


def next_word_in(lines: Sequence[Line], now: float) -> float | None:
    """Return the seconds after which the meter says something else though nothing happens; None for never."""
    waits: list[float] = []
    for line in lines:
        state = line.state
        if state.link.is_up and state.heard:
            silent = now - state.heard
            waits.append(10.0 - silent if silent < 10 else until_next(silent))
        elif state.link is Link.ASKING:
            waits.append(1.0)
        elif state.link is Link.OFFLINE and state.next_try > now:
            left = state.next_try - now
            waits.append(left - 60 * ((left - 1) // 60) if left > 70 else 10.0 if left > 20 else 5.0)
    return max(1.0, min(waits)) if waits else None
