"""Keeping a mail that is being written: on disk within two seconds, one write at a time, and told at its head."""

import asyncio
import time
from typing import Protocol

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.mail.draft import Attachment, Draft
from tui.mail.errors import DiskFull, MailError
from tui.widgets.plain import say

SAVE_AFTER = 0.5
"""Seconds from the first unsaved character to the write; more typing does not put it off."""
SAVE_LARGE_AFTER = 1.0
"""The same where the files make it a longer write."""
LARGE = 1_000_000
"""Octets of files from which that is so."""


class DraftKeeper(Protocol):
    """Where drafts are kept, `tui.store.drafts.Drafts`."""

    async def keep(self, key: int | None, draft: Draft) -> int:
        """Write a draft, a new one for None, and return its key. Raises `StoreError` when it cannot be written."""

    async def close(self, key: int) -> None:
        """Note that a draft is no longer open for writing."""

    async def drop(self, key: int) -> None:
        """Delete a draft."""


class Kept:
    """A mail being written that is kept, however it is written (`tui.commands.places.Paper`).

    Args:
        keeper: where it is saved.
        key: of the saved draft that is taken up, None for a new one.

    Attributes:
        leaving: it was sent or is being closed: nothing is saved any more.
    """

    def __init__(self, keeper: DraftKeeper, key: int | None) -> None:
        self.keeper = keeper
        self.leaving = False
        self._key = key
        self._saved: Draft | None = None
        self._saved_at = 0.0
        self._write = asyncio.Lock()

    def draft(self) -> Draft:
        """Return the mail as it stands."""
        raise NotImplementedError

    @property
    def key(self) -> int | None:
        """The key of the saved draft, None while nothing was saved."""
        return self._key

    @property
    def is_blank(self) -> bool:
        """Nothing was written: what stands here is what it began with."""
        return self._key is None and self.draft() == self._saved

    async def save(self) -> None:
        """Write the draft if it is not what was last written.

        Raises:
            MailError: when it cannot be written; what is on the screen stays.
        """
        async with self._write:  # the first write gives the key that the second one needs
            draft = self.draft()
            if draft == self._saved or self.leaving:
                return
            self._saved_at = time.time()
            self._key = await self.keeper.keep(self._key, draft)
            self._saved = draft
            self._was_saved()

    def _was_saved(self) -> None:
        """It is on disk as it stands."""

    async def close(self) -> None:
        """Stop saving; what was saved stays. The caller dismisses the screen."""
        self.leaving = True
        if self._key is not None:
            await self.keeper.close(self._key)

    async def drop(self) -> None:
        """Delete the saved draft: it was sent, or is not wanted."""
        self.leaving = True
        if self._key is not None:
            await self.keeper.drop(self._key)
            self._key = None


class KeepingScreen(Screen[None], Kept):
    """Saves what is written by itself, and says so in its Static ``compose-saved``; what is written a subclass knows.

    Args:
        keeper, key: see `Kept`.
        on_server: whether it is to be in the server's Drafts, too.
        elsewhere: what to do where it cannot be saved: ``Ctrl+P save elsewhere``.
    """

    def __init__(self, keeper: DraftKeeper, key: int | None, *, on_server: bool, elsewhere: str) -> None:
        Screen.__init__(self)
        Kept.__init__(self, keeper, key)
        self._on_server = on_server
        self._elsewhere = elsewhere
        self._saving = False
        self._save_waits = False

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files that go with it."""
        raise NotImplementedError

    def _save_soon(self) -> None:
        """It is written otherwise than it was saved."""
        if not self._save_waits and not self.leaving:
            self._save_waits = True
            size = sum(len(each.data) for each in self.attachments)
            self.set_timer(SAVE_AFTER if size < LARGE else SAVE_LARGE_AFTER, self._save_now)

    async def _save_now(self) -> None:
        self._save_waits = False
        if self._saving:
            self._save_soon()
            return
        self._saving = True
        try:
            await self.save()
        except MailError as error:
            why = "disk full" if isinstance(error, DiskFull) else error.message
            self._say(f"NOT SAVED: {why}{f'   {self._elsewhere}' if self._elsewhere else ''}", "$bad bold")
            self.call_later(self._save_soon)
        finally:
            self._saving = False

    def _was_saved(self) -> None:
        self._say_kept("server later" if self._on_server else "")

    def was_copied(self, written: float) -> None:
        """Say that the server has it, too, if it has what stands here.

        Args:
            written: when what the server has was saved here, seconds since 1970 UTC.
        """
        if written >= self._saved_at and not self.leaving:
            self._saved_at = self._saved_at or written
            self._say_kept("also on the server")

    def _say_kept(self, where: str) -> None:
        at = time.strftime("%H:%M", time.localtime(self._saved_at))
        self._say(f"draft saved {at}{f' · {where}' if where else ''}", "$muted", "✓ ", "$good")

    def _say(self, words: str, style: str, mark: str = "", mark_style: str = "") -> None:
        self.query_one("#compose-saved", Static).update(Content.assemble((say(self, mark), mark_style), (words, style)))
