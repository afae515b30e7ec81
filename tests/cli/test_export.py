"""Files that are written: whole or not at all, and over nobody's."""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.cli.export import Ways, _eml, _maildir, _mbox
from tui.mail.errors import MailError

FIELDS = {
    "from": "Ada <ada@example.org>",
    "date": "2026-11-25T09:00:00+00:00",
    "mailbox": "INBOX",
    "uidvalidity": 1,
    "uid": 7,
    "flags": [],
}


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


@pytest.mark.parametrize("form", [_eml, _maildir])
def test_half_a_mail_does_not_pass_for_a_whole_one(tmp_path: Path, form: Callable[[Path], Ways]) -> None:
    write, _ = form(tmp_path / "box")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))  # as far as a file can grow: a disk nearly full
    try:
        with pytest.raises(OSError, match="too large"):
            write(b"Subject: x\r\n\r\n" + b"x" * 5_000, FIELDS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert [each for each in (tmp_path / "box").rglob("*") if each.is_file()] == []
    write(b"Subject: x\r\n\r\n", FIELDS)
