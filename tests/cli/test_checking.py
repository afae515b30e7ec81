"""Mistakes in [keys] and [look]: told with file, line and cure, by the screen and by the commands alike."""

import os
from pathlib import Path

import pytest

from tui.cli.checking import check, placed
from tui.cli.parse import run
from tui.config.load import load
from tui.config.paths import Paths
from tui.mail.errors import ConfigError

ACCOUNT = """
[accounts.work]
address = "ada@example.org"
[accounts.work.receive]
host = "127.0.0.1"
password_command = ["false"]
"""
MISTAKES = [
    ('[look]\nmouse = true\ntheme = "tidings-drak"', "line 3: look.theme", 'Did you mean "tidings-dark"?'),
    ('[keys]\n"message.archiv" = "W"', 'line 2: keys."message.archiv"', 'Did you mean "message.archive"?'),
    ('[keys]\n\n"message.archive" = "d"', 'line 3: keys."message.archive"', "vim preset: message.delete"),
    ('[keys]\n"message.archive" = "ctrl+"', 'line 2: keys."message.archive"', ""),
]


def paths_in(folder: Path, text: str) -> Paths:
    paths = Paths(folder / "config" / "tidings", folder / "data", folder / "cache", folder / "state")
    paths.config.mkdir(parents=True)
    paths.config_file.write_text(text + ACCOUNT)
    paths.config_file.chmod(0o600)
    return paths


@pytest.mark.parametrize(("text", "place", "cure"), MISTAKES)
def test_the_line_is_told(tmp_path: Path, text: str, place: str, cure: str) -> None:
    paths = paths_in(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        check(load(paths.config_file), paths)
    assert caught.value.place == f"config.toml {place}"
    assert cure in str(caught.value)


@pytest.mark.parametrize("command", ["watch", "doctor"])
@pytest.mark.parametrize(("text", "place", "cure"), MISTAKES[:2])
def test_commands_tell_it_and_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    text: str,
    place: str,
    cure: str,
) -> None:
    paths_in(tmp_path, text)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", os.fspath(tmp_path / name.lower()))
    assert run([command]) == 2
    told = capsys.readouterr().err
    assert place in told
    assert cure in told


def test_what_is_right_is_let_through(tmp_path: Path) -> None:
    paths = paths_in(tmp_path, '[look]\ntheme = "mine"\n[keys]\npreset = "mutt"\n"message.archive" = "W"')
    (paths.config / "themes").mkdir()
    (paths.config / "themes" / "mine.toml").write_text("")
    check(load(paths.config_file), paths)
    other = ConfigError("no terminal")
    assert placed(other, load(paths.config_file), paths) is other
