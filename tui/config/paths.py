"""Where Tidings keeps its files (XDG Base Directory). Folders are made 0700, files 0600."""

import os
from pathlib import Path

import platformdirs

from tui.config import last_view
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Paths:
    """The four folders.

    Attributes:
        config: config.toml and themes/.
        data: precious: outbox, drafts, journal, mail by POP3.
        cache: what can be fetched again.
        state: the log, and what is remembered of the user's habits.
    """

    config: Path
    data: Path
    cache: Path
    state: Path

    @classmethod
    def of_user(cls) -> "Paths":
        """The folders of whoever runs this, by the XDG variables."""
        dirs = platformdirs.PlatformDirs("tidings", appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_state_path)

    @classmethod
    def under(cls, root: Path) -> "Paths":
        """Four folders below one: for the demo and for tests."""
        return cls(root / "config", root / "data", root / "cache", root / "state")

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def tokens(self) -> Path:
        """The folder of OAuth tokens."""
        return self.data / "tokens"

    @property
    def lent(self) -> Path:
        """The folder of texts that an editor has in its hands."""
        return self.state / "lent"

    @property
    def log_file(self) -> Path:
        return self.state / "tidings.log"

    @property
    def habits_file(self) -> Path:
        return self.state / "habits.json"

    @property
    def view_file(self) -> Path:
        return self.state / last_view.FILE

    @property
    def opened(self) -> Path:
        """Copies of parts that other programs show, see `tui.config.scratch`."""
        return self.cache / "opened"

    @property
    def cache_file(self) -> Path:
        return self.cache / "cache.db"

    @property
    def socket_file(self) -> Path:
        """Where the program that runs does what commands ask for; beside its lock."""
        return self.data / "tidings.socket"

    @property
    def precious_file(self) -> Path:
        return self.data / "precious.db"

    @property
    def mail_file(self) -> Path:
        return self.data / "mail.db"

    def make(self) -> None:
        """Create the folders that are missing, for the owner only.

        Raises:
            OSError: when one cannot be made.
        """
        for folder in (self.config, self.data, self.cache, self.state):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if folder.stat().st_uid == os.getuid() and folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
