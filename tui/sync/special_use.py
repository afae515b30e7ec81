"""The mailbox that has a part to play (RFC 6154): found where the server has one, else made."""

from tui.imap import change, mailboxes
from tui.imap.session import Session
from tui.mail.ids import AccountName
from tui.mail.mailbox import Role
from tui.store.database import Store

NAMES = {Role.SENT: "Sent", Role.DRAFTS: "Drafts"}
"""What such a mailbox is called where we make it."""


async def known(store: Store, account: AccountName, role: Role) -> bytes | None:
    """Return the wire name of the mailbox with this part, as far as the store has heard of it."""
    state = await store.mailboxes.by_role(account, role)
    return state.mailbox.wire if state is not None else None


async def named(store: Store, account: AccountName, name: str) -> bytes | None:
    """Return the wire name of a mailbox that the user calls by this name, None where the store knows none."""
    states = await store.mailboxes.all(account)
    wanted = name.casefold()
    return next((each.mailbox.wire for each in states if each.mailbox.full_name.casefold() == wanted), None)


async def find_or_make(session: Session, account: AccountName, role: Role) -> bytes:
    """Return the wire name of the mailbox with this part; an account that has none gets one.

    Raises:
        MailError: as for LIST and CREATE.
    """
    for mailbox in await mailboxes.list_mailboxes(session, account):
        if mailbox.role is role and mailbox.selectable:
            return mailbox.wire
    wire = await mailboxes.personal_name(session, NAMES[role])
    await change.create(session, wire)
    return wire
