"""``tidings completion``: what real shells offer, and that no name is run by them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fresh import loaded_by
from tui.cli.grammar import read
from tui.cli.parse import whole
from tui.cli.shells import SHELLS

ROOT = Path(__file__).parents[2]
EVIL = "$(touch evil) `touch evil`"
HOSTILE = ("INBOX", "In spring; touch evil", EVIL, 'it\'s \\n "all"', "wow!")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with the scripts, a file, and a program that knows two accounts and odd mailboxes."""
    (tmp_path / "letter.eml").touch()
    root = read(whole())
    for name, write in SHELLS.items():
        (tmp_path / f"script.{name}").write_text(write(root))
    program = tmp_path / "bin" / "tidings"
    program.parent.mkdir()
    lines = " ".join(shlex.quote(name) for name in HOSTILE)
    program.write_text(
        '#!/bin/sh\n[ "$1 $2" = "completion --names" ] || exit 1\n'
        f"case $3 in accounts) printf '%s\\n' home work;; mailboxes) printf '%s\\n' {lines};; esac\n"
    )
    program.chmod(0o755)
    return tmp_path


def shell(name: str, place: Path, program: str) -> list[str]:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    environment = {**os.environ, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HOME": str(place)}
    done = subprocess.run(
        [found, *(["--norc"] if name == "bash" else ["-f"] if name == "zsh" else ["--no-config"]), "-c", program],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert not (place / "evil").exists()
    return done.stdout.splitlines()


def bash(place: Path, *words: str) -> list[str]:
    line = " ".join(shlex.quote(word) for word in words)
    program = f'source ./script.bash; COMP_WORDS=(tidings {line}); COMP_CWORD={len(words)}; _tidings; printf "%s\\n" '
    return [each for each in shell("bash", place, program + '"${COMPREPLY[@]}"') if each]


def fish(place: Path, *words: str) -> list[str]:
    line = " ".join(("tidings", *words))
    offered = shell("fish", place, f"source script.fish; complete -C {shlex.quote(line)}")
    return [each.partition("\t")[0] for each in offered]


def zsh(place: Path, *words: str) -> list[str]:
    """What zsh's own functions are given: those that show it need a terminal."""
    line = " ".join(shlex.quote(word) for word in words)
    stubs = (
        "compdef() { }; compset() { PREFIX=${PREFIX#*=}; }; _files() { print -l -- *.eml(N); };"
        "compadd() { if [[ $1 == -a ]]; then print -rl -- ${(P)2}; else shift; print -rl -- $@; fi; };"
        "_describe() { print -rl -- ${${(P)${@[-1]}}%%:*}; };"
    )
    program = (
        f"{stubs} source ./script.zsh; words=(tidings {line}); CURRENT={len(words) + 1}; PREFIX=$words[-1]; _tidings"
    )
    return [each for each in shell("zsh", place, program) if each.startswith(words[-1].partition("=")[2] or words[-1])]


OFFERS = {"bash": bash, "fish": fish, "zsh": zsh}


@pytest.mark.parametrize("name", OFFERS)
def test_commands_options_choices_files_and_names_are_offered(place: Path, name: str) -> None:
    offered = OFFERS[name]
    assert offered(place, "mail") == ["mailboxes"]
    assert {"--json", "--account", "--until"} <= set(offered(place, "watch", "--"))
    assert set(offered(place, "export", "--format", "m")) == {"mbox", "maildir"}
    assert set(offered(place, "list", "--account", "")) == {"home", "work"}
    assert offered(place, "view", "let") == ["letter.eml"]
    assert offered(place, "doctor", "w") == ["work"]
    assert offered(place, "list", "--limit", "") == []


def test_the_names_of_mailboxes_are_one_word_each_and_nothing_runs(place: Path) -> None:
    assert [shlex.split(each)[0] for each in bash(place, "list", "--mailbox", "")] == list(HOSTILE)


QUOTED = {
    "In\\ ": "%s",
    "\\$": "%s",
    "$": "%s",
    "'": "'%s'",
    "'$": "'%s'",
    "'it": "'%s'",
    '"': '"%s"',
    '"\\$': '"%s"',
    '"In ': '"%s"',
}
"""What is typed in bash, and how the line stands when its shell has put in what is offered."""


@pytest.mark.parametrize("typed", QUOTED)
def test_a_name_goes_on_as_it_was_begun(place: Path, typed: str) -> None:
    found = [QUOTED[typed] % each for each in bash(place, "list", "--mailbox", typed)]
    assert found
    read_back = shell("bash", place, f"set +H; for each in {' '.join(found)}; do printf '%s\\n' \"$each\"; done")
    plain = typed.lstrip("\"'").replace("\\", "")
    might = [name for name in HOSTILE if name.startswith(plain)]
    assert read_back == [name for name in might if typed[0] != '"' or "!" not in name]  # there it is of the history


@pytest.mark.parametrize("name", ["fish", "zsh"])
def test_nothing_runs_in_the_others(place: Path, name: str) -> None:
    assert len(OFFERS[name](place, "list", "--mailbox", "")) == len(HOSTILE)


def test_an_option_and_its_value_may_be_one_word(place: Path) -> None:
    assert bash(place, "export", "--format", "=", "ei") == []
    assert bash(place, "export", "--format", "=", "em") == ["eml"]


@pytest.mark.parametrize("name", SHELLS)
def test_every_command_and_option_is_in_every_script(name: str) -> None:
    root = read(whole())
    script = SHELLS[name](root)
    for command in root.walk():
        for word in command.options:
            for each in word.names:
                fish = f"-l {each[2:]}" if each.startswith("--") else f"-s {each[1:]}"
                assert re.search(rf"(?<![\w-]){re.escape(fish if name == 'fish' else each)}(?![\w-])", script)
        assert all(each in script for each in command.path)


def test_a_key_does_not_wait_for_the_program_to_be_loaded() -> None:
    loaded = loaded_by("from tui.cli import main, completion\nmain.main(['completion', '--names', 'mailboxes'])")
    assert "tui.store.glance" in loaded
    assert not {"argparse", "asyncio", "typing", "tui.cli.parse"} & loaded


def test_nobody_is_served_without_a_shell() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "completion"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "tidings completion bash" in done.stderr
