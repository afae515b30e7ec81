"""Themes: every one that ships is readable, and a wrong file is refused with its place."""

from pathlib import Path

import pytest

from tui.mail.errors import ConfigError
from tui.terminal.contrast import PALETTES, contrast, in_palette, shown_in_256
from tui.terminal.marks import ASCII, UNICODE, Marks, choose
from tui.terminal.theme import NOT_READ, ROLES, TINTED, Depth, Roles
from tui.terminal.theme_file import DEFAULT, folders, load_all, load_or_default, load_theme, names, read_theme

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


FAMOUS = ("solarized-dark", "gruvbox-dark", "nord", "dracula", "catppuccin-mocha", "tokyo-night")
SHIPPED = names(folders())


def test_there_is_a_theme_for_everybody() -> None:
    wanted = {"tidings-dark", "tidings-light", "high-contrast", "high-contrast-light", "ansi-dark", "ansi-light"}
    assert wanted | set(FAMOUS) <= set(SHIPPED)
    assert all(load_theme(name, folders()).title for name in SHIPPED)


def test_the_page_about_themes_shows_every_one_and_explains_every_role() -> None:
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "themes.md").read_text("utf-8")
    for name in SHIPPED:
        assert f"(themes/{name}.png)" in page, "run: python -m tests.bench.theme_pictures"
        assert (docs / "themes" / f"{name}.png").is_file()
    assert all(f"`{role}`" in page for role in ROLES)


@pytest.mark.parametrize("depth", [Depth.TRUECOLOR, Depth.EIGHT_BIT])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_role_of_every_theme_can_be_read(name: str, depth: Depth) -> None:
    place = next(each for each in folders() if (each / f"{name}.toml").is_file())
    theme = read_theme(place / f"{name}.toml")  # it refuses what cannot be read; `load_theme` relies on this test
    if name.startswith("ansi"):
        assert not any(theme.color(role, depth) for role in ROLES), "they are the terminal's own"
        return
    least = 7.0 if name.startswith("high-contrast") else 4.5
    assert theme.least == least

    def shown(color: str) -> str:
        return shown_in_256(color) if depth is Depth.EIGHT_BIT else color

    ground = shown(theme.ground(depth))
    for role in ROLES:
        if role not in NOT_READ:
            assert contrast(shown(theme.color(role, depth)), ground) >= least, role
    if "reverse" not in theme.roles["tint"].attributes:
        for role in TINTED:
            assert contrast(shown(theme.color(role, depth)), shown(theme.color("tint", depth))) >= least, role


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("name", SHIPPED)
def test_in_sixteen_colours_every_role_can_be_read(name: str, palette: str) -> None:
    theme = load_theme(name, folders())
    for name, role in theme.roles.items():
        if name in NOT_READ or role.ansi == "default":
            continue
        ground = "#000000" if theme.dark else "#FFFFFF"
        assert contrast(in_palette(role.ansi, palette), ground) >= 4.5, f"{name}: {role.ansi}"
        assert role.ansi != "bright_black", "some palettes make it the background"


@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("name", SHIPPED)
def test_textual_takes_every_theme_at_every_depth(name: str, depth: Depth) -> None:
    made = load_theme(name, folders()).textual(depth)
    assert set(ROLES) <= set(made.to_color_system().generate()) | set(made.variables)
    if depth is Depth.NONE:
        assert {made.variables[role] for role in ROLES} == {"ansi_default"}


def test_levels_of_quotes_look_different_in_every_theme() -> None:
    for name in SHIPPED:
        theme = load_theme(name, folders())
        if theme.roles["quote"].color and theme.least < 7:
            assert len({theme.color(role) for role in ("text", "quote", "quote2", "quote3")}) >= 3, name


def test_roles_that_are_not_given_look_like_others(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, GOOD))
    assert theme.roles["flag"] == theme.roles["offline"] == theme.roles["warn"]
    assert theme.roles["quote2"] == theme.roles["muted"]
    own = read_theme(write(tmp_path, GOOD + 'flag = "#FFFFFF"\n'))
    assert own.roles["flag"].color == "#FFFFFF"
    twelve = {name: value for name, value in theme.textual().variables.items() if not name.startswith("flag")}
    assert Roles.from_variables(twelve)["flag"] == Roles.from_variables(twelve)["warn"]


