"""The registry: full, documented, with the ids and keys that were promised."""

from typing import cast

import pytest

from tui.commands.desk import Desk
from tui.commands.keymap import Keymap
from tui.commands.registry import GROUPS, Command, all_commands, command, get_command

PROMISED_IDS = (
    "message.next",
    "message.previous",
    "message.open",
    "message.reply",
    "message.archive",
    "message.delete",
    "compose.new",
    "compose.send",
    "view.close",
    "app.quit",
)
PROMISED_KEYS = {
    "j": "message.next",
    "k": "message.previous",
    "Enter": "message.open",
    "l": "message.open",
    "q": "view.close",
    "h": "view.close",
    "c": "compose.new",
    "r": "message.reply",
    "R": "message.reply_all",
    "L": "message.reply_list",
    "f": "message.forward",
    "e": "message.archive",
    "d": "message.delete",
    "m": "message.move",
    "s": "message.flag",
    "I": "message.mark_read",
    "U": "message.mark_unread",
    "u": "app.undo",
    ":": "app.palette",
    "?": "app.help",
    "n": "message.next_unread",
    "N": "message.previous_unread",
    "J": "mailbox.next",
    "K": "mailbox.previous",
    "g g": "list.first",
    "G": "list.last",
    "g i": "mailbox.inbox",
    "g m": "mailbox.by_name",
    "g n": "message.newest",
    "g o": "app.outbox",
    "Space": "view.page",
    "Tab": "view.next_pane",
    "o": "view.links",
    "S": "view.save_part",
    "H": "view.headers",
    "p": "compose.resume",
    "$": "mailbox.look_now",
    "Q": "app.quit",
    "Ctrl+X": "compose.send",
    "Ctrl+F": "compose.attach",
    "Ctrl+T": "compose.copies",
    "Esc": "compose.keep",
}


def test_importing_the_package_fills_the_registry() -> None:
    ids = {each.id for each in all_commands()}
    assert set(PROMISED_IDS) <= ids
    assert {each.group for each in all_commands()} == set(GROUPS.values())


@pytest.mark.parametrize(("label", "id"), PROMISED_KEYS.items())
def test_the_vim_preset_keeps_its_promised_keys(label: str, id: str) -> None:
    assert label in Keymap(all_commands()).labels(id)


def test_every_command_explains_itself_in_one_short_line() -> None:
    for each in all_commands():
        assert each.label[0].isupper(), each.id
        assert len(each.label) <= 26, each.id
        assert len(each.detail) <= 70, each.id
        assert "!" not in each.label + each.detail
        assert each.id.count(".") == 1


def test_a_command_without_docstring_or_with_a_taken_id_is_refused() -> None:
    def nothing(desk: Desk) -> None: ...

    with pytest.raises(ValueError, match="docstring"):
        command("test.nothing")(nothing)
    nothing.__doc__ = "Something."
    with pytest.raises(ValueError, match="two commands"):
        command("message.next")(nothing)
    assert get_command("test.nothing") is None


def test_a_command_that_asks_for_a_count_gets_it() -> None:
    moves = {each.id for each in all_commands() if each.counts}
    assert {"message.next", "message.previous", "message.delete", "message.archive", "list.last"} <= moves
    heard: list[object] = []

    def act(desk: Desk, count: int = 1) -> None:
        heard.append(count)

    counting = Command("x.y", "X", "", "", (), "App", "", False, act, counts=True)
    desk = cast(Desk, None)
    counting.perform(desk, 5)
    counting.perform(desk)
    Command("x.z", "X", "", "", (), "App", "", False, lambda desk: heard.append(desk)).perform(desk, 5)
    assert heard == [5, 1, None]
