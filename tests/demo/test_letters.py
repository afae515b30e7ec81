"""Sample mail: every letter is valid mail, and says what its file says."""

from datetime import datetime, timedelta
from functools import lru_cache

import pytest

from tests.demo.lines import NOON
from tui.demo.bulk import Bulk
from tui.demo.files import make_file
from tui.demo.letters import Letter, load_letters
from tui.demo.people import ACCOUNTS, Cast
from tui.demo.writing import Mail, Writer
from tui.mail.invitation import parse_invitation
from tui.mail.parse import decode_part, parse_message
from tui.mail.quote import own_text
from tui.mail.text import clean_line

FILES = (("work", "work"), ("shelves", "work"), ("home", "home"), ("arrivals", "work"))


@lru_cache
def letters() -> tuple[Letter, ...]:
    cast = Cast.load()
    return tuple(letter for name, account in FILES for letter in load_letters(name, cast, account))


@lru_cache
def mails() -> tuple[Mail, ...]:
    writer = Writer(letters(), NOON)
    return tuple(writer.write(letter) for letter in letters())


def ids() -> list[str]:
    return [f"{letter.account} {letter.subject[:30]}" for letter in letters()]


@pytest.mark.parametrize("mail", mails(), ids=ids())
def test_a_letter_is_mail(mail: Mail) -> None:
    lines = mail.raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 998
    message = parse_message(mail.raw)
    assert not message.defects
    assert message.header.text("Subject") == clean_line(mail.letter.subject, 500)
    assert message.header.addresses("From") == (mail.letter.from_,)
    assert message.header.addresses("To") == mail.letter.to
    words = mail.letter.text.split() or ["stayed"]
    assert words[0] in own_text(message)
    named = [part for part in message.structure.leaves() if part.filename]
    assert [part.filename for part in named] == [*mail.letter.files, *(["invite.ics"] if mail.letter.invite else [])]
    for part, name in zip(named, mail.letter.files, strict=False):
        kind, data = make_file(name)
        assert part.type == kind
        assert decode_part(part, message.bodies[part.section]).splitlines() == data.splitlines()
    assert bool(mail.letter.html) == ("text/html" in {part.type for part in message.structure.leaves()})


@pytest.mark.parametrize("days", range(7))
def test_an_invitation_is_to_the_day_its_letter_names(days: int) -> None:
    now = NOON + timedelta(days=days)
    writer = Writer(letters(), now)
    invited = [writer.write(letter) for letter in letters() if letter.invite]
    assert invited
    for mail in invited:
        message = parse_message(mail.raw)
        part = next(part for part in message.structure.leaves() if part.filename == "invite.ics")
        invitation = parse_invitation(decode_part(part, message.bodies[part.section]))
        assert invitation is not None
        assert isinstance(invitation.start, datetime)
        said = mail.letter.subject + mail.letter.text
        assert f"{invitation.start:%A}, {invitation.start.astimezone(now.tzinfo):%H:%M}" in said
        assert mail.sent < invitation.start


def test_nobody_is_real_and_every_id_is_its_own() -> None:
    written = [parse_message(mail.raw).header.raw_field("Message-ID") for mail in mails()]
    assert len(set(written)) == len(written)
    everybody = {address for letter in letters() for address in (letter.from_, *letter.to, *letter.cc)}
    cast = Cast.load()
    everybody |= {person.address for person in cast.people.values()} | {each.address for each in cast.lists.values()}
    assert {address.domain.rpartition(".")[2] for address in everybody} == {"example"}
    assert all(address.is_valid for address in everybody)
    assert {letter.account for letter in letters()} == set(ACCOUNTS)


def test_what_is_answered_exists_and_came_before() -> None:
    known = {letter.id: letter for letter in letters() if letter.id}
    answers = [letter for letter in letters() if letter.answers]
    assert len(answers) > 15
    for letter in answers:
        assert letter.ago < known[letter.answers].ago or not letter.ago


def test_the_world_is_in_it() -> None:
    charsets = {letter.charset for letter in letters()}
    assert {"utf-8", "iso-2022-jp", "koi8-r", "iso-8859-7", "iso-8859-8", "iso-8859-9", "gb18030"} <= charsets
    text = "".join(letter.subject + letter.text for letter in letters())
    for sample in ("圓桌", "様", "قياسات", "שלום", "Волчок", "Αγαπητέ", "측우기", "लीला", "❤️", "ß", "jaźń"):
        assert sample in text


def test_a_mistake_in_a_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"from": "ada", "subject": "x", "text": "y"}
    for mistake in ({"form": "ada"}, {"to": ["nobody"]}):
        monkeypatch.setattr("tui.demo.letters.read_sample", lambda name, mistake=mistake: {"letter": [row | mistake]})
        with pytest.raises(ValueError, match=r"form|nobody"):
            load_letters("work", Cast.load(), "work")


def test_bulk_mail_is_mail_and_lies_before_the_rest() -> None:
    bulk = Bulk(Cast.load(), seed=3)
    rows = list(bulk.rows(30, NOON))
    assert [received for received, _, _ in rows] == sorted(received for received, _, _ in rows)
    assert all(received < NOON for received, _, _ in rows)
    for _, _, make in rows:
        raw = make()
        assert raw == make()
        message = parse_message(raw)
        assert not message.defects
        assert message.header.text("Subject")
        assert message.header.addresses("From")[0].is_valid
        assert b"\n" not in raw.replace(b"\r\n", b"")
    assert len({make() for _, _, make in rows}) == 30