def test_a_colour_of_256_that_is_not_given_is_one_that_can_be_read(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, GOOD.replace('"#8A97A5"', '"#757F8B"')))
    assert contrast(theme.color("muted", Depth.EIGHT_BIT), theme.ground(Depth.EIGHT_BIT)) >= 4.5


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
        ("quote", "quoted", "mine.toml line 13: roles.quoted"),
        ("[roles]", "dusk = 1\n[roles]", "mine.toml line 2: dusk"),
        ('"#F47F78"', "7", "mine.toml line 11: roles.bad"),
        ('ansi = "cyan"', 'ansi = "teal"', "roles.accent.ansi"),
        ("[roles]", "[roles", "mine.toml"),
        ("c256 = 79", "c256 = 235", "mine.toml line 7: roles.accent"),
        ('"#1F3A3E"', '"#8A97A5"', "mine.toml line 14: roles.tint"),
        ("[roles]", "terminal_colors = true\n[roles]", "mine.toml line 4: roles.text"),
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


def test_a_wrong_theme_does_not_keep_the_program_from_starting(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    write(tmp_path / "themes", GOOD.replace('"#F0C36A"', '"amber"'))
    theme, error = load_or_default("mine", folders(tmp_path))
    assert theme.name == DEFAULT
    assert error is not None
    assert "mine.toml line 8: roles.new" in str(error)
    assert load_or_default("nord", folders(tmp_path))[1] is None
    found = load_all(folders(tmp_path))
    assert str(found["mine"]) == str(error)
    assert set(found) == {*SHIPPED, "mine"}


def test_a_theme_of_the_users_own_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "nord.toml").write_text(GOOD)
    assert load_theme("nord", folders(tmp_path)).background == "#10151B"


TERMINAL = """\
background = "#000000"
terminal_colors = true
[roles]
text = "default"
bright = { ansi = "default", bold = true }
muted = "default"
faint = "bright_black"
accent = "cyan"
new = "bright_yellow"
good = "green"
warn = "bright_yellow"
bad = "bright_red"
link = "bright_cyan"
quote = "green"
tint = "reverse"
"""


def test_a_theme_can_be_made_of_the_terminals_own_colours(tmp_path: Path) -> None:
    theme = read_theme(write(tmp_path, TERMINAL))
    for depth in (Depth.TRUECOLOR, Depth.EIGHT_BIT, Depth.STANDARD):
        variables = theme.textual(depth).variables
        assert variables["accent"] == "ansi_cyan"
        assert variables["tint-style"] == "reverse"
        assert Roles.from_variables(variables).style("bright", tinted=True).reverse
    assert theme.textual().ansi


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        ('accent = "cyan"', 'accent = "teal"', "mine.toml line 8: roles.accent"),
        ('accent = "cyan"\n', "", "mine.toml line 3: roles"),
        ('bad = "bright_red"', 'bad = "red"', "mine.toml line 12: roles.bad"),
        ("[roles]", "paint = true\n[roles]", "mine.toml line 3: paint"),
    ],
)
def test_a_wrong_theme_of_the_terminals_colours_is_refused(tmp_path: Path, wrong: str, right: str, place: str) -> None:
    assert wrong in TERMINAL
    with pytest.raises(ConfigError) as caught:
        read_theme(write(tmp_path, TERMINAL.replace(wrong, right, 1)))
    assert place in str(caught.value)


def test_marks_follow_setting_and_locale() -> None:
    assert choose("unicode", {"TERM": "linux"}) is UNICODE
    assert choose("ascii", {"LANG": "en_GB.UTF-8"}) is ASCII
    assert choose("auto", {"LANG": "en_GB.UTF-8"}) is UNICODE
    assert choose("auto", {"LANG": "de_DE.utf8@euro"}) is UNICODE
    assert choose("auto", {"LANG": "en_GB.UTF-8", "LC_ALL": "C"}) is ASCII
    assert choose("auto", {"LANG": "en_GB.UTF-8", "TERM": "linux"}) is ASCII


def test_ascii_marks_are_ascii_and_all_are_one_cell() -> None:
    names = [name for name in vars(Marks) if not name.startswith("_")]
    assert len(names) > 20
    for marks in (ASCII, UNICODE):
        assert all(len(getattr(marks, name)) == 1 for name in names)
    assert all(getattr(ASCII, name).isascii() and name in vars(type(ASCII)) for name in names)
