"""What the user did and the server does not know yet, laid over what the server says."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from enum import StrEnum

from tui.mail.flags import Flags
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity
from tui.mail.noun import dataclass


class ChangeKind(StrEnum):
    """What a pending change does."""

    FLAGS = "flags"
    MOVE = "move"
    COPY = "copy"
    ERASE = "erase"
    """Delete messages for good."""
    CREATE = "create"
    RENAME = "rename"
    REMOVE = "remove"
    """Delete a mailbox."""
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


OF_MAILBOXES = (
    *(ChangeKind.CREATE, ChangeKind.RENAME, ChangeKind.REMOVE),
    *(ChangeKind.SUBSCRIBE, ChangeKind.UNSUBSCRIBE),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Messages of one mailbox in one generation of its UIDs."""

    mailbox: MailboxId
    uidvalidity: UidValidity | None
    uids: tuple[Uid, ...]

    def concerns(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> bool:
        """Whether its UIDs name messages of this mailbox in this generation; an unknown generation is taken as ours."""
        known = self.uidvalidity is not None and uidvalidity is not None
        return self.mailbox == mailbox and not (known and self.uidvalidity != uidvalidity)

    @property
    def is_real(self) -> bool:
        """Whether it is a mailbox: `Change.copies` is none."""
        return self.mailbox > 0


Name = tuple[MailboxId, UidValidity | None, Uid]
"""A message, as it is called in one mailbox."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something done here that the server does not know yet.

    Attributes:
        mailbox: where the messages are, or were; or the mailbox that is changed itself.
        wire: the name of that mailbox, as the server sends it.
        uidvalidity: the generation the UIDs belong to; None where the server has told none.
        uids: the messages, by what they were called when the user acted.
        add, remove: for FLAGS.
        target: for MOVE and COPY: the wire name of the mailbox they go to; for RENAME: the new one.
        id: given by the store; the order in which things were done.
        made: when, seconds since 1970 UTC; given by the store.
        target_mailbox: for MOVE and COPY: the key of ``target``.
        step: the step of the journal it carries out; None when the user did not ask for it.
        undoing: it is the opposite of that step.
        begun: the server may have heard of it.
        name, old_name: of mailboxes that are changed: names for people.
        places: where the messages are now, as far as known; empty for where they were.
    """

    account: AccountName
    mailbox: MailboxId
    wire: bytes
    uidvalidity: UidValidity | None
    kind: ChangeKind
    uids: tuple[Uid, ...] = ()
    add: Flags = frozenset()
    remove: Flags = frozenset()
    target: bytes = b""
    id: int = 0
    made: float = 0.0
    target_mailbox: MailboxId | None = None
    step: int | None = None
    undoing: bool = False
    begun: bool = False
    name: str = ""
    old_name: str = ""
    places: tuple[Place, ...] = ()

    @property
    def origin(self) -> Place:
        """The messages by the names they had when the user acted."""
        return Place(self.mailbox, self.uidvalidity, self.uids)

    @property
    def spots(self) -> tuple[Place, ...]:
        """Where the messages are now, as far as known."""
        return self.places or (self.origin,)

    @property
    def copies(self) -> Place:
        """The names from which the trail leads to what a COPY makes: as if it came from a mailbox of its step.

        The messages themselves go nowhere, so that their own names have no trail. No mailbox has such a key.
        """
        return Place(MailboxId(-(self.step or 0)), self.uidvalidity, self.uids)


@dataclass(slots=True)
class MailboxOverlay:
    """The pending changes of one mailbox, by UID.

    Attributes:
        deltas: flags added and removed, in order, behind the id of the change; never empty.
        moved: what is going elsewhere.
        back: what is to be here, whatever was to become of it before.
    """

    deltas: dict[Uid, list[tuple[int, Flags, Flags]]] = field(default_factory=dict)
    moved: set[Uid] = field(default_factory=set)
    back: set[Uid] = field(default_factory=set)

    def flags(self, uid: Uid, flags: Flags) -> Flags:
        """Return the flags to show: the server's, with ours on top."""
        for _, add, remove in self.deltas.get(uid, ()):
            flags = (flags | add) - remove
        return flags


_NOTHING = MailboxOverlay()


class Overlay:
    """All pending changes, in memory; owned by the writing thread.

    Args:
        changes: in the order they were made.
        kept: keywords that the server does not keep, which lie below them: see `tui.store.kept`.
    """

    def __init__(self, changes: Iterable[Change] = (), kept: Mapping[Name, Flags] | None = None) -> None:
        self._changes = {change.id: change for change in changes}
        self._kept = dict(kept or {})
        self._built: dict[tuple[MailboxId, UidValidity | None], MailboxOverlay] = {}

    @property
    def changes(self) -> list[Change]:
        return list(self._changes.values())

    def get(self, id: int) -> Change | None:
        return self._changes.get(id)

    def add(self, change: Change) -> None:
        if change.id in self._changes:
            self._built.clear()
        self._changes[change.id] = change
        for (mailbox, uidvalidity), built in self._built.items():
            _follow(built, change, mailbox, uidvalidity)

    def drop(self, id: int) -> Change | None:
        """Forget a change; return it, None when it was not here."""
        change = self._changes.pop(id, None)
        if change is None:
            return None
        if change.kind is ChangeKind.FLAGS:
            for (mailbox, uidvalidity), built in self._built.items():
                _forget_flags(built, change, mailbox, uidvalidity)
        else:
            self._built.clear()
        return change

    def keep(self, kept: Mapping[Name, Flags]) -> None:
        """Note the keywords that messages have here and not on the server; none: they have no longer."""
        self._kept |= kept
        self._kept = {name: words for name, words in self._kept.items() if words}
        self._built.clear()

    def retarget(self, went: Mapping[Name, Name]) -> None:
        """Note that messages have other names now."""
        if not went:
            return
        for change in self.changes:
            if any((spot.mailbox, spot.uidvalidity, uid) in went for spot in change.spots for uid in spot.uids):
                self._changes[change.id] = replace(change, places=_renamed(change.spots, went))
        self._kept = {went.get(name, name): words for name, words in self._kept.items()}
        self._built.clear()

    def of(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> MailboxOverlay:
        """Return what is pending for a mailbox; changes to another generation of its UIDs do not count."""
        if not self._changes and not self._kept:
            return _NOTHING
        key = (mailbox, uidvalidity)
        if key not in self._built:
            self._built[key] = self._build(mailbox, uidvalidity)
        return self._built[key]

    def _build(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> MailboxOverlay:
        built = MailboxOverlay()
        for (place, generation, uid), words in self._kept.items():
            if Place(place, generation, (uid,)).concerns(mailbox, uidvalidity):
                built.deltas[uid] = [(0, words, frozenset())]
        for change in self._changes.values():
            _follow(built, change, mailbox, uidvalidity)
        return built


def _follow(built: MailboxOverlay, change: Change, mailbox: MailboxId, uidvalidity: UidValidity | None) -> None:
    """Add the newest change to what is pending for a mailbox."""
    for spot in change.spots:
        if change.kind is ChangeKind.COPY or not spot.concerns(mailbox, uidvalidity):
            continue  # a copy is shown when the server has it: it has no name before
        if change.kind is ChangeKind.FLAGS:
            delta = (change.id, change.add, change.remove)
            for uid in spot.uids:
                built.deltas.setdefault(uid, []).append(delta)
        elif change.kind is ChangeKind.MOVE and change.target_mailbox == mailbox:
            built.moved.difference_update(spot.uids)
            built.back.update(spot.uids)
        else:
            built.moved.update(spot.uids)
            built.back.difference_update(spot.uids)


def _forget_flags(built: MailboxOverlay, change: Change, mailbox: MailboxId, uidvalidity: UidValidity | None) -> None:
    """Take a change of flags out: to go through all that waits would take too long where thousands leave."""
    for spot in change.spots:
        if not spot.concerns(mailbox, uidvalidity):
            continue
        for uid in spot.uids:
            left = [delta for delta in built.deltas.get(uid, ()) if delta[0] != change.id]
            if left:
                built.deltas[uid] = left
            else:
                built.deltas.pop(uid, None)


def _renamed(places: Iterable[Place], went: Mapping[Name, Name]) -> tuple[Place, ...]:
    found: dict[tuple[MailboxId, UidValidity | None], list[Uid]] = {}
    for place in places:
        for uid in place.uids:
            mailbox, uidvalidity, now = went.get((place.mailbox, place.uidvalidity, uid)) or (
                place.mailbox,
                place.uidvalidity,
                uid,
            )
            found.setdefault((mailbox, uidvalidity), []).append(now)
    return tuple(Place(mailbox, uidvalidity, tuple(uids)) for (mailbox, uidvalidity), uids in found.items())
