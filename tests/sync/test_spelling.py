"""Spelling through the pipe of ispell: a program that speaks as hunspell and aspell do."""

import sys
from pathlib import Path

import pytest

from tui.mail.errors import MailError
from tui.sync.spelling import Misspelt, misspelt

PROGRAM = """\
#!{python}
import sys
print("@(#) International Ispell")
for line in sys.stdin:
    word = line.strip().removeprefix("^")
    if word == "recieve":
        print("& recieve 2 1: receive, relieve")
    elif word == "xqz":
        print("# xqz 1")
    else:
        print("*")
    print()
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "hunspell"
    file.write_text(PROGRAM.format(python=sys.executable))
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return file


async def test_words_are_told_once(program: Path) -> None:
    text = "I recieve it, recieve! xqz http://recieve.example/xqz me@xqz.example 42"
    assert await misspelt(text) == [Misspelt("recieve", ("receive", "relieve")), Misspelt("xqz", ())]
    assert await misspelt("42 %") == []


async def test_a_program_that_fails_is_told(program: Path) -> None:
    fail(program)
    with pytest.raises(MailError, match="no dictionary xx_XX"):
        await misspelt("word", "xx_XX")


async def test_no_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MailError, match="installed"):
        await misspelt("word")


def fail(program: Path) -> None:
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no dictionary xx_XX')\n")
