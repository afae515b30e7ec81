"""Which version of a text is read, and what has to be fetched for it."""

import pytest

from tui.mail.part import Part
from tui.render.choose import MAX_PIECES, choose, says_nothing, wanted_sections
from tui.render.lines import Mode

PLAIN = Part("1", "text/plain", size=1_000)
HTML = Part("2", "text/html", size=1_000)
BOTH = Part("", "multipart/alternative", children=(PLAIN, HTML))


def chosen(structure: Part, mode: Mode = Mode.AUTO, *, stub: bool = False) -> list[str]:
    return [piece.part.section for piece in choose(structure, mode, lambda part: stub)]


def test_one_of_two_versions() -> None:
    assert chosen(BOTH) == ["1"]
    assert chosen(BOTH, Mode.PLAIN) == ["1"]
    assert chosen(BOTH, Mode.HTML) == ["2"]
    assert chosen(BOTH, stub=True) == ["2"]
    assert chosen(BOTH, Mode.PLAIN, stub=True) == ["1"]


def test_there_is_only_one() -> None:
    assert chosen(PLAIN, Mode.HTML) == ["1"]
    assert chosen(HTML, Mode.PLAIN) == ["2"]
    assert chosen(Part("", "multipart/alternative", children=(HTML,)), Mode.PLAIN) == ["2"]


def test_html_with_its_pictures() -> None:
    picture = Part("2.2", "image/png", content_id="x")
    page = Part("2.1", "text/html", content_id="root")
    related = Part("2", "multipart/related", {"start": "<root>"}, children=(picture, page))
    assert chosen(Part("", "multipart/alternative", children=(PLAIN, related)), Mode.HTML) == ["2.1"]


def test_all_texts_of_a_mixed_message_and_no_files() -> None:
    file = Part("2", "text/plain", filename="a.txt", disposition="attachment")
    footer = Part("3", "text/plain")
    assert chosen(Part("", "multipart/mixed", children=(PLAIN, file, footer))) == ["1", "3"]
    assert chosen(file) == ["2"]


def test_signed_and_encrypted() -> None:
    signature = Part("2", "application/pgp-signature")
    assert chosen(Part("", "multipart/signed", children=(PLAIN, signature))) == ["1"]
    assert chosen(Part("", "multipart/encrypted", children=(Part("1", "application/pgp-encrypted"), signature))) == []


def test_enclosed_messages_down_to_a_depth() -> None:
    part = Part("1.1.1.1.1", "text/plain")
    for depth in range(5, 0, -1):
        part = Part(".".join("1" * depth), "message/rfc822", children=(part,))
    assert chosen(part) == ["1", "1.1", "1.1.1"]


def test_pieces_are_bounded() -> None:
    many = tuple(Part(str(number), "text/plain") for number in range(1, 1_000))
    assert len(chosen(Part("", "multipart/mixed", children=many))) == MAX_PIECES


def test_small_versions_are_fetched_along() -> None:
    assert wanted_sections(BOTH) == ["1", "2"]
    large = Part("2", "text/html", size=10_000_000)
    assert wanted_sections(Part("", "multipart/alternative", children=(PLAIN, large))) == ["1"]
    enclosed = Part("2", "message/rfc822", children=(Part("2.1", "text/plain"),))
    assert wanted_sections(Part("", "multipart/mixed", children=(PLAIN, enclosed))) == ["1", "2.HEADER", "2.1"]


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("", True),
        ("https://a.example/view?x=1", True),
        ("Your mail program does not support HTML. Look here: https://a.example", True),
        ("View this email in your browser", True),
        ("Hello Ada, the drawings are on the shelf.", False),
        ("This is an HTML version of a long letter. " + "Words that say something. " * 20, False),
    ],
)
def test_a_pointer_to_the_html_is_no_text(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing
