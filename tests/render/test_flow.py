"""Text laid into a width: the quick roads lead to where the long ones do."""

from hypothesis import given
from hypothesis import strategies as st

from tui.render import bounded, flow
from tui.render.lines import Line, Span, Style, line_text

WORDS = st.lists(
    st.sampled_from(["a", "two", "longer", "Grüße", "x\xa0y", "—", "unbreakableword" * 2, "", "名前", "e\u0301"])
)
PREFIXES: list[Line] = [(), (Span("> ", Style.QUOTE),), (Span("  "), Span("1. ", Style.MUTED))]


@given(WORDS, st.integers(8, 40), st.sampled_from(PREFIXES), st.sampled_from(PREFIXES))
def test_lines_of_narrow_text_are_those_made_word_by_word(
    words: list[str], width: int, first: Line, rest: Line
) -> None:
    runs = [Span(" ".join(words), Style.LINK, 3)]
    rooms = [max(width - flow.line_cells(each), flow.MIN_WIDTH) for each in (first, rest)]
    if flow.line_cells((*first, *runs)) > width:
        assert flow.wrap(runs, width, first, rest) == flow._wrap_words(runs, first, rest, *rooms)


@given(WORDS, st.integers(8, 40), st.lists(st.integers(1, 30), max_size=4))
def test_styles_change_no_line(words: list[str], width: int, places: list[int]) -> None:
    text = " ".join(words)
    cuts = sorted({0, len(text), *(place for place in places if place < len(text))})
    runs = [
        Span(text[start:end], style)
        for start, end, style in zip(
            cuts, cuts[1:], [Style.TEXT, Style.STRONG, Style.TEXT, Style.CODE, Style.TEXT], strict=False
        )
    ]
    plain = [line_text(line) for line in flow.wrap([Span(text)], width)]
    assert [line_text(line) for line in flow.wrap(runs, width)] == plain


TAGS = st.sampled_from(
    ["<b>", "</b>", "<DIV>", "</div>", "<td>", "</TD>", "<p>", "<a href=x>", "</a>", "<x", "text", "</u>"]
)


@given(st.lists(st.tuples(TAGS, st.sampled_from((1, 15, 17, 399, 402))), max_size=8), st.integers(0, 1500))
def test_what_is_not_deep_loses_nothing(tags: list[tuple[str, int]], attributes: int) -> None:
    html = "".join(tag * times for tag, times in tags) + f"<p {'a=b ' * attributes}>"
    if not bounded._is_deep(html):
        assert bounded._cut(html) == (html, False)
