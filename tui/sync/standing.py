"""What is known of whoever sent a message: what the receiving server found, and whether it is the first from there."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tui.config.model import AccountConfig
from tui.mail.authentication import Standing, Trust, judge
from tui.mail.ids import MailboxId, Uid
from tui.mail.lists import list_of
from tui.mail.message import Message
from tui.store.database import Store


class Standings:
    """Looks at senders for one account.

    Args:
        config: returns the account as it is now.
        store: looked into.
    """

    def __init__(self, config: Callable[[], AccountConfig], store: Store) -> None:
        self._config = config
        self._store = store

    def with_standing(self, message: Message, *, first: bool) -> Message:
        """Return the message with what is known of its sender.

        Args:
            first: as `is_first` says.
        """
        config = self._config()
        trust = Trust.of(config.receive.host, config.address.domain, config.authserv_id)
        verdict = judge(message.header, trust)
        found = list_of(message.header, verdict.checks if verdict is not None else ())
        name, can_leave = (found.label, found.can_leave) if found is not None else ("", False)
        return replace(message, standing=Standing(verdict, first, name, can_leave))

    async def is_first(self, mailbox: MailboxId, uid: Uid) -> bool:
        """Return whether nothing came from this sender before, and it is none of the user's own."""
        config = self._config()
        envelope, state = await asyncio.gather(
            self._store.envelopes.get(mailbox, uid), self._store.mailboxes.get(mailbox)
        )
        if envelope is None or state is None or not state.complete:
            return False  # older mail may still be on its way here
        if any(address.same_mailbox(config.address) for address in envelope.from_):
            return False
        return await self._store.envelopes.is_first_from(mailbox, envelope)
