"""Courier on loopback: the plain old road as a real server walks it. No MOVE, no SPECIAL-USE, no CONDSTORE, ``INBOX.``.

Its Debian packages are fetched like those of `tests.servers.packages` and laid over /usr and /etc in a mount namespace
of its own; that takes root.
"""

import os
import pwd
import shutil
import uuid
from pathlib import Path

from tests.servers.packages import ServersMissing, laid_over, namespace
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.servers.real import RealServer
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


class Courier(RealServer):
    """One Courier with one user.

    Attributes:
        port: IMAP without protection, on 127.0.0.1.
    """

    def __init__(self) -> None:
        if os.geteuid():
            raise ServersMissing("Courier runs here for root only.")
        super().__init__("courier")
        self.port = 0
        self._tree = laid_over("courier", PACKAGES, Path("usr/bin/imapd"))
        nobody = pwd.getpwnam("nobody")
        self._owner = (nobody.pw_uid, nobody.pw_gid)

    def _write(self) -> None:
        self.port = free_port()
        (self.folder / "etc").mkdir(exist_ok=True)
        shutil.copytree(self._tree / "etc" / "courier", self.folder / "etc" / "courier", dirs_exist_ok=True)
        for name in ("home", "home/Maildir", "home/Maildir/cur", "home/Maildir/new", "home/Maildir/tmp"):
            (self.folder / name).mkdir(exist_ok=True)
            os.chown(self.folder / name, *self._owner)

    def _made(self) -> ServerProcess:
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
        return ServerProcess(argv, ports=(self.port,), log=self.folder / "log", folder=self._ours)

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
