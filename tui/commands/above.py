"""What a place lends one that is opened above it."""

from tui.commands.desk import Desk
from tui.commands.hints import hints
from tui.screens.place_above import Below, Hinting


def below(desk: Desk, hinting: Hinting | None = None) -> Below:
    """Return what the place in view lends one above it.

    Args:
        desk: where.
        hinting: gives the hint line there; None: what is usual where mail is.
    """
    here = desk.mail
    hinting = hinting or (lambda scopes, page: hints(desk.keymap, scopes, page))
    return Below(here.look, here.lines, hinting, here.show_mailbox)
