"""A submission in words: each state says what is happening, never more than is known."""

import time
from dataclasses import replace

import pytest

from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Copy, Phase, Refusal, Submission, SubmissionState
from tui.widgets.submission_words import happening, meaning, progress_words, shown_as, state_word, status_words, when

STATE = SubmissionState
NOW = 1795426620.0  # Monday, 23 November 2026, 09:37 UTC
DAY = 86_400
GONE = Refusal("plana@torino.example", 550, "550 5.1.1 No mailbox here")
ROW = Submission(
    id=SubmissionId(1),
    account=AccountName("work"),
    message_id="<1@example.org>",
    sender="ada@example.org",
    recipients=("plana@torino.example", "menabrea@torino.example"),
    subject="Théorie",
    to="Plana",
    state=STATE.HELD,
    phase=Phase.CONNECT,
    due=NOW + 8,
    attempts=0,
    words="",
    refused=(),
    changed=NOW - 1200,
    size=1_310_000,
)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW + 3600, "10:37"),
        (NOW - 3600, "08:37"),
        (NOW + DAY, "tomorrow 09:37"),
        (NOW - DAY, "yest. 09:37"),
        (NOW + 3 * DAY, "Thu 09:37"),
        (NOW - 3 * DAY, "Fri 09:37"),
        (NOW + 31 * DAY, "24 Dec 09:37"),
        (NOW - 31 * DAY, "23 Oct"),
    ],
)
def test_moments(moment: float, said: str) -> None:
    assert when(moment, NOW) == said


@pytest.mark.parametrize(
    ("row", "word", "what"),
    [
        (ROW, "held", "sends in 8 s"),
        (replace(ROW, due=NOW + 600), "held", "sends in 600 s"),
        (replace(ROW, due=NOW + DAY, planned=True), "held", "sends tomorrow 09:37"),
        (replace(ROW, due=NOW + 30, planned=True), "held", "sends in 30 s"),
        (replace(ROW, state=STATE.QUEUED, due=NOW + 840, attempts=2), "queued", "try 3 at 09:51"),
        (replace(ROW, state=STATE.QUEUED, due=NOW), "queued", "goes as soon as it can"),
        (replace(ROW, state=STATE.SENDING, phase=Phase.DATA), "sending", "data · 1,310 kB"),
        (replace(ROW, state=STATE.ACCEPTED), "accepted", "09:17 · Sent copy waits"),
        (replace(ROW, state=STATE.COPIED, copy=Copy.FILED), "accepted", "09:17 · copied to Sent"),
        (replace(ROW, state=STATE.COPIED, copy=Copy.SERVER), "accepted", "09:17 · filed by the server"),
        (replace(ROW, state=STATE.COPIED, copy=Copy.NONE), "accepted", "09:17 · no copy is kept"),
        (replace(ROW, state=STATE.COPIED, refused=(GONE,)), "failed", "1 of 2 refused, 09:17"),
        (
            replace(ROW, state=STATE.COPIED, refused=(replace(GONE, settled=True),)),
            "accepted",
            "09:17 · copied to Sent",
        ),
        (replace(ROW, state=STATE.FAILED), "failed", "refused for good, 09:17"),
        (replace(ROW, state=STATE.UNKNOWN), "unknown", "line lost after last byte"),
        (replace(ROW, state=STATE.UNKNOWN, looked=2, looked_at=NOW + 180), "unknown", "looked 2 times, last 09:40"),
        (replace(ROW, state=STATE.UNKNOWN, looked=1, looked_at=NOW), "unknown", "looked once, last 09:37"),
    ],
)
def test_every_state_says_what_is_happening(row: Submission, word: str, what: str) -> None:
    assert (state_word(row), happening(row, NOW)) == (word, what)
    assert len(what) <= 27, "the column of the outbox"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW, "sending in 8 s · u undo"),
        (replace(ROW, due=NOW + DAY, planned=True), "sends tomorrow 09:37 · u undo"),
        (replace(ROW, state=STATE.ACCEPTED), "accepted 09:17"),
        (replace(ROW, state=STATE.ACCEPTED, copy="No room."), "accepted 09:17 · Sent copy waits"),
        (
            replace(ROW, state=STATE.COPIED, refused=(GONE,)),
            "accepted 09:17, but not for plana@torino.example · g o outbox",
        ),
        (replace(ROW, state=STATE.FAILED, refused=(GONE,)), "refused: 550 5.1.1 No mailbox here · g o outbox"),
        (replace(ROW, state=STATE.UNKNOWN, looked=1), "looked, not found: send again? · g o outbox"),
        (
            replace(ROW, state=STATE.QUEUED, due=NOW + 840, rest_of=SubmissionId(2)),
            "put off for Plana · again at 09:51",
        ),
    ],
)
def test_the_status_line(row: Submission, said: str) -> None:
    assert status_words(row, NOW)[0] == said


def test_what_waits_for_the_user_is_known() -> None:
    assert not ROW.needs_user
    for row in (
        replace(ROW, state=STATE.FAILED),
        replace(ROW, state=STATE.UNKNOWN),
        replace(ROW, state=STATE.COPIED, refused=(GONE,)),
    ):
        assert row.needs_user
        assert meaning(row)
    assert shown_as(replace(ROW, state=STATE.COPIED, refused=(GONE,))) is STATE.FAILED


def test_a_code_is_said_once() -> None:
    assert GONE.words == "550 5.1.1 No mailbox here"
    assert Refusal("a@b.example", 550, "no").words == "550 no"


def test_how_much_has_left() -> None:
    assert progress_words(ROW, 412_900) == "sending 412 of 1,310 kB"
