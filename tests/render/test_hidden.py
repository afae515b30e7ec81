"""What a sender hid is left out and counted; what only looks like hiding is read."""

import pytest

from tests.mail.judge import within
from tui.render.html import HtmlText, layout_html
from tui.render.lines import line_text
from tui.render.links import LinkList


def lay(html: str) -> HtmlText:
    return layout_html(html, 60, LinkList())


def words(html: str) -> str:
    return " ".join(line_text(line) for line in lay(html).lines)


TRICKS = {
    "display:none": '<p style="display:none">SECRET</p>',
    "display, in capitals, important": '<p style="DISPLAY : NONE !important">SECRET</p>',
    "visibility": '<p style="visibility:hidden">SECRET</p>',
    "visibility collapse": '<p style="visibility:collapse">SECRET</p>',
    "the attribute": "<p hidden>SECRET</p>",
    "font-size 0": '<p style="font-size:0">SECRET</p>',
    "font-size 1px": '<span style="font-size:1px">SECRET</span>',
    "font-size in points": '<span style="font-size:.1pt">SECRET</span>',
    "white on white": '<p style="color:#fff">SECRET</p>',
    "white by name": '<font color="white">SECRET</font>',
    "nearly white": '<p style="color:rgb(250, 252, 255)">SECRET</p>',
    "grey on grey": '<table bgcolor="#cccccc"><tr><td style="color:#ccc">SECRET</td></tr></table>',
    "no colour": '<p style="color:transparent">SECRET</p>',
    "no alpha": '<p style="color:rgba(0,0,0,0)">SECRET</p>',
    "opacity": '<div style="opacity:0">SECRET</div>',
    "opacity in percent": '<div style="opacity: 0.0%">SECRET</div>',
    "off screen left": '<div style="position:absolute;left:-9999px">SECRET</div>',
    "off screen up": '<div style="position:fixed; top:-100em">SECRET</div>',
    "mso-hide": '<div style="mso-hide:all">SECRET</div>',
    "no height": '<div style="max-height:0;overflow:hidden">SECRET</div>',
    "clipped": '<div style="height:0;overflow:hidden">SECRET</div>',
    "no size": '<div style="width:0;height:0">SECRET</div>',
    "clip": '<div style="position:absolute;clip:rect(0,0,0,0)">SECRET</div>',
    "text-indent": '<p style="text-indent:-9999px">SECRET</p>',
    "scaled away": '<p style="transform:scale(0)">SECRET</p>',
    "a clip path": '<p style="clip-path: inset(50%)">SECRET</p>',
    "a filter": '<p style="filter:opacity(0)">SECRET</p>',
    "a preheader": '<div class="preheader" style="display:none!important;max-height:0;opacity:0">SECRET</div>',
    "white by a class": "<style>.x{color:#fefefe}</style><p class='x'>SECRET</p>",
    "no colour by a class": "<style>.y{color:#000} .x{color:transparent}</style><p class='x y'>SECRET</p>",
    "a class": "<style>.x{display:none}</style><p class='a x'>SECRET</p>",
    "an id": "<style>#x{visibility:hidden}</style><p id=x>SECRET</p>",
    "an element": "<style>aside{opacity:0}</style><aside>SECRET</aside>",
    "an attribute": "<style>*[class=x]{display:none}</style><p class=x>SECRET</p>",
    "a class in a class": "<style>.o .x{display:none}</style><div class=o><div><p class=x>SECRET</p></div></div>",
    "a child": "<style>.o > p{display:none}</style><div class=o><p>SECRET</p></div>",
    "a neighbour": "<style>h1 + .x{display:none}</style><h1>a</h1> <!-- c --> <p class=x>SECRET</p>",
    "a sibling": "<style>h1 ~ .x{display:none}</style><h1>a</h1><p>b</p><p class=x>SECRET</p>",
    "one of several": "<style>a:hover, .x , #y{font-size:0}</style><p class=x>SECRET</p>",
    "a commented sheet": "<style><!-- /* .y{} */ .x{display:none} --></style><p class=x>SECRET</p>",
    "a script": "<script>SECRET</script>x",
    "a template": "<template>SECRET</template>x",
    "a comment": "<!-- SECRET -->x",
    "a title": "<title>SECRET</title>x",
}
NEVER_TEXT = ("a script", "a template", "a comment", "a title")


@pytest.mark.parametrize("name", TRICKS)
def test_hidden_text_is_left_out_and_counted(name: str) -> None:
    laid = lay(f"<p>before</p>{TRICKS[name]}<p>after</p>")
    text = " ".join(line_text(line) for line in laid.lines)
    assert "SECRET" not in text
    assert text.startswith("before")
    assert text.endswith("after")
    assert laid.hidden == (0 if name in NEVER_TEXT else 1)


