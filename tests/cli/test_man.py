"""``tidings man``: groff has nothing to say about it, and nothing of the command line is missing."""

import re
import shutil
import subprocess

import pytest

from tui.cli.grammar import read
from tui.cli.man import page, roff
from tui.cli.parse import whole


def rendered(text: str) -> str:
    for argv in (["groff", "-man", "-Tutf8", "-ww", "-P-c"], ["man", "--warnings=w", "-l", "-"]):
        if shutil.which(argv[0]):
            done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            return " ".join(re.sub(r"(?:\x1b\[[\d;]*m|.\x08)", "", done.stdout).replace("‐\n", "-").split())
    pytest.skip("neither groff nor man is installed")


def test_every_command_and_option_is_in_the_page() -> None:
    root = read(whole())
    text = rendered(page(root))
    for command in root.walk():
        start = text.index(f" tidings {' '.join(command.path)} ") if command.path else 0
        for word in command.options:
            assert text.find(word.names[-1], start) >= 0, (command.path, word.names)
    for title in ("EXIT STATUS", "FILES", "ENVIRONMENT"):
        assert title in text


def test_the_page_holds_every_option_of_every_command_in_its_own_section() -> None:
    sections = page(read(whole())).split(".SS ")[1:]
    for command, section in zip(read(whole()).walk()[1:], sections, strict=True):
        for word in (*command.options, *command.operands):
            assert all(f"\\fB{roff(name)}\\fR" in section for name in word.names), (command.path, word)
            assert f"\n{roff(word.says or ' '.join(word.choices))}\n" in section, (command.path, word)


@pytest.mark.parametrize("text", [".dot", "a\\b", "it's `x` -- ~ ^ …", "%d \\fB"])
def test_a_text_is_printed_as_it_is(text: str) -> None:
    assert text in rendered(f'.TH X 1 "" "" ""\n.SH A\n{roff(text)}\n')
