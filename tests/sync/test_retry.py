"""Back-off grows, is kept within its class, and never repeats a refused password."""

from tui.mail.errors import AuthenticationFailed, ConnectionLost, TemporarilyRefused, TimedOut
from tui.sync.retry import NEVER, SETTLED, Backoff


def test_lost_lines_grow_to_half_a_minute_with_jitter() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.delay(ConnectionLost("x")) for _ in range(7)] == [1, 2, 4, 8, 16, 20, 20]


def test_a_line_that_lived_starts_anew_and_one_that_did_not_does_not() -> None:
    backoff = Backoff(lambda: 1.0)
    backoff.delay(ConnectionLost("x"))
    assert backoff.delay(ConnectionLost("x"), lived=SETTLED - 1) == 2
    assert backoff.delay(ConnectionLost("x"), lived=SETTLED) == 1


def test_hanging_server_is_called_at_most_ten_times_in_ten_minutes() -> None:
    backoff = Backoff(lambda: 1.0)
    clock, calls = 0.0, 0
    while clock < 600:
        calls += 1
        clock += backoff.delay(TimedOut("x"))
    assert calls <= 10


def test_what_an_attempt_took_is_not_waited_again() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.delay(TimedOut("x"), took=30) for _ in range(6)] == [5, 10, 20, 40, 40, 40]
    clock, calls = 0.0, 0
    backoff.reset()
    while clock < 600:
        calls += 1
        clock += 30 + backoff.delay(TimedOut("x"), took=30)
    assert calls <= 10


def test_a_server_that_falls_silent_is_called_soon_and_each_kind_grows_for_itself() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.delay(ConnectionLost("x")) for _ in range(4)] == [1, 2, 4, 8]
    assert backoff.delay(TimedOut("x"), took=30) == 5
    assert backoff.delay(ConnectionLost("x")) == 16
    assert backoff.delay(TimedOut("x"), lived=20) == 20, "it was up: like a line that is lost"
    assert backoff.delay(TimedOut("x"), lived=SETTLED) == 1


def test_limit_waits_a_minute_and_a_wrong_password_for_ever() -> None:
    assert Backoff().delay(TemporarilyRefused("x")) >= 60
    assert Backoff().delay(AuthenticationFailed("x")) == NEVER


def test_jitter_stretches() -> None:
    assert Backoff(lambda: 1.5).delay(ConnectionLost("x")) == 1.5
