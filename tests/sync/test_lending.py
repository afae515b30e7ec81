"""A text in an editor's hands: for its owner only, and gone afterwards, whatever happened."""

import stat
from pathlib import Path

import pytest

from tui.mail.errors import MailError
from tui.sync.lending import LentText, editor, left_behind


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
    assert list(folder.iterdir()) == []


def test_what_a_crash_left_is_told_once_and_gone(tmp_path: Path) -> None:
    folder = tmp_path / "lent"
    LentText(folder, 7).lend("written before the crash\n")
    (folder / "rubbish").mkdir()
    assert list(left_behind(folder)) == [(7, "written before the crash\n")]
    assert list(folder.iterdir()) == []
    assert list(left_behind(folder)) == list(left_behind(tmp_path / "none")) == []


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
