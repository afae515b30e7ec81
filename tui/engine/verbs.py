"""Every verb, by its name."""

from typing import Final

from tui.engine.desk import Need, Perform
from tui.engine.exchange import export, import_message
from tui.engine.filing import archive, copy, delete, flag, move, snooze, undo
from tui.engine.reading import accounts, list_messages, mailboxes, outbox, part, search, show
from tui.engine.ruled import rules
from tui.engine.sending import cancel, reply, send, send_now
from tui.engine.sieving import activate_script, check_script, delete_script, put_script, script, scripts
from tui.engine.writing import compose
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        perform: does it.
        need: what must run for it.
        files: it puts messages into a mailbox that is named, or is for such as them: what there is must be known.
    """

    perform: Perform
    need: Need
    files: bool = False


VERBS: Final = {
    "accounts": Verb(accounts, Need.STORE),
    "mailboxes": Verb(mailboxes, Need.LOOKING),
    "list": Verb(list_messages, Need.LOOKING),
    "search": Verb(search, Need.STORE),
    "show": Verb(show, Need.CARRYING),
    "part": Verb(part, Need.CARRYING),
    "flag": Verb(flag, Need.CARRYING),
    "move": Verb(move, Need.CARRYING, files=True),
    "copy": Verb(copy, Need.CARRYING, files=True),
    "archive": Verb(archive, Need.CARRYING, files=True),
    "delete": Verb(delete, Need.CARRYING, files=True),
    "snooze": Verb(snooze, Need.CARRYING),
    "undo": Verb(undo, Need.CARRYING),
    "compose": Verb(compose, Need.STORE),
    "send": Verb(send, Need.CARRYING),
    "reply": Verb(reply, Need.CARRYING),
    "outbox": Verb(outbox, Need.STORE),
    "send-now": Verb(send_now, Need.CARRYING),
    "cancel": Verb(cancel, Need.STORE),
    "rules": Verb(rules, Need.STORE),
    "sieve": Verb(scripts, Need.STORE),
    "sieve-show": Verb(script, Need.STORE),
    "sieve-check": Verb(check_script, Need.STORE),
    "sieve-put": Verb(put_script, Need.STORE),
    "sieve-activate": Verb(activate_script, Need.STORE),
    "sieve-delete": Verb(delete_script, Need.STORE),
    "export": Verb(export, Need.LOOKING),
    "import": Verb(import_message, Need.LOOKING),
}
