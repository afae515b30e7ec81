"""The index of the commands says what their decorators say, and is all that a start needs of them."""

import importlib

from tests.commands.index import index
from tests.fresh import loaded_by
from tui.commands.registry import INDEX


def test_the_index_is_what_the_decorators_say() -> None:
    assert INDEX.read_text("utf-8") == index(), "run: python -m tests.commands.index"


def test_what_the_index_names_is_there() -> None:
    for line in INDEX.read_text("utf-8").splitlines():
        _, area, function, *_ = line.split("\t")
        assert callable(getattr(importlib.import_module(f"tui.commands.{area}"), function))


def test_no_area_is_loaded_before_its_command_is_used() -> None:
    program = "import tui.commands.registry as r\nr.get_command('message.next').perform(None)"
    loaded = loaded_by(f"try:\n  {program!r}\n  exec({program!r})\nexcept AttributeError: pass")
    assert {"tui.commands.navigate"} == {each for each in loaded if each.startswith("tui.commands.n")}
    assert not {"tui.commands.compose", "tui.screens.compose", "tui.commands.app"} & loaded
