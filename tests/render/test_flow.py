"""Text laid into a width: the quick roads lead to where the long ones do."""

from hypothesis import given
from hypothesis import strategies as st

from tui.render import bounded, flow
from tui.render.lines import Line, Span, Style, line_text

WORDS = st.lists(
    st.sampled_from(["a", "two", "longer", "Grüße", "x\xa0y", "—", "unbreakableword" * 2, "", "名前", "e\u0301"])
)
PREFIXES: list[Line] = [(), (Span("> ", Style.QUOTE),), (Span("  "), Span("1. ", Style.MUTED))]


ROLES = [Style.TEXT, Style.LINK, Style.LINK, Style.TEXT, Style.CODE]


def runs_of(text: str, places: list[int]) -> list[Span]:
    """Return a text in several runs, some neighbours of one style."""
    cuts = sorted({0, len(text), *(place for place in places if place < len(text))})
    return [
        Span(text[start:end], style, int(style is Style.LINK))
        for start, end, style in zip(cuts, cuts[1:], ROLES, strict=False)
    ]


@given(WORDS, st.lists(st.integers(1, 60), max_size=4), st.integers(8, 40), *[st.sampled_from(PREFIXES)] * 2)
def test_lines_of_narrow_text_are_those_made_word_by_word(
    words: list[str], places: list[int], width: int, first: Line, rest: Line
) -> None:
    runs = runs_of(" ".join(words), places)
    rooms = [max(width - flow.line_cells(each), flow.MIN_WIDTH) for each in (first, rest)]
    if flow.line_cells((*first, *runs)) > width:
        assert flow.wrap(runs, width, first, rest) == flow._wrap_words(runs, first, rest, *rooms)


@given(WORDS, st.integers(8, 40), st.lists(st.integers(1, 60), max_size=4))
def test_styles_change_no_line(words: list[str], width: int, places: list[int]) -> None:
    text = " ".join(words)
    plain = [line_text(line) for line in flow.wrap([Span(text)], width)]
    assert [line_text(line) for line in flow.wrap(runs_of(text, places), width)] == plain


TAGS = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<DIV>",
        "</div>",
        "<td>",
        "</TD>",
        "<p>",
        "<a href=x>",
        "</a>",
        "<x",
        "text",
        "</u>",
        "<b><td </b>",
    ]
)


@given(st.lists(st.tuples(TAGS, st.sampled_from((1, 15, 17, 399, 402))), max_size=8), st.integers(0, 1500))
def test_what_is_not_deep_loses_nothing(tags: list[tuple[str, int]], attributes: int) -> None:
    html = "".join(tag * times for tag, times in tags) + f"<p {'a=b ' * attributes}>"
    if not bounded._is_deep(html):
        assert bounded._cut(html) == (html, False)
