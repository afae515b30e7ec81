"""The table: who is best, and what stands beside it."""

from tests.bench.yardstick.post import NEWEST, OLDEST, RARE, RARE_SUBJECT, post, subject
from tests.bench.yardstick.table import Row, Table


def _row(what: str, figures: dict[str, float | str | None], *, more_is_better: bool = False) -> Row:
    return Row("Starts", what, "1k", "ms", figures, ("a socket", 5.0), more_is_better)


def test_ours_is_divided_by_the_best_of_the_others_and_by_the_limit() -> None:
    row = _row("warm", {"tidings": 10.0, "mutt": 40.0, "alpine": 20.0, "aerc": "never", "neomutt": None})
    assert row.best == ("alpine", 20.0)
    assert (row.to_best, row.to_limit) == ("0.50 of alpine", "2 of a socket (5)")


def test_of_rates_the_highest_is_the_best() -> None:
    row = _row("rate", {"tidings": 10.0, "mutt": 40.0, "alpine": 20.0}, more_is_better=True)
    assert row.to_best == "0.25 of mutt"


def test_without_a_figure_of_ours_there_is_no_ratio() -> None:
    row = _row("warm", {"tidings": "never", "mutt": 40.0})
    assert (row.to_best, row.to_limit) == ("", "")


def test_the_page_has_a_column_for_each_program_that_was_measured_and_rows_alike_together() -> None:
    table = Table(["tidings", "mutt", "mbsync"])
    for what in ("cold", "warm", "cold"):
        table.add(_row(what, {"tidings": 10.0, "mutt": None if what == "cold" else "never"}))
    lines = table.markdown().splitlines()
    assert lines[2] == "|  | where | tidings | mutt | to the best other | to the limit |"
    assert [line.split(",")[0] for line in lines[4:7]] == ["| cold", "| cold", "| warm"]
    assert "| never |" in lines[6]


def test_the_mailbox_is_numbered_and_its_ends_are_known() -> None:
    count = NEWEST + OLDEST + 20
    mails = list(post(count))
    assert len(mails) == count
    assert f"Subject: {subject(1)}\r\n".encode() in mails[0].raw
    assert f"Subject: {subject(count)}\r\n".encode() in mails[-1].raw
    assert [each.received for each in mails] == sorted(each.received for each in mails)
    assert sum(RARE.encode() in each.raw for each in mails) == 1
    assert RARE_SUBJECT.encode() in mails[29].raw
