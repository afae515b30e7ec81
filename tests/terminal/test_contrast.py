"""Contrast as WCAG counts it, and colours on terminals that have fewer of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.contrast import (
    ANSI_NAMES,
    PALETTES,
    contrast,
    in_palette,
    is_hex,
    nearest_in_256,
    of_256,
    shown_in_256,
)

COLORS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02X}{:02X}{:02X}".format(*rgb))


def test_contrast_is_the_formula_of_wcag() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast("#CDD5DD", "#10151B") == pytest.approx(12.4, abs=0.05)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(COLORS, COLORS)
def test_contrast_is_the_same_both_ways_and_from_1_to_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0001


@given(COLORS)
def test_the_nearest_colour_arrives_as_it_was_chosen(color: str) -> None:
    chosen = nearest_in_256(color)
    assert shown_in_256(chosen) == chosen, "the output would choose another one"


@given(COLORS)
def test_the_nearest_colour_can_be_read(color: str) -> None:
    for ground in ("#000000", "#ffffff"):
        assert contrast(nearest_in_256(color, ground, 4.5), ground) >= 4.5


def test_a_colour_of_the_256_is_its_own_nearest() -> None:
    assert nearest_in_256(of_256(79)) == of_256(79)


def test_only_colours_are_colours() -> None:
    assert is_hex("#5CC8BE")
    assert not any(is_hex(word) for word in ("", "#", "red", "#FFF", "#GGGGGG", "5CC8BE#"))


def test_palettes_are_whole() -> None:
    for palette, colors in PALETTES.items():
        assert len(colors) == len(ANSI_NAMES)
        assert in_palette("bright_white", palette) == "#FFFFFF"
