"""What is shown otherwise than before, told as events."""

from tui.mail.ids import AccountName, MailboxId
from tui.store.envelope_changes import Taken
from tui.store.shown import Effects
from tui.sync.events import Event, MailboxesChanged, MessagesArrived, MessagesChanged, MessagesVanished


def events_of(account: AccountName, effects: Effects) -> list[Event]:
    """Return the events that tell of this; none where nothing is shown otherwise."""
    told: list[Event] = []
    told += [MessagesChanged(account, mailbox, tuple(uids)) for mailbox, uids in effects.changed.items()]
    told += [MessagesVanished(account, mailbox, tuple(uids)) for mailbox, uids in effects.hidden.items()]
    told += [MessagesArrived(account, mailbox, tuple(uids), fresh=False) for mailbox, uids in effects.shown.items()]
    return [*told, MailboxesChanged(account)] if effects else []


def flag_events(account: AccountName, mailbox: MailboxId, taken: Taken) -> list[Event]:
    """Return the events that tell what other flags came to; none where they came to nothing."""
    told: list[Event] = []
    if taken.changed:
        told.append(MessagesChanged(account, mailbox, tuple(taken.changed)))
    if taken.left:
        told.append(MessagesVanished(account, mailbox, tuple(taken.left)))
    if taken.came:
        told.append(MessagesArrived(account, mailbox, tuple(taken.came), fresh=False))
    return [*told, MailboxesChanged(account)] if told else []
