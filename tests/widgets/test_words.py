"""What the lines around the list say: ages, the trust meter, hints, the head of a message, its parts."""

import os
import time
from collections.abc import Iterable, Iterator

import pytest

from tui.mail.address import Address
from tui.mail.authentication import Check, Judgement, Standing, Verdict
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, FORWARDED, SEEN
from tui.mail.ids import AccountName, Uid
from tui.mail.part import Part
from tui.render.lines import PartRow
from tui.sync.events import Link, LinkState, Return
from tui.terminal.keys import KeyHint
from tui.terminal.marks import ASCII, UNICODE
from tui.terminal.theme import Roles
from tui.terminal.theme_file import folders, load_theme
from tui.widgets.ages import age, ago, countdown, date, until_next
from tui.widgets.envelope_row import RowState, paint
from tui.widgets.header_block import header_lines, shorten
from tui.widgets.painting import Look
from tui.widgets.part_list import parts_line, parts_lines
from tui.widgets.row_words import Columns
from tui.widgets.trust import Line, next_word_in, trust_words
from tui.widgets.words import fit, hint_words, spread, width_of

NOW = 1_795_426_620.0  # Mon 23 Nov 2026 09:37 UTC
WORK, HOME = AccountName("work"), AccountName("home")


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture
def look() -> Look:
    roles = Roles.from_variables(load_theme("tidings-dark", folders()).textual().variables)
    return Look(roles, UNICODE, lambda: NOW)


def text(runs: Iterable[tuple[str, object]]) -> str:
    return "".join(text for text, _ in runs)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "now"),
        (59, "now"),
        (-30, "now"),
        (240, "4 min"),
        (3599, "59 min"),
        (3 * 3600, "3 h"),
        (9 * 3600, "9 h"),
        (10 * 3600, "yest."),
        (33 * 3600, "yest."),
        (34 * 3600, "Sat"),
        (3 * 86_400, "Fri"),
        (7 * 86_400, "16 Nov"),
        (11 * 86_400, "12 Nov"),
        (600 * 86_400, "Apr 25"),
        (-3 * 86_400, "26 Nov"),
    ],
)
def test_ages(seconds: int, said: str) -> None:
    assert age(NOW - seconds, NOW) == said
    assert len(said) <= 6


def test_late_mail_is_hours_old_after_midnight() -> None:
    midnight = NOW - NOW % 86_400 + 3600
    assert age(midnight - 3 * 3600, midnight) == "3 h"


def test_dates() -> None:
    assert date(NOW) == "Mon 23 Nov 2026 09:37"
    assert date(NOW, short=True) == "Mon 23 Nov 09:37"


def test_spans_of_silence_are_told_in_coarse_steps() -> None:
    said = [ago(seconds) for seconds in (0, 8, 10, 29, 30, 59, 60, 125, 299, 600, 3599, 7300)]
    assert said == ["0 s", "8 s", "10 s", "10 s", "30 s", "30 s", "1 min", "2 min", "2 min", "10 min", "45 min", "2 h"]
    assert until_next(12) == 18
    assert until_next(7300) == 3500
    assert [countdown(seconds) for seconds in (1, 4, 9, 20, 44, 61, 300)] == [
        "now",
        "5 s",
        "10 s",
        "20 s",
        "50 s",
        "2 min",
        "5 min",
    ]


def line(name: AccountName, link: Link, waiting: int = 0, reason: str = "") -> Line:
    state = LinkState(link, NOW - 1500, NOW - 8, NOW + 20 if link is Link.OFFLINE else 0.0, reason)
    return Line(name, state, waiting)


