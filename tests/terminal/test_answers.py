"""Answers of the terminal never become keys."""

import pytest

from tui.terminal.answers import Answers, Color


class Heard:
    def __init__(self) -> None:
        self.widths: list[int] = []
        self.colors: list[Color] = []
        self.answers = Answers(self.widths.append, self.colors.append)

    def take(self, *texts: str) -> str:
        return "".join(map(self.answers.take, texts))


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
def test_answers_are_taken_out_of_the_keys(end: str) -> None:
    heard = Heard()
    assert heard.take(f"j\x1b[1;2Rk\x1b]11;rgb:1010/1515/ffff{end}\r") == "jk\r"
    assert (heard.widths, heard.colors) == ([1], [(16, 21, 255)])


def test_in_pieces() -> None:
    heard = Heard()
    assert heard.take("j\x1b]11;rgb:10/15", "/1b", "\x1b", "\\k") == "jk"
    assert heard.colors == [(16, 21, 27)]


def test_keys_stay_keys() -> None:
    heard = Heard()
    assert heard.take("\x1b[1;3R") == ""
    assert heard.take("\x1b[1;2R", "\x1b", "\x1b[A", "\x1bx", "\x1b[13;2R") == "\x1b[1;2R\x1b\x1b[A\x1bx\x1b[13;2R"
    assert heard.widths == [2]


def test_alt_and_a_bracket_is_not_kept_for_ever() -> None:
    heard = Heard()
    assert heard.take("\x1b]", "q") == "\x1b]q"
