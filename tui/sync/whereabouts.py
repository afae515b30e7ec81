"""Where the messages of a pending change are now, by their trail and by what the server has.

Messages that were moved before are found by their trail; where the server did not say what they are called now, they
are known again by Message-ID and size among those that came into the target since.
"""

from collections.abc import Callable, Iterable

from tui.imap import change as imap_change
from tui.imap import fetch
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store.overlay import Name
from tui.store.pending import Change, ChangeKind, Lost, Pending, Place
from tui.sync.mailbox import Mirror

ROUNDS = 20
"""How often a message may have been moved by servers that do not say where to."""


class Renewed(MailboxNotFound):
    """The mailbox was made anew: the UIDs of the change are of another generation."""


class Whereabouts:
    """Finds the messages of one account's changes.

    Args:
        pending: where the changes are.
        mirror: gives the mirror of a mailbox.
    """

    def __init__(self, pending: Pending, mirror: Callable[[MailboxId], Mirror]) -> None:
        self._pending = pending
        self._mirror = mirror

    async def expect(self, change: Change, place: Place) -> None:
        """What we put into a mailbox ourselves is no new mail there."""
        if change.target_mailbox is not None:
            known = await self._pending.known_by(place)
            self._mirror(change.target_mailbox).expect(message_id for message_id, _ in known.values())

    async def locate(self, change: Change, session: Session) -> tuple[list[Place], dict[Name, Name]]:
        """Return where the messages of a change are, and which of them an interrupted try of it has copied already.

        Raises:
            MailboxNotFound: none of them is there any more.
        """
        copies: dict[Name, Name] = {}
        for _ in range(ROUNDS):
            places, lost = await self._pending.follow(change)
            is_moving = change.kind is ChangeKind.MOVE and change.begun
            own = [each for each in lost if is_moving and each.mailbox == change.target_mailbox]
            strange = [each for each in lost if each not in own]
            if not strange:
                if own and not imap_change.can_move(session):
                    copies = {name: now for name, now in (await self.find(session, own)).items() if now is not None}
                break
            await self._pending.landed(await self.find(session, strange))
        places = [place for place in places if place.is_real]  # of copies that were never made there is nothing else
        if not places:
            raise MailboxNotFound("The messages are no longer there.", text="the messages are no longer there")
        return places, copies

    async def find(self, session: Session, lost: Iterable[Lost]) -> dict[Name, Name | None]:
        """Look for moved messages where they went; None for those that are not there.

        One without Message-ID counts as not there: an equal size is no proof, and a copy too many is better than to
        take another's mail for it and the only one away.
        """
        went: dict[Name, Name | None] = {}
        by_place: dict[tuple[MailboxId, UidValidity | None], list[Lost]] = {}
        for each in lost:
            by_place.setdefault((each.mailbox, each.uidvalidity), []).append(each)
        for (mailbox, uidvalidity), missing in by_place.items():
            await self.select(session, mailbox, uidvalidity)
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

    async def select(self, session: Session, mailbox: MailboxId, uidvalidity: UidValidity | None) -> None:
        selected = await self._mirror(mailbox).select(session)
        if uidvalidity is not None and selected.uidvalidity != uidvalidity:
            words = "the mailbox was replaced on the server, its messages have new numbers"
            raise Renewed(f"{words.capitalize()}.", text=words)
