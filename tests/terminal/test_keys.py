"""Keys: spelling, tables, the reader of sequences."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from tui.mail.errors import ConfigError
from tui.terminal.keys import (
    MOST_DIGITS,
    KeyReader,
    KeyTable,
    Reading,
    canonical_key,
    clash,
    clash_of,
    is_command_key,
    key_label,
    parse_key,
    parse_sequences,
    sequence_label,
)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("j", "j"),
        ("G", "G"),
        ("?", "?"),
        ("question_mark", "?"),
        ("Ctrl+X", "ctrl+x"),
        ("alt+shift+left", "alt+shift+left"),
        ("shift+alt+left", "alt+shift+left"),
        ("Esc", "escape"),
        ("F5", "f5"),
        ("PgDn", "pagedown"),
        ("ctrl++", "ctrl++"),
    ],
)
def test_a_key_has_one_spelling(written: str, canonical: str) -> None:
    assert parse_key(written) == canonical


@pytest.mark.parametrize("written", ["entr", "ctrl+", "hyper+x", "ctrl+entr", "jj"])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_key(written)
    assert "no key" in caught.value.message
    assert caught.value.cure


def test_sequences_are_separated_by_commas_and_their_keys_by_spaces() -> None:
    assert parse_sequences("g i, ctrl+x") == (("g", "i"), ("ctrl+x",))
    assert parse_sequences("comma") == ((",",),)
    assert parse_sequences(",") == ((",",),)
    assert parse_sequences("") == ()


def test_every_printable_key_of_textual_becomes_its_character() -> None:
    for character in string.ascii_letters + string.digits + string.punctuation:
        name = _character_to_key(character)
        assert canonical_key(name, character) == character
        assert parse_key(name) == character  # so that a setting may use Textual's name of it as well


def test_keys_that_type_nothing_keep_their_names() -> None:
    assert canonical_key("ctrl+x", "\x18") == "ctrl+x"
    assert canonical_key("alt+b", "b") == "alt+b"
    assert canonical_key("space", " ") == "space"
    assert canonical_key("enter", "\r") == "enter"
    assert canonical_key("escape", "\x1b") == "escape"
    assert canonical_key("ctrl+underscore", "\x1f") == "ctrl+_"
    assert canonical_key("ctrl+slash", None) == parse_key("Ctrl+/") == "ctrl+/"
    assert canonical_key("alt+less_than_sign", None) == parse_key("alt+<")


def test_labels_are_what_people_read_on_their_keyboard() -> None:
    assert [key_label(key) for key in ("ctrl+x", "escape", "space", "G", "?", "f5")] == [
        "Ctrl+X",
        "Esc",
        "Space",
        "G",
        "?",
        "F5",
    ]
    assert sequence_label(("g", "i")) == "g i"


def test_in_a_text_field_only_keys_that_type_nothing_are_commands() -> None:
    assert all(is_command_key(key) for key in ("ctrl+x", "alt+b", "escape", "f5"))
    assert not any(is_command_key(key) for key in ("j", "enter", "tab", "backspace", "left", "?", "f"))


TABLE = KeyTable({("j",): "next", ("g", "g"): "first", ("g", "i"): "inbox", ("ctrl+x",): "send"})


def test_one_key_is_a_command() -> None:
    read = KeyReader().press("j", TABLE)
    assert (read.reading, read.command_id) == (Reading.COMMAND, "next")


def test_a_sequence_waits_for_its_last_key() -> None:
    reader = KeyReader()
    assert reader.press("g", TABLE).reading is Reading.WAITING
    assert sequence_label(reader.pending) == "g"
    read = reader.press("i", TABLE)
    assert (read.reading, read.command_id) == (Reading.COMMAND, "inbox")
    assert not reader.pending


def test_a_key_that_leads_nowhere_forgets_what_was_begun_and_does_nothing_else() -> None:
    reader = KeyReader()
    reader.press("g", TABLE)
    read = reader.press("j", TABLE)
    assert (read.reading, read.sequence) == (Reading.FORGOTTEN, ("g", "j"))
    assert reader.press("j", TABLE).reading is Reading.COMMAND


def test_typing_in_a_text_field_is_never_a_command() -> None:
    reader = KeyReader()
    for key in ("j", "g", "g"):
        assert reader.press(key, TABLE, in_text=True).reading is Reading.NOT_OURS
    assert reader.press("ctrl+x", TABLE, in_text=True).command_id == "send"


def test_continuations_are_told_in_the_order_they_were_registered() -> None:
    assert TABLE.following(("g",)) == [(("g",), "first"), (("i",), "inbox")]


def test_a_sequence_that_begins_another_is_a_clash() -> None:
    assert clash([("g",), ("g", "i")]) == (("g",), ("g", "i"))
    assert clash([("g", "g"), ("g", "i"), ("j",)]) is None
    assert clash_of(("g",), ("g", "i"))
    assert clash_of(("g", "i"), ("g",))
    assert clash_of(("j",), ("j",))
    assert not clash_of(("g", "g"), ("g", "i"))


def test_digits_before_a_command_are_its_count() -> None:
    reader = KeyReader()
    assert reader.press("1", TABLE).reading is Reading.WAITING
    assert reader.press("0", TABLE).sequence == ("1", "0")
    read = reader.press("j", TABLE)
    assert (read.command_id, read.count, read.sequence) == ("next", 10, ("1", "0", "j"))
    assert reader.press("j", TABLE).count is None, "a count is good for one command"


def test_a_count_goes_before_a_sequence_too() -> None:
    reader = KeyReader()
    for key in "5g":
        reader.press(key, TABLE)
    assert reader.begun == ("5", "g")
    read = reader.press("g", TABLE)
    assert (read.command_id, read.count) == ("first", 5)


def test_a_count_is_forgotten_with_escape_or_a_key_that_leads_nowhere() -> None:
    for key in ("escape", "x"):
        reader = KeyReader()
        reader.press("5", TABLE)
        assert reader.press(key, TABLE).reading is Reading.FORGOTTEN
        assert reader.press("j", TABLE).count is None


def test_a_digit_that_is_a_key_is_no_count_and_no_count_begins_with_0() -> None:
    table = KeyTable({("3",): "third", ("j",): "next"})
    assert KeyReader().press("3", table).command_id == "third"
    assert KeyReader().press("0", table).reading is Reading.NOT_OURS


def test_digits_in_a_text_field_are_typed() -> None:
    assert KeyReader().press("5", TABLE, in_text=True).reading is Reading.NOT_OURS


def test_a_count_has_an_end() -> None:
    reader = KeyReader()
    for key in "99999999":
        reader.press(key, TABLE)
    assert reader.press("j", TABLE).count == 10**MOST_DIGITS - 1


KEYS = st.sampled_from(["g", "i", "j", "x", "5", "0", "ctrl+x", "escape"])


@given(st.lists(KEYS, max_size=30))
def test_the_reader_never_holds_more_than_a_beginning(keys: list[str]) -> None:
    reader = KeyReader()
    for key in keys:
        read = reader.press(key, TABLE)
        assert reader.pending == () or TABLE.begins(reader.pending)
        assert (read.reading is Reading.WAITING) == bool(reader.begun)
        assert (read.reading is Reading.COMMAND) == bool(read.command_id)