SEEN = {
    "white on dark": '<div style="background:#000;color:#fff">SEEN</div>',
    "white on a picture": '<div style="background:url(x.png);color:#fff">SEEN</div>',
    "white on what a rule painted": "<style>.h{background:navy}</style><p class=h style='color:#fff'>SEEN",
    "a size within size 0": '<td style="font-size:0"><span style="font-size:14px">SEEN</span>',
    "visible within invisible": '<div style="visibility:hidden"><b style="visibility:visible">SEEN</b></div>',
    "hidden on phones": "<style>@media (max-width:600px){.x{display:none}}</style><p class=x>SEEN</p>",
    "hidden when hovered": "<style>.x:hover{display:none}</style><p class=x>SEEN</p>",
    "a rule that names another": "<style>.o .x{display:none}</style><p class=x>SEEN</p>",
    "a child that is none": "<style>.o > p{display:none}</style><div class=o><div><p>SEEN</p></div></div>",
    "a neighbour too far": "<style>h1 + .x{display:none}</style><h1>a</h1><p>b</p><p class=x>SEEN</p>",
    "the body": "<style>body{display:none} *{font-size:0}</style><p>SEEN</p>",
    "white, then dark by rules": "<style>.x{color:#fff} .y{color:#333}</style><p class='x y'>SEEN</p>",
    "white by a rule, dark here": "<style>.x{color:#fff}</style><p class=x style='color:#111'>SEEN</p>",
    "white by a rule on dark": "<style>.x{color:#fff}</style><table bgcolor=navy><tr><td><p class=x>SEEN</p></table>",
    "a white button": "<style>.x{color:#fff}</style><a href='https://a.example' class=x>SEEN</a>",
    "a small indent": '<p style="text-indent:-18pt">SEEN</p>',
    "hidden from Outlook alone": '<a href="https://a.example" style="mso-hide:all">SEEN</a>',
    "half opaque": '<p style="opacity:.5">SEEN</p>',
    "a height without clipping": '<div style="height:0">SEEN</div>',
    "nonsense": '<p style=";;:;display;color:;font-size:;{}">SEEN</p>',
}


@pytest.mark.parametrize("name", SEEN)
def test_what_is_to_be_seen_is_seen(name: str) -> None:
    assert "SEEN" in words(SEEN[name])


def test_blocks_are_counted_not_elements() -> None:
    assert lay('<div style="display:none"><p>a</p><p>b</p><i>c</i></div>').hidden == 1
    assert lay('<p style="display:none"> &zwnj; &nbsp;&#847; </p>').hidden == 0
    assert lay('<p style="color:#fff">a</p><p style="color:#fff">b</p>').hidden == 2


@pytest.mark.parametrize("how", ["hidden", 'style="display:none"', 'style="opacity:0"'])
def test_a_picture_that_is_hidden_itself_counts_as_remote(how: str) -> None:
    assert lay(f'<p>Dear all<img {how} src="https://a.example/seen.gif"></p>').remote == 1


def test_pictures_in_hidden_blocks_count_as_remote() -> None:
    assert lay('<div style="display:none"><img src="https://a.example/x.png"></div>').remote == 1


CHAIN = "<style>{}{{display:none}}</style>" + "<div>" * 390 + "<i>x</i>" * 200
HOSTILE_SHEETS = {
    "ancestors that are not there": CHAIN.format("q div div div div i"),
    "siblings that are not there": "<style>q~p~p~p~i{display:none}</style>" + "<p>x</p>" * 20_000 + "<i>x</i>" * 5_000,
    "all rules match all": "<style>"
    + "".join(f"p:not(x),p,[a],[b],*[c],.d{{color:red;display:none;top:{number}px}}" for number in range(2_000))
    + "</style>"
    + "<p a b c class='d'>x" * 50_000,
    "long classes": "<style>" + ".x.x.x.x{display:none}" * 60 + "</style><p class='" + "y " * 900_000 + "'>x",
    "open braces": "<style>" + "@media{" * 30_000 + "</style>x",
    "open comments": "<style>" + "/*" * 100_000 + "</style>x",
    "many sheets": "<style>.x{display:none}</style>" * 20_000 + "<p class=x>y",
    "comments between": "<style>a+b{display:none}</style><a></a>" + "<!-- -->" * 100_000 + "<b>x</b>" * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE_SHEETS)
def test_no_sheet_takes_long(name: str) -> None:
    with within(5):
        lay(HOSTILE_SHEETS[name])
