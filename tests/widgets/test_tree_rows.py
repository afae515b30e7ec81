"""The mailbox tree's rows."""

from dataclasses import replace

from tui.mail.ids import AccountName, MailboxId, ModSeq
from tui.mail.mailbox import Mailbox, Role
from tui.store.mailboxes import MailboxState
from tui.widgets.tree_rows import BLANK, TreeRow, path_of, snoozed_rows, subscribed_only, tree_rows

WORK, HOME = AccountName("work"), AccountName("home")


def state(id: int, name: str, role: Role | None = None, unread: int = 0, account: AccountName = WORK) -> MailboxState:
    mailbox = Mailbox(account, name.encode(), name, "/", role)
    return MailboxState(MailboxId(id), mailbox, None, None, ModSeq(0), 0, unread, 0, True)


def labels(rows: list[TreeRow]) -> list[str]:
    return ["  " * row.depth + row.label + (f" {row.unread}" if row.unread else "") for row in rows]


def test_accounts_stand_apart_and_keep_the_stores_order() -> None:
    states = [
        state(1, "INBOX", Role.INBOX, 3),
        state(2, "Trash", Role.TRASH, 9),
        state(3, "INBOX", Role.INBOX, 1, HOME),
    ]
    rows = tree_rows([WORK, HOME], states, ())
    assert labels(rows) == ["All inboxes 4", "", "work", "Inbox 3", "Trash", "", "home", "Inbox 1"]
    assert rows[1] is rows[5] is BLANK
    assert rows[2].is_account
    assert not rows[0].is_account
    assert not rows[3].is_account
    assert labels(tree_rows([WORK], states, ())) == ["work", "Inbox 3", "Trash"], "one account has one Inbox"


def test_what_is_not_subscribed_to_is_told_where_anything_is() -> None:
    def each(id: int, name: str, subscribed: bool, role: Role | None = None) -> MailboxState:
        found = state(id, name, role)
        return replace(found, mailbox=replace(found.mailbox, subscribed=subscribed))

    unused = [each(1, "INBOX", True, Role.INBOX), each(2, "Lists", False), each(3, "Lists/Old", False)]
    assert labels(tree_rows([WORK], unused, ())) == ["work", "Inbox", "Lists", "  Old"]
    assert subscribed_only(unused, None) == unused
    used = [*unused, each(4, "Lists/New", True)]
    assert labels(tree_rows([WORK], used, ())) == ["work", "Inbox", "(Lists)", "  (Old)", "  New"]
    assert labels(tree_rows([WORK], subscribed_only(used, None), ())) == ["work", "Inbox", "Lists", "  New"]
    assert [each.id for each in subscribed_only(used, MailboxId(3))] == [1, 3, 4], "what is shown has its row"


def test_few_are_open_many_are_folded_with_their_sum() -> None:
    family = [state(1, "Family"), state(2, "Family/Aoife", unread=2)]
    assert labels(tree_rows([WORK], family, ())) == ["work", "Family", "  Aoife 2"]
    assert labels(tree_rows([WORK], family, {("work", "Family")})) == ["work", "Family 2"]
    lists = [state(1, "Lists", unread=1), *[state(n, f"Lists/{n}", unread=2) for n in range(2, 12)]]
    assert labels(tree_rows([WORK], lists, ())) == ["work", "Lists 21"]
    assert len(tree_rows([WORK], lists, {("work", "Lists")})) == 12


def test_levels_the_server_does_not_list_are_shown_but_open_nothing() -> None:
    rows = tree_rows([WORK], [state(1, "a/b/c"), state(2, "a/d")], ())
    assert labels(rows) == ["work", "a", "  b", "    c", "  d"]
    assert [row.mailbox for row in rows] == [None, None, None, 1, 2]


def test_what_servers_keep_below_the_inbox_stands_beside_it() -> None:
    rows = tree_rows([WORK], [state(1, "INBOX", Role.INBOX), state(2, "INBOX/Old")], ())
    assert labels(rows) == ["work", "Inbox", "Old"]
    assert path_of(state(2, "INBOX/Old")) == ("work", "Old")


def test_thousands_of_mailboxes_below_one_level_are_folded_level_by_level() -> None:
    states = [state(n, f"a/{n // 100}/{n}") for n in range(5000)]
    assert len(tree_rows([WORK], states, {("work", "a")})) == 52


def test_what_is_snoozed_has_a_line_while_there_is_any() -> None:
    assert snoozed_rows(0) == []
    assert [(row.label, row.unread) for row in snoozed_rows(3)] == [("", 0), ("Snoozed", 3)]
