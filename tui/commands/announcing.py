"""What is told beside the screen: a notification for new mail, and the unread count in the window's title."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from tui.mail.envelope import Envelope
from tui.mail.mailbox import Mailbox, Role
from tui.sync.events import Event, MailboxesChanged, MessagesArrived
from tui.terminal.osc import Outside

if TYPE_CHECKING:
    from tui.commands.desk import Desk

MOST_JUDGED: Final = 500
"""Messages of one arrival that rules are asked about: the newest; the others are told of by nobody."""
AT_ONCE: Final = 10
"""Messages judged in one go: keys come first."""


class Announcing:
    """Follows events and tells the terminal.

    Args:
        desk: whose accounts.
        outside: where it is told.
        is_away: whether the user looks at another window, as far as the terminal says.
    """

    def __init__(self, desk: "Desk", outside: Outside, is_away: Callable[[], bool]) -> None:
        self._desk = desk
        self._outside = outside
        self._is_away = is_away

    async def take(self, event: Event) -> None:
        """Tell what an event changed."""
        match event:
            case MessagesArrived(fresh=True) if self._wants_arrivals:
                await self._arrived(event)
            case MailboxesChanged() if self._desk.config.notify.title:
                await self._count()

    @property
    def _wants_arrivals(self) -> bool:
        wanted = self._desk.config.notify.arrivals
        return wanted == "always" or (wanted == "away" and self._is_away())

    async def _arrived(self, event: MessagesArrived) -> None:
        unread = [each for each in await self._desk.store.envelopes.many(event.mailbox, event.uids) if each.is_unread]
        if not unread:
            return
        state = await self._desk.store.mailboxes.get(event.mailbox)
        if state is not None:
            await self._tell(state.mailbox, unread)

    async def _tell(self, mailbox: Mailbox, unread: Sequence[Envelope]) -> None:
        from datetime import datetime  # noqa: PLC0415 - late: start-up time

        from tui.config.notify import Action  # noqa: PLC0415 - late: start-up time
        from tui.engine.notices import Notices  # noqa: PLC0415 - late: start-up time

        notices = Notices(self._desk.config.notify, datetime.now().astimezone())
        told: list[Envelope] = []
        rings = False
        for place, envelope in enumerate(unread[:MOST_JUDGED], 1):
            match notices.action(mailbox, envelope):
                case Action.NOTIFY:
                    told.append(envelope)
                case Action.BELL:
                    rings = True
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        if told:
            self._notify(told)
        elif rings:
            self._outside.ring()

    def _notify(self, told: Sequence[Envelope]) -> None:
        newest = told[0]
        sender = newest.from_[0].listed if newest.from_ else "New mail"
        more = f" and {len(told) - 1} more" if len(told) > 1 else ""
        self._outside.notify(sender, f"{newest.subject or '(no subject)'}{more}")

    async def _count(self) -> None:
        unread = 0
        for name in self._desk.accounts:
            inbox = await self._desk.store.mailboxes.by_role(name, Role.INBOX)
            unread += inbox.unread if inbox is not None else 0
        self._outside.set_title(f"Tidings ({unread})" if unread else "Tidings")
