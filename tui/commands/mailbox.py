"""Going from mailbox to mailbox."""

from typing import cast

from tui.commands.acting import tell
from tui.commands.desk import AccountPort, Desk, account_in_view, require
from tui.commands.registry import command
from tui.mail.act import Verb
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import MailboxId, Uid
from tui.mail.mailbox import Role
from tui.screens.confirm import ConfirmScreen
from tui.screens.palette import PickScreen
from tui.screens.prompt import PromptScreen
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


@command("mailbox.inboxes", keys="g A", hint="all inboxes", opens=True)
async def inboxes(desk: Desk) -> None:
    """Go to all Inboxes: of every account, as one list."""
    show_inboxes(desk)


def show_inboxes(desk: Desk, *, passing: bool = False) -> None:
    """Show all Inboxes as one list, unless they are shown.

    Args:
        passing: only for as long as there is room for nothing else.
    """
    from tui.commands.above import below  # noqa: PLC0415 - late: start-up time
    from tui.screens.inboxes import InboxesScreen  # noqa: PLC0415 - late: start-up time
    from tui.screens.mail import MailScreen  # noqa: PLC0415 - late: start-up time

    here = desk.mail
    if isinstance(here, InboxesScreen):
        return
    passing = passing or (isinstance(here, MailScreen) and here.is_pane)

    async def go_on(mailbox: MailboxId, uid: Uid) -> None:
        here.show_mailbox(mailbox)
        await here.go_to(uid)

    desk.open_screen(
        InboxesScreen(
            desk.store,
            desk.accounts,
            below(desk),
            go_on=(lambda mailbox, uid: desk.begin(go_on(mailbox, uid))) if passing else None,
        )
    )


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
    account = account_in_view(desk).name
    for role in roles:
        state = await desk.store.mailboxes.by_role(account, role)
        if state is not None:
            desk.mail.show_mailbox(state.id)
            return
    raise MailError(f"{account} has no {roles[0].value} mailbox.", cure="g m lists those there are.")


@command("mailbox.by_name", keys="g m", hint="mailbox by name", opens=True)
async def by_name(desk: Desk) -> None:
    """Go to a mailbox: by a part of its name; also to a search that is kept."""
    from tui.commands.search import begin, kept  # noqa: PLC0415 - late: start-up time

    searches = kept(desk)
    states = [state for state in await desk.store.mailboxes.all() if state.mailbox.selectable]
    several = len({state.mailbox.account for state in states}) > 1
    choices = cast("list[Choice[MailboxId | str]]", [_choice(state, several) for state in states])
    choices += [Choice(name, f"search  {query}", "", name) for name, query in searches.items()]
    chosen = await desk.ask(PickScreen("Go to", choices, does="go there"))
    if isinstance(chosen, str):
        await begin(desk, searches[chosen], listing=True)
    elif chosen is not None:
        desk.mail.show_mailbox(chosen)


@command("mailbox.look_now", keys="$")
def look_now(desk: Desk) -> None:
    """Look for mail now: reconnects where the line is down."""
    for account in desk.accounts.values():
        account.look_now()
    desk.flash("looking now")


@command("mailbox.lines", keys="g l", hint="lines")
def lines(desk: Desk) -> None:
    """Lines to the servers: how it stands with every account."""
    desk.mail.say_lines()


ASK_ABOVE = 100
"""Messages one command of a mailbox changes without asking."""


@command("mailbox.mark_all_read", undoable=True, opens=True)
async def mark_all_read(desk: Desk) -> None:
    """Mark all as read: every message of this mailbox; asks where there are many."""
    account, state = await _here(desk)
    uids = await desk.store.envelopes.unread(state.id)
    question = f"This will act on {len(uids):,} messages. Mark them all as read?"
    if len(uids) > ASK_ABOVE and not await desk.ask(ConfirmScreen(question, yes="mark", no="leave them")):
        return
    async with desk.turn:
        act = await account.changes.flag(state.id, uids, SEEN, True)
    tell(desk, act, "nothing unread here")


