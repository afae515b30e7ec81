"""An mbox that is written: whole or not at all, and over nobody's file."""

import os
from pathlib import Path

import pytest

from tui.cli.export import _mbox
from tui.mail.errors import MailError

FIELDS = {"from": "Ada <ada@example.org>", "date": "2026-11-25T09:00:00+00:00"}


def test_it_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "box"
    write, end = _mbox(target)
    write(b"Subject: x\r\n\r\n", FIELDS)
    assert not target.exists()
    (partial,) = tmp_path.iterdir()
    assert partial.stat().st_mode & 0o777 == 0o600
    end(False)
    assert list(tmp_path.iterdir()) == []

    write, end = _mbox(target)
    write(b"Subject: x\r\n\r\n", FIELDS)
    end(True)
    assert b"Subject: x" in target.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_that_somebody_laid_there_is_written_through(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    os.symlink(theirs, tmp_path / "box.partial")
    write, end = _mbox(tmp_path / "box")
    write(b"Subject: x\r\n\r\n", FIELDS)
    end(True)
    assert theirs.read_text() == "precious"
    assert (tmp_path / "box").is_file()


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    target = tmp_path / "box"
    write, end = _mbox(target)
    write(b"Subject: x\r\n\r\n", FIELDS)
    target.write_text("precious")
    with pytest.raises(MailError, match="meanwhile"):
        end(True)
    assert target.read_text() == "precious"
    assert len(list(tmp_path.iterdir())) == 2
