"""Checks as text: two blocks, receiving first, within the width; and a report that tells no address."""

from tests.schema import problems, schema_of
from tests.setup.test_doctor import account
from tui.setup.check import RECEIVING_STEPS, SENDING_STEPS, Change, Check, Half, Repair, Status
from tui.setup.report import Page, as_json, report

R, S = Half.RECEIVING, Half.SENDING


def test_sending_waits_until_receiving_is_over() -> None:
    page = Page(account(993, 465), 80)
    told = [page.add(Check(S, SENDING_STEPS[0], Status.OK, "Of sending."))]
    told += [page.add(Check(R, id, Status.OK, "A fact. " * 20, "An advice.")) for id in RECEIVING_STEPS]
    told.append(page.add(Check(S, SENDING_STEPS[1], Status.FAIL, "The last.")))
    text = "\n".join(filter(None, told))
    assert told[0] == ""
    assert text.index("Receiving") < text.index("An advice.") < text.index("Sending") < text.index("Of sending.")
    assert text.index("Of sending.") < text.index("The last.")
    assert max(map(len, text.splitlines())) <= 80


def test_a_report_shortens_addresses() -> None:
    text = report("work", [Check(R, "login", Status.FAIL, "ada.lovelace@example.org is refused.", detail="a@b.c")])
    assert "ada.lovelace" not in text
    assert "a…@example.org" in text


def test_json_holds_what_is_promised() -> None:
    repair = Repair("use port 993 with tls", (Change(R, "port", 993),))
    row = as_json("work", Check(R, "service", Status.FAIL, "A fact.", "An advice.", repairs=(repair,)))
    promised = {"account": "work", "half": "receiving", "id": "service", "status": "fail"}
    assert promised.items() <= row.items()
    assert (row["fact"], row["advice"]) == ("A fact.", "An advice.")
    assert problems(schema_of("doctor"), {"checks": [row]}) == []
    assert row["repairs"][0]["changes"] == [{"half": "receiving", "field": "port", "value": 993}]
