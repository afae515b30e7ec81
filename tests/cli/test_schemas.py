"""Every subcommand with ``--json`` has a schema in docs/schema, and no schema is left over."""

import argparse
import importlib

import pytest

from tests.schema import FOLDER, problems, schema_of
from tui.cli.parse import COMMANDS

OF_ACTS = {"outbox-act", "sieve-act", "sieve-show"}
"""What one subcommand prints in two ways."""


def json_commands() -> set[str]:
    found = set()
    for command in COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"tui.cli.{command.replace('-', '_')}").add_arguments(parser)
        if "--json" in parser._option_string_actions:
            found.add(command)
    return found


def test_there_is_one_for_every_subcommand_with_json() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == json_commands() | OF_ACTS


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.iterdir()))
def test_each_can_be_understood_and_says_no_to_what_is_wrong(name: str) -> None:
    schema = schema_of(name)
    assert schema["title"]
    assert problems(schema, {"surprise": 1})
    assert problems(schema, [])


def test_every_one_is_told_of_in_the_documentation() -> None:
    text = (FOLDER.parent / "scripting.md").read_text()
    assert [file.name for file in FOLDER.iterdir() if f"schema/{file.name}" not in text] == []
