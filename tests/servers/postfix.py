"""Postfix on loopback: submission by TLS and STARTTLS with AUTH, delivering by LMTP into a Dovecot beside it.

::

    with Dovecot() as dovecot, Postfix(dovecot) as postfix:
        postfix.server("ada@example.org")

Only root can run it: its master changes between the users of its processes.
"""

import grp
import os
import pwd
from pathlib import Path
from typing import Self

from tests.servers.certificate import Certificate, certificate
from tests.servers.dovecot import Dovecot
from tests.servers.packages import ServersMissing
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.servers.real import RealServer
from tui.config.model import Secret, Security, Server

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "saved", "trace")
MASTER = "/usr/lib/postfix/sbin/master"

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
meta_directory = {folder}/conf
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = {owner}
setgid_group = {group}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.example.org
mydomain = example.org
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks =
relay_domains =
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = inline:{{{mailboxes}}}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:this server sends nothing to the world
smtpd_tls_cert_file = {folder}/conf/certificate.pem
smtpd_tls_key_file = {folder}/conf/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtputf8_enable = yes
message_size_limit = {size}
virtual_mailbox_limit = 0
biff = no
"""

SERVICES = """
127.0.0.1:{tls} inet n - n - - smtpd
  -o syslog_name=postfix/submissions -o smtpd_tls_wrappermode=yes
127.0.0.1:{starttls} inet n - n - - smtpd
  -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(RealServer):
    """One Postfix that takes submissions of a Dovecot's users and delivers to them.

    Args:
        dovecot: running.
        folder: where everything of it lies; made in the temporary folder, and removed at the end, when None.
        size_limit: octets of the largest mail it takes.
        pair: its certificate; None: a self-signed one.

    Attributes:
        port: submission by TLS, on 127.0.0.1.
        starttls_port: submission with STARTTLS; it refuses AUTH without.
    """

    def __init__(
        self,
        dovecot: Dovecot,
        folder: Path | None = None,
        *,
        size_limit: int = 50_000_000,
        pair: Certificate | None = None,
    ) -> None:
        super().__init__("postfix", folder)
        self.port = self.starttls_port = 0
        self._dovecot = dovecot
        self._size_limit = size_limit
        self._pair = pair or certificate()

    def __enter__(self) -> Self:
        if os.geteuid():
            raise ServersMissing("Postfix runs only as root: run the tests of submission as root.")
        return super().__enter__()

    def _made(self) -> ServerProcess:
        return ServerProcess(
            [MASTER, "-c", str(self.folder / "conf"), "-s"],
            ports=(self.port, self.starttls_port),
            log=self.folder / "console",
            files={"/etc/passwd": self.folder / "passwd", "/etc/group": self.folder / "group"},
            folder=self._ours,
        )

    @property
    def log(self) -> str:
        """All it has logged."""
        files = (self.folder / "log", self.folder / "console")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def server(self, user: str, security: Security = Security.TLS, password: str | None = None) -> Server:
        """Return the configuration that reaches it."""
        port = self.port if security is Security.TLS else self.starttls_port
        secret = Secret(password=self._dovecot.users[user] if password is None else password)
        return Server(LOOPBACK, port, security, user, secret, ca_file=self._pair.authority)

    def _write(self) -> None:
        """Choose ports and write the configuration."""
        self.port, self.starttls_port = free_port(), free_port()
        owner, group = self._write_accounts()
        conf, queue, data = (self.folder / name for name in ("conf", "queue", "data"))
        for path in (conf, queue, data, *(queue / name for name in ("pid", *QUEUES, "maildrop", "private", "public"))):
            path.mkdir(exist_ok=True)
        (conf / "dynamicmaps.cf").touch()
        pair = self._pair
        (conf / "key.pem").write_bytes(pair.key.read_bytes())
        (conf / "key.pem").chmod(0o600)
        (conf / "certificate.pem").write_bytes(pair.certificate.read_bytes())
        dovecot = self._dovecot
        text = MAIN.format(
            folder=self.folder,
            owner="postfix",
            domains=", ".join(sorted({user.partition("@")[2] for user in dovecot.users})),
            group="postdrop",
            mailboxes=", ".join(f"{{{user} = x}}" for user in dovecot.users),
            lmtp=dovecot.lmtp_port,
            auth=dovecot.auth_port,
            size=self._size_limit,
        )
        (conf / "main.cf").write_text(text)
        (conf / "master.cf").write_text(SERVICES.format(tls=self.port, starttls=self.starttls_port))
        for name in ("main.cf", "master.cf"):  # of a file just written Postfix thinks that it is still being written
            os.utime(conf / name, (0, 0))
        for path in (data, *(queue / name for name in (*QUEUES, "private"))):
            path.chmod(0o700)
            os.chown(path, owner, -1)
        for name, mode in (("maildrop", 0o730), ("public", 0o710)):
            (queue / name).chmod(mode)
            os.chown(queue / name, owner, group)

    def _write_accounts(self) -> tuple[int, int]:
        """Write passwd and group files with Postfix's own in them; return the ids of postfix and postdrop."""
        passwd, group = (Path("/etc", name).read_text() for name in ("passwd", "group"))
        users = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
        groups = {entry.gr_name: entry.gr_gid for entry in grp.getgrall()}
        spare = max(i for i in range(64000, 64999) if not {i, i - 1} & {*users.values(), *groups.values()})
        if "postfix" not in users:
            users["postfix"] = spare
            passwd += f"postfix:x:{spare}:{spare}::/nonexistent:/usr/sbin/nologin\n"
            group += f"postfix:x:{spare}:\n"
        if "postdrop" not in groups:
            groups["postdrop"] = spare - 1
            group += f"postdrop:x:{spare - 1}:\n"
        (self.folder / "passwd").write_text(passwd)
        (self.folder / "group").write_text(group)
        return users["postfix"], groups["postdrop"]
