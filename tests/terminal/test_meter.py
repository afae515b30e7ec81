"""From a key to what it paints."""

from tui.terminal.meter import KEPT, Meter


def test_only_the_first_frame_after_a_key_counts() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    meter.painted()
    assert (list(meter.spans), meter.part(0.99)) == ([], 0.0)
    for wait in (0.004, 0.002, 0.030):
        now[0] += 1.0
        meter.typed()
        now[0] += wait
        meter.painted()
        now[0] += 5.0
        meter.painted()
    assert [round(each, 3) for each in meter.spans] == [0.004, 0.002, 0.03]
    assert (round(meter.part(0.5), 3), round(meter.part(0.99), 3)) == (0.004, 0.03)
    meter.typed()
    meter.forget()
    meter.painted()
    assert len(meter.spans) == 3


def test_the_newest_are_kept() -> None:
    meter = Meter()
    for _ in range(KEPT + 5):
        meter.typed()
        meter.painted()
    assert len(meter.spans) == KEPT
