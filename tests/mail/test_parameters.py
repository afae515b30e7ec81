"""Parameters of MIME fields."""

from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe, within
from tui.mail.parameters import filename, parse_parameters, split_field


def read(field: str) -> dict[str, str]:
    return parse_parameters(split_field(field)[1])


def test_the_usual() -> None:
    kind, pairs = split_field('TEXT/Plain; charset="utf-8"; format=flowed (really)')
    assert kind == "text/plain"
    assert parse_parameters(pairs) == {"charset": "utf-8", "format": "flowed"}


def test_quoted_values_hold_anything() -> None:
    assert read(r'a/b; name="x;y=\"z\" \\"') == {"name": r'x;y="z" \ '.strip()}


def test_continuations_and_charsets() -> None:
    assert read("x; filename*0*=utf-8''%e2%82%ac%20; filename*1=uro; filename*2*=%2Epdf") == {"filename": "€ uro.pdf"}
    assert read("x; filename*=iso-8859-1'en'%A3%20rates") == {"filename": "£ rates"}
    assert read("x; filename*1=b; filename*0=a") == {"filename": "ab"}


def test_encoded_words_are_forbidden_and_understood() -> None:
    assert filename({}, read("x; name==?utf-8?q?gr=C3=BC=C3=9Fe.pdf?=")) == "grüße.pdf"
    assert filename({"filename": "a"}, {"name": "b"}) == "a"


def test_the_first_of_two_counts_and_the_extended_wins() -> None:
    assert read("x; a=1; A=2") == {"a": "1"}
    assert read("x; filename=plain; filename*=utf-8''better") == {"filename": "better"}


def test_values_are_cleaned() -> None:
    assert "\x1b" not in read("x; filename*=utf-8''%1b%5b31m%0d%0aBcc")["filename"]
    assert read("x; filename*=utf-8''a%0d%0ab") == {"filename": "a b"}


def test_bytes_are_welcome_too() -> None:
    assert parse_parameters([(b"NAME", "grüße".encode())]) == {"name": "grüße"}


@given(st.one_of(st.text(max_size=200), st.text(alphabet="a;=\"\\*0'% ()x", max_size=200)))
def test_anything_is_read(field: str) -> None:
    for name, value in read(field).items():
        assert not unsafe(name + value)


def test_hostile_fields_are_quick() -> None:
    for field in (
        "x" + ";a" * 30_000,
        'x;a="' + "\\" * 60_000,
        'x;a="' * 10_000 + "\\",
        "x;" + " " * 60_000,
        "x;" + "a" * 60_000,
        "x " + "(" * 60_000,
        "x" + "".join(f";f*{number}*=%41" for number in range(9_000)),
    ):
        with within(1):
            read(field)
