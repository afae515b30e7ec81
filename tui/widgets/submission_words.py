"""A submission told in words: its state, what is happening, what it means for the writer."""

import time

from tui.mail.submission import Submission, SubmissionState
from tui.mail.width import cut

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


MOST_SAID = 60
"""Cells of the server's words on the status line; the outbox has them all."""
UNDO = " · u undo"
"""Behind the countdown, where that key can be pressed."""


def clock(moment: float) -> str:
    """Return ``09:42`` in local time."""
    return time.strftime("%H:%M", time.localtime(moment))


def state_word(submission: Submission) -> str:
    """Return the state's one word; a copied one is still ``accepted`` to its writer."""
    return "accepted" if submission.state is SubmissionState.COPIED else submission.state.value


def happening(submission: Submission, now: float) -> str:
    """Return what is being done about it: the outbox's last column."""
    match submission.state:
        case SubmissionState.HELD:
            return f"sends in {_seconds(submission, now)} s"
        case SubmissionState.QUEUED if submission.due <= now:
            return "goes as soon as it can"
        case SubmissionState.QUEUED:
            return f"try {submission.attempts + 1} at {clock(submission.due)}"
        case SubmissionState.SENDING:
            return f"{submission.phase.value} · {max(1, submission.size // 1000):,} kB"
        case SubmissionState.ACCEPTED:
            return f"{clock(submission.changed)} · Sent copy waits"
        case SubmissionState.COPIED:
            return f"{clock(submission.changed)} · copied to Sent"
        case SubmissionState.FAILED:
            return f"refused for good, {clock(submission.changed)}"
        case SubmissionState.UNKNOWN:
            return "line lost after last byte"


def meaning(submission: Submission) -> str:
    """Return what the state means for the writer, one or two sentences."""
    match submission.state:
        case SubmissionState.HELD:
            return "Nothing has left yet."
        case SubmissionState.QUEUED:
            return "Not sent yet; it is tried again by itself." if submission.attempts else "Not sent yet."
        case SubmissionState.SENDING:
            return "It is on its way to the server."
        case SubmissionState.ACCEPTED | SubmissionState.COPIED if submission.refused:
            return "The others have it and will not get it twice."
        case SubmissionState.ACCEPTED | SubmissionState.COPIED:
            return "The server has taken it."
        case SubmissionState.FAILED:
            return "Nobody got it. Trying again as it is will not help; edit it first."
        case SubmissionState.UNKNOWN:
            return "The mail may have gone out. It is never sent again by itself; look in Sent before you do."


def status_words(submission: Submission, now: float) -> tuple[str, str]:
    """Return (words, role) for the status line, "" where there is nothing to say."""
    match submission.state:
        case SubmissionState.HELD:
            return f"sending in {_seconds(submission, now)} s{UNDO}", "new"
        case SubmissionState.QUEUED if submission.attempts == 0:
            return "queued: leaves when the line is up", "muted"
        case SubmissionState.QUEUED:
            why = cut(submission.words, MOST_SAID)
            return f"not sent yet: {why} · try {submission.attempts + 1} at {clock(submission.due)}", "warn"
        case SubmissionState.SENDING:
            return f"sending {max(1, submission.size // 1000):,} kB", "new"
        case SubmissionState.ACCEPTED | SubmissionState.COPIED if submission.refused:
            refused = ", ".join(each.address for each in submission.refused)
            return f"accepted {clock(submission.changed)}, but not for {refused} · g o outbox", "warn"
        case SubmissionState.ACCEPTED | SubmissionState.COPIED:
            return f"accepted {clock(submission.changed)}", "good"
        case SubmissionState.FAILED:
            said = submission.refused[0] if submission.refused else None
            why = f"{said.code} {said.text}" if said is not None else submission.words
            return f"refused: {cut(why, MOST_SAID)} · g o outbox", "bad"
        case SubmissionState.UNKNOWN:
            return "line lost after the last byte: it may have been sent · g o outbox", "warn"


def _seconds(submission: Submission, now: float) -> int:
    return max(0, round(submission.due - now))
