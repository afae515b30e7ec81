"""What scripts call a message: ``account/mailbox/uidvalidity/uid``; the same for as long as the server keeps it."""

import asyncio
import contextlib
from collections.abc import Sequence

from tui.engine.desk import Desk
from tui.mail.envelope import Envelope
from tui.mail.errors import ConfigError, MailboxNotFound, MailError, NotSupported
from tui.mail.ids import AccountName, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.mail.noun import dataclass
from tui.store.mailboxes import MailboxState
from tui.sync.events import Link, MailboxesChanged

LIST_WITHIN = 10.0
"""Seconds in which a server is to say which mailboxes there are."""


@dataclass(frozen=True, slots=True)
class MessageName:
    """Where a message is.

    Attributes:
        mailbox: the whole name of its mailbox, decoded.
    """

    account: AccountName
    mailbox: str
    uidvalidity: UidValidity
    uid: Uid

    def __str__(self) -> str:
        return f"{self.account}/{self.mailbox}/{self.uidvalidity}/{self.uid}"

    @classmethod
    def parse(cls, text: str) -> "MessageName":
        """Read a name.

        Raises:
            ConfigError: when it is none.
        """
        account, _, rest = text.partition("/")
        mailbox, *numbers = rest.rsplit("/", 2)
        if not mailbox or len(numbers) != 2 or not all(each.isascii() and each.isdecimal() for each in numbers):
            raise ConfigError(
                f"{text} is no name of a message.",
                cure="It is account/mailbox/uidvalidity/uid: see tidings list --json.",
            )
        return cls(AccountName(account), mailbox, UidValidity(int(numbers[0])), Uid(int(numbers[1])))


def name_of(state: MailboxState, uid: Uid) -> MessageName:
    """Return what a message of a mailbox is called."""
    return MessageName(state.mailbox.account, state.mailbox.name, UidValidity(state.uidvalidity or 0), uid)


async def mailbox_of(desk: Desk, account: AccountName, name: str) -> MailboxState:
    """Return a mailbox by its whole name, or by what it is for: ``inbox``, ``archive``.

    One that is not known here is asked for, where the server can be reached.

    Raises:
        MailboxNotFound: when there is none.
        MailError: when nothing is known of the account yet, with the reason.
    """
    found = await _known(desk, account, name)
    if found is None and desk.accounts[account].link.link.is_up:
        heard = asyncio.Event()
        deaf = desk.listen(lambda event: heard.set() if isinstance(event, MailboxesChanged) else None)
        desk.accounts[account].look_now()
        try:
            async with asyncio.timeout(LIST_WITHIN):
                while found is None:
                    await heard.wait()
                    heard.clear()
                    found = await _known(desk, account, name)
                    if len(await desk.store.mailboxes.all(account)) > 1:
                        break  # that was the server's list
        except TimeoutError:
            pass
        finally:
            deaf()
    if found is None:
        if missing := await unknown(desk, account):
            raise missing
        raise MailboxNotFound(f"{account} has no mailbox “{name}”.", cure="tidings mailboxes lists them.")
    return found


async def unknown(desk: Desk, account: AccountName) -> MailError | None:
    """Return why nothing is known of an account yet, None when something is.

    Something is as soon as a mailbox was opened or, where the server tells of them, listed with what is in it.
    """
    states = await desk.store.mailboxes.all(account)
    if any(state.uidvalidity is not None or state.total for state in states):
        return None
    link = desk.accounts[account].link
    if link.link in (Link.OFFLINE, Link.REFUSED) and link.reason:
        return MailError(f"Nothing is known of {account} yet: {link.reason}")
    if link.link in (Link.LIVE, Link.POLLING, Link.ASKING) and states:
        return None  # it is reached, and all its mailboxes are empty
    return MailError(
        f"Nothing is known of {account} yet.", cure=f"Its server is asked by: tidings list --account {account}"
    )


async def _known(desk: Desk, account: AccountName, name: str) -> MailboxState | None:
    return known_mailbox(await desk.store.mailboxes.all(account), name)


def known_mailbox(states: Sequence[MailboxState], name: str) -> MailboxState | None:
    """Return the mailbox of this name among some, or the one that is for it; None when there is none."""
    exact = [state for state in states if state.mailbox.name == name]
    for_it = [state for state in states if state.mailbox.role is not None and state.mailbox.role.value == name.lower()]
    loose = [state for state in states if state.mailbox.name.casefold() == name.casefold()]
    return next(iter([*exact, *for_it, *loose]), None)


async def message_of(desk: Desk, name: MessageName) -> tuple[MailboxState, Envelope]:
    """Return the mailbox of a message, and its row; what is not known here is looked for on the server.

    Raises:
        ConfigError: when there is no such account.
        MailboxNotFound: when there is no such mailbox, or it was made anew and its messages have other names.
        MailError: when the message is not there.
    """
    if name.account not in desk.accounts:
        raise ConfigError(f'There is no account "{name.account}".', cure=f"There is: {', '.join(desk.accounts)}.")
    state = await mailbox_of(desk, name.account, name.mailbox)
    envelope = await desk.store.envelopes.get(state.id, name.uid)
    if envelope is None or state.uidvalidity != name.uidvalidity:
        with contextlib.suppress(NotSupported):
            await desk.accounts[name.account].look_into(state.id)
        state = await mailbox_of(desk, name.account, name.mailbox)
        envelope = await desk.store.envelopes.get(state.id, name.uid)
    if state.uidvalidity != name.uidvalidity:
        raise MailboxNotFound(
            f"{name.mailbox} of {name.account} was made anew: its messages have other names.",
            cure="tidings list says them.",
        )
    if envelope is None:
        raise MailError(f"{name} is not here.", cure="tidings list says what is.")
    return state, envelope


async def is_known(desk: Desk, text: str) -> bool:
    """Whether a message of this name is here, so that no server need be asked for it. What is no name is none."""
    try:
        name = MessageName.parse(text)
    except ConfigError:
        return True
    state = await _known(desk, name.account, name.mailbox)
    if state is None or state.uidvalidity != name.uidvalidity:
        return False
    return await desk.store.envelopes.get(state.id, name.uid) is not None


async def is_listed(desk: Desk, account: AccountName) -> bool:
    """Whether more of an account's mailboxes is known than the INBOX that each has: its server has told them once."""
    return len(await desk.store.mailboxes.all(account)) > 1


async def inbox_of(desk: Desk, account: AccountName) -> MailboxState:
    """Return an account's INBOX.

    Raises:
        MailboxNotFound: when nothing is known of the account yet.
    """
    return await mailbox_of(desk, account, Role.INBOX.value)
