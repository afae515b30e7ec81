"""Every verb, by its name."""

from typing import Final

from tui.engine.desk import Need, Perform
from tui.engine.sending import send
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        perform: does it.
        need: what must run for it.
    """

    perform: Perform
    need: Need


VERBS: Final = {
    "send": Verb(send, Need.CARRYING),
}
