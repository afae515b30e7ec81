"""A text in an editor's hands: for its owner only, and gone afterwards, whatever happened."""

import stat
from pathlib import Path

import pytest

from tui.mail.errors import MailError
from tui.sync.lending import MOST_OCTETS, LentText, editor, left_behind, remove


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_there_and_back(tmp_path: Path) -> None:
    folder = tmp_path / "lent"
    lent = LentText(folder, 7)
    file = lent.lend("Dear Ada\n")
    assert (mode(file), mode(file.parent), mode(folder)) == (0o600, 0o700, 0o700)
    file.with_name("mail.txt~").write_text("a copy")
    file.write_bytes(b"Dear \x1b[31mGrace\r\n\xff\n")
    assert lent.take_back() == "Dear \ufffd[31mGrace\n\ufffd\n"
    assert file.exists(), "it is removed once the text is kept, not before"
    lent.forget()
    assert list(folder.iterdir()) == []


def test_what_a_crash_left_stays_until_it_is_kept_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "lent"
    LentText(folder, 7).lend("written before the crash\n")
    (folder / "rubbish").mkdir()
    for _ in range(2):
        (left,) = left_behind(folder)
        assert (left.key, left.text) == (7, "written before the crash\n")
    remove(left.place)
    assert list(folder.iterdir()) == []
    assert list(left_behind(folder)) == list(left_behind(tmp_path / "none")) == []


def test_what_a_crash_left_and_cannot_be_read_stays(tmp_path: Path) -> None:
    with LentText(tmp_path, 7).lend("").open("wb") as file:
        file.truncate(MOST_OCTETS + 1)
    assert list(left_behind(tmp_path)) == []
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    lent = LentText(tmp_path, 7)
    lent.lend("x").unlink()
    with pytest.raises(MailError):
        lent.take_back()


def test_which_editor() -> None:
    assert editor(["ed", "-p"], {"VISUAL": "vim"}) == ["ed", "-p"]
    assert editor([], {"VISUAL": "'my editor' --wait", "EDITOR": "nano"}) == ["my editor", "--wait"]
    assert editor([], {"EDITOR": "nano"}) == ["nano"]
    with pytest.raises(MailError):
        editor([], {"EDITOR": "'nano"})
