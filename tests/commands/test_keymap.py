"""The keys in force: the preset below, the user's choices above, clashes refused with both places."""

import pytest

from tui.commands.keymap import CHAINS, Keymap
from tui.commands.presets import PRESETS
from tui.commands.registry import all_commands
from tui.config import load
from tui.mail.errors import ConfigError
from tui.terminal.keys import Scope, clash_of, is_command_key

MAIL = (Scope.MAIL, Scope.ANYWHERE)


def keymap(**overrides: str) -> Keymap:
    return Keymap(all_commands(), {id.replace("_", ".", 1): keys for id, keys in overrides.items()})


def test_the_users_key_replaces_the_presets() -> None:
    keys = keymap(message_archive="W, ctrl+e")
    table = keys.table(MAIL)
    assert table.command(("W",)) == table.command(("ctrl+e",)) == "message.archive"
    assert table.command(("e",)) is None
    assert keys.labels("message.archive") == ("W", "Ctrl+E")


def test_an_empty_setting_takes_the_key_away() -> None:
    keys = keymap(message_archive="", message_delete="e")
    assert keys.label("message.archive") == ""
    assert keys.table(MAIL).command(("e",)) == "message.delete"


def test_a_clash_with_the_preset_names_both_places() -> None:
    with pytest.raises(ConfigError) as caught:
        keymap(message_archive="d")
    assert 'config.toml: keys."message.archive"' in str(caught.value)
    assert "vim preset: message.delete" in str(caught.value)
    assert caught.value.cure


def test_a_clash_of_two_settings_names_both() -> None:
    with pytest.raises(ConfigError) as caught:
        keymap(message_archive="ctrl+e", message_delete="ctrl+e")
    assert 'keys."message.archive"' in str(caught.value)
    assert 'keys."message.delete"' in str(caught.value)


def test_a_key_that_begins_a_sequence_is_a_clash() -> None:
    with pytest.raises(ConfigError) as caught:
        keymap(message_archive="g")
    assert 'keys."message.archive"' in str(caught.value)
    assert '"g g"' in str(caught.value) or '"g ' in str(caught.value)


def test_the_same_key_may_mean_different_things_on_different_screens() -> None:
    keys = keymap()
    assert keys.table(MAIL).command(("e",)) == "message.archive"
    assert keys.table((Scope.OUTBOX, Scope.ANYWHERE)).command(("e",)) == "outbox.edit"


