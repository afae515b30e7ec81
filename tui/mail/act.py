"""An act: one thing the user did, however many messages it touched, told in words made from facts."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from tui.mail.ids import AccountName, SubmissionId
from tui.mail.noun import dataclass


class Verb(StrEnum):
    """What was done."""

    ARCHIVED = "archived"
    DELETED = "deleted"
    MOVED = "moved"
    COPIED = "copied"
    ERASED = "erased"
    EMPTIED = "emptied"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    READ = "read"
    UNREAD = "unread"
    CHANGED = "changed"
    LABELLED = "labelled"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    REMINDED = "reminded"
    CREATED = "created"
    RENAMED = "renamed"
    REMOVED = "removed"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    SENT = "sent"


class ActState(StrEnum):
    """How far it is.

    ``FINAL``: done, and nothing can take it back: a mail that has left, messages that are deleted for good.
    ``PARKED``: it, or its undoing, waits for the user, who says whether it is to be done all the same.
    """

    WAITING = "waiting"
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"
    FINAL = "final"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the history.

    Attributes:
        id: given by the store; the order in which things were done.
        count: messages that were changed.
        place: the mailbox it was done in, by its label; for SENT the subject.
        target: where they went, or the new name; for SENT who gets it. Both are cleaned.
        made: when, seconds since 1970 UTC.
        waits: changes of it, or of its undoing, that the server does not know yet.
        words: what went wrong with it, cleaned; "" when nothing did.
        submission: for SENT.
        can_redo: it was undone, and nothing else was done since.
    """

    id: int
    account: AccountName
    verb: Verb
    count: int
    place: str
    target: str
    made: float
    state: ActState
    waits: bool = False
    words: str = ""
    submission: SubmissionId | None = None
    can_redo: bool = False

    @property
    def short(self) -> str:
        """What is said right after it: ``archived 1``, ``moved 14 to Lists``."""
        match self.verb:
            case Verb.MOVED | Verb.COPIED:
                return f"{self.verb.value} {self.count:,} to {self.target}"
            case Verb.ERASED:
                return f"deleted {self.count:,} for good"
            case Verb.CHANGED:
                return f"changed flags of {self.count:,}"
            case Verb.LABELLED:
                return f"changed labels of {self.count:,}"
            case Verb.UNSNOOZED:
                return f"brought back {self.count:,}"
            case Verb.REMINDED:
                return f"you will be reminded of {self.count:,}"
            case Verb.EMPTIED | Verb.CREATED | Verb.RENAMED | Verb.REMOVED | Verb.SENT:
                return self.label
            case Verb.SUBSCRIBED | Verb.UNSUBSCRIBED:
                return self.label
        return f"{self.verb.value} {self.count:,}"

    @property
    def label(self) -> str:
        """What the history says: ``archived 12 messages in Inbox``."""
        messages = f"{self.count:,} message{'' if self.count == 1 else 's'}"
        match self.verb:
            case Verb.MOVED | Verb.COPIED:
                return f"{self.verb.value} {messages} from {self.place} to {self.target}"
            case Verb.ERASED:
                return f"deleted {messages} for good in {self.place}"
            case Verb.EMPTIED:
                return f"emptied {self.place}, {messages}"
            case Verb.READ | Verb.UNREAD:
                return f"marked {messages} as {self.verb.value} in {self.place}"
            case Verb.CHANGED:
                return f"changed flags of {messages} in {self.place}"
            case Verb.LABELLED:
                return f"changed labels of {messages} in {self.place}"
            case Verb.UNSNOOZED:
                return f"brought back {messages} in {self.place}"
            case Verb.REMINDED:
                return f"asked to be reminded of {messages} in {self.place}"
            case Verb.CREATED | Verb.REMOVED:
                return f"{'created' if self.verb is Verb.CREATED else 'deleted'} the mailbox {self.place}"
            case Verb.SUBSCRIBED:
                return f"subscribed to {self.place}"
            case Verb.UNSUBSCRIBED:
                return f"unsubscribed from {self.place}"
            case Verb.RENAMED:
                return f"renamed {self.place} to {self.target}"
            case Verb.SENT:
                return f"sent “{self.place or '(no subject)'}” to {self.target}"
        return f"{self.verb.value} {messages} in {self.place}"


def as_one(acts: Sequence[Act]) -> Act:
    """Return acts that were one to the user as one, with the first one's id."""
    first = acts[0]
    if len(acts) == 1:
        return first
    targets = ", ".join(dict.fromkeys(act.target for act in acts if act.target))
    return replace(first, count=sum(act.count for act in acts), place=f"{len(acts)} mailboxes", target=targets)
