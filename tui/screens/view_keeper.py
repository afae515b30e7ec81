"""Writing down what the next start shows first, see `tui.config.last_view`: when it has changed, and at the end."""

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from tui.config import last_view
from tui.config.last_view import LastView
from tui.config.paths import Paths
from tui.mail.ids import MailboxId
from tui.screens.mail import MailScreen
from tui.store.database import LOCK_FILE, Store
from tui.terminal.application import TerminalApp

log = logging.getLogger(__name__)


class ViewKeeper:
    """Keeps the last view of one run.

    Args:
        paths: where files are.
        store: whose cache the next start reads.
        begin_with: the mailbox that was shown last.
    """

    def __init__(self, paths: Paths, store: Store, begin_with: MailboxId | None = None) -> None:
        self._paths = paths
        self._store = store
        self._written = ""
        self.begin_with = begin_with

    @classmethod
    def read(cls, paths: Paths, store: Store) -> "ViewKeeper":
        """Return one that knows what the last run has written. Blocks for a small file."""
        try:
            view = last_view.read(str(paths.view_file))
        except (OSError, ValueError):
            return cls(paths, store)
        return cls(paths, store, MailboxId(view.mailbox) if view.mailbox else None)

    async def keep(self, app: TerminalApp[int], mail: MailScreen, themes: Iterable[Path]) -> None:
        """Write the view down if it has changed.

        Args:
            app: on the terminal; elsewhere there is nothing to be remembered.
            mail: its mail screen.
            themes: files in which the theme is looked for.
        """
        view = LastView()
        mail.remember(view)
        if not view.mailbox or not app.remember(view):
            return
        view.surroundings = last_view.surroundings(os.environ)
        view.cache, view.version = str(self._paths.cache_file), self._store.cache_version
        view.lock = str(self._paths.data / LOCK_FILE)
        files = [str(file) for file in (self._paths.config_file, self._paths.habits_file, *themes)]
        await asyncio.to_thread(self._write, view, files)

    def _write(self, view: LastView, files: Iterable[str]) -> None:
        view.files = {file: last_view.stamp(file) for file in files}
        text = view.format()
        if text == self._written:
            return
        try:
            last_view.write(text, str(self._paths.view_file))
            self._written = text
        except OSError as error:
            log.warning("the last view is not written: %s", error.strerror)
