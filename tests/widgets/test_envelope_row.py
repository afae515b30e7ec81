"""What is said of a row: new mail is told with the key that goes to it, where it has one."""

from dataclasses import replace

from tests.store.sample import envelope
from tui.terminal.marks import ASCII
from tui.terminal.theme import Roles
from tui.widgets.envelope_row import arrival_words
from tui.widgets.painting import Look
from tui.widgets.words import Words


def text(words: Words) -> str:
    return "".join(each for each, _ in words)


def test_new_mail_is_told_with_the_key_in_force() -> None:
    look, row = Look(Roles({}), ASCII), replace(envelope(1), subject="")
    assert [text(words) for words in arrival_words(row, look)][1] == "   g n go to it"
    look.key = {"message.newest": ", n"}.get  # type: ignore[assignment]
    said, key = arrival_words(row, look)
    assert text(key) == "   , n go to it"
    assert text(said).endswith("  (no subject)")
    look.key = lambda id: ""
    assert arrival_words(row, look) == (said, [])
