"""Cyrus on loopback: another server with QRESYNC, MOVE and SPECIAL-USE, and with opinions of its own on all of them.

Its Debian packages are fetched like those of `tests.servers.packages` and laid over /usr for it alone; an ordinary user
can run it too, where namespaces are allowed.
"""

import grp
import imaplib
import os
import pwd
import smtplib
from pathlib import Path

from tests.servers.packages import laid_over
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.servers.real import RealServer
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.mail.ids import AccountName

PACKAGES = ("cyrus-imapd", "sasl2-bin")
PARTS = (Path("usr/lib/cyrus/bin/imapd"), Path("usr/sbin/cyrmaster"), Path("usr/sbin/saslpasswd2"))
DOMAIN = "example.org"
USER, PASSWORD = f"ada@{DOMAIN}", "analytical engine"
FOLDERS = ("conf", *(f"conf/{name}" for name in ("db", "log", "msg", "ptclient", "socket")), "run", "sieve", "spool")
SPECIAL = {"sent": "Sent", "drafts": "Drafts", "archive": "Archive", "trash": "Trash", "junk": "Junk"}

IMAPD = """
configdirectory: {folder}/conf
defaultpartition: default
partition-default: {folder}/spool
sievedir: {folder}/sieve
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
lmtpsocket: {folder}/run/lmtp
idlesocket: {folder}/run/idle
notifysocket: {folder}/run/notify
cyrus_user: {user}
cyrus_group: {group}
servername: {domain}
virtdomains: userid
defaultdomain: {domain}
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
autocreate_quota: 0
autocreate_post: yes
"""

OWN_NAMES = """
altnamespace: yes
unixhierarchysep: yes
"""

PREFIXED = """
altnamespace: no
unixhierarchysep: no
"""

SERVICES = """
START {{
  recover cmd="ctl_cyrusdb -C {folder}/imapd.conf -r"
  idled cmd="idled -C {folder}/imapd.conf"
}}
SERVICES {{
  imap cmd="imapd -C {folder}/imapd.conf" listen="127.0.0.1:{imap}" prefork=1 maxchild=100
  lmtp cmd="lmtpd -C {folder}/imapd.conf -a" listen="127.0.0.1:{lmtp}" prefork=0 maxchild=20
}}
EVENTS {{
}}
"""

SCRIPT = """set -e
cd "$0"
[ -e sasldb2 ] || saslpasswd2 -c -p -f "$0/sasldb2" -u {domain} {local} < secret
exec cyrmaster -D -C "$0/imapd.conf" -M "$0/cyrus.conf" -p "$0/run/pid"
"""


class Cyrus(RealServer):
    """One Cyrus with one user, below one folder of its own.

    Args:
        prefixed: it calls all mailboxes ``INBOX.…`` and makes none but INBOX, as Debian sets it up; else they have
            their own names, and those with a special use are there.

    Attributes:
        port: IMAP without protection, on 127.0.0.1.
        lmtp_port: where mail is delivered.

    Raises:
        ServersMissing: it cannot be had here.
    """

    def __init__(self, *, prefixed: bool = False) -> None:
        super().__init__("cyrus")
        self.port = self.lmtp_port = 0
        self._tree = laid_over("cyrus", PACKAGES, *PARTS)
        self._prefixed = prefixed
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._owner = nobody.pw_uid, nobody.pw_gid
        else:
            self._owner = os.geteuid(), os.getegid()

    def _write(self) -> None:
        self.port, self.lmtp_port = free_port(), free_port()
        for name in FOLDERS:
            (self.folder / name).mkdir(exist_ok=True)
        uid, gid = self._owner
        text = IMAPD.format(
            folder=self.folder, user=pwd.getpwuid(uid).pw_name, group=grp.getgrgid(gid).gr_name, domain=DOMAIN
        )
        if self._prefixed:
            text += PREFIXED
        else:
            text += OWN_NAMES + f"autocreate_inbox_folders: {'|'.join(SPECIAL.values())}\n"
            text += "".join(f"xlist-{use}: {name}\n" for use, name in SPECIAL.items())
        (self.folder / "imapd.conf").write_text(text)
        ports = SERVICES.format(folder=self.folder, imap=self.port, lmtp=self.lmtp_port)
        (self.folder / "cyrus.conf").write_text(ports)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, uid, gid)

    def _made(self) -> ServerProcess:
        script = SCRIPT.format(domain=DOMAIN, local=USER.partition("@")[0])
        return ServerProcess(
            ["sh", "-c", script, str(self.folder)],
            ports=(self.port, self.lmtp_port),
            log=self.folder / "log",
            owner=self._owner if os.geteuid() == 0 else None,
            folder=self._ours,
            tree=self._tree,
        )

    def deliver(self, *mails: bytes) -> None:
        """Deliver mails by LMTP (RFC 2033) to its user; they are in INBOX when this returns."""
        with smtplib.LMTP(LOOPBACK, self.lmtp_port, timeout=30) as lmtp:
            for mail in mails:
                lmtp.sendmail("", [USER], mail)

    def imap(self, user: str = USER) -> imaplib.IMAP4:
        """Return another client's line, logged in; the caller logs out, or uses it in a ``with``."""
        line = imaplib.IMAP4(LOOPBACK, self.port, timeout=30)
        line.login(user, PASSWORD)
        return line

    def account(self, send: Server | None = None) -> AccountConfig:
        """Return the account of its user."""
        receive = Server(LOOPBACK, self.port, Security.PLAIN, USER, Secret(password=PASSWORD))
        return AccountConfig(AccountName("ada"), Address("Ada", USER), Protocol.IMAP, receive, send)
