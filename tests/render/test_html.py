"""HTML walked: headings, lists, tables, quotations, links and pictures keep their meaning; nothing else gets out."""

import pytest

from tui.render.html import HtmlText, layout_html
from tui.render.lines import Span, Style, line_text
from tui.render.links import LinkList


def lay(html: str, width: int = 40, links: LinkList | None = None) -> HtmlText:
    return layout_html(html, width, LinkList() if links is None else links)


def text(html: str, width: int = 40) -> str:
    return "\n".join(line_text(line) for line in lay(html, width).lines)


def spans(html: str) -> list[Span]:
    return [span for line in lay(html).lines for span in line]


LAID = {
    "paragraphs": ("<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
    "divisions": ("<div>One</div><div>Two</div>", "One\nTwo"),
    "a line break": ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
    "headings": ("<h1>Big</h1>text<h3>Small</h3>text", "Big\n\ntext\n\nSmall\n\ntext"),
    "a rule": ("a<hr>b", "a\n\n" + "─" * 40 + "\n\nb"),
    "a list": ("<ul><li>One<li>Two</ul>", "  • One\n  • Two"),
    "a numbered list": ("<ol start=9><li>One<li>Two<li value=3>Three</ol>", "  9. One\n  10. Two\n  3. Three"),
    "a list in a list": (
        "<ul><li>One<ol><li>Inner</ol><li>Two</ul>",
        "  • One\n      1. Inner\n  • Two",
    ),
    "a long item": (
        "<ul><li>" + "word " * 10 + "</ul>",
        "  • word word word word word word word\n    word word word",
    ),
    "terms": ("<dl><dt>Term<dd>What it means</dl>", "Term\n    What it means"),
    "preformatted": ("<pre>a  b\n  c\n\nd</pre>", "a  b\n  c\n\nd"),
    "a quotation": ("<blockquote>One<blockquote>Two</blockquote></blockquote>", "> One\n>\n>> Two"),
    "an indent": ('<blockquote style="border:none">One</blockquote>', "    One"),
    "exponents": ("n<sup>2</sup> and a note<sup>[3]</sup>", "n^2 and a note[3]"),
    "struck out": ("was <s>5</s> 4", "was ~~5~~ 4"),
    "a short quotation": ("she said <q>yes</q>", "she said “yes”"),
    "no-break spaces": ("a&nbsp;&nbsp;&nbsp;b", "a  b"),
    "soft hyphens": ("soft&shy;hyphen", "softhyphen"),
    "words joined over elements": ("one<b>two</b>three", "onetwothree"),
    "entities": ("&lt;b&gt; &amp;amp; &#27;[31m &euro;", "<b> &amp; \ufffd[31m €"),
    "a form": ("<form>Search <input value=x><select><option>y</select></form>", "Search"),
    "unknown elements": ("<foo-bar>One</foo-bar>", "One"),
    "never closed": ("<p><b><i>One", "One"),
    "nothing": ("", ""),
    "white space": (" \n \t ", ""),
}


@pytest.mark.parametrize("name", LAID)
def test_how_it_is_laid(name: str) -> None:
    html, expected = LAID[name]
    assert text(html) == expected


@pytest.mark.parametrize(
    ("html", "style"),
    [
        ("<h2>x</h2>", Style.HEADING),
        ("<b>x</b>", Style.STRONG),
        ('<span style="font-weight:700">x</span>', Style.STRONG),
        ("<em>x</em>", Style.EMPHASIS),
        ("<code>x</code>", Style.CODE),
        ("<pre>x</pre>", Style.CODE),
        ('<a href="https://a.example">x</a>', Style.LINK),
        ('<div class="gmail_signature">x</div>', Style.SIGNATURE),
        ("<h1><b>x</b></h1>", Style.HEADING),
        ('<b style="font-weight:normal">x</b>', Style.STRONG),
        ("x", Style.TEXT),
    ],
)
def test_what_is_styled(html: str, style: Style) -> None:
    assert next(span for span in spans(html) if "x" in span.text).style is style


def test_quotations_in_turn_have_their_styles() -> None:
    found = {span.text[-1:]: span.style for span in spans("<blockquote>a<blockquote>b<blockquote>c")}
    assert [found[word] for word in "abc"] == [Style.QUOTE, Style.QUOTE2, Style.QUOTE3]


INVOICE = """<table><tr><th>Item<th>Qty<th>Amount
<tr><td>Cards<td align=right>12<td align=right>222.00&nbsp;€
<tr><td>Rolls of blue paper<td align=right>3<td align=right>1,123.00&nbsp;€
<tr><td colspan=2 align=right>Total<td align=right>1,345.00&nbsp;€</table>"""


def test_invoice_lines_stay_in_columns() -> None:
    assert text(INVOICE).split("\n") == [
        "Item                  Qty       Amount",
        "─" * 38,
        "Cards                  12     222.00 €",
        "Rolls of blue paper     3   1,123.00 €",
        "                    Total   1,345.00 €",
    ]


def test_a_table_that_does_not_fit_is_read_in_order() -> None:
    row = "<tr>" + "".join(f"<td>cell{number} of the table" for number in range(6))
    laid = text(f"<table>{row}{row}</table>", 24)
    assert all(len(line) <= 24 for line in laid.split("\n"))
    assert [word for word in laid.split() if word.startswith("cell")] == [f"cell{number}" for number in range(6)] * 2


def test_layout_tables_become_text() -> None:
    html = """<table><tr><td><table><tr><td>The first column has so many words that nobody takes it for a figure.
    <td>The second column is just as long, and stands beside it on paper only.</table>
    <tr><td><p>Below both.</p></table>"""
    lines = text(html, 60).split("\n")
    assert lines[0].startswith("The first column")
    assert " ".join(lines).index("figure.") < " ".join(lines).index("The second")
    assert lines[-1] == "Below both."


def test_a_menu_stays_on_one_line() -> None:
    assert text("<table><tr><td>News<td>Tides<td>Market</table>") == "News   Tides   Market"


def test_links_are_numbered_where_they_stand() -> None:
    links = LinkList()
    one = '<a href="https://a.example/x">{}</a>'
    laid = lay(f'{one.format("one")} <a href="//b.example">two</a> {one.format("1")}', links=links)
    assert line_text(laid.lines[0]) == "one [1] two [2] 1 [1]"
    assert [link.url for link in links.links] == ["https://a.example/x", "https://b.example"]
    assert {span.link for span in laid.lines[0]} == {0, 1, 2}


REFUSED = [
    *("javascript:alert(1)", "JaVaScRiPt&colon;x", " data:text/html,x", "file:///etc/passwd", "vbscript:x"),
    *("smb://x/y", "java\nscript:x", "&#1;javascript:x", "view-source:https://a.example"),
]


@pytest.mark.parametrize("scheme", REFUSED)
def test_other_schemes_are_words_only(scheme: str) -> None:
    links = LinkList()
    laid = lay(f'<a href="{scheme}">click</a>', links=links)
    assert line_text(laid.lines[0]) == "click"
    assert (links.links, links.refused) == ([], 1)


def test_a_link_that_lies_is_doubted() -> None:
    links = LinkList()
    lay('<a href="https://evil.example/login">https://bank.example/login</a>', links=links)
    assert links.links[0].host == "evil.example"
    assert links.links[0].warning == "the text says bank.example"


def test_a_link_without_words_names_its_host() -> None:
    one = '<a href="https://a.example/x">{}</a>'
    picture = '<img src="cid:1">'
    assert text(one.format(picture)) == "a.example [1]"
    assert text(one.format('<img src="cid:1" alt="Shop">')) == "[Shop] [1]"
    assert text(one.format("") + "x") == "x"
    assert text(one.format(picture) + one.format("Shop")) == "Shop [1]"


def test_a_mail_address_needs_no_number() -> None:
    assert text('<a href="mailto:a@b.example?subject=x">a@b.example</a>') == "a@b.example"


def test_pictures_are_their_words_and_remote_ones_are_counted() -> None:
    laid = lay(
        '<img src="https://a.example/1.png" alt="A cat"> <img src="cid:1" alt="B"> <img src="//a.example/2.gif">'
    )
    assert line_text(laid.lines[0]) == "[A cat] [B]"
    assert laid.remote == 2
    assert lay('<table background="https://a.example/x.png"><tr><td>x</table>').remote == 1
    assert lay('<div style="background:url(https://a.example/x.png)">x</div>').remote == 1
    assert lay('<img src="data:image/png;base64,AAAA">').remote == 0


def test_forms_are_counted() -> None:
    assert lay("<form action=https://evil.example><input name=password></form>").forms == 1


def test_what_is_never_text() -> None:
    for tag in (
        "script",
        "style",
        "iframe",
        "object",
        "svg",
        "noframes",
        "textarea",
        "video",
        "audio",
        "canvas",
        "title",
    ):
        assert "SECRET" not in text(f"<{tag}>SECRET</{tag}>x"), tag


def test_fallbacks_are_text() -> None:
    assert text("<noscript>Words</noscript>") == "Words"
    assert text("<!--[if mso]>Outlook<![endif]--><!--[if !mso]><!-->Others<!--<![endif]-->") == "Others"


def test_a_mail_of_too_many_nodes_is_cut() -> None:
    laid = lay("<i>a</i><br>" * 200_000)
    assert laid.cut
    assert lay("<p>a</p>" * 100).cut is False
