"""Choosing a time: from those most people mean, or as it is typed."""

import math
import time
from typing import Final

from tui.mail.later import delays, moment_words, offered
from tui.mail.moment import parse_moment
from tui.mail.noun import dataclass
from tui.screens.palette import PickScreen
from tui.widgets.choice_list import Choice

ANSWER: Final = "until someone answers"


@dataclass(frozen=True, slots=True)
class Wait:
    """What was chosen.

    Attributes:
        until: seconds since 1970 UTC; None: no time ends it.
        answer: an answer ends it.
    """

    until: float | None = None
    answer: bool = False


class MomentScreen(PickScreen[Wait]):
    """A box of times, and what is typed where it is one. Answers a `Wait`, or None.

    Args:
        heading: our own words.
        does: what Enter does, for the hints.
        answer: whether an answer can be waited for; else it is what keeps one from being reminded.
    """

    def __init__(self, heading: str, *, does: str, answer: bool = True) -> None:
        now = time.time()
        times = offered(now) if answer else delays(now)
        choices = [Choice(words, moment_words(moment, now), "", Wait(moment)) for words, moment in times]
        if answer:
            choices.append(Choice(ANSWER, "in this conversation", "", Wait(answer=True)))
        super().__init__(heading, choices, does=does, sign=">", typed=_typed, empty="fri 9:00, 3d, 2026-12-01")


def _typed(text: str) -> Choice[Wait] | None:
    """Return what is typed as a choice, where it is a time."""
    now = time.time()
    try:
        moment = math.ceil(parse_moment(text, now) / 60) * 60.0  # as it is kept, so that no other minute is shown then
    except ValueError:
        return None
    return Choice(moment_words(moment, now), "as you typed", "", Wait(moment))
