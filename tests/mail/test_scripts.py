"""Words that are made to look like others."""

import pytest

from tui.mail.scripts import mixed_scripts


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("pаypal", "Latin and Cyrillic"),
        ("a@bаnk.example", "Latin and Cyrillic"),
        ("Αpple", "Greek and Latin"),
        ("ｐаy", "Latin and Cyrillic"),
    ],
)
def test_mixed_within_a_word(text: str, scripts: str) -> None:
    assert mixed_scripts(text) == scripts


@pytest.mark.parametrize(
    "text", ["paypal", "Rózsa Péter", "Владимир Smith", "王Wang", "Ωmega"[1:], "東京タワー", "π 3"]
)
def test_what_honest_people_write(text: str) -> None:
    assert mixed_scripts(text) == ""
