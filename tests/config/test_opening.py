"""By which program something is opened: the user's, else the desktop's, and none over SSH."""

from pathlib import Path

import pytest

from tui.config.load import load
from tui.config.opening import filled, has_desktop, program_for
from tui.mail.errors import ConfigError

PROGRAMS = {"image/*": ("feh", "%s"), "image/svg+xml": ("inkview",), "link": ("firefox", "--new-tab", "%s")}


def read(folder: Path, text: str) -> dict[str, tuple[str, ...]]:
    file = folder / "config.toml"
    file.write_text(text)
    return load(file).opening


def test_the_users_programs(tmp_path: Path) -> None:
    assert read(tmp_path, '[open]\nlink = ["firefox", "%s"]\n"image/*" = ["feh", "-."]\n') == {
        "link": ("firefox", "%s"),
        "image/*": ("feh", "-."),
    }
    for wrong in ('[open]\npdf = ["zathura"]', '[open]\n"image/*" = "feh %s"', "[open]\nother = []"):
        with pytest.raises(ConfigError):
            read(tmp_path, wrong)


@pytest.mark.parametrize("what", ["/tmp/-rf; rm %s", "https://a.example/$(id)`id`\n--help", "%s"])
def test_what_is_opened_is_one_argument(what: str) -> None:
    assert filled(("firefox", "--new-tab", "%s"), what) == ["firefox", "--new-tab", what]
    assert filled(("inkview",), what) == ["inkview", what]
    assert filled(("sh", "-c", "x"), what) == ["sh", "-c", "x", what]


def test_the_nearest_program_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert program_for("image/png", PROGRAMS) == ("feh", "%s")
    assert program_for("image/svg+xml", PROGRAMS) == ("inkview",)
    assert program_for("link", PROGRAMS)[0] == "firefox"
    assert program_for("text/csv", PROGRAMS) == ()
    assert program_for("text/csv", {"other": ("less",)}) == ("less",)


def test_over_ssh_there_is_no_desktop() -> None:
    assert has_desktop({"DISPLAY": ":0"})
    assert not has_desktop({"DISPLAY": ":10", "SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"})
    assert not has_desktop({"TERM": "linux"})
