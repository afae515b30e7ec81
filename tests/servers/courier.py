"""Courier on loopback: the plain old road as a real server walks it. No MOVE, no SPECIAL-USE, no CONDSTORE, ``INBOX.``.

Its Debian packages are fetched like those of `tests.servers.packages` and laid over /usr and /etc in a mount namespace
of its own; that takes root.
"""

import os
import pwd
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.packages import CACHE, ServersMissing, fetch, namespace
from tests.servers.process import LOOPBACK, ServerProcess, free_port, remove, server_folder
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.mail.ids import AccountName

PACKAGES = ("courier-imap",)
USER, PASSWORD = "ada@example.org", "analytical engine"
SCRIPT = """set -e
mount -t overlay overlay -o "lowerdir=$TREE/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$FOLDER/etc:/etc" /etc
mount --bind "$FOLDER/etc/courier" /etc/courier
mount -t tmpfs tmpfs /run
mkdir -p /run/courier/authdaemon
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/; s/^daemons=.*/daemons=2/' /etc/courier/authdaemonrc
secret=$(printf '%s\\n%s\\n' "$PASSWORD" "$PASSWORD" | userdbpw -md5)
printf '%s\\tuid=%s|gid=%s|home=%s|systempw=%s\\n' "$USER" "$OWNER" "$GROUP" "$FOLDER/home" "$secret" \\
    > /etc/courier/userdb
chmod 600 /etc/courier/userdb
makeuserdb
authdaemond start &
until [ -S /run/courier/authdaemon/socket ]; do sleep 0.05; done
set -a
. /etc/courier/imapd
set +a
exec couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=20 -nodnslookup -noidentlookup "$LISTEN" \\
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"""


class Courier:
    """One Courier with one user, below one folder; a context manager.

    Attributes:
        port: IMAP without protection, on 127.0.0.1.
    """

    def __init__(self) -> None:
        if os.geteuid():
            raise ServersMissing("Courier runs here for root only.")
        self.port = free_port()
        self._tree = _tree()
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        self.folder = server_folder("courier")
        nobody = pwd.getpwnam("nobody")
        self._owner = (nobody.pw_uid, nobody.pw_gid)
        (self.folder / "etc").mkdir()
        _copy(self._tree / "etc" / "courier", self.folder / "etc" / "courier")
        for name in ("home", "home/Maildir", "home/Maildir/cur", "home/Maildir/new", "home/Maildir/tmp"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, *self._owner)
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        remove(self.folder)

    def start(self) -> None:
        """Start it (again): the same port, the same mail."""
        words = {
            "TREE": self._tree,
            "FOLDER": self.folder,
            "USER": USER,
            "PASSWORD": PASSWORD,
            "OWNER": self._owner[0],
            "GROUP": self._owner[1],
            "LISTEN": self.port,
        }
        told = [f"{name}={value}" for name, value in words.items()]
        argv = [*namespace(), "env", *told, "sh", "-c", SCRIPT]
        self._process = ServerProcess(argv, ports=(self.port,), log=self.folder / "log", folder=self.folder)
        self._process.start()

    def kill(self) -> None:
        """End it as a crash would: lines just break."""
        if self._process is not None:
            self._process.kill()

    def deliver(self, *mails: bytes) -> None:
        """Put mails into INBOX as a delivery agent does."""
        maildir = self.folder / "home" / "Maildir"
        for mail in mails:
            name = uuid.uuid4().hex
            file = maildir / "tmp" / name
            file.write_bytes(mail.replace(b"\r\n", b"\n"))
            os.chown(file, *self._owner)
            file.rename(maildir / "new" / name)

    def account(self) -> AccountConfig:
        """Return the account of its user."""
        receive = Server(LOOPBACK, self.port, Security.PLAIN, USER, Secret(password=PASSWORD))
        return AccountConfig(AccountName("ada"), Address("Ada", USER), Protocol.IMAP, receive)


def _tree() -> Path:
    folder = CACHE / "courier"
    if not (folder / "tree" / "usr" / "bin" / "imapd").exists():
        fetch(folder, PACKAGES)
    return folder / "tree"


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for each in source.iterdir():
        if each.is_dir():
            _copy(each, target / each.name)
        else:
            (target / each.name).write_bytes(each.read_bytes())
