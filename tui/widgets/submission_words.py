"""A submission told in words: its state, what is happening, what it means for the writer."""

import time

from tui.mail.submission import Copy, Submission, SubmissionState
from tui.mail.width import cut
from tui.widgets.ages import DAYS, MONTHS

MARKS = {
    SubmissionState.HELD: ("·", "new"),
    SubmissionState.QUEUED: ("·", "text"),
    SubmissionState.SENDING: ("→", "accent"),
    SubmissionState.ACCEPTED: ("✓", "good"),
    SubmissionState.COPIED: ("✓", "good"),
    SubmissionState.FAILED: ("✗", "bad"),
    SubmissionState.UNKNOWN: ("?", "warn"),
}
"""State → (mark, role)."""
COPIES = {
    Copy.FILED: "copied to Sent",
    Copy.FOUND: "copied to Sent",
    Copy.SERVER: "filed by the server",
    Copy.NONE: "no copy is kept",
}

MOST_SAID = 60
"""Cells of the server's words on the status line; the outbox has them all."""
UNDO = " · u undo"
"""Behind the countdown, where that key can be pressed."""
COUNTED = 60.0
"""Seconds from which one that leaves when its writer said is counted down."""


def clock(moment: float) -> str:
    """Return ``09:42`` in local time."""
    return time.strftime("%H:%M", time.localtime(moment))


def when(moment: float, now: float) -> str:
    """Return when something was or will be: ``09:42``, ``yest. 09:42``, ``tomorrow 09:00``, ``Mon 08:00``, ``24 Dec``.

    Args:
        moment, now: seconds since 1970 UTC.
    """
    then = time.localtime(moment)
    days = _day(moment) - _day(now)
    if days == 0:
        return clock(moment)
    if days in (-1, 1):
        return f"{'tomorrow' if days > 0 else 'yest.'} {clock(moment)}"
    if -7 < days < 7:
        return f"{DAYS[then.tm_wday]} {clock(moment)}"
    date = f"{then.tm_mday} {MONTHS[then.tm_mon - 1]}"
    return f"{date} {clock(moment)}" if days > 0 else date


def _day(moment: float) -> int:
    then = time.localtime(moment)
    return int(moment + then.tm_gmtoff) // 86_400


def shown_as(submission: Submission) -> SubmissionState:
    """Return the state as the writer sees it: a mail that somebody did not get has failed for them."""
    if submission.state in (SubmissionState.ACCEPTED, SubmissionState.COPIED) and submission.open_refusals:
        return SubmissionState.FAILED
    return submission.state


def state_word(submission: Submission) -> str:
    """Return the state's one word; a copied one is still ``accepted`` to its writer."""
    state = shown_as(submission)
    return "accepted" if state is SubmissionState.COPIED else state.value


def is_counted(submission: Submission, now: float) -> bool:
    """Whether the seconds until it leaves are counted down."""
    if submission.state is not SubmissionState.HELD:
        return False
    return not submission.planned or submission.due - now <= COUNTED


def leaves(submission: Submission, now: float) -> str:
    """Return when a held mail leaves: ``in 8 s``, ``18:30``, ``tomorrow 09:00``."""
    if is_counted(submission, now):
        return f"in {max(0, round(submission.due - now))} s"
    return when(submission.due, now)


def happening(submission: Submission, now: float) -> str:
    """Return what is being done about it: the outbox's last column."""
    since = when(submission.changed, now)
    if submission.open_refusals and submission.state in (SubmissionState.ACCEPTED, SubmissionState.COPIED):
        return f"{_of_all(submission)} refused, {since}"
    match submission.state:
        case SubmissionState.HELD:
            return f"sends {leaves(submission, now)}"
        case SubmissionState.QUEUED if submission.due <= now:
            return "goes as soon as it can"
        case SubmissionState.QUEUED:
            return f"try {submission.attempts + 1} at {when(submission.due, now)}"
        case SubmissionState.SENDING:
            return f"{submission.phase.value} · {max(1, submission.size // 1000):,} kB"
        case SubmissionState.ACCEPTED:
            return f"{since} · Sent copy waits"
        case SubmissionState.COPIED:
            return f"{since} · {_copy(submission)}"
        case SubmissionState.FAILED:
            return f"refused for good, {since}"
        case SubmissionState.UNKNOWN:
            return looked(submission, now) or "line lost after last byte"


