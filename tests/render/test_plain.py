"""text/plain: quotes, signature, patches and addresses are seen; the words stay what they are."""

import pytest

from tui.render.lines import Line, Style, line_text
from tui.render.links import LinkList
from tui.render.plain import layout_plain


def lay(text: str, width: int = 40, links: LinkList | None = None, *, flowed: bool = False) -> list[Line]:
    return layout_plain(text, width, LinkList() if links is None else links, flowed=flowed)


def texts(lines: list[Line]) -> list[str]:
    return [line_text(line) for line in lines]


def styles(lines: list[Line]) -> list[Style | None]:
    return [line[-1].style if line else None for line in lines]


def test_fixed_lines_are_wrapped_only_where_they_must_be() -> None:
    assert texts(lay("One\ntwo  three\n\n" + "word " * 10)) == [
        "One",
        "two  three",
        "",
        "word word word word word word word word",
        "word word",
    ]


def test_indents_and_list_marks_hang() -> None:
    assert texts(lay("  - " + "word " * 9)) == ["  - word word word word word word word", "    word word"]
    assert texts(lay("12. " + "word " * 9)) == ["12. word word word word word word word", "    word word"]


def test_flowed_paragraphs_are_made_again() -> None:
    flowed = "A paragraph in \nthree \nlines.\nAnother.\n> Quoted \n> words.\n  stuffed\n-- \nAda"
    assert texts(lay(flowed, flowed=True)) == [
        "A paragraph in three lines.",
        "Another.",
        "> Quoted words.",
        " stuffed",
        "--",
        "Ada",
    ]
    assert texts(lay("a \nb"))[:2] == ["a", "b"]


def test_delsp_joins_without_a_space() -> None:
    assert texts(layout_plain("日本 \n語", 40, LinkList(), flowed=True, delsp=True)) == ["日本語"]


def test_quotes_keep_their_marks_on_every_line() -> None:
    lines = lay("> One\n> > Two " + "word " * 9 + "\n>>> Three\nmine")
    assert texts(lines) == [
        "> One",
        ">> Two word word word word word word",
        ">> word word word",
        ">>> Three",
        "mine",
    ]
    assert styles(lines) == [Style.QUOTE, Style.QUOTE2, Style.QUOTE2, Style.QUOTE3, Style.TEXT]


def test_deep_quotes_leave_room_for_words() -> None:
    for line in lay(">" * 500 + " words that are quoted far too often to be read by anybody", 30):
        assert len(line_text(line)) <= 30


def test_the_signature_is_told_apart() -> None:
    lines = lay("text\n-- \nAda\nCountess")
    assert styles(lines) == [Style.TEXT, Style.SIGNATURE, Style.SIGNATURE, Style.SIGNATURE]
    assert styles(lay("text\n> -- \n> Ada"))[-1] is Style.QUOTE
    assert styles(lay("--\n" + "line\n" * 100))[-1] is Style.TEXT


def test_patches_are_not_wrapped_by_words() -> None:
    patch = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n-old  and   spaced\n+new\nafter"
    lines = lay(patch)
    assert texts(lines) == patch.split("\n")
    assert styles(lines)[3:] == [Style.ACCENT, Style.CODE, Style.BAD, Style.GOOD, Style.TEXT]


def test_addresses_become_links() -> None:
    links = LinkList()
    lines = lay("See https://a.example/x, (www.b.example) and <mailto:c@d.example>.", 80, links)
    assert texts(lines) == ["See https://a.example/x, (www.b.example) and <mailto:c@d.example>."]
    assert [span.text for span in lines[0] if span.link] == [
        "https://a.example/x",
        "www.b.example",
        "mailto:c@d.example",
    ]
    assert [link.host for link in links.links] == ["a.example", "www.b.example", "c@d.example"]


def test_blank_lines_at_the_ends_go_and_many_are_few() -> None:
    assert texts(lay("\n\n\none\n\n\n\n\n\n\n\ntwo\n\n\n")) == ["one", "", "", "", "two"]


def test_wide_characters_are_counted_by_cells() -> None:
    assert texts(lay("日本語のお客様へ", 8)) == ["日本語の", "お客様へ"]


@pytest.mark.parametrize("tabbed", ["a\tb", "\tx", "> \tx"])
def test_tabs_become_spaces(tabbed: str) -> None:
    assert "\t" not in texts(lay(tabbed))[0]
