"""``[[notify.rules]]`` at work: of which mail the terminal tells, and whether in words."""

from datetime import datetime

from tui.config.notify import Action, NotifyConfig, NotifyRule
from tui.mail.envelope import Envelope
from tui.mail.mailbox import Mailbox
from tui.mail.matching import Item, matches
from tui.mail.query import And, In, Node, Of
from tui.mail.query_syntax import parse


class Notices:
    """What the rules and the quiet hours say at one moment.

    Args:
        config: both.
        now: the moment, in the zone of the user.
    """

    def __init__(self, config: NotifyConfig, now: datetime) -> None:
        self._is_quiet = config.is_quiet(now)
        self._rules = [(rule, _node(rule, now)) for rule in config.rules]

    def action(self, mailbox: Mailbox, envelope: Envelope) -> Action:
        """Return what is done about a mail: what the first rule says that fits it.

        Args:
            mailbox: where it arrived.
            envelope: the mail; no more of it is looked at.
        """
        item = Item(envelope, mailbox)
        rule = next((rule for rule, node in self._rules if matches(node, item)), NotifyRule())
        return Action.SILENT if self._is_quiet and not rule.always else rule.action


def _node(rule: NotifyRule, now: datetime) -> Node | None:
    nodes = [
        *([Of(rule.account)] if rule.account else []),
        *([In(rule.mailbox)] if rule.mailbox else []),
        *([node] if (node := parse(rule.query, now).node) is not None else []),
    ]
    return And(tuple(nodes)) if nodes else None
