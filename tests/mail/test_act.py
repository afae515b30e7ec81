"""Acts in words."""

import pytest

from tui.mail.act import Act, ActState, Verb
from tui.mail.ids import AccountName


def act(verb: Verb, count: int = 1, place: str = "Inbox", target: str = "") -> Act:
    return Act(1, AccountName("work"), verb, count, place, target, 0.0, ActState.DONE)


@pytest.mark.parametrize(
    ("made", "short", "label"),
    [
        (act(Verb.ARCHIVED, 12), "archived 12", "archived 12 messages in Inbox"),
        (act(Verb.ARCHIVED), "archived 1", "archived 1 message in Inbox"),
        (act(Verb.MOVED, 1400, target="Lists"), "moved 1,400 to Lists", "moved 1,400 messages from Inbox to Lists"),
        (act(Verb.READ, 2), "read 2", "marked 2 messages as read in Inbox"),
        (act(Verb.UNFLAGGED, 2), "unflagged 2", "unflagged 2 messages in Inbox"),
        (act(Verb.ERASED, 3, "Trash"), "deleted 3 for good", "deleted 3 messages for good in Trash"),
        (act(Verb.EMPTIED, 3, "Trash"), "emptied Trash, 3 messages", "emptied Trash, 3 messages"),
        (act(Verb.CREATED, 0, "Plans"), "created the mailbox Plans", "created the mailbox Plans"),
        (act(Verb.RENAMED, 0, "Plans", "Ideas"), "renamed Plans to Ideas", "renamed Plans to Ideas"),
        (act(Verb.REMOVED, 0, "Plans"), "deleted the mailbox Plans", "deleted the mailbox Plans"),
        (act(Verb.SENT, 1, "", "Grace"), "sent “(no subject)” to Grace", "sent “(no subject)” to Grace"),
        (act(Verb.CHANGED, 1), "changed flags of 1", "changed flags of 1 message in Inbox"),
    ],
)
def test_they_are_told_from_facts(made: Act, short: str, label: str) -> None:
    assert (made.short, made.label) == (short, label)
