"""Contacts from vCards of all versions, and from lines."""

from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe
from tui.mail.vcard import read_contacts

CARDS = """BEGIN:VCARD\r
VERSION:3.0\r
FN:Lovelace\\, Ada\r
N:Lovelace;Ada;;;\r
item1.EMAIL;TYPE="work:home";type=INTERNET:ada@\r
 analytical.example\r
EMAIL:ADA@analytical.example\r
END:VCARD\r
begin:vcard
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=84delg=C3=A5rd;Ha=
nna
EMAIL;INTERNET:hanna@sjo.example
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Evil\x1b[31m\\nBcc: x
EMAIL:evil@example.org,other@example.org
EMAIL:mailto:good@example.org
END:VCARD
"""


def test_cards_of_all_versions() -> None:
    found = [str(each) for each in read_contacts(CARDS)]
    assert found[:2] == ['"Lovelace, Ada" <ada@analytical.example>', "Hanna Ädelgård <hanna@sjo.example>"]
    assert found[2].endswith("<good@example.org>")
    assert "\x1b" not in found[2]
    assert len(found) == 3


def test_lines() -> None:
    text = "searching…\nada@example.org\tAda Lovelace\twork\nGrace <grace@example.org>, bob@example.org\n\n"
    assert [str(each) for each in read_contacts(text)] == [
        "Ada Lovelace <ada@example.org>",
        "Grace <grace@example.org>",
        "bob@example.org",
    ]


@given(st.text(), st.booleans())
def test_anything_goes_in_and_only_addresses_come_out(text: str, as_card: bool) -> None:
    for address in read_contacts(("BEGIN:VCARD\n" if as_card else "") + text):
        assert address.is_valid
        assert not unsafe(address.name + address.spec)
