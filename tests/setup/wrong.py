"""Wrong configurations: what was typed, which half and step the doctor must name, in which words, and whether one key
makes both halves green."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.servers.dovecot import ADA
from tests.setup.street import IMAP, POP, SMTP, received, right, sent
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.setup.check import Half

R, S = Half.RECEIVING, Half.SENDING


@dataclass(frozen=True)
class Wrong:
    """One row.

    Attributes:
        typed: what is wrong, for the table.
        make: gives the account.
        half, step: what the doctor must name first.
        says: what must be in its fact and advice.
        keys: how many repairs make both halves green; 0: no key can.
        waits: whether somebody is silent, so that a step takes all its time.
    """

    typed: str
    make: Callable[[], AccountConfig]
    half: Half
    step: str
    says: str
    keys: int = 1
    waits: bool = False


def _with_password(password: str, *, half: Half | None = None) -> AccountConfig:
    account = right()
    assert account.send is not None
    secret = Secret(password=password)
    receive = account.receive if half is S else replace(account.receive, secret=secret)
    send = account.send if half is R else replace(account.send, secret=secret)
    return replace(account, receive=receive, send=send)


def _command(*argv: str) -> AccountConfig:
    account = right()
    secret = Secret(password_command=argv)
    assert account.send is not None
    return replace(account, receive=replace(account.receive, secret=secret), send=replace(account.send, secret=secret))


def _both(receive: dict[str, object], send: dict[str, object]) -> AccountConfig:
    account = right()
    assert account.send is not None
    changed_receive: Server = replace(account.receive, **receive)  # type: ignore[arg-type]
    changed_send: Server = replace(account.send, **send)  # type: ignore[arg-type]
    return replace(account, receive=changed_receive, send=changed_send)


def _swapped() -> AccountConfig:
    return _both({"host": SMTP, "port": 465}, {"host": IMAP, "port": 993})


STARTTLS = Security.STARTTLS

ROWS = (
    Wrong("receive: port 143 with tls", lambda: received(port=143), R, "service", "answers in plain text"),
    Wrong("receive: port 993 with starttls", lambda: received(security=STARTTLS), R, "service", "waits for TLS"),
    Wrong("receive: port 995 of the POP3 server", lambda: received(host=POP, port=995), R, "service", "POP3 server"),
    Wrong("receive: port 995, where nothing is", lambda: received(port=995), R, "tcp", "nothing listens on port 995"),
    Wrong(
        "receive: a port that a firewall swallows",
        lambda: received(port=1993),
        R,
        "tcp",
        "A firewall swallows",
        waits=True,
    ),
    Wrong(
        "receive: imap.exmaple.org", lambda: received(host="imap.exmaple.org"), R, "dns", "Did you mean imap.example"
    ),
    Wrong(
        "receive: mailserver.example.org", lambda: received(host="mailserver.example.org"), R, "dns", "no server called"
    ),
    Wrong("receive: the web address", lambda: received(host="www.example.org", port=443), R, "service", "web server"),
    Wrong(
        "receive: the web address, port 80",
        lambda: received(host="www.example.org", port=80),
        R,
        "service",
        "web server",
    ),
    Wrong("receive: a port that says nothing", lambda: received(port=2000), R, "service", "says nothing", waits=True),
    Wrong("receive: a port that hangs up", lambda: received(port=2001), R, "service", "hangs up"),
    Wrong("receive: a server that says goodbye", lambda: received(port=3100), R, "greeting", "says goodbye", 0),
    Wrong("receive: the sending server", lambda: received(host=SMTP, port=465), R, "service", "sending server stands"),
    Wrong("both: the two servers swapped", _swapped, R, "service", "change places"),
    Wrong(
        "receive: protocol pop3 at the IMAP server",
        lambda: replace(right(), protocol=Protocol.POP3),
        R,
        "service",
        "IMAP server",
    ),
    Wrong("receive: a self-signed certificate", lambda: received(host="own.example.org"), R, "tls", "pin it: sha256:"),
    Wrong("receive: a private authority", lambda: received(host="private.example.org"), R, "tls", "pin it: sha256:"),
    Wrong(
        "receive: a certificate for other hosts",
        lambda: received(host="you.example.net"),
        R,
        "tls",
        f"Use {IMAP} as host",
    ),
    Wrong(
        "receive: an expired certificate", lambda: received(host="expired.example.org"), R, "tls", "expired on 20", 0
    ),
    Wrong(
        "receive: the pin of another certificate", lambda: received(pin="sha256:" + "a" * 64), R, "tls", "ANOTHER", 0
    ),
    Wrong(
        "receive: a server with TLS 1.1", lambda: received(host="old.example.org"), R, "service", "outdated versions", 0
    ),
    Wrong(
        "receive: STARTTLS is taken off the line",
        lambda: received(host="stripped.example.org", port=143, security=STARTTLS),
        R,
        "tls",
        "does not offer STARTTLS",
    ),
    Wrong(
        "receive: anybody is let in before STARTTLS",
        lambda: received(host="preauth.example.org", port=143, security=STARTTLS),
        R,
        "greeting",
        "lets anybody in",
    ),
    Wrong("receive: an app password is needed (Gmail)", lambda: received(port=3001), R, "login", "app password", 0),
    Wrong("receive: IMAP is switched off", lambda: received(port=3002), R, "login", "IMAP is switched off", 0),
    Wrong("receive: too many connections", lambda: received(port=3003), R, "login", "limit of connections", 0),
    Wrong("receive: the server is out of order", lambda: received(port=3004), R, "login", "just now", 0),
    Wrong("receive: the browser is wanted first", lambda: received(port=3005), R, "login", "browser", 0),
    Wrong("receive: user ada", lambda: received(user="ada"), R, "login", "want the full address"),
    Wrong("receive: user adda@example.org", lambda: received(user="adda@example.org"), R, "login", "user name right"),
    Wrong("both: user ada", lambda: _both({"user": "ada"}, {"user": "ada"}), R, "login", "want the full address"),
    Wrong(
        "receive: a wrong password",
        lambda: _with_password("wrong one", half=R),
        R,
        "login",
        "does not take the password",
        0,
    ),
    Wrong("both: a wrong password", lambda: _with_password("wrong one"), R, "login", "does not take the password", 0),
    Wrong("both: a password command that fails", lambda: _command("false"), R, "secret", "failed with status 1", 0),
    Wrong(
        "both: a password command that is not there",
        lambda: _command("no-such-program"),
        R,
        "secret",
        "cannot be run",
        0,
    ),
    Wrong("both: a password command that prints nothing", lambda: _command("true"), R, "secret", "printed no", 0),
    Wrong(
        "receive: mailboxes.sent = “Snet”",
        lambda: replace(right(), mailboxes={"sent": "Snet"}),
        R,
        "mailboxes",
        "Did you mean “Sent”",
    ),
    Wrong("send: port 465 with starttls", lambda: sent(security=STARTTLS), S, "service", "waits for TLS"),
    Wrong("send: port 587 with tls", lambda: sent(port=587), S, "service", "answers in plain text"),
    Wrong("send: port 25", lambda: sent(port=25, security=STARTTLS), S, "tcp", "providers block it", waits=True),
    Wrong("send: port 466", lambda: sent(port=466), S, "tcp", "nothing listens"),
    Wrong("send: smtp.example.ogr", lambda: sent(host="smtp.example.ogr"), S, "dns", "Did you mean smtp.example.org"),
    Wrong("send: the receiving server", lambda: sent(host=IMAP, port=993), S, "service", "receiving server stands"),
    Wrong("send: a self-signed certificate", lambda: sent(host="self.example.org"), S, "tls", "pin it: sha256:"),
    Wrong("send: a certificate for other hosts", lambda: sent(host="own.example.org"), S, "tls", f"Use {SMTP} as host"),
    Wrong("send: a server for servers, without AUTH", lambda: sent(port=2525), S, "ehlo", "offers no login"),
    Wrong("send: Microsoft takes no passwords", lambda: sent(port=4001), S, "login", "needs OAuth", 0),
    Wrong("send: an app password is needed", lambda: sent(port=4002), S, "login", "app password", 0),
    Wrong("send: too many connections", lambda: sent(port=4003), S, "login", "limit of connections", 0),
    Wrong("send: user ada", lambda: sent(user="ada"), S, "login", "want the full address"),
    Wrong(
        "send: a wrong password",
        lambda: _with_password("wrong one", half=S),
        S,
        "login",
        "does not take the password",
        0,
    ),
    Wrong(
        "send: an address that is not one's own",
        lambda: replace(sent(port=2626), address=Address("Ada", "countess@example.org")),
        S,
        "envelope",
        f"Send as {ADA}",
    ),
    Wrong(
        "send: an address that does not exist",
        lambda: replace(right(), address=Address("Ada", "adda@example.org")),
        S,
        "envelope",
        "does not take mail to adda",
    ),
    Wrong(
        "both: 143 with tls, 465 with starttls",
        lambda: _both({"port": 143}, {"security": STARTTLS}),
        R,
        "service",
        "answers in plain text",
        2,
    ),
)
