"""One pending change carried out on the local mail, so that carrying it twice does no more than carrying it once.

There is no network, so this is done at once; but a program can be killed between two commits. What the local mail
remembers of its moves tells how far an interrupted try came.
"""

from tui.mail.errors import MailboxNotFound, ServerRefused
from tui.mail.flags import NO_FLAGS
from tui.mail.ids import AccountName, Uid
from tui.store.database import Store
from tui.store.local_boxes import Box
from tui.store.overlay import Name
from tui.store.pending import Change, ChangeKind, Place
from tui.store.shown import Effects
from tui.sync.carry import Carried
from tui.sync.whereabouts import ROUNDS


class LocalCarrier:
    """Carries changes of one account.

    Args:
        account: whose.
        store: where they are, and where they go.
    """

    def __init__(self, account: AccountName, store: Store) -> None:
        self._account = account
        self._pending = store.pending
        self._local = store.local

    async def carry(self, change: Change) -> Carried:
        """Do a change.

        Raises:
            MailError: it could not be done.
        """
        now = await self._pending.get(change.id)  # a try before this one may have begun it
        if now is None:
            return Carried(None, Effects())
        match now.kind:
            case ChangeKind.MOVE:
                return await self._move(now)
            case ChangeKind.COPY:
                raise _refusal("mail that came by POP3 is not copied")
            case ChangeKind.FLAGS | ChangeKind.ERASE:
                return await self._in_place(now)
        return await self._mailbox(now)

    async def _in_place(self, change: Change) -> Carried:
        places = await self._locate(change)
        for place in places:
            box = await self._box(place)
            if not await self._pending.begin(change):
                return Carried(None, Effects())
            if change.kind is ChangeKind.ERASE:
                await self._local.erase(box.id, place.uids)
            else:
                add, remove = change.add or NO_FLAGS, change.remove or NO_FLAGS
                await self._local.change_flags(box.id, place.uids, add, remove)
        return Carried(places, Effects())

    async def _move(self, change: Change) -> Carried:
        sources = [place for place in await self._locate(change) if place.mailbox != change.target_mailbox]
        effects = Effects()
        if change.target_mailbox is None:
            raise MailboxNotFound("This mailbox is gone.", text="the mailbox is gone")
        for place in sources:
            wire = await self._pending.wire(change.target_mailbox) or change.target
            target = await self._local.box(self._account, wire)
            if target is None:
                raise MailboxNotFound("This mailbox is gone.", text="the mailbox is gone")
            box = await self._box(place)
            if not await self._pending.begin(change, [place], target.uidvalidity, target.uidnext):
                return Carried(None, effects)
            went = await self._local.move(box.id, place.uids, target.id)
            effects.merge(
                await self._pending.landed(
                    {
                        (place.mailbox, place.uidvalidity, old): (change.target_mailbox, target.uidvalidity, new)
                        for old, new in went.items()
                    }
                )
            )
        return Carried(sources, effects)

    async def _box(self, place: Place) -> Box:
        wire = await self._pending.wire(place.mailbox)
        box = await self._local.box(self._account, wire) if wire is not None else None
        if box is None or (place.uidvalidity is not None and box.uidvalidity != place.uidvalidity):
            raise MailboxNotFound("The messages are no longer there.", text="the messages are no longer there")
        return box

    async def _locate(self, change: Change) -> list[Place]:
        """Return where the messages of a change are; what an interrupted move did is found out.

        Raises:
            MailboxNotFound: none of them is there any more.
        """
        places: list[Place] = []
        for _ in range(ROUNDS):
            places, lost = await self._pending.follow(change)
            went: dict[Name, Name | None] = {}
            for each in lost:
                mailbox, uidvalidity, uid = each.name
                box = await self._box(Place(mailbox, uidvalidity, (uid,)))
                moved = (await self._local.went(box.id, [uid])).get(uid)
                if moved is not None:
                    went[each.name] = (each.mailbox, each.uidvalidity, moved[1])
            if not went:
                break
            await self._pending.landed(went)
        there = [await self._there(place) for place in places]
        found = [place for place in there if place.uids]
        if not found:
            raise MailboxNotFound("The messages are no longer there.", text="the messages are no longer there")
        return found

    async def _there(self, place: Place) -> Place:
        box = await self._box(place)
        there = await self._local.there(box.id, place.uids)
        return Place(place.mailbox, place.uidvalidity, tuple(Uid(uid) for uid in place.uids if uid in there))

    async def _mailbox(self, change: Change) -> Carried:
        wire = await self._pending.wire(change.mailbox) or change.wire
        if not await self._pending.begin(change):
            return Carried(None, Effects())
        match change.kind:
            case ChangeKind.CREATE:
                if not await self._local.make(self._account, wire) and not change.begun:
                    raise _refusal("there is a mailbox of this name already")
            case ChangeKind.RENAME:
                renamed = await self._local.rename(self._account, wire, change.target)
                if not renamed and not (change.begun and await self._local.box(self._account, change.target)):
                    raise _refusal("the mailbox is gone, or there is one of the new name already")
            case ChangeKind.SUBSCRIBE | ChangeKind.UNSUBSCRIBE:
                raise _refusal("mail on this machine has no subscriptions")
            case _:
                if not await self._local.drop(self._account, wire, only_empty=change.undoing):
                    raise _refusal("the mailbox holds mail by now")
        return Carried([], Effects())


def _refusal(words: str) -> ServerRefused:
    return ServerRefused(f"{words.capitalize()}.", text=words)
