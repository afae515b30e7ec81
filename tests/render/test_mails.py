"""Mails as senders make them, read as a whole: every line, in its place."""

import pytest

from tests.render import golden
from tui.mail.width import cell_width
from tui.render.lines import line_text


@pytest.mark.parametrize("name", golden.names())
def test_a_mail_reads_as_it_was_meant(name: str) -> None:
    assert golden.page(name) == golden.expected(name)


@pytest.mark.parametrize("width", [20, 40, 100, 200])
@pytest.mark.parametrize("name", golden.names())
def test_it_fits_any_width(name: str, width: int) -> None:
    for line in golden.read(name, width).lines:
        assert cell_width(line_text(line)) <= width
