"""What is remembered between runs without touching config.toml."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.habits import MAX_FILE, MOST_TARGETS, MOST_USES, Habits


def kept(habits: Habits, file: Path) -> Habits:
    habits.write(habits.snapshot())
    return Habits.read(file)


def test_a_chosen_theme_lasts_until_the_configuration_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    habits = Habits.read(file)
    assert habits.theme("tidings-dark") == "tidings-dark"
    habits.choose_theme("nord", "tidings-dark")
    again = kept(habits, file)
    assert again.theme("tidings-dark") == "nord"
    assert again.theme("gruvbox-dark") == "gruvbox-dark", "config.toml was edited since"
    again.choose_theme("tidings-dark", "tidings-dark")
    assert kept(again, file).theme("tidings-dark") == "tidings-dark"


def test_searches_are_kept_and_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    habits = Habits.read(file)
    habits.keep_search("from Ada", "is:unread from:ada")
    habits.keep_search("files", "has:file")
    habits.keep_search("files", "has:file larger:1M")
    again = kept(habits, file)
    assert list(again.searches.items()) == [("files", "has:file larger:1M"), ("from Ada", "is:unread from:ada")]
    again.forget_search("files")
    assert list(kept(again, file).searches) == ["from Ada"]
    for name, query in (("", "x"), ("x", " "), ("two\nlines", "x"), ("x", "y" * 1_001)):
        with pytest.raises(ValueError):  # noqa: PT011 - it has no words
            again.keep_search(name, query)


def test_uses_are_counted_and_fade(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    habits = Habits.read(file)
    before = habits.is_changed
    for _ in range(3):
        habits.count("view.theme")
    during = habits.is_changed
    again = kept(habits, file)
    assert (before, during, habits.is_changed) == (False, True, False)
    assert (again.uses("view.theme"), again.uses("app.quit")) == (3, 0)
    for _ in range(MOST_USES):
        again.count("app.quit")
    assert again.uses("app.quit") < MOST_USES
    assert again.uses("view.theme") == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", '{"theme": 1, "over": "", "uses": {}}', '{"theme": "nord"}', "[" * 100_000),
        '{"theme": "\\u001b]0;x", "over": "a", "uses": {"b": "c", "d": -1, "e": true, "f": 1e9}}',
        " " * (MAX_FILE + 10) + "{}",
    ],
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "habits.json"
    file.write_text(text)
    habits = Habits.read(file)
    assert habits.theme("a") == "a"
    assert not any(habits.uses(id) for id in "bdef")


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "habits.json"
    file.write_bytes(data)
    Habits.read(file)


def test_a_folder_that_is_gone_costs_only_the_memory(tmp_path: Path) -> None:
    habits = Habits(tmp_path / "gone" / "habits.json")
    habits.count("a.b")
    habits.write(habits.snapshot())


def test_only_the_owner_may_read_it_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    kept(Habits(file), file)
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]


def test_where_mail_was_moved_is_remembered_the_last_one_first(tmp_path: Path) -> None:
    file = tmp_path / "habits.json"
    habits = Habits(file)
    for name in ("work Lists", "work Old", "work Lists", *(f"home {number}" for number in range(MOST_TARGETS - 2))):
        habits.note_target(name)
    habits.note_target("work Old")
    again = kept(habits, file)
    assert again.targets[0] == "work Old"
    assert again.targets[-1] == "work Lists"
    assert len(again.targets) == MOST_TARGETS


@pytest.mark.parametrize("targets", ['"work Lists"', "[1, null, {}]", '{"a": 1}'])
def test_places_that_are_none_are_left_out(tmp_path: Path, targets: str) -> None:
    file = tmp_path / "habits.json"
    file.write_text(f'{{"theme": "nord", "over": "auto", "uses": {{}}, "targets": {targets}}}')
    habits = Habits.read(file)
    assert list(habits.targets) == []
    assert habits.theme("auto") == "nord"
