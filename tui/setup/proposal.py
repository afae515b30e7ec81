"""An account made out of what was found: a proposal, every value of which can be changed before it is written."""

import contextlib
import os
import pwd
import re

from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address, parse_addresses
from tui.mail.ids import AccountName
from tui.setup.autoconfig import Offer
from tui.setup.dialogue import Service
from tui.setup.discovery import Found
from tui.setup.ways import names, usual

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.+-]+")


def address_of(written: str) -> Address | None:
    """Return the address that was typed, with the name this machine knows for its user where none was."""
    found = parse_addresses(written)
    if len(found) != 1 or not found[0].is_valid:
        return None
    return found[0] if found[0].name else Address(_own_name(), found[0].spec)


def _own_name() -> str:
    with contextlib.suppress(KeyError):
        name = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
        return name if name.isprintable() and " " in name else ""
    return ""


def account_name(address: str, taken: tuple[str, ...] = ()) -> AccountName:
    """Return a name for an account: the first word of its domain, or of its provider's, with a number where needed."""
    domain = address.rpartition("@")[2]
    word = _NOT_IN_A_NAME.sub("-", domain.split(".")[0]).strip("-.+_") or "mail"
    name, number = word, 2
    while name in taken:
        name, number = f"{word}{number}", number + 1
    return AccountName(name[:64])


def account(
    found: Found | None, address: Address, name: AccountName, secret: Secret, *, protocol: Protocol | None = None
) -> AccountConfig:
    """Return the account that was found; where nothing was, with the usual names, to be changed.

    Args:
        found: what discovery said.
        address: of the user.
        name: of the account.
        secret: where the password comes from.
        protocol: insisted on; None: IMAP where there is a choice.
    """
    wanted = {Protocol.POP3: (Service.POP3,), Protocol.IMAP: (Service.IMAP,)}
    services = wanted[protocol] if protocol is not None else (Service.IMAP, Service.POP3)
    receive = found.offer(*services) if found is not None else None
    receive = receive or _usual(services[0], address)
    send = (found.offer(Service.SMTP) if found is not None else None) or _usual(Service.SMTP, address)
    kind = Protocol.POP3 if receive.service is Service.POP3 else Protocol.IMAP
    return AccountConfig(
        name=name,
        address=address,
        protocol=kind,
        receive=_server(receive, address, secret),
        send=_server(send, address, secret),
    )


def _usual(service: Service, address: Address) -> Offer:
    domain = address.spec.rpartition("@")[2]
    return Offer(service, names(domain, service)[0], usual(service), Security.TLS)


def _server(offer: Offer, address: Address, secret: Secret) -> Server:
    user = offer.user_of(address.spec) or address.spec
    return Server(offer.host, offer.port, offer.security, user, secret)
