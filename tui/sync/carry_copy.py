"""A pending COPY carried to the server, so that nothing is copied twice, wherever a line is lost or the program ends.

UID COPY done twice makes two copies, and a server says nothing of one that it has made already. So what is going to be
copied is written down first, with what each message is known by and the UIDs that the target gives from then on; a try
after the first looks for the copies there, and copies only what it does not find.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from tui.imap import change as imap_change
from tui.imap import fetch, mailboxes, search
from tui.imap.arguments import uid_sets
from tui.imap.session import Session
from tui.mail.envelope import Envelope
from tui.mail.errors import MailboxNotFound, ServerRefused, TemporarilyRefused
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store.overlay import Name
from tui.store.pending import Change, Lost, Pending, Place
from tui.store.shown import Effects
from tui.sync.whereabouts import Renewed, Whereabouts


class CopyCarrier:
    """Carries the copying of one account.

    Args:
        pending: where the changes are.
        where: finds messages.
    """

    def __init__(self, pending: Pending, where: Whereabouts) -> None:
        self._pending = pending
        self._where = where

    async def carry(self, change: Change, session: Session) -> tuple[Sequence[Place] | None, Effects]:
        """Copy the messages.

        Returns:
            Where they were, None when the user has taken it back meanwhile; what is shown otherwise.

        Raises:
            MailError: it could not be done; what it has copied until then is taken out again.
        """
        effects = Effects()
        into = change.target_mailbox
        if into is None:
            raise MailboxNotFound("This mailbox is gone.", text="the mailbox is gone")
        if change.begun:
            try:
                await self._look_for_copies(change, session, effects)
            except Renewed:
                change = replace(change, begun=False)  # what it had copied is gone with the target as it was
        made = await self._made(change) if change.begun else {}
        if made and set(made.values()) >= set(change.uids):
            return [], effects
        try:
            places, _ = await self._where.locate(change, session)
        except Renewed:
            raise
        except MailboxNotFound:
            if not made:
                raise
            return [], effects  # what was left to copy has been deleted meanwhile
        target = await self._pending.wire(into) or change.target
        uidvalidity, since = await self._coming(session, into, target, places[0])
        if not await self._pending.begin(change, places, uidvalidity, since):
            return None, effects
        try:
            await self._copy(change, places, target, set(made.values()), session, effects)
        except TemporarilyRefused:
            raise
        except ServerRefused:
            await self._take_out(change, session)
            raise
        return places, effects

    async def _coming(
        self, session: Session, mailbox: MailboxId, target: bytes, place: Place
    ) -> tuple[UidValidity | None, Uid]:
        """Return the target's UIDVALIDITY, and the UID from which on what comes in now is numbered."""
        await self._where.select(session, place.mailbox, place.uidvalidity)
        status = await mailboxes.status(session, target)
        if status.uidnext:
            return status.uidvalidity, status.uidnext
        await self._where.select(session, mailbox, None)
        return status.uidvalidity, Uid(max(await search.search(session, b"ALL"), default=0) + 1)

    async def _copy(
        self,
        change: Change,
        places: Iterable[Place],
        target: bytes,
        there: Collection[Uid],
        session: Session,
        effects: Effects,
    ) -> None:
        assert change.target_mailbox is not None
        names = await self._pending.names_now(change.origin)
        copies = change.copies
        for place in places:
            origins = {
                uid: names[name]
                for uid in place.uids
                if (name := (place.mailbox, place.uidvalidity, uid)) in names and names[name] not in there
            }
            if not origins:
                continue
            await self._where.select(session, place.mailbox, place.uidvalidity)
            await self._where.expect(change, place)
            copied = await imap_change.copy(session, origins, target)
            went: dict[Name, Name | None] = {
                (copies.mailbox, copies.uidvalidity, origins[old]): (change.target_mailbox, copied.uidvalidity, new)
                for old, new in copied.uids.items()
            }
            effects.merge(await self._pending.landed(went))

    async def _made(self, change: Change) -> Mapping[Name, Uid]:
        """Return the copies there are, as far as known → the UID of what each was made of."""
        named = await self._pending.names_now(change.copies)
        return {name: uid for name, uid in named.items() if name[0] != change.copies.mailbox}

    async def _look_for_copies(self, change: Change, session: Session, effects: Effects) -> None:
        """Note which copies an interrupted try has made."""
        lost = await self._pending.lost_copies(change)
        found = await self._where.find(session, lost)
        found |= await self._find_nameless(change, [each for each in lost if not each.message_id], session)
        effects.merge(await self._pending.landed({name: now for name, now in found.items() if now is not None}))

    async def _find_nameless(self, change: Change, lost: Sequence[Lost], session: Session) -> dict[Name, Name | None]:
        """Look for the copies of messages without Message-ID: such as are like them in all that a row tells."""
        if not lost:
            return {}
        wanted = {each.name[2] for each in lost}
        names = {name: uid for name, uid in (await self._pending.names_now(change.origin)).items() if uid in wanted}
        looks: dict[Uid, tuple[object, ...]] = {}
        for mailbox, uidvalidity in {name[:2] for name in names}:
            uids = [name[2] for name in names if name[:2] == (mailbox, uidvalidity)]
            await self._where.select(session, mailbox, uidvalidity)
            for piece in uid_sets(uids):
                async for batch in fetch.envelopes(session, piece):
                    looks |= {
                        names[name]: _look(row) for row in batch if (name := (mailbox, uidvalidity, row.uid)) in names
                    }
        found: dict[Name, Name | None] = {}
        to, validity, since = lost[0].mailbox, lost[0].uidvalidity, min(each.since for each in lost)
        await self._where.select(session, to, validity)
        taken = await self._pending.taken(to, validity)
        async for batch in fetch.envelopes(session, f"{since}:*"):
            for row in batch:
                alike = [each for each in lost if each.name not in found and looks.get(each.name[2]) == _look(row)]
                if alike and row.uid >= since and row.uid not in taken and not row.message_id:
                    found[alike[0].name] = (to, validity, row.uid)
        return found

    async def _take_out(self, change: Change, session: Session) -> None:
        """Of what is refused half-way nothing is to stay, but for copies of what has been deleted meanwhile."""
        effects = Effects()
        with suppress(ServerRefused):
            await self._look_for_copies(change, session, effects)
            made = await self._made(change)
            if not made:
                return
            there = await self._there(await self._pending.names_now(change.origin), session)
            surplus = [name for name, uid in made.items() if uid in there]
            for mailbox, uidvalidity in {name[:2] for name in surplus}:
                await self._where.select(session, mailbox, uidvalidity)
                await imap_change.expunge(session, [name[2] for name in surplus if name[:2] == (mailbox, uidvalidity)])

    async def check_doubled(self, change: Change, places: Sequence[Place], session: Session) -> None:
        """Refuse to delete copies one of which is all there is of a mail: done and told is the whole, or nothing.

        Args:
            change: the ERASE that undoes a COPY.
            places: where the copies are.

        Raises:
            ServerRefused: the original of one is gone.
        """
        origin = await self._pending.copied_from(change)
        there: set[Uid] = set()
        if origin is not None:
            with suppress(MailboxNotFound):
                await self._where.locate(replace(change, mailbox=origin.mailbox), session)
            there = await self._there(await self._pending.names_now(origin), session)
        made = await self._pending.names_now(change.origin)
        names = [(place.mailbox, place.uidvalidity, uid) for place in places for uid in place.uids]
        if not all(made.get(name) in there for name in names):
            words = "what was copied is gone, the copies are all there is of it"
            raise ServerRefused(f"{words.capitalize()}.", text=words)

    async def _there(self, names: Mapping[Name, Uid], session: Session) -> set[Uid]:
        """Return the values of those of the messages that the server has, and that are not marked for deletion."""
        there: set[Uid] = set()
        for mailbox, uidvalidity in {name[:2] for name in names}:
            uids = [name[2] for name in names if name[:2] == (mailbox, uidvalidity)]
            try:
                await self._where.select(session, mailbox, uidvalidity)
            except MailboxNotFound:
                continue
            for piece in uid_sets(uids):
                held = await search.search(session, b"UID", piece.encode("ascii"), b"UNDELETED")
                found = ((mailbox, uidvalidity, uid) for uid in held)
                there.update(names[name] for name in found if name in names)
        return there


def _look(row: Envelope) -> tuple[object, ...]:
    return (row.size, row.sent, row.subject, row.from_, row.to, row.cc, row.in_reply_to)
