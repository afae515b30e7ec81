"""``[[rules]]``: what is read, and what is refused with its place."""

from pathlib import Path

import pytest

from tui.config.load import load
from tui.config.rules import Rule
from tui.mail.errors import ConfigError


def read(tmp_path: Path, text: str) -> tuple[Rule, ...]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load(file).rules


def test_rules_are_read_in_their_order(tmp_path: Path) -> None:
    text = """
    [[rules]]
    name = "builds"
    query = "from:builds -subject:failed"
    mark_read = true
    move = "Builds"
    stop = true
    [[rules]]
    name = "boss"
    query = "from:ada"
    account = "work"
    flag = ["flagged", "$Boss"]
    notify = true
    exec = ["./ring", "twice"]
    """
    assert read(tmp_path, text) == (
        Rule("builds", "from:builds -subject:failed", mark_read=True, move="Builds", stop=True),
        Rule("boss", "from:ada", account="work", flag=("flagged", "$Boss"), notify=True, program=("./ring", "twice")),
    )


ONE = 'name = "x"\nquery = "from:ada"\nstop = true'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('query = "from:a"\narchive = true', "name is missing"),
        ('name = "x"\nquery = "is:blue x"\narchive = true', "is:blue is not known"),
        ('name = "x"\nquery = "from:ada"', "does nothing"),
        ('name = "x"\nquery = " "\narchive = true', "looks for nothing"),
        ('name = "x"\nquery = "from:ada"\narchive = true\nmove = "Y"', "archives it already"),
        ('name = "x"\nquery = "from:ada"\nexec = "rm -rf /"', "list of strings"),
        ('name = "x"\nquery = "from:ada"\narchvie = true', 'Did you mean "archive"?'),
        (f"{ONE}\n[[rules]]\n{ONE}", "already"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[[rules]]\n{lines}\n")
    assert said in str(caught.value)
    assert "config.toml" in str(caught.value)
