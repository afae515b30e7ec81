"""Quotations folded: a line says how much, answers and what they answer stay, and every line comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import golden
from tui.mail.parse import parse_message
from tui.render.folds import fold, quote_levels
from tui.render.lines import Page, Style, line_text
from tui.render.message import render_message


def plain(text: str, width: int = 78) -> Page:
    return render_message(parse_message(b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode()), width)


def shown(page: Page, opened: int = 0) -> list[str]:
    return [line_text(line) for line in fold(page.lines, page.levels, opened)]


def quoted(count: int, marks: str = "> ") -> str:
    return "".join(f"{marks}line {number}\n" for number in range(count))


def test_what_is_quoted_below_is_one_line() -> None:
    page = plain("Yes.\n\nOn Monday Ada wrote:\n" + quoted(9) + quoted(3, ">> "))
    assert shown(page) == ["Yes.", "", "On Monday Ada wrote:", "> [12 quoted lines, 2 levels]"]
    assert shown(page, 1)[3:] == [*quoted(9).split("\n")[:-1], *quoted(3, ">> ").split("\n")[:-1]]
    assert shown(page, 2) == [line_text(line) for line in page.lines]


def test_level_by_level() -> None:
    page = plain("Yes.\n\n> On Monday Ada wrote:\n" + quoted(6) + quoted(7, ">> "))
    assert shown(page)[2:] == ["> On Monday Ada wrote:", "> [13 quoted lines, 2 levels]"]
    assert shown(page, 1)[-2:] == ["> line 5", ">> [7 quoted lines]"]


def test_answers_stay_with_what_they_answer() -> None:
    page = plain("On Monday Ada wrote:\n" + quoted(30) + "\nNo.\n\n> short\n\nYes.\n\n" + quoted(20) + "\n-- \nCharles")
    assert shown(page) == [
        "On Monday Ada wrote:",
        "> [24 quoted lines]",
        *[f"> line {number}" for number in range(24, 30)],
        *("", "No.", "", "> short", "", "Yes.", "", "> [20 quoted lines]", "", "--", "Charles"),
    ]


def test_the_footer_of_a_list_is_no_answer() -> None:
    footer = "_______________________________________________\nplates mailing list\nhttps://lists.example/plates\n"
    assert shown(plain("Yes.\n\n" + quoted(20) + footer))[2] == "> [20 quoted lines]"


HEADS = {
    "English": "From: Ada <ada@a.example>\nSent: Monday\nTo: Charles\nSubject: Mill",
    "with marks": "-----Original Message-----\nFrom: Ada\nSent: Monday\nTo: Charles\nSubject: Mill",
    "marks alone": "-----Original Message-----\nAda says",
    "German": "Von: Ada\nGesendet: Montag\nAn: Charles\nBetreff: Mühle",
    "French": "De : Ada\nEnvoyé : lundi\nÀ : Charles\nObjet : Moulin",
    "Spanish": "De: Ada\nEnviado el: lunes\nPara: Charles\nAsunto: Molino",
    "Japanese": "差出人: Ada\n送信日時: 2026年11月\n宛先: Charles\n件名: 工場",
    "bold": "*From:* Ada\n*Sent:* Monday\n*To:* Charles\n*Subject:* Mill",
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_of_a_chain_are_known(name: str) -> None:
    page = plain(f"Yes.\n\n{HEADS[name]}\n\n" + "What does it cost?\n" * 6)
    assert set(page.levels) == {0, 1}
    assert shown(page)[-1].startswith("[")
    assert "What does it cost?" not in shown(page)


def test_each_mail_of_a_chain_is_a_level() -> None:
    page = golden.read("outlook-chain")
    assert max(page.levels) == 2
    assert shown(page)[-2:] == ["From: Robert Stephenson <robert@rails.example>", "[20 quoted lines, 2 levels]"]
    assert shown(page, 1)[-2:] == ["Von: Isambard Brunel <isambard@bridges.example>", "[7 quoted lines]"]


@pytest.mark.parametrize(
    "text",
    [
        HEADS["English"] + "\n\nThe mail itself\n" * 9,
        "See below.\n\n---------- Forwarded message ---------\n" + HEADS["English"] + "\n\nThe mail itself\n" * 9,
        "From: here it is far\n" + "words\n" * 20 + "Sent: never\nSubject: none\n",
    ],
)
def test_what_is_forwarded_or_only_looks_so_stays(text: str) -> None:
    assert plain(text).levels == ()


def test_pages_that_take_too_long_to_fold_are_whole() -> None:
    assert plain("Yes.\n" + quoted(5_100)).levels == ()


def test_patches_are_no_quotations() -> None:
    page = plain("See:\n@@ -1,6 +1,6 @@\n" + "->  a\n" * 6 + "+>  b\n" * 6)
    assert page.levels == ()


def test_links_below_stay_and_a_fold_is_muted() -> None:
    page = golden.read("outlook")
    folded = fold(page.lines, page.levels)
    assert line_text(folded[-1]).startswith("[1] eur02.safelinks")
    assert next(line for line in folded if "quoted lines]" in line_text(line))[-1].style is Style.MUTED


@pytest.mark.parametrize("name", ["apple-reply", "gmail-reply", "outlook-web"])
def test_own_words_are_never_folded(name: str) -> None:
    page = golden.read(name)
    own = [line for line, level in zip(page.lines, page.levels, strict=False) if not level]
    assert own
    assert set(own) <= set(fold(page.lines, page.levels))


@given(st.lists(st.sampled_from(["", "x", "> a", ">> b", ">>> c", "-- ", "From: a", "Sent: b", "Subject: c"])))
def test_nothing_is_lost(lines: list[str]) -> None:
    page = plain("\n".join(lines))
    levels = quote_levels(page.lines)
    assert fold(page.lines, levels, max(levels, default=0)) == page.lines
    for opened in range(3):
        kept = fold(page.lines, levels, opened)
        gone = sum(
            int(text[text.index("[") + 1 :].split()[0]) - 1 for text in map(line_text, kept) if " quoted lines" in text
        )
        assert len(kept) + gone == len(page.lines)
