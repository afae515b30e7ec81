"""Another mail program to be measured against: neomutt, as it is installed, else unpacked below ``.cache/peers``."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench.mailboxes import quoted
from tests.bench.pty_driver import PtyProgram
from tests.servers.packages import CACHE, ServersMissing, fetch

PEERS = CACHE.parent / "peers"

CONFIG = """
set folder="imap://127.0.0.1:{port}/"
set spoolfile="imap://127.0.0.1:{port}/INBOX"
set imap_user={user}
set imap_pass={password}
set ssl_starttls=no
set ssl_force_tls=no
set header_cache="{folder}/headers"
set message_cachedir="{folder}/bodies"
set imap_idle=yes
set mail_check=60
set sort=reverse-date-received
set beep=no
set mark_old=no
set delete=no
set quit=yes
set abort_nosubject=no
set record=""
set postponed="{folder}/postponed"
"""


@dataclass(frozen=True, slots=True)
class Neomutt:
    """Where it is.

    Attributes:
        program: its file.
        libraries: folder of what it needs, or None when that is installed.
    """

    program: Path
    libraries: Path | None

    def start(self, folder: Path, port: int, user: str, password: str, *, width: int, height: int) -> PtyProgram:
        """Start it in a mailbox.

        Args:
            folder: for its caches.
            port: of an IMAP server on 127.0.0.1, without TLS.
            user, password: of the owner.
            width, height: cells of the terminal.
        """
        words = {"user": quoted(user).decode(), "password": quoted(password).decode()}
        (folder / "headers").mkdir(parents=True, exist_ok=True)
        (folder / "bodies").mkdir(exist_ok=True)
        config = folder / "neomuttrc"
        config.write_text(CONFIG.format(folder=folder, port=port, **words))
        env = {"HOME": str(folder), "EDITOR": "true"}
        if self.libraries is not None:
            env["LD_LIBRARY_PATH"] = str(self.libraries)
        return PtyProgram([str(self.program), "-n", "-F", str(config)], width=width, height=height, env=env)


def neomutt() -> Neomutt | None:
    """Return neomutt, fetching it when it is missing; None, after a line that says why, when it cannot be had."""
    installed = shutil.which("neomutt")
    if installed is not None:
        return Neomutt(Path(installed), None)
    tree = PEERS / "tree"
    program = tree / "usr" / "bin" / "neomutt"
    if not program.exists():
        print(f"neomutt: fetched from Debian into {os.path.relpath(PEERS)}, not installed", flush=True)
        try:
            fetch(PEERS, ("neomutt",))
        except ServersMissing as error:
            print(f"neomutt: not to be had ({error})")
            return None
    return Neomutt(program, next((tree / "usr" / "lib").glob("*-linux-gnu"), None))
