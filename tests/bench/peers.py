"""Other mail programs to be measured against: as they are installed, else unpacked below ``.cache``."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.mailboxes import quoted
from tests.bench.pty_driver import PtyProgram
from tests.servers.packages import CACHE, ServersMissing, unpacked

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
class Peer:
    """A program that is not ours.

    Attributes:
        program: its file.
        tree: where it is unpacked; None when it is installed.
        env: what leads it to the libraries it brought.
    """

    program: Path
    tree: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> Path:
        """Where its data files are."""
        return (self.tree or Path("/")) / "usr" / "share"

    def version(self, *words: str) -> str:
        """Return the first line it prints when it is asked with these words; "" when it says nothing."""
        try:
            env = {"PATH": os.environ.get("PATH", ""), **self.env}
            said = subprocess.run([str(self.program), *words], capture_output=True, text=True, env=env, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return next(iter((said.stdout or said.stderr).splitlines()), "")


@dataclass(frozen=True, slots=True)
class Neomutt:
    """neomutt, or mutt: both read `CONFIG`."""

    peer: Peer

    def write(self, folder: Path, port: int, user: str, password: str, more: str = "") -> None:
        """Write its configuration.

        Args:
            folder: for it and for its caches.
            port: of an IMAP server on 127.0.0.1, without TLS.
            user, password: of the owner.
            more: lines on top of `CONFIG`.
        """
        words = {"user": quoted(user).decode(), "password": quoted(password).decode()}
        (folder / "headers").mkdir(parents=True, exist_ok=True)
        (folder / "bodies").mkdir(exist_ok=True)
        config = folder / "neomuttrc"
        config.touch(mode=0o600)
        config.write_text(CONFIG.format(folder=folder, port=port, **words) + more)

    def run(self, folder: Path, *, width: int, height: int) -> PtyProgram:
        """Start it as `write` left it."""
        env = {"HOME": str(folder), "EDITOR": "true", **self.peer.env}
        words = [str(self.peer.program), "-n", "-F", str(folder / "neomuttrc")]
        return PtyProgram(words, width=width, height=height, env=env, folder=folder)

    def start(self, folder: Path, port: int, user: str, password: str, *, width: int, height: int) -> PtyProgram:
        """Start it in a mailbox; arguments as for `write`, and the cells of the terminal."""
        self.write(folder, port, user, password)
        return self.run(folder, width=width, height=height)


def peer(name: str, package: str = "") -> Peer:
    """Return a program, fetching its Debian package when it is not installed.

    Args:
        name: of its file.
        package: where that is another name.

    Raises:
        ServersMissing: it cannot be had; saying why.
    """
    installed = shutil.which(name)
    if installed is not None:
        return Peer(Path(installed))
    package = package or name
    part = Path("usr/bin", name)
    if not (CACHE / "peers" / package / "tree" / part).exists():
        print(f"{name}: fetched from Debian into .cache, not installed", flush=True)
    tree = unpacked(f"peers/{package}", (package,), part)
    libraries = [tree / "usr" / "lib" / f"{platform.machine()}-linux-gnu", tree / "usr" / "lib"]
    found = os.pathsep.join(str(folder) for folder in libraries if folder.is_dir())
    return Peer(tree / part, tree, {"LD_LIBRARY_PATH": found} if found else {})


def neomutt() -> Neomutt | None:
    """Return neomutt, fetching it when it is missing; None, after a line that says why, when it cannot be had."""
    try:
        return Neomutt(peer("neomutt"))
    except ServersMissing as error:
        print(f"neomutt: not to be had ({error})")
        return None
