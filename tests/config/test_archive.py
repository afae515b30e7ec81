"""The archive by year: which patterns are taken, how a mistake is told, and what mailbox comes of one."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.config.test_load import GOOD, write
from tests.config.test_save import account
from tui.config.archive import archive_name
from tui.config.load import load
from tui.config.save import save
from tui.mail.errors import ConfigError


def loaded(folder: Path, pattern: str) -> str:
    text = GOOD.replace('name = "Ada Lovelace"', f'name = "Ada Lovelace"\narchive = "{pattern}"')
    return load(write(folder, text)).accounts[0].archive


def test_a_pattern_is_read_and_written(tmp_path: Path) -> None:
    assert loaded(tmp_path, "Archive/{year}") == "Archive/{year}"
    assert load(tmp_path / "config.toml").accounts[1].archive == ""
    file = tmp_path / "other" / "config.toml"
    written = replace(account(), archive="{year}/{month}", lists=("engines@lists.example.org",))
    save(file, written)
    assert load(file).accounts == (written,)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("Archive", "there is no {year}"),
        ("Archive/{month}", "there is no {year}"),
        ("Archive/{yaer}", "only {year} and {month}"),
        ("Archive/{year", "only {year} and {month}"),
        ("/{year}", "levels is empty"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, pattern: str, words: str) -> None:
    with pytest.raises(ConfigError, match="archive") as caught:
        loaded(tmp_path, pattern)
    assert words in str(caught.value)


def test_the_mailbox_of_a_month() -> None:
    assert archive_name("Archive/{year}", "2025-11", "/") == "Archive/2025"
    assert archive_name("Archive/{year}/{month}", "2025-03", ".") == "Archive.2025.03"
    assert archive_name("Archive/{year}", "2025-11", "") == "Archive/2025"
