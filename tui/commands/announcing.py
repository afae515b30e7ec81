"""What is told beside the screen: a notification for new mail, and the unread count in the window's title."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.mail.mailbox import Role
from tui.sync.events import Event, MailboxesChanged, MessagesArrived
from tui.terminal.osc import Outside

if TYPE_CHECKING:
    from tui.commands.desk import Desk


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
        newest = unread[0]
        sender = newest.from_[0].listed if newest.from_ else "New mail"
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        self._outside.notify(sender, f"{newest.subject or '(no subject)'}{more}")

    async def _count(self) -> None:
        unread = 0
        for name in self._desk.accounts:
            inbox = await self._desk.store.mailboxes.by_role(name, Role.INBOX)
            unread += inbox.unread if inbox is not None else 0
        self._outside.set_title(f"Tidings ({unread})" if unread else "Tidings")
