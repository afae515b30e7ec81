"""Every place where mail is read answers whatever commands ask of one; the type checker sees to the rest."""

import pytest

from tui.commands.places import MailPlace, Place
from tui.linear.found import LinearFound
from tui.linear.mail import LinearMail
from tui.screens.inboxes import InboxesScreen
from tui.screens.mail import MailScreen
from tui.screens.search import SearchScreen
from tui.screens.thread import ThreadScreen

PLACES = (MailScreen, SearchScreen, InboxesScreen, ThreadScreen, LinearMail, LinearFound)


def as_place(
    place: MailScreen | SearchScreen | InboxesScreen | ThreadScreen | LinearMail | LinearFound,
) -> MailPlace:
    """For the type checker: each of them is one."""
    return place


@pytest.mark.parametrize("place", PLACES)
def test_a_place_has_all_that_commands_ask_for(place: type) -> None:
    asked = {name for protocol in (Place, MailPlace) for name in vars(protocol) if not name.startswith("_")}
    assert not {name for name in asked if not hasattr(place, name)} - {"look"}
