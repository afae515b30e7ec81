"""The README's key table is the registry's."""

import pytest

from tests.commands.key_table import BEGIN, END, README, key_table, with_table


def test_the_readme_shows_the_keys_in_force() -> None:
    readme = README.read_text("utf-8")
    assert readme == with_table(readme), "run: python -m tests.commands.key_table"


def test_the_table_goes_between_the_markers_and_nowhere_else() -> None:
    written = with_table(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    assert written == f"above\n{BEGIN}\n{key_table()}\n{END}\nbelow\n"
    assert "`message.archive`" in written


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="keys"):
        with_table("nothing here")
