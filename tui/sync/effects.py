"""What is shown otherwise than before, told as events."""

from tui.mail.ids import AccountName
from tui.store.shown import Effects
from tui.sync.events import Event, MailboxesChanged, MessagesArrived, MessagesChanged, MessagesVanished


def events_of(account: AccountName, effects: Effects) -> list[Event]:
    """Return the events that tell of this; none where nothing is shown otherwise."""
    told: list[Event] = []
    told += [MessagesChanged(account, mailbox, tuple(uids)) for mailbox, uids in effects.changed.items()]
    told += [MessagesVanished(account, mailbox, tuple(uids)) for mailbox, uids in effects.hidden.items()]
    told += [MessagesArrived(account, mailbox, tuple(uids), fresh=False) for mailbox, uids in effects.shown.items()]
    return [*told, MailboxesChanged(account)] if effects else []