def _of_all(submission: Submission) -> str:
    return f"{len(submission.open_refusals)} of {len(submission.recipients)}"


def _copy(submission: Submission) -> str:
    return COPIES[Copy(submission.copy)] if submission.copy in set(Copy) else "copied to Sent"


def looked(submission: Submission, now: float) -> str:
    """Return how often it was looked for: ``looked 2 times, last 09:40``; "" before the first time."""
    if not submission.looked:
        return ""
    times = "once" if submission.looked == 1 else f"{submission.looked} times"
    return f"looked {times}, last {when(submission.looked_at, now)}"


def meaning(submission: Submission) -> str:
    """Return what the state means for the writer, one or two sentences."""
    match submission.state:
        case SubmissionState.HELD:
            if submission.planned:
                return "Nothing has left yet. It leaves at its time if Tidings runs then, else at its next start."
            return "Nothing has left yet."
        case SubmissionState.QUEUED:
            return "Not sent yet; it is tried again by itself." if submission.attempts else "Not sent yet."
        case SubmissionState.SENDING:
            return "It is on its way to the server."
        case SubmissionState.ACCEPTED | SubmissionState.COPIED if submission.open_refusals:
            return "Trying again as it is will not help; another address may."
        case SubmissionState.ACCEPTED | SubmissionState.COPIED:
            return "The server has taken it."
        case SubmissionState.FAILED:
            return "Nobody got it. Trying again as it is will not help; edit it first."
        case SubmissionState.UNKNOWN if submission.rest_of is not None:
            return "The mail may have gone out. It cannot be looked for, and is never sent again by itself."
        case SubmissionState.UNKNOWN:
            return (
                "The mail may have gone out. Tidings looks for it in Sent and never sends it again by itself."
                " Not finding it proves nothing where the server files no copies."
            )


def progress_words(submission: Submission, sent: int) -> str:
    """Return how much of it has left: ``sending 412 of 1,310 kB``."""
    return f"sending {sent // 1000:,} of {max(1, submission.size // 1000):,} kB"


def status_words(submission: Submission, now: float) -> tuple[str, str]:
    """Return (words, role) for the status line, "" where there is nothing to say."""
    match submission.state:
        case SubmissionState.HELD if not is_counted(submission, now):
            return f"sends {leaves(submission, now)}{UNDO}", "new"
        case SubmissionState.HELD:
            return f"sending {leaves(submission, now)}{UNDO}", "new"
        case SubmissionState.QUEUED if submission.attempts == 0:
            if submission.rest_of is not None and submission.due > now:
                return f"put off for {submission.to} · again at {when(submission.due, now)}", "warn"
            return "queued: leaves when the line is up", "muted"
        case SubmissionState.QUEUED:
            why = cut(submission.words, MOST_SAID)
            return f"not sent yet: {why} · try {submission.attempts + 1} at {when(submission.due, now)}", "warn"
        case SubmissionState.SENDING:
            return f"sending {max(1, submission.size // 1000):,} kB", "new"
        case SubmissionState.ACCEPTED | SubmissionState.COPIED if submission.open_refusals:
            refused = ", ".join(each.address for each in submission.open_refusals)
            return f"accepted {clock(submission.changed)}, but not for {refused} · g o outbox", "warn"
        case SubmissionState.ACCEPTED if submission.copy:
            return f"accepted {clock(submission.changed)} · Sent copy waits", "good"
        case SubmissionState.ACCEPTED | SubmissionState.COPIED:
            return f"accepted {clock(submission.changed)}", "good"
        case SubmissionState.FAILED:
            said = submission.refused[0] if submission.refused else None
            why = said.words if said is not None else submission.words
            return f"refused: {cut(why, MOST_SAID)} · g o outbox", "bad"
        case SubmissionState.UNKNOWN if submission.looked:
            return "looked, not found: send again? · g o outbox", "warn"
        case SubmissionState.UNKNOWN:
            return "line lost after the last byte: it may have been sent · g o outbox", "warn"