@pytest.mark.parametrize("id", ["message.archiv", "nothing.at_all"])
def test_a_setting_for_no_command_is_refused(id: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Keymap(all_commands(), {id: "e"})
    assert id in str(caught.value)


def test_a_misspelt_command_is_guessed() -> None:
    with pytest.raises(ConfigError, match=r"message\.archive"):
        Keymap(all_commands(), {"message.archiv": "e"})


def test_a_setting_with_no_key_names_its_place() -> None:
    with pytest.raises(ConfigError) as caught:
        keymap(message_archive="entr")
    assert 'config.toml: keys."message.archive"' in str(caught.value)


def test_hints_in_a_text_field_show_only_keys_that_work_there() -> None:
    keys = keymap()
    assert [hint.key_label for hint in keys.hints(["app.palette"])] == [":"]
    assert [hint.key_label for hint in keys.hints(["app.palette"], in_text=True)] == ["Ctrl+P"]


def test_what_may_follow_is_told_for_a_begun_sequence() -> None:
    labels = {hint.key_label: hint.command_id for hint in keymap().following(("g",), MAIL)}
    assert labels == {
        "g": "list.first",
        "n": "message.newest",
        "i": "mailbox.inbox",
        "A": "mailbox.inboxes",
        "a": "mailbox.archive",
        "s": "mailbox.sent",
        "t": "mailbox.trash",
        "w": "mailbox.snoozed",
        "m": "mailbox.by_name",
        "l": "mailbox.lines",
        "o": "app.outbox",
        "u": "app.history",
        "!": "app.trouble",
    }


def test_nothing_is_at_hand_where_a_screen_names_no_scope() -> None:
    assert list(keymap().table(()).items()) == []


# What is the same in every preset is not repeated here: those keys are vim's.
CUSTOMS = {
    "emacs": {
        "n": "message.next",
        "p": "message.previous",
        "Enter": "message.open",
        "Alt+<": "list.first",
        "Alt+>": "list.last",
        "N": "message.next_unread",
        "j": "mailbox.by_name",
        "Ctrl+X o": "view.next_pane",
        "w": "message.move",
        "!": "message.flag",
        "R": "message.mark_read",
        "U": "message.mark_unread",
        "m": "compose.new",
        "a": "message.reply_all",
        "Ctrl+C Ctrl+C": "compose.send",
        "Ctrl+C Ctrl+A": "compose.attach",
        "Ctrl+X k": "compose.keep",
        "D": "compose.resume",
        "Ctrl+/": "app.undo",
        "Alt+X": "app.palette",
        "Ctrl+H": "app.help",
    },
    "mutt": {
        "j": "message.next",
        "q": "view.close",
        "=": "list.first",
        "*": "list.last",
        "Tab": "message.next_unread",
        "Ctrl+N": "mailbox.next",
        "c": "mailbox.by_name",
        ", i": "mailbox.inbox",
        "s": "message.move",
        "F": "message.flag",
        "t": "message.mark",
        "m": "compose.new",
        "g": "message.reply_all",
        "L": "message.reply_list",
        "y": "compose.send",
        "a": "compose.attach",
        "P": "compose.keep",
        "R": "compose.resume",
        ", o": "app.outbox",
        "Ctrl+B": "view.links",
        "v s": "view.save_part",
        "h": "view.headers",
        ":": "app.palette",
    },
    "alpine": {
        "n": "message.next",
        "p": "message.previous",
        "v": "message.open",
        "<": "view.close",
        "g e": "list.last",
        "Tab": "message.next_unread",
        "l": "mailbox.by_name",
        "s": "message.move",
        "*": "message.flag",
        ":": "message.mark",
        "Ctrl+X": "compose.send",
        "Ctrl+T": "compose.attach",
        "Ctrl+O": "compose.keep",
        "g d": "compose.resume",
        "Ctrl+F": "view.links",
        ">": "view.save_part",
        "h": "view.headers",
        "Ctrl+L": "mailbox.look_now",
        "@": "app.palette",
    },
    "gmail": {
        "j": "message.next",
        "o": "message.open",
        "u": "view.close",
        "p": "message.previous_unread",
        "g l": "mailbox.by_name",
        "#": "message.delete",
        "v": "message.move",
        "x": "message.mark",
        "a": "message.reply_all",
        "g d": "compose.resume",
        "g k": "view.links",
        "g v": "view.save_part",
        "g h": "view.headers",
        "g r": "mailbox.look_now",
        "z": "app.undo",
        ".": "app.palette",
    },
}


@pytest.mark.parametrize("preset", PRESETS)
def test_no_key_of_a_preset_means_two_things(preset: str) -> None:
    keys = Keymap(all_commands(), preset=preset)
    for chain in CHAINS:
        bound = [sequence for sequence, _ in keys.table(chain).items()]
        assert bound
        for place, sequence in enumerate(bound):
            assert not any(clash_of(sequence, other) for other in bound[place + 1 :])


def test_every_preset_is_known_to_the_configuration_and_names_only_commands() -> None:
    assert tuple(PRESETS) == load.PRESETS
    ids = {each.id for each in all_commands()}
    for preset, table in PRESETS.items():
        assert set(table) <= ids, preset


@pytest.mark.parametrize(
    ("preset", "label", "id"), [(preset, *row) for preset, rows in CUSTOMS.items() for row in rows.items()]
)
def test_hands_from_another_program_find_their_keys(preset: str, label: str, id: str) -> None:
    assert label in Keymap(all_commands(), preset=preset).labels(id)


@pytest.mark.parametrize("preset", PRESETS)
def test_nobody_is_locked_in(preset: str) -> None:
    keys = Keymap(all_commands(), preset=preset)
    for id in (
        *("message.next", "message.previous", "message.open", "view.close", "app.palette", "app.help", "app.quit"),
        *("message.archive", "message.delete", "message.reply", "compose.new", "app.undo", "outbox.close"),
    ):
        assert keys.label(id), id
    for id in ("compose.send", "compose.attach", "compose.keep", "app.palette"):
        assert any(is_command_key(sequence[0]) for sequence in keys.sequences(id)), f"{id} while writing"


def test_the_vim_preset_leaves_keys_alone_that_belong_to_others() -> None:
    keys = Keymap(all_commands())
    for chain in CHAINS:
        pressed = {key for sequence, _ in keys.table(chain).items() for key in sequence}
        assert not pressed & {f"ctrl+{letter}" for letter in "absqjmih"}


def test_the_users_keys_go_above_any_preset() -> None:
    keys = Keymap(all_commands(), {"message.archive": "y"}, "mutt")
    assert keys.table(MAIL).command(("y",)) == "message.archive"
    with pytest.raises(ConfigError) as caught:
        Keymap(all_commands(), {"message.archive": "m"}, "mutt")
    assert "mutt preset: compose.new" in str(caught.value)
    assert 'config.toml: keys."message.archive"' in str(caught.value)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ConfigError, match="vim, emacs"):
        Keymap(all_commands(), preset="nano")
