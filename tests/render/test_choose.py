"""Which version of a text is read, and what has to be fetched for it."""

import pytest

from tui.mail.part import Part
from tui.render.choose import MAX_PIECES, choose, html_words, says_nothing, stands_in, wanted_sections
from tui.render.lines import Mode

PLAIN = Part("1", "text/plain", size=1_000)
HTML = Part("2", "text/html", size=1_000)
BOTH = Part("", "multipart/alternative", children=(PLAIN, HTML))


def chosen(structure: Part, mode: Mode = Mode.AUTO, *, stub: bool = False) -> list[str]:
    return [piece.part.section for piece in choose(structure, mode, lambda part, html: stub)]


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
        ("This newsletter is best read as a web page. https://a.example", True),
        ("Having trouble viewing this mail? Click here.", True),
        ("Hello Ada, the drawings are on the shelf.", False),
        ("This is an HTML version of a long letter. " + "Words that say something. " * 20, False),
    ],
)
def test_a_pointer_to_the_html_is_no_text(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


LETTER = "<html><style>p { color: red }</style><p>" + "Many words of news for you. " * 60 + "</p></html>"


@pytest.mark.parametrize(
    ("text", "html", "only_stands_in"),
    [
        ("The tide tables for November", LETTER, True),
        ("Thank you, that is just what I needed.", "<p>Thank you, that is just what I needed.</p>", False),
        ("Yes.", "<p>Yes.</p><p>" + "On Monday you wrote. " * 15 + "</p>", False),
        ("Words of a real letter that go on for a while. " * 6, LETTER, False),
        ("It is done.", "<style>" + "word " * 5_000 + "</style>It is done.", False),
        ("It is done.", "<!-- " + "word " * 5_000 + "-->It is done.<script>" + "word " * 5_000, False),
    ],
)
def test_a_title_of_the_html_is_no_text(text: str, html: str, only_stands_in: bool) -> None:
    assert stands_in(text, html) is only_stands_in


def test_words_of_hostile_html_are_counted_in_no_time() -> None:
    assert html_words("<style" * 200_000) == 0
    assert html_words("<" * 500_000) < 10
    assert html_words("&amp;" * 100_000 + "word") < 10
    assert html_words("\u0130" * 10 + "<STYLE>words in it</STYLE>") > 0  # grows when it is folded
