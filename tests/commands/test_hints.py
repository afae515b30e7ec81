"""The hint lines promise what exists, and nothing that has nothing to do."""

from tui.commands.hints import LINES, hints, record_hints
from tui.commands.keymap import CHAINS, Keymap
from tui.commands.legend import legend
from tui.commands.registry import all_commands
from tui.mail.part import Part
from tui.mail.width import cell_width
from tui.render.lines import Link, Mode, Page, PartRow
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.marks import ASCII, UNICODE

READING = (Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)
HTML = PartRow(1, Part("2", "text/html"), "HTML", 100)
FILE = PartRow(2, Part("3", "application/pdf", disposition="attachment", filename="a.pdf"), "a.pdf", 100)


def keymap(**overrides: str) -> Keymap:
    return Keymap(all_commands(), {id.replace("__", "."): keys for id, keys in overrides.items()})


def ids(page: Page | None) -> set[str]:
    return {hint.command_id for hint in hints(keymap(), READING, page)}


def test_every_hint_is_a_command_that_is_at_hand_there() -> None:
    known = {each.id: each for each in all_commands()}
    for scope, line in LINES.items():
        chain = {each for chain in CHAINS if chain[0] is scope for each in chain}
        for id in line:
            assert chain & set(known[id].scopes), id


def test_moving_is_one_hint_and_a_prefix_says_what_it_begins() -> None:
    shown = {hint.key_label: hint.text for hint in hints(keymap(), (Scope.MAIL, Scope.ANYWHERE))}
    assert shown["j k"] == "move"
    assert shown["g"] == "go to"
    shown = {hint.key_label: hint.text for hint in hints(keymap(mailbox__inbox="f5"), (Scope.MAIL, Scope.ANYWHERE))}
    assert shown["F5"] == "Inbox"


def test_a_message_promises_what_it_has() -> None:
    bare = Page(())
    full = Page((), links=(Link(1, "https://a.example/", "a.example"),), parts=(HTML, FILE))
    assert not ids(None) & {"view.links", "view.save_part", "view.html"}
    assert not ids(bare) & {"view.links", "view.save_part", "view.html"}
    assert ids(full) >= {"view.links", "view.save_part", "view.html"}
    assert "view.html" not in ids(Page((), parts=(FILE,)))
    assert "message.invitation" not in ids(full)
    invited = PartRow(1, Part("2", "text/calendar", filename="invite.ics"), "invite.ics", 100)
    assert hints(keymap(), READING, Page((), parts=(invited,)))[0].command_id == "message.invitation"
    assert "view.html" in ids(Page((), mode=Mode.HTML))


def test_only_keys_that_type_nothing_are_shown_while_writing() -> None:
    shown = [hint.key_label for hint in hints(keymap(), (Scope.COMPOSE, Scope.ANYWHERE))]
    assert shown == ["Ctrl+X", "Ctrl+F", "Ctrl+T", "Esc", "Ctrl+G", "Ctrl+P"]


def test_the_legend_has_the_marks_in_force() -> None:
    for marks in (UNICODE, ASCII):
        shown = {row.text: row.keys for group in legend(marks) for row in group.rows}
        assert shown["unread"] == marks.unread
        assert shown["marked for the next act"] == marks.marked
        assert all(cell_width(mark) == 1 for mark in shown.values())


def test_in_drafts_opening_is_going_on_writing() -> None:
    keys = keymap()
    usual = {hint.command_id: hint.text for hint in hints(keys, (Scope.MAIL, Scope.ANYWHERE))}
    drafts = {hint.command_id: hint.text for hint in hints(keys, (Scope.MAIL, Scope.ANYWHERE), in_drafts=True)}
    assert drafts == {**usual, "message.open": "edit"}


def test_a_record_offers_what_can_be_done_about_it_and_no_more() -> None:
    keys = keymap()
    act = KeyHint("x", "give up", "outbox.cancel")
    shown = record_hints(keys, (Scope.OUTBOX, Scope.ANYWHERE), [act])
    assert [hint.command_id for hint in shown][:3] == ["outbox.next", "outbox.cancel", "outbox.close"]
    assert "edit" not in [hint.text for hint in record_hints(keys, (Scope.OUTBOX, Scope.ANYWHERE), ())]
