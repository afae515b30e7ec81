"""One pending change carried to the server, so that carrying it twice does no more than carrying it once.

A line may be lost before or after the server has done its part. Flags are deltas and can be given again. MOVE finds
nothing to move the second time. Where there is only COPY, copies of an interrupted try are looked for first, as they
are where the user wants copies (`tui.sync.carry_copy`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from tui.imap import change as imap_change
from tui.imap import mailboxes, search
from tui.imap.arguments import uid_sets
from tui.imap.session import Session
from tui.mail.errors import ServerRefused, TemporarilyRefused
from tui.mail.flags import DELETED, NO_FLAGS, Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.mail.snooze import BACK, taken_off
from tui.store.overlay import Name
from tui.store.pending import Change, ChangeKind, Pending, Place
from tui.store.shown import Effects
from tui.sync.carry_copy import CopyCarrier
from tui.sync.carry_mailbox import MailboxCarrier
from tui.sync.mailbox import Mirror
from tui.sync.whereabouts import Whereabouts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of it.

    Attributes:
        places: where the messages were when the server got the change; None when the user has taken it back meanwhile.
        effects: what is shown otherwise since their new names are known.
        kept_here: the server does not keep these keywords; this machine does.
    """

    places: Sequence[Place] | None
    effects: Effects
    kept_here: bool = False


