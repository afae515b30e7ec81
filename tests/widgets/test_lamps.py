"""Lamps: several steps of the doctor in one, and which of them it tells."""

from tui.config.model import Protocol
from tui.setup.check import Check, Half, Status
from tui.widgets.lamps import Lamp, lamps

R, S = Half.RECEIVING, Half.SENDING


def told(*checks: Check) -> dict[tuple[Half, str], Check]:
    return {(check.half, check.id): check for check in checks}


def named(found: tuple[Lamp, ...], label: str) -> Lamp:
    return next(lamp for lamp in found if lamp.label == label)


def test_each_half_has_eight_and_pop3_six() -> None:
    assert [len(lamps(half, Protocol.IMAP, {})) for half in Half] == [8, 8]
    assert len(lamps(R, Protocol.POP3, {})) == 6
    assert all(lamp.status is None for lamp in lamps(S, Protocol.IMAP, {}))


def test_a_lamp_is_lit_when_its_last_step_is_through() -> None:
    first = Check(R, "tcp", Status.OK, "", brief="v4", seconds=0.02)
    lamp = named(lamps(R, Protocol.IMAP, told(first), "service"), "port answers")
    assert (lamp.status, lamp.is_asking) == (None, True)
    last = Check(R, "service", Status.OK, "", brief="IMAP, TLS")
    lamp = named(lamps(R, Protocol.IMAP, told(first, last)), "port answers")
    assert (lamp.status, lamp.brief) == (Status.OK, "IMAP, TLS")


def test_the_step_that_failed_gives_its_name() -> None:
    checks = told(Check(R, "tcp", Status.OK, ""), Check(R, "service", Status.FAIL, "", brief="POP3"))
    lamp = named(lamps(R, Protocol.IMAP, checks), "right service")
    assert (lamp.status, lamp.brief) == (Status.FAIL, "POP3")


def test_what_was_not_tried_says_so() -> None:
    checks = told(Check(S, "login", Status.SKIPPED, ""), Check(S, "secret", Status.OK, ""))
    assert named(lamps(S, Protocol.IMAP, checks), "signed in").brief == "not tried"


def test_other_steps_have_a_lamp_only_where_something_is_wrong() -> None:
    assert all(lamp.label != "clock" for lamp in lamps(R, Protocol.IMAP, told(Check(R, "clock", Status.OK, ""))))
    late = told(Check(R, "clock", Status.WARN, "", brief="8 min late"))
    assert named(lamps(R, Protocol.IMAP, late), "clock").brief == "8 min late"


def test_a_name_is_found_in_a_time() -> None:
    check = Check(R, "dns", Status.OK, "", brief="192.0.2.14", seconds=0.011)
    assert lamps(R, Protocol.IMAP, told(check))[0].brief == "192.0.2.14, 11 ms"
