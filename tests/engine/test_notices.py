"""Notification rules: the first that fits decides; quiet hours hush what is not always told."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.store.sample import INBOX, envelope
from tui.config.notify import Action, NotifyConfig, NotifyRule, Quiet
from tui.engine.notices import Notices
from tui.mail.ids import AccountName
from tui.mail.mailbox import Mailbox, Role

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
EVERY_NIGHT = Quiet(frozenset(range(7)), 22 * 60, 7 * 60)
LISTS = Mailbox(INBOX.account, b"Lists/engine", "Lists/engine", "/", None)
JUNK = Mailbox(INBOX.account, b"Spam", "Spam", "/", Role.JUNK)


def action(config: NotifyConfig, mailbox: Mailbox = INBOX, *, now: datetime = NOON, subject: str = "Hello") -> Action:
    return Notices(config, now).action(mailbox, replace(envelope(1), subject=subject))


def test_everything_is_told_without_rules() -> None:
    assert action(NotifyConfig()) is action(NotifyConfig(), JUNK, now=NIGHT) is Action.NOTIFY


def test_the_first_rule_that_fits_decides() -> None:
    rules = NotifyConfig(
        rules=(
            NotifyRule("subject:lunch", action=Action.SILENT),
            NotifyRule("from:lovelace", mailbox="inbox"),
            NotifyRule(mailbox="lists", action=Action.BELL),
            NotifyRule(account="home"),
            NotifyRule(action=Action.SILENT),
        )
    )
    assert action(rules) is Action.NOTIFY
    assert action(rules, subject="Lunch?") is Action.SILENT
    assert action(rules, LISTS) is Action.BELL  # below Lists
    assert action(rules, JUNK) is Action.SILENT
    assert action(rules, replace(JUNK, account=AccountName("home"))) is Action.NOTIFY


def test_quiet_hours_hush_all_but_what_is_always_told() -> None:
    rules = NotifyConfig(quiet=(EVERY_NIGHT,), rules=(NotifyRule("subject:fire", always=True), NotifyRule("from:ada")))
    assert action(rules, now=NOON) is Action.NOTIFY
    assert action(rules, now=NIGHT) is Action.SILENT
    assert action(rules, now=NIGHT, subject="Fire!") is Action.NOTIFY
    assert action(NotifyConfig(quiet=(EVERY_NIGHT,)), now=NIGHT) is Action.SILENT
