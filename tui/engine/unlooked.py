"""What arrived and no rule has looked at yet: the mark of a mailbox never passes it."""

from collections.abc import Iterable

from tui.mail.ids import MailboxId, Uid

MOST_TRIES = 5
"""Times a text is asked for on a line that stands, before rules go by what the head tells."""


class Unlooked:
    """Messages that wait for the rules, and those that have to be looked at once more."""

    def __init__(self) -> None:
        self._waiting: dict[MailboxId, set[Uid]] = {}
        self._reached: dict[MailboxId, Uid] = {}
        self._again: dict[MailboxId, set[Uid]] = {}
        self._tries: dict[tuple[MailboxId, Uid], int] = {}
        self._renewed: dict[MailboxId, int] = {}

    def renew(self, mailbox: MailboxId) -> None:
        """Note that a mailbox was made anew: its UIDs mean other messages, what is known of the old ones is over."""
        self._waiting.pop(mailbox, None)
        self._reached.pop(mailbox, None)
        self._again.pop(mailbox, None)
        self._tries = {name: tries for name, tries in self._tries.items() if name[0] != mailbox}
        self._renewed[mailbox] = self.renewals(mailbox) + 1

    def renewals(self, mailbox: MailboxId) -> int:
        """Return how often a mailbox was made anew since the program began."""
        return self._renewed.get(mailbox, 0)

    def add(self, mailbox: MailboxId, uids: Iterable[Uid]) -> None:
        """Note that messages wait."""
        self._waiting.setdefault(mailbox, set()).update(uids)

    def done(self, mailbox: MailboxId, uids: Iterable[Uid]) -> Uid | None:
        """Note that messages were looked at.

        Returns:
            The UID up to which nothing waits any more, None where nothing was looked at yet.
        """
        looked = set(uids)
        waiting = self._waiting.setdefault(mailbox, set())
        waiting -= looked
        for uid in looked:
            self._tries.pop((mailbox, uid), None)
        if looked:
            self._reached[mailbox] = max(self._reached.get(mailbox, Uid(0)), *looked)
        reached = self._reached.get(mailbox)
        if reached is None or not waiting:
            return reached
        return min(reached, Uid(min(waiting) - 1))

    def put_off(self, mailbox: MailboxId, uids: Iterable[Uid]) -> None:
        """Note that messages could not be looked at now."""
        self._again.setdefault(mailbox, set()).update(uids)

    @property
    def is_put_off(self) -> bool:
        """Whether there is something to be looked at once more."""
        return bool(self._again)

    def take_again(self) -> list[tuple[MailboxId, tuple[Uid, ...]]]:
        """Return what is to be looked at once more, each mailbox with its UIDs from the lowest on."""
        again = [(mailbox, tuple(sorted(uids))) for mailbox, uids in self._again.items()]
        self._again.clear()
        return again

    def may_wait(self, mailbox: MailboxId, uid: Uid, is_up: bool) -> bool:
        """Whether the text of a message may still come: a line that is down is no reason to give it up."""
        if is_up:
            self._tries[mailbox, uid] = self._tries.get((mailbox, uid), 0) + 1
        return self._tries.get((mailbox, uid), 0) < MOST_TRIES