@command("mailbox.empty_trash", undoable=True, opens=True)
async def empty_trash(desk: Desk) -> None:
    """Empty Trash: delete what is in it for good; asks first."""
    account = account_in_view(desk)
    trash = await desk.store.mailboxes.by_role(account.name, Role.TRASH)
    state = require(trash, f"{account.name} has no trash mailbox.", "g m lists those there are.")
    if not state.complete:
        desk.flash(f"looking what is in {state.mailbox.label}")
        await account.look_into(state.id)
    uids = await desk.store.envelopes.uids(state.id)
    if not uids:
        desk.flash(f"{state.mailbox.label} is empty")
        return
    question = f"Delete all {len(uids):,} messages in {state.mailbox.label} for good?"
    if not await desk.ask(ConfirmScreen(question, yes="delete", no="keep")):
        return
    async with desk.turn:
        act = await account.changes.erase(state.id, uids, Verb.EMPTIED)
    desk.flash(act.short if act is not None else f"{state.mailbox.label} is empty")


@command("mailbox.create", undoable=True, opens=True)
async def create(desk: Desk) -> None:
    """New mailbox."""
    account = account_in_view(desk)
    name = await desk.ask(PromptScreen("new mailbox", note=f"in {account.name}", does="make it"))
    if name is not None:
        act = await account.changes.create_mailbox(name)
        tell(desk, act, "nothing was made")


@command("mailbox.rename", undoable=True, opens=True)
async def rename(desk: Desk) -> None:
    """Rename this mailbox."""
    account, state = await _here(desk)
    name = await desk.ask(PromptScreen("rename to", value=state.mailbox.name, does="rename"))
    if name is not None and name != state.mailbox.name:
        act = await account.changes.rename_mailbox(state.id, name)
        tell(desk, act, "nothing was renamed")


@command("mailbox.delete", undoable=True, opens=True)
async def delete(desk: Desk) -> None:
    """Delete this mailbox: asks first where it holds mail."""
    account, state = await _here(desk)
    name, held = state.mailbox.name, max(state.total, state.held)
    question = f"Delete the mailbox {name} and the {held:,} messages in it for good?"
    if held and not await desk.ask(ConfirmScreen(question, yes="delete", no="keep")):
        return
    act = await account.changes.delete_mailbox(state.id)
    tell(desk, act, "nothing was deleted")


@command("mailbox.subscribe", undoable=True)
async def subscribe(desk: Desk) -> None:
    """Subscribe to this mailbox: or unsubscribe; some programs show no others."""
    account, state = await _here(desk)
    async with desk.turn:
        act = await account.changes.subscribe(state.id, not state.mailbox.subscribed)
    tell(desk, act, "nothing was changed")


async def _here(desk: Desk) -> tuple[AccountPort, MailboxState]:
    """Return the mailbox under the cursor of the tree, else the one in view, and its account."""
    mailbox = require(desk.mail.mailbox_meant, "There is no mailbox here.", "g m lists those there are.")
    state = require(await desk.store.mailboxes.get(mailbox), "This mailbox is gone.")
    return desk.accounts[state.mailbox.account], state


async def pick_target(desk: Desk, heading: str, *, does: str, source: MailboxId) -> MailboxId | None:
    """Ask where messages are to go; return None when the question was left.

    The mailboxes that were chosen lately come first, the last one under the cursor: Enter repeats it.

    Args:
        heading: our own words.
        does: what Enter does.
        source: where the messages are: another mailbox of its account is asked for.
    """
    states = [state for state in await desk.store.mailboxes.all() if state.mailbox.selectable]
    account = next((state.mailbox.account for state in states if state.id == source), None)
    others = {
        state.mailbox.full_name: state for state in states if state.mailbox.account == account and state.id != source
    }
    lately = [name for name in desk.habits.targets if name in others]
    choices = [
        *(_choice(others[name], False, "chosen last" if not index else "lately") for index, name in enumerate(lately)),
        *(_choice(state, False) for name, state in others.items() if name not in lately),
    ]
    target = await desk.ask(PickScreen(heading, choices, does=does))
    chosen = next((name for name, state in others.items() if state.id == target), None)
    if chosen is not None:
        desk.habits.note_target(chosen)
    return target


def _choice(state: MailboxState, several: bool, lately: str = "") -> Choice[MailboxId]:
    mailbox = state.mailbox
    label = "Inbox" if mailbox.role is Role.INBOX else mailbox.name
    words = [str(mailbox.account)] if several else []
    words += [lately] if lately else []
    words += [f"{state.unread:,} unread"] if state.unread else []
    also = f"{mailbox.account} {label}" if mailbox.role is Role.INBOX else ""
    return Choice(label, " · ".join(words), "", state.id, also)
