"""The last view: written down and read, and refused where anything is not as it was."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import last_view
from tui.config.last_view import HEAD, KeyHint, LastView, TreeLine
from tui.config.paths import Paths

WORDS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs", "Cc"]), max_size=12)


def facts(view: LastView) -> dict[str, object]:
    return {
        name: [vars(each) for each in value] if name in ("tree", "hints") else value
        for name, value in vars(view).items()
    }


def is_view(text: str) -> bool:
    try:
        LastView.parse(text)
    except ValueError:
        return False
    return True


def holds(view: LastView) -> bool:
    return view.is_valid


def sample(files: dict[str, str] | None = None) -> LastView:
    view = LastView()
    view.surroundings = last_view.surroundings(os.environ)
    view.files = files or {}
    view.cache, view.lock, view.version = "/c/cache.db", "/d/tidings.lock", 3
    view.mailbox, view.account, view.label = 4, "work", "Inbox"
    return view


@given(WORDS, WORDS, st.integers(0, 2), st.lists(WORDS, min_size=1, max_size=3), st.sets(st.integers(1, 99)))
def test_what_is_written_is_read(text: str, role: str, fold: int, path: list[str], waiting: set[int]) -> None:
    view = sample({f"/{text}": "1 2"})
    view.outgoing = view.utf8 = view.asks = True
    view.trust, view.brief_trust, view.elsewhere = [(text, role)], [(role, text)], text
    view.tree = [TreeLine(path, text, 2, 7, 12, fold), TreeLine([], "", 0, 0, 0, 0)]
    view.hints = [KeyHint("j k", text, role)]
    view.pens = {"text": (), "bright+": ("1", "38;2;1;2;3")}
    view.waiting = waiting
    assert facts(LastView.parse(view.format())) == facts(view)


@given(st.text(max_size=60), st.integers(0, 400))
def test_what_is_no_view_is_refused(text: str, at: int) -> None:
    written = sample().format()
    for wrong in (text, written[:at], f"{HEAD}\n{text}\n", written.replace("mailbox\t4", "mailbox\tfour")):
        if wrong != written:
            assert not is_view(wrong)


def test_a_word_that_would_not_come_back_is_not_written() -> None:
    view = sample()
    view.label = "In\tbox"
    assert view.format() == ""


def test_a_tree_without_end_is_not_written() -> None:
    view = sample()
    view.tree = [TreeLine(["work", "x"], "x", 0, 1, 0, 0)] * (last_view.MOST_LINES + 1)
    assert view.format() == ""


def test_of_very_many_rows_that_wait_the_newest_are_written() -> None:
    view = sample()
    view.waiting = set(range(1, 50_000))
    assert LastView.parse(view.format()).waiting == set(range(50_000 - last_view.MOST_LINES, 50_000))


def test_it_holds_while_nothing_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, missing = tmp_path / "config.toml", tmp_path / "theme.toml"
    file.write_text("one")
    view = LastView.parse(sample({str(each): last_view.stamp(str(each)) for each in (file, missing)}).format())
    assert holds(view)
    missing.write_text("now it is there")
    assert not holds(view)
    missing.unlink()
    assert holds(view)
    file.write_text("another")
    assert not holds(view)
    view.files.clear()
    assert holds(view)
    monkeypatch.setenv("COLORTERM", "another")
    assert not holds(view)


def test_the_file_is_the_owners_and_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "view.tsv"
    last_view.write(sample().format(), str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert facts(last_view.read(str(file))) == facts(sample())
    last_view.write("", str(file))
    last_view.write("", str(file))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", ["", "  ", "relative", "/somewhere/state"])
def test_the_state_folder_is_the_one_the_program_uses(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state)
    assert last_view.state_folder(os.environ) == str(Paths.of_user().state)


def test_a_disk_that_takes_a_part_at_a_time_gets_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "view.tsv"
    whole_write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole_write(descriptor, data[:7]))
    last_view.write(sample().format(), str(file))
    assert facts(last_view.read(str(file))) == facts(sample())

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        last_view.write("other", str(file))
    assert [each.name for each in tmp_path.iterdir()] == ["view.tsv"]
    assert facts(last_view.read(str(file))) == facts(sample())
