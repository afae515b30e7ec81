"""Dovecot on loopback: IMAP and POP3 by TLS, STARTTLS and in the clear, LMTP, and SASL for a submission server.

::

    with Dovecot() as dovecot:
        dovecot.deliver("ada@example.org", b"From: ...")
        dovecot.port, dovecot.users["ada@example.org"], dovecot.account("ada@example.org")

Without asyncio and without fixtures, so that a benchmark can use it too.
"""

import grp
import imaplib
import os
import pwd
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.servers.certificate import Certificate, certificate
from tests.servers.packages import programs
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.servers.real import RealServer
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.mail.ids import AccountName

ADA, GRACE, ALAN = "ada@example.org", "grace@example.org", "alan@example.org"
USERS = {ADA: "analytical engine", GRACE: 'nano"second\\', ALAN: "Entscheidung"}
SPECIAL = {"Drafts": r"\Drafts", "Sent": r"\Sent", "Archive": r"\Archive", "Trash": r"\Trash", "Junk": r"\Junk"}

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/run/state
protocols = imap pop3 lmtp{sieve_protocol}
listen = 127.0.0.1
log_path = /dev/stderr
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = {uid}
first_valid_gid = {gid}
mail_uid = {uid}
mail_gid = {gid}
mail_fsync = never
mail_max_userip_connections = 1000
login_trusted_networks =
auth_failure_delay = 0
ssl = yes
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  client_limit = 4000
  {unlimited}
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 1000
}}
service pop3-login {{
  chroot =
  {unlimited}
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {auth_listener} {{
    port = {auth}
  }}
}}
namespace inbox {{
  inbox = yes
{special}}}
"""

OF_2_3 = """
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = {storage}:~/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service stats {{
  chroot =
}}
"""

OF_2_4 = """
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
auth_allow_cleartext = yes
auth_mechanisms {{
  plain = yes
  login = yes
}}
mail_driver = {storage}
mail_path = ~/mail
passdb passwd-file {{
  default_password_scheme = PLAIN
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
"""


SIEVE = """
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {sieve}
  }}
}}
"""

SIEVE_OF_2_3 = """
plugin {{
  sieve = file:~/sieve;active=~/.dovecot.sieve
}}
protocol lmtp {{
  mail_plugins = sieve
}}
"""

SIEVE_OF_2_4 = """
sieve_script personal {{
  driver = file
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}}
protocol lmtp {{
  mail_plugins {{
    sieve = yes
  }}
}}
"""


class Dovecot(RealServer):
    """One Dovecot with a few users, below one folder.

    Args:
        folder: where everything of it lies; made in the temporary folder, and removed at the end, when None.
        users: login name, which is the address, → password.
        storage: ``sdbox``, ``mdbox`` or ``maildir``.
        capability: what it says after login that it can do, for the plain old road; None: all it can.
        pair: its certificate; None: a self-signed one.
        compress: COMPRESS is offered, which newer ones do by themselves.
        sieve: it has ManageSieve, and runs the scripts over what is delivered.

    Attributes:
        port: IMAP by TLS, on 127.0.0.1.
        clear_port: IMAP with STARTTLS or without protection.
        pop3_port, clear_pop3_port: the same by POP3.
        lmtp_port: where mail is delivered.
        auth_port: SASL for Postfix.
        sieve_port: ManageSieve with STARTTLS or without protection; 0 where there is none.
        certificate: its PEM file, to be trusted.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        users: Mapping[str, str] = USERS,
        storage: str = "sdbox",
        capability: str | None = None,
        pair: Certificate | None = None,
        compress: bool = False,
        sieve: bool = False,
    ) -> None:
        super().__init__("dovecot", folder)
        self.users = dict(users)
        self.port = self.clear_port = self.lmtp_port = self.auth_port = 0
        self.pop3_port = self.clear_pop3_port = self.sieve_port = 0
        self._sieve = sieve
        self._pair = pair or certificate()
        self.certificate = self._pair.authority
        self._storage = storage
        self._capability = capability
        self._compress = compress

    def _made(self) -> ServerProcess:
        argv = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        ports = [self.port, self.clear_port, self.lmtp_port, self.auth_port, self.pop3_port, self.clear_pop3_port]
        ports += [self.sieve_port] if self._sieve else []
        owner = _owner() if os.geteuid() == 0 else None
        return ServerProcess(argv, ports=ports, log=self.folder / "log", owner=owner, folder=self._ours)

    def deliver(self, recipient: str, *mails: bytes, sender: str = "") -> None:
        """Deliver mails by LMTP (RFC 2033), one transaction each; they are in the mailbox when this returns."""
        with smtplib.LMTP(LOOPBACK, self.lmtp_port, timeout=30) as lmtp:
            for mail in mails:
                lmtp.sendmail(sender, [recipient], mail)

    def imap(self, user: str) -> imaplib.IMAP4_SSL:
        """Return another client's line, logged in; the caller logs out, or uses it in a ``with``."""
        context = ssl.create_default_context(cafile=self.certificate)
        line = imaplib.IMAP4_SSL(LOOPBACK, self.port, ssl_context=context, timeout=30)
        line.login(user, self.users[user])
        return line

    def server(self, user: str, security: Security = Security.TLS, password: str | None = None) -> Server:
        """Return the configuration that reaches it."""
        port = self.port if security is Security.TLS else self.clear_port
        secret = Secret(password=self.users[user] if password is None else password)
        return Server(LOOPBACK, port, security, user, secret, ca_file=self.certificate)

    def account(
        self,
        user: str,
        *,
        send: Server | None = None,
        security: Security = Security.TLS,
        password: str | None = None,
        name: str = "",
    ) -> AccountConfig:
        """Return an account of this user: named as the part before the @ unless another name is given."""
        local = user.partition("@")[0]
        address = Address(local.title(), user)
        receive = self.server(user, security, password)
        return AccountConfig(AccountName(name or local), address, Protocol.IMAP, receive, send)

    def pop3_server(self, user: str, security: Security = Security.TLS) -> Server:
        """Return the configuration that reaches it by POP3."""
        port = self.pop3_port if security is Security.TLS else self.clear_pop3_port
        return replace(self.server(user, security), port=port)

    def pop3_account(
        self,
        user: str,
        *,
        send: Server | None = None,
        security: Security = Security.TLS,
        leave_days: int | None = None,
        name: str = "",
    ) -> AccountConfig:
        """Return an account of this user by POP3; see `account`."""
        account = self.account(user, send=send, name=name)
        receive = self.pop3_server(user, security)
        return replace(account, protocol=Protocol.POP3, receive=receive, leave_days=leave_days)

    def _write(self) -> None:
        """Choose ports and write the configuration in the words of the version that is here."""
        self.port, self.clear_port, self.lmtp_port, self.auth_port = (free_port() for _ in range(4))
        self.pop3_port, self.clear_pop3_port = free_port(), free_port()
        self.sieve_port = free_port() if self._sieve else 0
        version = programs().dovecot_version
        uid, gid = _owner()
        new = version >= (2, 4)
        head = (
            f"dovecot_config_version = {'.'.join(map(str, version))}\ndovecot_storage_version = 2.4.0\n" if new else ""
        )
        mailboxes = [
            f"  mailbox {name} {{\n    auto = subscribe\n    special_use = {use}\n  }}\n"
            for name, use in SPECIAL.items()
        ]
        text = COMMON + (OF_2_4 if new else OF_2_3)
        if self._sieve:
            text += SIEVE + (SIEVE_OF_2_4 if new else SIEVE_OF_2_3)
        if self._compress and not new:
            text += "mail_plugins = zlib\nprotocol imap {{\n  mail_plugins = zlib imap_zlib\n}}\n"
        if self._capability is not None:
            text += f"imap_capability = {self._capability}\n"
        pair = self._pair
        key = self.folder / "key.pem"
        key.write_bytes(pair.key.read_bytes())
        crt = self.folder / "certificate.pem"
        crt.write_bytes(pair.certificate.read_bytes())
        config = self.folder / "dovecot.conf"
        config.write_text(
            head
            + text.format(
                folder=self.folder,
                user=pwd.getpwuid(uid).pw_name,
                group=grp.getgrgid(gid).gr_name,
                uid=uid,
                gid=gid,
                imap=self.clear_port,
                imaps=self.port,
                pop3=self.clear_pop3_port,
                pop3s=self.pop3_port,
                lmtp=self.lmtp_port,
                auth=self.auth_port,
                sieve=self.sieve_port,
                sieve_protocol=" sieve" if self._sieve else "",
                auth_listener="auth-inet" if new else "",
                unlimited="restart_request_count = unlimited" if new else "service_count = 0",
                special="".join(mailboxes),
                certificate=crt,
                key=key,
                storage=self._storage,
            )
        )
        users = self.folder / "users"
        users.write_text("".join(f"{user}:{{PLAIN}}{password}::::::\n" for user, password in self.users.items()))
        (self.folder / "mail").mkdir(exist_ok=True)
        (self.folder / "run").mkdir(exist_ok=True)
        for path in (self.folder, *self.folder.iterdir()):
            if os.geteuid() == 0:
                os.chown(path, uid, gid)


def _owner() -> tuple[int, int]:
    """Whose processes they are: never root's, for Dovecot reads no mail as root."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid
    return os.geteuid(), os.getegid()
