"""A pending change of a mailbox itself carried to the server, so that carrying it twice does no more than once.

Mailboxes are made, and renamed to, where the server keeps the user's own (NAMESPACE, RFC 2342): it is asked when its
turn comes, for where nothing but INBOX is, nobody could know before.

What is subscribed to is a list of names, which no server minds for us (RFC 9051, 6.3.6 and 6.3.7): a name that is given
is subscribed to, one that is given up no longer, and a renamed mailbox is subscribed to as it was before.
"""

from contextlib import suppress

from tui.imap import change as imap_change
from tui.imap import mailboxes, names
from tui.imap.session import Session
from tui.mail.errors import ServerRefused, TemporarilyRefused
from tui.store.pending import Change, ChangeKind, Pending


class MailboxCarrier:
    """Carries the changes of mailboxes of one account.

    Args:
        pending: where they are.
    """

    def __init__(self, pending: Pending) -> None:
        self._pending = pending

    async def carry(self, change: Change, session: Session) -> bool:
        """Do a change on the server; return False when the user has taken it back meanwhile.

        Raises:
            MailError: it could not be done.
        """
        wire = await self._pending.wire(change.mailbox) or change.wire
        if change.kind is ChangeKind.REMOVE and change.undoing:
            await self._check_empty(session, wire)
        meant = await self._meant(change, session)
        if change.kind is ChangeKind.CREATE:
            wire = meant
        if not await self._pending.begin(change):
            return False
        try:
            await self._do(change.kind, session, wire, meant)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            if not (change.begun and await self._is_done(change.kind, session, wire, meant)):
                raise
        await self._subscribe(change.kind, session, wire, meant)
        if meant not in (change.wire, change.target):
            await self._pending.call(change, meant, names.decode(meant))
        return True

    async def _meant(self, change: Change, session: Session) -> bytes:
        """Return the name of a mailbox to be made, or the new one of it, as the server wants it for the user's own.

        What is only put back has such a name already, or lies with other people's on purpose.
        """
        if change.kind not in (ChangeKind.CREATE, ChangeKind.RENAME):
            return change.wire
        if change.undoing:
            return change.target if change.kind is ChangeKind.RENAME else change.wire
        return await mailboxes.personal_name(session, change.name)

    async def _do(self, kind: ChangeKind, session: Session, wire: bytes, meant: bytes) -> None:
        leaves = kind in (ChangeKind.RENAME, ChangeKind.REMOVE)
        if leaves and session.selected is not None and session.selected.wire == wire:
            await mailboxes.select(session, b"INBOX", read_only=True)
            session.selected = None  # whoever wants it wants it for writing, and compared with the store
        match kind:
            case ChangeKind.CREATE:
                await imap_change.create(session, wire)
            case ChangeKind.RENAME:
                await imap_change.rename(session, wire, meant)
            case ChangeKind.SUBSCRIBE:
                await imap_change.subscribe(session, wire)
            case ChangeKind.UNSUBSCRIBE:
                await imap_change.unsubscribe(session, wire)
            case _:
                await imap_change.delete(session, wire)

    async def _subscribe(self, kind: ChangeKind, session: Session, wire: bytes, meant: bytes) -> None:
        """Let subscriptions follow what was done; no refusal of them undoes it."""
        with suppress(ServerRefused):
            match kind:
                case ChangeKind.CREATE:
                    await imap_change.subscribe(session, wire)
                case ChangeKind.REMOVE:
                    await imap_change.unsubscribe(session, wire)
                case ChangeKind.RENAME:
                    await self._move_subscriptions(session, wire, meant)

    @staticmethod
    async def _move_subscriptions(session: Session, wire: bytes, meant: bytes) -> None:
        for name, delimiter in (await mailboxes.subscribed(session)).items():
            below = wire + delimiter.encode()
            if name == wire or (delimiter and name.startswith(below)):
                await imap_change.subscribe(session, meant + name[len(wire) :])
                await imap_change.unsubscribe(session, name)

    async def _check_empty(self, session: Session, wire: bytes) -> None:
        """A mailbox that was made here and is to be unmade may hold mail by now."""
        if (await mailboxes.status(session, wire)).messages:
            raise ServerRefused("The mailbox holds mail by now.", text="the mailbox holds mail by now")

    async def _is_done(self, kind: ChangeKind, session: Session, wire: bytes, meant: bytes) -> bool:
        """Whether the server had done it already, when the line was lost before it could say so."""
        if kind in (ChangeKind.SUBSCRIBE, ChangeKind.UNSUBSCRIBE):
            return (wire in await mailboxes.subscribed(session)) is (kind is ChangeKind.SUBSCRIBE)
        is_there = await self._exists(session, wire)
        match kind:
            case ChangeKind.CREATE:
                return is_there
            case ChangeKind.RENAME:
                return not is_there and await self._exists(session, meant)
        return not is_there

    @staticmethod
    async def _exists(session: Session, wire: bytes) -> bool:
        try:
            await mailboxes.status(session, wire)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            return False
        return True