class Carrier:
    """Carries changes of one account.

    Args:
        pending: where they are.
        mirror: gives the mirror of a mailbox.
    """

    def __init__(self, pending: Pending, mirror: Callable[[MailboxId], Mirror]) -> None:
        self._pending = pending
        self._where = Whereabouts(pending, mirror)
        self._copies = CopyCarrier(pending, self._where)
        self._mailboxes = MailboxCarrier(pending)

    async def carry(self, change: Change, session: Session) -> Carried:
        """Do a change on the server.

        Raises:
            MailError: it could not be done.
        """
        now = await self._pending.get(change.id)  # a try before this one may have begun it
        if now is None:
            return Carried(None, Effects())
        change = now
        match change.kind:
            case ChangeKind.MOVE:
                return await self._move(change, session)
            case ChangeKind.COPY:
                places, effects = await self._copies.carry(change, session)
                return Carried(places, effects)
            case ChangeKind.FLAGS | ChangeKind.ERASE:
                return await self._in_place(change, session)
        is_done = await self._mailboxes.carry(change, session)
        return Carried([] if is_done else None, Effects())

    async def _in_place(self, change: Change, session: Session) -> Carried:
        places, _ = await self._where.locate(change, session)
        if not (change.origin.is_real or change.begun):
            await self._copies.check_doubled(change, places, session)
        effects = Effects()
        kept_here = False
        for place in places:
            await self._where.select(session, place.mailbox, place.uidvalidity)
            if not await self._pending.begin(change):
                return Carried(None, effects)
            if change.kind is ChangeKind.ERASE:
                await self._erase(place, change, session)
            else:
                here = _kept_nowhere(change, session)
                add, remove = change.add - here, change.remove - here
                if add or remove or not here:
                    await imap_change.store_flags(session, place.uids, add=add, remove=remove)
                kept_here |= bool(here)
                gone = taken_off(change.remove)  # the server may not have kept yet what it keeps by now
                if here or gone:
                    effects.merge(await self._pending.keep_here(place, (change.add & here) - {BACK}, gone))
        return Carried(places, effects, kept_here)

    async def _move(self, change: Change, session: Session) -> Carried:
        places, copies = await self._where.locate(change, session)
        sources = [place for place in places if place.mailbox != change.target_mailbox]
        effects = Effects()
        if not sources:
            return Carried([], effects)
        target = change.target
        if change.target_mailbox is not None:
            target = await self._pending.wire(change.target_mailbox) or target
        await self._where.select(session, sources[0].mailbox, sources[0].uidvalidity)
        status = await mailboxes.status(session, target)
        for place in sources:
            await self._where.select(session, place.mailbox, place.uidvalidity)
            await self._where.expect(change, place)
            if not await self._pending.begin(change, [place], status.uidvalidity, status.uidnext or Uid(1)):
                return Carried(None, effects)
            try:
                went = await self._move_from(place, change, target, copies, session)
            except TemporarilyRefused:
                raise
            except ServerRefused:
                if not (change.begun and await self._have_left(place, session)):
                    raise
                went = {}  # it was done before the line was lost; their trail leads on
            effects.merge(await self._pending.landed(went))
        return Carried(sources, effects)

    async def _have_left(self, place: Place, session: Session) -> bool:
        """Whether none of the messages is there any more."""
        await self._where.select(session, place.mailbox, place.uidvalidity)  # copies may have been taken out elsewhere
        for piece in uid_sets(place.uids):
            if await search.search(session, b"UID", piece.encode("ascii")):
                return False
        return True

    async def _move_from(
        self, place: Place, change: Change, target: bytes, copies: dict[Name, Name], session: Session
    ) -> dict[Name, Name | None]:
        """Move messages; return what the new names are, as far as they are known."""
        names: dict[Uid, Name] = {uid: (place.mailbox, place.uidvalidity, uid) for uid in place.uids}
        went: dict[Name, Name | None] = {name: copies[name] for name in names.values() if name in copies}
        in_one_step = imap_change.can_move(session)
        if in_one_step:
            copied = await imap_change.move(session, place.uids, target)
        else:
            copied = await imap_change.copy(session, [uid for uid in names if names[uid] not in copies], target)
        if change.target_mailbox is not None:
            for old, new in copied.uids.items():
                went[names[old]] = (change.target_mailbox, copied.uidvalidity, new)
        if not in_one_step:
            await self._take_from(place, change, went, session)
        return went

    async def _take_from(
        self, place: Place, change: Change, went: Mapping[Name, Name | None], session: Session
    ) -> None:
        """Take messages that were copied out of where they were; where that is refused, take the copies out again."""
        try:
            await imap_change.mark_deleted(session, place.uids)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            await self._take_out_copies(change, went, session)
            raise
        try:
            await imap_change.expunge_marked(session, place.uids)
        except TemporarilyRefused:
            raise
        except ServerRefused as error:
            log.info("moved messages stay behind, marked as deleted: %s", error)  # they are not shown any more

    async def _take_out_copies(self, change: Change, went: Mapping[Name, Name | None], session: Session) -> None:
        _, lost = await self._pending.follow(change)
        missing = [each for each in lost if each.mailbox == change.target_mailbox and each.name not in went]
        made = [
            now for now in (*went.values(), *(await self._where.find(session, missing)).values()) if now is not None
        ]
        if not made:
            return
        mailbox, uidvalidity, _ = made[0]
        with suppress(ServerRefused):
            await self._where.select(session, mailbox, uidvalidity)
            await imap_change.expunge(session, [uid for _, _, uid in made])

    async def _erase(self, place: Place, change: Change, session: Session) -> None:
        try:
            await self._delete(place, session)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            if not (change.begun and await self._have_left(place, session)):
                raise  # else it was done before the line was lost

    async def _delete(self, place: Place, session: Session) -> None:
        await imap_change.mark_deleted(session, place.uids)
        try:
            await imap_change.expunge_marked(session, place.uids)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            try:
                await imap_change.store_flags(session, place.uids, add=NO_FLAGS, remove=frozenset({DELETED}))
            except TemporarilyRefused:
                raise  # all of it again: half of it is not to stay done
            except ServerRefused as error:
                log.info("messages stay behind, marked as deleted: %s", error)
            raise


def _kept_nowhere(change: Change, session: Session) -> Flags:
    """Return the words of what is snoozed that the server would not keep in the selected mailbox."""
    selected = session.selected
    words = taken_off(change.add | change.remove)
    return frozenset(each for each in words if selected is not None and not selected.keeps(each))
