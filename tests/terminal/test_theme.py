"""Themes: every one that ships is readable, and a wrong file is refused with its place."""

from pathlib import Path

import pytest

from tui.mail.errors import ConfigError
from tui.terminal.marks import ASCII, UNICODE, choose
from tui.terminal.theme import NOT_READ, ROLES, Depth, Roles, contrast, folders, load_theme, names, read_theme

GOOD = """\
background = "#10151B"
[roles]
text = "#CDD5DD"
bright = { color = "#F2F5F8", bold = true }
muted = "#8A97A5"
faint = "#3A4652"
accent = { color = "#5CC8BE", c256 = 79, ansi = "cyan" }
new = "#F0C36A"
good = "#8ACB88"
warn = "#F0A35E"
bad = "#F47F78"
link = "#86B9FF"
quote = "#9FB3A6"
tint = { color = "#1F3A3E", ansi = "reverse" }
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", ["tidings-dark", "tidings-light", "high-contrast"])
def test_shipped_themes_are_readable(name: str) -> None:
    theme = load_theme(name, folders())
    least = 7.0 if name == "high-contrast" else 4.5
    for role in ROLES:
        if role not in NOT_READ:
            assert contrast(theme.roles[role].color, theme.background) >= least, role
    assert contrast(theme.roles["bright"].color, theme.roles["tint"].color) >= least
    for depth in Depth:
        variables = theme.textual(depth).to_color_system().generate()
        assert set(ROLES) <= set(variables) | set(theme.textual(depth).variables)


def test_contrast_is_the_formula_of_wcag() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#CDD5DD", "#10151B") == pytest.approx(12.4, abs=0.05)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_colours_follow_the_terminals_depth(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, GOOD))
    assert theme.textual(Depth.TRUECOLOR).variables["accent"] == "#5CC8BE"
    assert theme.textual(Depth.EIGHT_BIT).variables["accent"] == "#5fd7af"
    assert theme.textual(Depth.STANDARD).variables["accent"] == "ansi_cyan"
    assert theme.textual(Depth.NONE).variables["accent"] == "ansi_default"
    assert theme.textual(Depth.NONE).variables["tint-style"] == "reverse"


def test_roles_are_made_of_theme_variables(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, GOOD))
    roles = Roles.from_variables(theme.textual().variables)
    accent, bright = roles["accent"].color, roles["bright"]
    assert accent is not None
    assert accent.get_truecolor().hex == "#5cc8be"
    assert bright.bold
    assert roles["text"].bgcolor is None, "the terminal's own background shows through"
    tinted = roles.style("bright", tinted=True).bgcolor
    assert tinted is not None
    assert tinted.get_truecolor().hex == "#1f3a3e"
    plain = Roles.from_variables(theme.textual(Depth.NONE).variables)
    assert plain.style("bright", tinted=True).reverse


def test_a_painted_theme_paints(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, GOOD.replace("[roles]", "paint = true\n[roles]")))
    style = Roles.from_variables(theme.textual().variables)["text"]
    assert style.bgcolor is not None
    assert not theme.textual().ansi


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        ('"#F0C36A"', '"amber"', "mine.toml line 8: roles.new"),
        ('"#8A97A5"', '"#303840"', "mine.toml line 5: roles.muted"),
        ('good = "#8ACB88"\n', "", "mine.toml line 2: roles"),
        ("quote", "quoted", "mine.toml line 2: roles"),
        ("[roles]", "dusk = 1\n[roles]", "mine.toml line 2: dusk"),
        ('"#F47F78"', "7", "mine.toml line 11: roles.bad"),
        ('ansi = "cyan"', 'ansi = "teal"', "roles.accent.ansi"),
        ("[roles]", "[roles", "mine.toml"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, wrong: str, right: str, place: str) -> None:
    assert wrong in GOOD
    with pytest.raises(ConfigError) as caught:
        read_theme(write(tmp_path, GOOD.replace(wrong, right, 1)))
    assert place in str(caught.value)


def test_the_users_own_folder_comes_first(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    write(tmp_path / "themes", GOOD)
    places = folders(tmp_path)
    assert "mine" in names(places)
    assert load_theme("mine", places).name == "mine"
    with pytest.raises(ConfigError) as caught:
        load_theme("nine", places)
    assert "tidings-dark" in str(caught.value)
    with pytest.raises(ConfigError):
        load_theme("../mine", (tmp_path / "themes" / "deeper",))


def test_marks_follow_setting_and_locale() -> None:
    assert choose("unicode", {"TERM": "linux"}) is UNICODE
    assert choose("ascii", {"LANG": "en_GB.UTF-8"}) is ASCII
    assert choose("auto", {"LANG": "en_GB.UTF-8"}) is UNICODE
    assert choose("auto", {"LANG": "de_DE.utf8@euro"}) is UNICODE
    assert choose("auto", {"LANG": "en_GB.UTF-8", "LC_ALL": "C"}) is ASCII
    assert choose("auto", {"LANG": "en_GB.UTF-8", "TERM": "linux"}) is ASCII


def test_ascii_marks_are_ascii_and_all_are_one_cell() -> None:
    for marks in (ASCII, UNICODE):
        values = [getattr(marks, name) for name in marks.__slots__]
        assert all(len(value) == 1 for value in values)
    assert all(getattr(ASCII, name).isascii() for name in ASCII.__slots__)
