"""What the user changes: here at once and on disk, on the server as soon as it can be, and back again."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from tui.config.archive import archive_name
from tui.imap import names
from tui.mail.act import Act, Verb
from tui.mail.errors import MailboxNotFound, MailError
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.store.journal import Turned
from tui.store.mailboxes import MailboxState
from tui.store.parked import Again
from tui.store.pending import Change, ChangeKind
from tui.sync.effects import events_of
from tui.sync.events import Event, MailboxesChanged
from tui.sync.naming import delimiter_of, new_wire, with_prefix

PATIENCE = 5.0
"""Seconds an act waits for the server to tell its mailboxes, at the very first start."""
VERBS = {(SEEN, True): Verb.READ, (SEEN, False): Verb.UNREAD}
VERBS |= {(FLAGGED, True): Verb.FLAGGED, (FLAGGED, False): Verb.UNFLAGGED}
"""(flag, whether it was added) → what that is called."""


class Changes:
    """Carries out what the user wants of one account. Nothing here waits for the network.

    Args:
        account: whose.
        store: where it is applied and written down.
        emit: told what is shown otherwise.
        wake: has the changes carried to the server.
        archive: where archived mail goes by its date, see `tui.config.archive`; "": all to the mailbox that is for it.
        on_server: the mail is on a server, which keeps subscriptions.
        listed: set as soon as the server has told its mailboxes; None where nobody need be asked.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        emit: Callable[[Event], None],
        wake: Callable[[], None],
        archive: str = "",
        *,
        on_server: bool = True,
        listed: asyncio.Event | None = None,
    ) -> None:
        self._account = account
        self._store = store
        self._emit = emit
        self._wake = wake
        self._archive = archive
        self._making = asyncio.Lock()
        self._on_server = on_server
        self._listed = listed

    async def flags(
        self,
        mailbox: MailboxId,
        uids: Sequence[Uid],
        *,
        add: Collection[str] = (),
        remove: Collection[str] = (),
        verb: Verb | None = None,
    ) -> Act | None:
        """Add and remove flags.

        Args:
            verb: what the user calls it; None when he did not ask for it: then it is no act that can be undone.

        Returns:
            The act; None when nothing was changed, or the user did not ask.

        Raises:
            MailError: when the mailbox is gone or the disk is full; then nothing was changed.
        """
        state = await self._state(mailbox)
        turned = await self._store.journal.flags(state, uids, frozenset(add), frozenset(remove), verb)
        if verb is None:
            self._wake()  # nothing may be shown otherwise, where the messages were moved
        return self._told(turned)

    async def flag(self, mailbox: MailboxId, uids: Sequence[Uid], flag: str, on: bool) -> Act | None:
        """Give messages one flag, or take it off, as an act of the user; result and errors as for `flags`."""
        given = {"add": [flag]} if on else {"remove": [flag]}
        return await self.flags(mailbox, uids, **given, verb=VERBS.get((flag, on), Verb.CHANGED))

    async def label(
        self, mailbox: MailboxId, uids: Sequence[Uid], add: Collection[str], remove: Collection[str]
    ) -> Act | None:
        """Give messages labels, and take others off, as one act; result and errors as for `flags`."""
        return await self.flags(mailbox, uids, add=add, remove=remove, verb=Verb.LABELLED)

    async def move(
        self, mailbox: MailboxId, uids: Sequence[Uid], target: MailboxId, verb: Verb = Verb.MOVED
    ) -> Act | None:
        """Move messages to another mailbox of this account.

        Returns:
            The act; None when nothing was moved.

        Raises:
            MailError: when a mailbox is gone or the disk is full; then nothing was moved.
        """
        if mailbox == target:
            return None
        state, destination = await self._state(mailbox), await self._state(target)
        return self._told(await self._store.journal.move(state, uids, destination, verb))

    async def copy(self, mailbox: MailboxId, uids: Sequence[Uid], target: MailboxId) -> Act | None:
        """Copy messages to another mailbox of this account; undoing it deletes the copies.

        Returns:
            The act; None when nothing was copied.

        Raises:
            MailError: when a mailbox is gone, the account cannot copy or the disk is full; then nothing was copied.
        """
        self.check_can_copy()
        if mailbox == target:
            return None
        state, destination = await self._state(mailbox), await self._state(target)
        return self._told(await self._store.journal.copy(state, uids, destination))

    def check_can_copy(self) -> None:
        """Refuse to copy where that cannot be.

        Raises:
            MailError: with the cause.
        """
        if not self._on_server:
            raise MailError("Mail that came by POP3 is not copied.", cure="Move it, or give it a label.")

    async def archive(self, mailbox: MailboxId, uids: Sequence[Uid]) -> Act | None:
        """Move to the archive, or where the account's archive is by date, each to the mailbox of its own.

        Mailboxes that are missing are made before, as acts of their own.

        Raises:
            MailError: when the account has none, none can be made, or as `move`.
        """
        if self._archive:
            state = await self._state(mailbox)
            found = await self._by_date(await self._store.envelopes.months(mailbox, uids))
            groups = [(target, some) for target, some in found if target.id != mailbox]
            return self._told(await self._store.journal.sort(state, groups, Verb.ARCHIVED))
        target = await self._by_role(Role.ARCHIVE, Role.ALL)
        return await self.move(mailbox, uids, target, Verb.ARCHIVED)

    async def _by_date(self, months: Mapping[str, Sequence[Uid]]) -> list[tuple[MailboxState, list[Uid]]]:
        """Return the mailboxes of the archive for mail of some months; those that are missing are made."""
        groups: dict[str, list[Uid]] = {}
        states = await self._known()
        for month, uids in months.items():
            groups.setdefault(archive_name(self._archive, month, delimiter_of(states)), []).extend(uids)
        async with self._making:  # a rule, a script and a key may want the same one at the same moment
            return [(await self._named(name), uids) for name, uids in groups.items()]

    async def _named(self, name: str) -> MailboxState:
        """Return the mailbox of a name, as a person writes it; it is made where there is none."""
        states = await self._store.mailboxes.all(self._account)
        whole = with_prefix(states, name)
        state = next((each for each in states if each.mailbox.name == whole), None)
        if state is not None:
            return state
        await self.create_mailbox(name)
        made = [each for each in await self._store.mailboxes.all(self._account) if each.mailbox.name == whole]
        if not made:
            raise MailboxNotFound(f"{self._account} has no mailbox {whole}.")
        return made[0]

    async def delete(self, mailbox: MailboxId, uids: Sequence[Uid]) -> Act | None:
        """Move to the trash.

        Raises:
            MailError: when the account has none, or as `move`.
        """
        return await self.move(mailbox, uids, await self._by_role(Role.TRASH), Verb.DELETED)

    async def erase(self, mailbox: MailboxId, uids: Sequence[Uid], verb: Verb = Verb.ERASED) -> Act | None:
        """Delete messages for good.

        Raises:
            MailError: when the mailbox is gone or the disk is full; then nothing was deleted.
        """
        return self._told(await self._store.journal.erase(await self._state(mailbox), uids, verb))

    async def _by_role(self, *roles: Role) -> MailboxId:
        for role in roles:
            target = await self._store.mailboxes.by_role(self._account, role)
            if target is not None:
                return target.id
        if self._is_unlisted(await self._store.mailboxes.all(self._account)):
            await self._known()
            return await self._by_role(*roles)
        key = roles[0].value
        raise MailboxNotFound(
            f"{self._account} has no {key} mailbox.",
            cure=f'Make one, or name one in config.toml: [accounts.{self._account}.mailboxes] {key} = "…".',
        )

    async def _known(self) -> list[MailboxState]:
        """Return the account's mailboxes; at the very first start, when the server has told them.

        Raises:
            MailError: when it does not for `PATIENCE` seconds.
        """
        states = await self._store.mailboxes.all(self._account)
        if self._listed is None or not self._is_unlisted(states):
            return states
        try:
            async with asyncio.timeout(PATIENCE):
                await self._listed.wait()
        except TimeoutError:
            raise MailError(
                f"The server of {self._account} has not told its mailboxes yet.", cure="Try again when it has."
            ) from None
        return await self._store.mailboxes.all(self._account)

    def _is_unlisted(self, states: Sequence[MailboxState]) -> bool:
        """Whether no more than the INBOX that every account has is known, for the server was never asked."""
        return self._listed is not None and not self._listed.is_set() and len(states) < 2

    async def create_mailbox(self, name: str) -> Act | None:
        """Make a mailbox.

        Args:
            name: as a person wrote it, levels with the server's delimiter; the prefix of the server may be left out.

        Raises:
            MailError: when the name is none, there is one already, or the disk is full.
        """
        states = await self._store.mailboxes.all(self._account)
        wire = new_wire(name, states)
        id = await self._store.mailboxes.key(self._account, wire)
        change = Change(self._account, id, wire, None, ChangeKind.CREATE, name=names.decode(wire))
        return self._told(await self._store.journal.mailbox(change, Verb.CREATED))

    async def rename_mailbox(self, mailbox: MailboxId, name: str) -> Act | None:
        """Rename a mailbox, and those below it with it.

        Raises:
            MailError: when the name is none or taken, the mailbox is INBOX or gone, or the disk is full.
        """
        state = await self._state(mailbox)
        if state.mailbox.role is Role.INBOX:
            raise MailError("Inbox cannot be renamed.")
        wire = new_wire(name, await self._store.mailboxes.all(self._account))
        old = state.mailbox
        change = Change(
            self._account,
            *(mailbox, old.wire, state.uidvalidity, ChangeKind.RENAME),
            target=wire,
            name=names.decode(wire),
            old_name=old.name,
        )
        return self._told(await self._store.journal.mailbox(change, Verb.RENAMED))

    async def delete_mailbox(self, mailbox: MailboxId) -> Act | None:
        """Delete a mailbox with what is in it; an empty one can be made again.

        Raises:
            MailError: when it is INBOX or gone, others lie below it, or the disk is full.
        """
        state = await self._state(mailbox)
        old = state.mailbox
        if old.role is Role.INBOX:
            raise MailError("Inbox cannot be deleted.")
        below = [
            each
            for each in await self._store.mailboxes.all(self._account)
            if old.delimiter and each.mailbox.name.startswith(old.name + old.delimiter)
        ]
        if below:
            raise MailError(f"Other mailboxes lie below {old.name}.", cure="Delete or rename them first.")
        change = Change(self._account, mailbox, old.wire, None, ChangeKind.REMOVE, name=old.name)
        return self._told(await self._store.journal.mailbox(change, Verb.REMOVED, state.total))

    async def subscribe(self, mailbox: MailboxId, on: bool) -> Act | None:
        """Subscribe to a mailbox, or no longer: other programs may show those only that are subscribed to.

        Returns:
            The act; None when it is so already.

        Raises:
            MailError: when it is INBOX or gone, the account has no subscriptions, or the disk is full.
        """
        state = await self._state(mailbox)
        if not self._on_server:
            raise MailError("Mail that came by POP3 is on this machine: there is nothing to subscribe to.")
        if state.mailbox.role is Role.INBOX:
            raise MailError("Inbox is always subscribed to.")
        if state.mailbox.subscribed is on:
            return None
        kind, verb = (ChangeKind.SUBSCRIBE, Verb.SUBSCRIBED) if on else (ChangeKind.UNSUBSCRIBE, Verb.UNSUBSCRIBED)
        change = Change(self._account, mailbox, state.mailbox.wire, None, kind, name=state.mailbox.name)
        return self._told(await self._store.journal.mailbox(change, verb))

    async def undo(self, act: Act) -> Turned | None:
        """Undo an act that is no submission.

        Returns:
            What came of it; None when it cannot be undone any more.

        Raises:
            StoreError: when it could not be written; then nothing was changed.
        """
        return self._turned(await self._store.journal.undo(act.id))

    async def redo(self, act: Act) -> Turned | None:
        """Do an act again that was undone.

        Returns:
            What came of it; None when something else was done since.

        Raises:
            StoreError: when it could not be written; then nothing was changed.
        """
        return self._turned(await self._store.journal.redo(act.id))

    async def apply_parked(self, act: Act) -> Again:
        """Do an act that is parked to its messages as they are called now, as far as they can be found.

        Raises:
            StoreError: when it could not be written; then nothing was changed.
        """
        again = await self._store.parked.again(act)
        self._told(again.turned)
        return again

    async def drop_parked(self, act: Act) -> bool:
        """Drop what is parked of an act; return whether there was something."""
        dropped = await self._store.parked.drop(act)
        self._emit(MailboxesChanged(self._account))
        return dropped

    def _turned(self, turned: Turned) -> Turned | None:
        return turned if self._told(turned) is not None else None

    async def _state(self, mailbox: MailboxId) -> MailboxState:
        state = await self._store.mailboxes.get(mailbox)
        if state is None:
            raise MailboxNotFound("This mailbox is gone.")
        return state

    def _told(self, turned: Turned) -> Act | None:
        if turned.effects or turned.act is not None:
            self._wake()
            for event in events_of(self._account, turned.effects) or [MailboxesChanged(self._account)]:
                self._emit(event)
        return turned.act