@pytest.mark.parametrize(
    ("lines", "brief", "said"),
    [
        ([line(WORK, Link.LIVE)], True, " ● live · heard 8 s ago"),
        ([line(WORK, Link.POLLING)], True, " ◇ checked 8 s ago"),
        ([line(WORK, Link.CONNECTING)], True, " ◌ connecting"),
        (
            [line(WORK, Link.OFFLINE, 3)],
            True,
            " × offline since 09:12 · 3 changes waiting · next try in 20 s   $ try now",
        ),
        (
            [line(WORK, Link.OFFLINE, reason="h:993 did not answer.")],
            True,
            " × offline since 09:12 · next try in 20 s   $ try now   g ! why   h:993 did not answer.",
        ),
        ([line(WORK, Link.LIVE, 1)], True, " ● live · heard 8 s ago · 1 change waiting"),
        (
            [line(WORK, Link.LIVE, reason="Opening “Old” was refused.")],
            True,
            " ● live · heard 8 s ago · Opening “Old” was refused.",
        ),
        (
            [line(WORK, Link.REFUSED, reason="sign-in refused")],
            True,
            " × refused · g ! what to do · sign-in refused",
        ),
        ([line(WORK, Link.LIVE), line(HOME, Link.LIVE)], True, " ● live · heard 8 s ago"),
        (
            [line(WORK, Link.LIVE), line(HOME, Link.LIVE)],
            False,
            " ● live · heard 8 s ago   home ● live · heard 8 s ago",
        ),
        (
            [line(WORK, Link.LIVE), line(HOME, Link.OFFLINE)],
            False,
            " × home offline since 09:12 · next try in 20 s   $ try now   work ● live · heard 8 s ago",
        ),
    ],
)
def test_the_trust_meter(lines: list[Line], brief: bool, said: str) -> None:
    assert "".join(words for words, _ in trust_words(lines, WORK, NOW, UNICODE, brief=brief)) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LinkState(Link.ASKING, NOW - 4, NOW - 124), " ◌ asking · no answer for 4 s"),
        (LinkState(Link.POLLING, NOW - 900, NOW - 120, every=300.0), " ◇ checked 2 min ago · every 5 min"),
        (LinkState(Link.POLLING, NOW - 900, NOW - 10, every=30.0), " ◇ checked 10 s ago · every 30 s"),
        (LinkState(Link.LIVE, NOW, NOW, back=Return(NOW - 2, 7)), " ● live · caught up, 7 new while away"),
        (LinkState(Link.LIVE, NOW, NOW, back=Return(NOW - 2, 2, 3)), " ● live again · 3 changes done, 2 new"),
        (LinkState(Link.LIVE, NOW, NOW, back=Return(NOW - 2, 0, 1)), " ● live again · 1 change done"),
        (LinkState(Link.LIVE, NOW, NOW - 8, back=Return(NOW - 5, 7)), " ● live · heard 8 s ago"),
        (LinkState(Link.REFUSED, NOW, refused="sign-in refused"), " × sign-in refused · g ! what to do"),
    ],
)
def test_the_meter_in_every_state(state: LinkState, said: str) -> None:
    words = trust_words([Line(WORK, state)], WORK, NOW, UNICODE, key_at=NOW - 3)
    assert "".join(text for text, _ in words) == said


def test_the_meter_names_the_keys_the_user_has() -> None:
    keys = {"mailbox.look_now": "Ctrl+L", "app.trouble": ", !"}
    lines = [line(WORK, Link.OFFLINE, reason="h:993 did not answer.")]
    words = trust_words(lines, WORK, NOW, UNICODE, key=lambda id: keys.get(id, ""))
    assert "   Ctrl+L try now   , ! why   h:993" in "".join(text for text, _ in words)
    none = trust_words(lines, WORK, NOW, UNICODE, key=lambda id: "")
    assert "".join(text for text, _ in none).endswith("next try in 20 s   h:993 did not answer.")


def test_the_meter_is_silent_between_its_steps() -> None:
    assert next_word_in([line(WORK, Link.LIVE)], NOW) == 2
    assert next_word_in([line(WORK, Link.LIVE)], NOW + 30) == 22
    assert next_word_in([line(WORK, Link.LIVE)], NOW + 4000) == 3192
    assert next_word_in([line(WORK, Link.CONNECTING)], NOW) is None
    assert next_word_in([line(WORK, Link.OFFLINE)], NOW + 60) is None


HINTS = [
    KeyHint("j k", "move", "message.next"),
    KeyHint("r", "reply", "message.reply"),
    KeyHint("e", "archive", "message.archive"),
    KeyHint(":", "commands", "app.palette"),
    KeyHint("?", "keys", "app.help"),
]


def test_hints_are_cut_from_the_middle() -> None:
    assert text(hint_words(HINTS, 80)) == "j k move   r reply   e archive   : commands   ? keys"
    assert text(hint_words(HINTS, 41)) == "j k move   r reply   : commands   ? keys"
    assert text(hint_words(HINTS, 20)) == ": commands   ? keys"
    assert text(hint_words(HINTS, 8)) == "? keys"
    assert text(hint_words(HINTS, 3)) == ""


def test_lines_are_spread_to_the_very_cell(look: Look) -> None:
    style = look.roles["text"]
    assert width_of(spread([("left", style)], [("王right", style)], 20, style)) == 20
    assert text(spread([("a long left side", style)], [("right", style)], 12, style)) == "a lo…  right"
    assert text(fit([("王王王", style)], 5)) == "王王…"


ADA = Address("Ada Lovelace", "ada@analytical.example")
LETTER = Envelope(
    Uid(1),
    frozenset({FLAGGED}),
    int(NOW) - 1980,
    int(NOW) - 1980,
    subject="Note G",
    from_=(ADA,),
    to=(Address("", "Charles@mill.example"), Address("Mary Somerville", "m@s.example"), Address("", "e@lists.example")),
    snippet="the Bernoulli numbers",
    has_file=True,
)


