"""The user's folders are those platformdirs gives, which a start need not load."""

import platformdirs
import pytest

from tui.config.paths import XDG, Paths


@pytest.mark.parametrize("value", [None, "", "  ", "/somewhere/else", "relative"])
def test_they_are_those_of_platformdirs(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, _ in XDG:
        if value is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, value)
    dirs = platformdirs.PlatformDirs("tidings", appauthor=False)
    theirs = Paths(dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_state_path)
    assert Paths.of_user() == theirs
