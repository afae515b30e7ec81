"""What the user did and the server does not know yet, laid over what the server says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from tui.mail.flags import Flags
from tui.mail.ids import AccountName, MailboxId, Uid, UidValidity


class ChangeKind(StrEnum):
    """What a pending change does."""

    FLAGS = "flags"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Change:
    """Something done here that the server does not know yet.

    Attributes:
        mailbox: where the messages are, or were.
        wire: the name of that mailbox, as the server sends it.
        uidvalidity: the generation the UIDs belong to; None where the server has told none.
        uids: the messages.
        add, remove: for FLAGS.
        target: for MOVE: the wire name of the mailbox they go to.
        id: given by the store; the order in which things were done.
        made: when, seconds since 1970 UTC; given by the store.
    """

    account: AccountName
    mailbox: MailboxId
    wire: bytes
    uidvalidity: UidValidity | None
    kind: ChangeKind
    uids: tuple[Uid, ...]
    add: Flags = frozenset()
    remove: Flags = frozenset()
    target: bytes = b""
    id: int = 0
    made: float = 0.0

    def concerns(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> bool:
        """Whether its UIDs name messages of this mailbox in this generation; an unknown generation is taken as ours."""
        known = self.uidvalidity is not None and uidvalidity is not None
        return self.mailbox == mailbox and not (known and self.uidvalidity != uidvalidity)


@dataclass(slots=True)
class MailboxOverlay:
    """The pending changes of one mailbox, by UID."""

    deltas: dict[Uid, list[tuple[Flags, Flags]]] = field(default_factory=dict)
    moved: set[Uid] = field(default_factory=set)

    def flags(self, uid: Uid, flags: Flags) -> Flags:
        """Return the flags to show: the server's, with ours on top."""
        for add, remove in self.deltas.get(uid, ()):
            flags = (flags | add) - remove
        return flags


_NOTHING = MailboxOverlay()


class Overlay:
    """All pending changes, in memory; owned by the writing thread.

    Args:
        changes: in the order they were made.
    """

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self._changes = {change.id: change for change in changes}
        self._built: dict[tuple[MailboxId, UidValidity | None], MailboxOverlay] = {}

    @property
    def changes(self) -> list[Change]:
        return list(self._changes.values())

    def add(self, change: Change) -> None:
        self._changes[change.id] = change
        self._built.clear()

    def drop(self, id: int) -> None:
        if self._changes.pop(id, None) is not None:
            self._built.clear()

    def of(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> MailboxOverlay:
        """Return what is pending for a mailbox; changes to another generation of its UIDs do not count."""
        if not self._changes:
            return _NOTHING
        key = (mailbox, uidvalidity)
        if key not in self._built:
            self._built[key] = self._build(mailbox, uidvalidity)
        return self._built[key]

    def _build(self, mailbox: MailboxId, uidvalidity: UidValidity | None) -> MailboxOverlay:
        built = MailboxOverlay()
        for change in self._changes.values():
            if not change.concerns(mailbox, uidvalidity):
                continue
            if change.kind is ChangeKind.MOVE:
                built.moved.update(change.uids)
            else:
                for uid in change.uids:
                    built.deltas.setdefault(uid, []).append((change.add, change.remove))
        return built
