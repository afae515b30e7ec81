"""One pending change carried to the server, so that carrying it twice does no more than carrying it once.

A line may be lost before or after the server has done its part. Flags are deltas and can be given again. MOVE finds
nothing to move the second time. Where there is only COPY, copies of an interrupted try are looked for first. Messages
that were moved before are found by their trail; where the server did not say what they are called now, they are known
again by Message-ID and size among those that came into the target since.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from tui.imap import change as imap_change
from tui.imap import fetch, mailboxes, search
from tui.imap.arguments import uid_sets
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound, ServerRefused, TemporarilyRefused
from tui.mail.flags import DELETED, NO_FLAGS
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.noun import dataclass
from tui.store.overlay import Name
from tui.store.pending import Change, ChangeKind, Lost, Pending, Place
from tui.store.shown import Effects
from tui.sync.carry_mailbox import MailboxCarrier
from tui.sync.mailbox import Mirror

log = logging.getLogger(__name__)

ROUNDS = 20
"""How often a message may have been moved by servers that do not say where to."""


class Renewed(MailboxNotFound):
    """The mailbox was made anew: the UIDs of the change are of another generation."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of it.

    Attributes:
        places: where the messages were when the server got the change; None when the user has taken it back meanwhile.
        effects: what is shown otherwise since their new names are known.
    """

    places: Sequence[Place] | None
    effects: Effects


class Carrier:
    """Carries changes of one account.

    Args:
        pending: where they are.
        mirror: gives the mirror of a mailbox.
    """

    def __init__(self, pending: Pending, mirror: Callable[[MailboxId], Mirror]) -> None:
        self._pending = pending
        self._mirror = mirror
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
            case ChangeKind.FLAGS | ChangeKind.ERASE:
                return await self._in_place(change, session)
        is_done = await self._mailboxes.carry(change, session)
        return Carried([] if is_done else None, Effects())

    async def _in_place(self, change: Change, session: Session) -> Carried:
        places, _ = await self._locate(change, session)
        for place in places:
            await self._select(session, place.mailbox, place.uidvalidity)
            if not await self._pending.begin(change):
                return Carried(None, Effects())
            if change.kind is ChangeKind.ERASE:
                await self._erase(place, session)
            else:
                await imap_change.store_flags(session, place.uids, add=change.add, remove=change.remove)
        return Carried(places, Effects())

    async def _move(self, change: Change, session: Session) -> Carried:
        places, copies = await self._locate(change, session)
        sources = [place for place in places if place.mailbox != change.target_mailbox]
        effects = Effects()
        if not sources:
            return Carried([], effects)
        target = change.target
        if change.target_mailbox is not None:
            target = await self._pending.wire(change.target_mailbox) or target
        await self._select(session, sources[0].mailbox, sources[0].uidvalidity)
        status = await mailboxes.status(session, target)
        for place in sources:
            await self._select(session, place.mailbox, place.uidvalidity)
            await self._expect(change, place)
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

    @staticmethod
    async def _have_left(place: Place, session: Session) -> bool:
        """Whether none of the messages is there any more."""
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
        made = [now for now in (*went.values(), *(await self._find(session, missing)).values()) if now is not None]
        if not made:
            return
        mailbox, uidvalidity, _ = made[0]
        with suppress(ServerRefused):
            await self._select(session, mailbox, uidvalidity)
            await imap_change.expunge(session, [uid for _, _, uid in made])

    async def _erase(self, place: Place, session: Session) -> None:
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

    async def _expect(self, change: Change, place: Place) -> None:
        """What we put into a mailbox ourselves is no new mail there."""
        if change.target_mailbox is not None:
            known = await self._pending.known_by(place)
            self._mirror(change.target_mailbox).expect(message_id for message_id, _ in known.values())

    async def _locate(self, change: Change, session: Session) -> tuple[list[Place], dict[Name, Name]]:
        """Return where the messages of a change are, and which of them an interrupted try of it has copied already.

        Raises:
            MailboxNotFound: none of them is there any more.
        """
        copies: dict[Name, Name] = {}
        for _ in range(ROUNDS):
            places, lost = await self._pending.follow(change)
            own = [each for each in lost if change.begun and each.mailbox == change.target_mailbox]
            strange = [each for each in lost if each not in own]
            if not strange:
                if own and not imap_change.can_move(session):
                    copies = {name: now for name, now in (await self._find(session, own)).items() if now is not None}
                break
            await self._pending.landed(await self._find(session, strange))
        if not places:
            raise MailboxNotFound("The messages are no longer there.", text="the messages are no longer there")
        return places, copies

    async def _find(self, session: Session, lost: Iterable[Lost]) -> dict[Name, Name | None]:
        """Look for moved messages where they went; None for those that are not there.

        One without Message-ID counts as not there: an equal size is no proof, and a copy too many is better than to
        take another's mail for it and the only one away.
        """
        went: dict[Name, Name | None] = {}
        by_place: dict[tuple[MailboxId, UidValidity | None], list[Lost]] = {}
        for each in lost:
            by_place.setdefault((each.mailbox, each.uidvalidity), []).append(each)
        for (mailbox, uidvalidity), missing in by_place.items():
            await self._select(session, mailbox, uidvalidity)
            since = min(each.since for each in missing)
            taken = await self._pending.taken(mailbox, uidvalidity)
            there: dict[tuple[str, int], list[Uid]] = {}
            async for batch in fetch.envelopes(session, f"{since}:*"):
                for envelope in batch:
                    if envelope.uid >= since and envelope.uid not in taken:
                        there.setdefault((envelope.message_id, envelope.size), []).append(envelope.uid)
            for each in sorted(missing, key=lambda one: one.name[2]):
                same = there.get((each.message_id, each.size), []) if each.message_id else []
                alike = [uid for uid in sorted(same) if uid >= each.since]
                went[each.name] = (mailbox, uidvalidity, alike[0]) if alike else None
                if alike:
                    there[(each.message_id, each.size)].remove(alike[0])
        return went

    async def _select(self, session: Session, mailbox: MailboxId, uidvalidity: UidValidity | None) -> None:
        selected = await self._mirror(mailbox).select(session)
        if uidvalidity is not None and selected.uidvalidity != uidvalidity:
            words = "the mailbox was replaced on the server, its messages have new numbers"
            raise Renewed(f"{words.capitalize()}.", text=words)
