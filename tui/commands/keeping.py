"""Where the compose screen keeps a draft: on this disk at once, and on its account's server soon."""

from tui.commands.desk import Desk
from tui.mail.draft import Draft


class Keeper:
    """Keeps drafts, and tells the accounts to follow (`tui.screens.compose.DraftKeeper`).

    Args:
        desk: whose store and accounts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def open(self, key: int) -> None:
        """Note that a saved draft is taken up: if the program ends now, it is offered again."""
        await self._desk.store.drafts.open(key)

    async def keep(self, key: int | None, draft: Draft) -> int:
        """Write a draft, a new one for None, and return its key.

        Raises:
            StoreError: when it cannot be written; the one before it is then still there.
        """
        key = await self._desk.store.drafts.keep(key, draft)
        self._tell()
        return key

    async def close(self, key: int) -> None:
        """Note that a draft is no longer open for writing."""
        await self._desk.store.drafts.close(key)
        self._tell()

    async def drop(self, key: int) -> None:
        """Delete a draft."""
        await self._desk.store.drafts.drop(key)
        self._tell()

    def _tell(self) -> None:
        for account in self._desk.accounts.values():  # it may have been another's before
            account.drafts_changed()
