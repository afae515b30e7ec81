"""The keys in force: the preset below, the user's choices above, clashes refused with both places."""

import pytest

from tui.commands.keymap import Keymap
from tui.commands.registry import all_commands
from tui.mail.errors import ConfigError
from tui.terminal.keys import Scope

MAIL = (Scope.MAIL, Scope.ANYWHERE)


def keymap(**overrides: str) -> Keymap:
    return Keymap(all_commands(), {id.replace("_", ".", 1): keys for id, keys in overrides.items()})


def test_the_users_key_replaces_the_presets() -> None:
    keys = keymap(message_archive="E, ctrl+e")
    table = keys.table(MAIL)
    assert table.command(("E",)) == table.command(("ctrl+e",)) == "message.archive"
    assert table.command(("e",)) is None
    assert keys.labels("message.archive") == ("E", "Ctrl+E")


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
        "a": "mailbox.archive",
        "s": "mailbox.sent",
        "t": "mailbox.trash",
        "m": "mailbox.by_name",
        "o": "app.outbox",
    }


def test_nothing_is_at_hand_where_a_screen_names_no_scope() -> None:
    assert list(keymap().table(()).items()) == []