def test_the_head_of_a_message(look: Look) -> None:
    lines = [text(line) for line in header_lines(LETTER, 60, look, own={"charles@mill.example"})]
    assert lines == [
        "Note G" + " " * 45 + "◆ flagged",
        "From  Ada Lovelace <ada@analytical.example>",
        "To    you, Mary Somerville, e@lists.example",
        "Date  Mon 23 Nov 2026 09:04  33 min ago",
    ]
    short = [text(line) for line in header_lines(LETTER, 60, look, short=True)]
    assert short[-1] == "To    Charles@mill.example, +2  Mon 23 Nov 09:04, 33 min ago"


def test_the_head_tells_who_really_wrote(look: Look) -> None:
    fake = Envelope(
        Uid(1),
        from_=(Address("bank@bank.example", "x@evil.example"),),
        sender=(Address("", "list@lists.example"),),
        reply_to=(Address("", "y@worse.example"),),
    )
    lines = header_lines(fake, 70, look)
    words = [text(line) for line in lines]
    assert "x@evil.example" in words[1]
    assert any(style.color == look.roles["warn"].color for _, style in lines[1])
    assert words[2] == "Via   list@lists.example"
    assert "y@worse.example" in words[3]
    assert words[3].endswith("another domain")


def test_the_head_tells_what_is_known_of_the_sender(look: Look) -> None:
    failed = Verdict("mx.mill.example", (Check("dmarc", "fail", "bank.example"),), Judgement.FAILED)
    lines = header_lines(LETTER, 78, look, standing=Standing(failed, is_first=True))
    assert [text(line) for line in lines[1:4]] == [
        "From  Ada Lovelace <ada@analytical.example>",
        "      ✗ sender not proven: may be forged  mx.mill.example found DMARC fail",
        "      first mail from this address here",
    ]
    assert any(style.color == look.roles["bad"].color for _, style in lines[2])
    passed = Verdict("mx.mill.example", (Check("dkim", "pass", "analytical.example"),), Judgement.PASSED)
    words = text(header_lines(LETTER, 90, look, standing=Standing(passed))[2])
    assert words == "      ✓ sender checked  mx.mill.example found DKIM pass for analytical.example"
    assert len(header_lines(LETTER, 90, look, standing=Standing())) == len(header_lines(LETTER, 90, look))


@pytest.mark.parametrize("width", [48, 60, 95])
def test_the_true_address_is_in_sight_whatever_the_name(look: Look, width: int) -> None:
    fake = Envelope(Uid(1), from_=(Address("boss@bank.example " * 30, "evil@evil.example"), ADA))
    lines = [text(line) for line in header_lines(fake, width, look)]
    assert max(map(len, lines)) <= width
    assert "evil@evil.example" in "".join(lines)
    assert "ada@analytical.example" in "".join(lines)
    assert "2 senders" in " ".join("".join(lines).split())


def test_many_recipients_are_counted() -> None:
    people = [Address(f"Person {number}", f"p{number}@x.example") for number in range(500)]
    assert shorten(people, 40, ()) == "Person 0, Person 1, Person 2, +497"
    assert shorten(people[:1], 5, ()) == "Pers…"
    assert shorten([], 40, ()) == "(nobody)"


def part(number: int, name: str, size: int) -> PartRow:
    return PartRow(number, Part(str(number), "application/pdf", disposition="attachment", filename=name), name, size)


def test_parts_in_one_line_and_as_a_list(look: Look) -> None:
    parts = [part(1, "table-note-g.pdf", 214_000), part(2, "operations.csv", 3_000), part(3, "long-name.tar.gz", 11)]
    assert text(parts_line(parts[:2], 2, 80, look)) == "& 1 table-note-g.pdf 214 kB   2 operations.csv 3 kB   2 links"
    assert text(parts_line(parts, 0, 40, look)) == "& 1 table-note-g.pdf 214 kB   +2"
    assert text(parts_line([], 1, 40, look)) == "1 link"
    assert [text(line) for line in parts_lines(parts[:2], 60, look)] == [
        "& 1  table-note-g.pdf  PDF       214 kB",
        "& 2  operations.csv    CSV         3 kB",
    ]


def test_a_row_has_its_columns(look: Look) -> None:
    said = text(paint(RowState(LETTER, current=True, focused=True, age="33 min"), Columns.of(95), look))
    assert said.startswith("▌●◆  Ada Lovelace          Note G  the Bernoulli numbers")
    assert said.endswith(" & 33 min")
    assert len(said) == 95
    assert "Bernoulli" not in text(paint(RowState(LETTER), Columns.of(79), look))
    sent = text(paint(RowState(LETTER), Columns.of(79, outgoing=True), look))
    assert "Charles@mill.exa" in sent


def test_a_row_in_ascii(look: Look) -> None:
    look.marks = ASCII
    row = Envelope(Uid(1), frozenset({SEEN, FORWARDED}), from_=(ADA,))
    said = text(paint(RowState(row, fresh=True, waits=True, marked=True), Columns.of(79), look))
    assert said.startswith("+f # Ada Lovelace")
