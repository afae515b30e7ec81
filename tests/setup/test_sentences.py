"""The doctor's sentences are data: each can be filled in, ends as a sentence does, and lets nothing through."""

import ast
import re
from pathlib import Path

import pytest

from tui.setup.sentences import SENTENCES, fields, say

SETUP = Path(__file__).parents[2] / "tui" / "setup"


@pytest.mark.parametrize("key", SENTENCES)
def test_every_sentence_can_be_said(key: str) -> None:
    fact, advice, brief = say(key, **dict.fromkeys(fields(key), "x"))
    assert fact
    assert brief
    assert "{" not in fact + advice + brief
    for sentence in filter(None, (SENTENCES[key].fact, SENTENCES[key].advice)):
        assert sentence.endswith((".", "?", "!", "}")), sentence
        assert len(sentence) < 160


def test_every_sentence_is_said_somewhere_and_no_other() -> None:
    written = "\n".join(file.read_text("utf-8") for file in SETUP.glob("*.py") if file.name != "sentences.py")
    strings = {node.value for node in ast.walk(ast.parse(written_together())) if isinstance(node, ast.Constant)}
    built = {f"{key}-works" for key in ("tcp-refused", "tcp-silence")} | {"envelope-sender"}
    assert set(SENTENCES) - strings - built - {"envelope-size"} == set()
    assert re.search(r"self\.check\(", written)


def written_together() -> str:
    """Return the code of the room without its table of sentences."""
    return "\n".join(
        re.sub(r"from __future__ import annotations", "", file.read_text("utf-8"))
        for file in SETUP.glob("*.py")
        if file.name != "sentences.py"
    )


def test_what_a_server_says_is_cleaned_and_no_format() -> None:
    fact, _, _ = say("login-later", at="x:1", words="{user} \x1b[31m evil\r\nline")
    assert "{user}" in fact
    assert fact.isprintable()


def test_a_sentence_ends_where_a_server_forgot_it() -> None:
    assert say("envelope-sender", at="x:1", address="a@b", words="not yours", cure="Ask.")[0].endswith("not yours.")
