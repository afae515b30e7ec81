"""What config.toml says of servers: where they are, how the line is protected, who logs in with what."""

import ipaddress
import re
from enum import StrEnum
from pathlib import Path

from tui.config.model import SIEVE_PORT, OAuth, Secret, Security, Server
from tui.config.table import Table
from tui.mail.address import Address
from tui.mail.sasl import MECHANISMS


class Service(StrEnum):
    """What a server is for."""

    IMAP = "imap"
    POP3 = "pop3"
    SUBMISSION = "smtp"
    SIEVE = "sieve"


_HOST = re.compile(r"[^\s/@:,;<>\"'\\\[\]]{1,253}\Z")
_PIN = re.compile(r"sha256:[0-9a-fA-F]{64}\Z")
_PORTS = {
    (Service.IMAP, Security.TLS): 993,
    (Service.IMAP, Security.STARTTLS): 143,
    (Service.IMAP, Security.PLAIN): 143,
    (Service.POP3, Security.TLS): 995,
    (Service.POP3, Security.STARTTLS): 110,
    (Service.POP3, Security.PLAIN): 110,
    (Service.SUBMISSION, Security.TLS): 465,
    (Service.SUBMISSION, Security.STARTTLS): 587,
    (Service.SUBMISSION, Security.PLAIN): 587,
}
"""Ports where none is named; of ManageSieve it is always `SIEVE_PORT`."""
_PLACES = {Service.SUBMISSION: "send", Service.SIEVE: "sieve"}
"""Where a secret of their own is kept: behind the account's name."""


def read_server(
    table: Table, service: Service, name: str, *, address: Address | None = None, receive: Server | None = None
) -> Server:
    """Return a server.

    Args:
        table: ``[accounts.NAME.receive]``, ``send`` or ``sieve``.
        service: what it is for.
        name: the account's.
        address: the user's, for the receiving server: the login name where none is written.
        receive: that server, for the others: its user and secret are theirs where they have none of their own.

    Raises:
        ConfigError: what is written does not fit.
    """
    usual = Security.STARTTLS if service is Service.SIEVE else Security.TLS
    host = table.text(
        "host", receive.host if receive and service is Service.SIEVE else None, example=f"{service}.example.org"
    )
    if not _HOST.match(host) and not _is_address(host):
        raise table.wrong("host", f'"{host}" is not a host name.', "Write the name alone: no port, no scheme.")
    security = table.choice("security", Security, usual)
    if security is Security.PLAIN and not is_loopback(host):
        raise table.wrong(
            "security",
            f'"plain" would send the password to {host} in the clear; it is allowed to this machine only.',
            'Use security = "tls" or "starttls".',
        )
    pin = table.text("pin", "")
    if pin and not _PIN.match(pin):
        raise table.wrong("pin", "this is not a fingerprint.", "Write sha256: and 64 hexadecimal digits.")
    server = Server(
        host=host,
        port=table.integer("port", _PORTS.get((service, security), SIEVE_PORT), 1, 65535),
        security=security,
        user=table.text("user", receive.user if receive else address.spec if address else ""),
        secret=_secret(table, receive, name if receive is None else f"{name}:{_PLACES[service]}"),
        ca_file=_file(table, "ca_file"),
        pin=pin.lower(),
        mechanism=_mechanism(table),
    )
    table.finish()
    return server


def _mechanism(table: Table) -> str:
    written = table.text("mechanism", "")
    return table.one_of("mechanism", MECHANISMS, "") if written else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very name: an address of 127.0.0.0/8, ::1, or ``localhost``."""
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _secret(table: Table, receive: Server | None, key: str) -> Secret:
    secret = Secret(
        password=table.text("password", ""),
        password_command=table.argv("password_command"),
        token_command=table.argv("token_command"),
        keyring=table.boolean("keyring", False),
        oauth=_oauth(table),
        key=key,
    )
    kinds = [key for key in ("password", "password_command", "token_command", "keyring", "oauth") if key in table]
    if len(kinds) > 1:
        raise table.wrong(kinds[1], f"{kinds[0]} is set too.", "Keep one of them.")
    return receive.secret if receive is not None and not secret.is_set else secret


def _oauth(table: Table) -> OAuth | None:
    own = table.table("oauth")
    if own is None:
        return None
    from tui.config import oauth  # noqa: PLC0415 - late: start-up time

    return oauth.read(own)


def _file(table: Table, key: str) -> Path | None:
    written = table.text(key, "")
    if not written:
        return None
    path = Path(written).expanduser()
    if not path.is_file():
        raise table.wrong(key, f"there is no file {written}.")
    return path
