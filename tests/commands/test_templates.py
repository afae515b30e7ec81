"""Mails begun before they are written."""

from pathlib import Path

from tui.commands.templates import begun, filled, texts
from tui.mail.address import Address
from tui.mail.compose import empty_draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName

ME = Identity(AccountName("work"), Address("Ada Lovelace", "ada@example.org"), "Ada")


def test_fields_text_and_variables() -> None:
    template = (
        "To: Grace Hopper <grace@navy.example>\nsubject: For {first_name}\n\nDear {name},\n{unknown} {my_address}\n"
    )
    draft = begun(template, empty_draft(ME))
    assert [str(each) for each in draft.to] == ["Grace Hopper <grace@navy.example>"]
    assert draft.subject == "For Grace"
    assert draft.body == "Dear Grace Hopper,\n{unknown} ada@example.org\n\n\n-- \nAda\n"


def test_a_text_without_fields_is_a_text() -> None:
    assert begun("Note: this\n\nis it", empty_draft(ME)).body.startswith("Note: this\n\nis it")
    assert filled("{name}{to}", empty_draft(ME)) == ""


def test_texts_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "thanks.txt").write_text("Thank you\x1b[31m\n")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "more").mkdir()
    assert texts(tmp_path) == {"thanks": "Thank you\ufffd[31m"}
    assert texts(tmp_path / "none") == {}
