"""Going from mailbox to mailbox."""

from tui.commands.desk import Desk, require
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Role
from tui.screens.palette import PickScreen
from tui.store.mailboxes import MailboxState
from tui.widgets.choice_list import Choice


@command("mailbox.next", keys="J")
async def next_mailbox(desk: Desk) -> None:
    """Next mailbox."""
    await desk.mail.next_mailbox(1)


@command("mailbox.previous", keys="K")
async def previous_mailbox(desk: Desk) -> None:
    """Previous mailbox."""
    await desk.mail.next_mailbox(-1)


@command("mailbox.inbox", keys="g i", hint="Inbox")
async def inbox(desk: Desk) -> None:
    """Go to Inbox: of this account."""
    await _show(desk, Role.INBOX)


@command("mailbox.archive", keys="g a", hint="Archive")
async def archive(desk: Desk) -> None:
    """Go to Archive: of this account."""
    await _show(desk, Role.ARCHIVE, Role.ALL)


@command("mailbox.sent", keys="g s", hint="Sent")
async def sent(desk: Desk) -> None:
    """Go to Sent: of this account."""
    await _show(desk, Role.SENT)


@command("mailbox.trash", keys="g t", hint="Trash")
async def trash(desk: Desk) -> None:
    """Go to Trash: of this account."""
    await _show(desk, Role.TRASH)


async def _show(desk: Desk, *roles: Role) -> None:
    """Show the first mailbox that has one of these roles, in the account that is in view."""
    name = desk.mail.account or next(iter(desk.accounts), None)
    account = require(name, "There is no account yet.", "Set one up with: tidings setup")
    for role in roles:
        state = await desk.store.mailboxes.by_role(account, role)
        if state is not None:
            desk.mail.show_mailbox(state.id)
            return
    raise MailError(f"{account} has no {roles[0].value} mailbox.", cure="g m lists those there are.")


@command("mailbox.by_name", keys="g m", hint="mailbox by name", opens=True)
async def by_name(desk: Desk) -> None:
    """Go to a mailbox: by a part of its name."""
    chosen = await pick_mailbox(desk, "Go to", does="go there")
    if chosen is not None:
        desk.mail.show_mailbox(chosen)


@command("mailbox.look_now", keys="$")
def look_now(desk: Desk) -> None:
    """Look for mail now: reconnects where the line is down."""
    for account in desk.accounts.values():
        account.look_now()
    desk.flash("looking now")


async def pick_mailbox(desk: Desk, heading: str, *, does: str, without: MailboxId | None = None) -> MailboxId | None:
    """Ask for a mailbox by typing; return None when the question was left.

    Args:
        heading: our own words.
        does: what Enter does.
        without: a mailbox that makes no sense as an answer, and with it the other accounts' mailboxes.
    """
    states = [state for state in await desk.store.mailboxes.all() if state.mailbox.selectable]
    if without is not None:
        here = next((state.mailbox.account for state in states if state.id == without), None)
        states = [state for state in states if state.mailbox.account == here and state.id != without]
    several = len({state.mailbox.account for state in states}) > 1
    return await desk.ask(PickScreen(heading, [_choice(state, several) for state in states], does=does))


def _choice(state: MailboxState, several: bool) -> Choice[MailboxId]:
    mailbox = state.mailbox
    label = "Inbox" if mailbox.role is Role.INBOX else mailbox.name
    words = [f"{state.unread:,} unread"] if state.unread else []
    return Choice(label, " · ".join([*([str(mailbox.account)] if several else []), *words]), "", state.id)
