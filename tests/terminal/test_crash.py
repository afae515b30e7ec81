"""A report of a crash holds program lines, and nothing of the user's."""

import asyncio
import logging
from pathlib import Path

import pytest

from tui.terminal import crash


def broken() -> None:
    password = "hunter2"
    try:
        int("a word of a mail")
    except ValueError as error:
        raise RuntimeError(f"with {password}") from error


def caught() -> RuntimeError:
    try:
        broken()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_report_has_places_and_no_words() -> None:
    told = crash.describe(caught())
    assert "RuntimeError" in told
    assert "ValueError" in told
    assert "terminal/test_crash.py" in told
    assert "in broken" in told
    assert "a word of a mail'" not in told
    assert "hunter2" not in told.replace('password = "hunter2"', "")
    assert str(Path(__file__).parents[2]) not in told


def test_words_about_the_program_are_told() -> None:
    assert "has no attribute 'gone'" in crash.describe(AttributeError("'Row' object has no attribute 'gone'"))
    assert "OSError" not in crash.describe(FileNotFoundError(2, "No such file", "/home/ada/secret"))
    assert "ENOENT" in crash.describe(FileNotFoundError(2, "No such file", "/home/ada/secret"))


def test_few_are_kept_for_the_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        monkeypatch.setattr("os.getpid", lambda number=number: 100 + number)
        file = crash.write(caught(), tmp_path)
        assert file.stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == crash.KEPT


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    crash.tell(caught(), tmp_path / "gone")
    said = capfd.readouterr().err
    assert "No report could be written" in said
    assert "hunter2" not in said


async def test_what_nobody_awaited_is_logged_without_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        crash.log_loop_error(asyncio.get_running_loop(), {"message": "never retrieved", "exception": caught()})
    assert "never retrieved" in caplog.text
    assert "hunter2" not in caplog.text.replace('password = "hunter2"', "")
