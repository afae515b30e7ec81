"""What is known of providers: two tables that come with Tidings, and the look-up by domain or by mail exchanger.

``ispdb.json`` is reduced from Mozilla's ISPDB (MPL-2.0, its notice is in the file). ``providers.json`` is ours: rows
for those who are missing there, and what to know of any of them: app passwords, IMAP that is off by default, OAuth.
"""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from tui.config.model import Security
from tui.mail.noun import dataclass
from tui.setup.autoconfig import Offer
from tui.setup.dialogue import Service

_SERVICES = {"imap": Service.IMAP, "pop3": Service.POP3, "smtp": Service.SMTP}


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Attributes:
        id: its key in the tables.
        name: for people.
        domains: of addresses.
        mx: ends of the names of its mail exchangers.
        offers: its servers, the best first for each service.
        password: ``normal``; ``app``: an app password is needed; ``none``: only OAuth is.
        password_url: where an app password is made.
        advice: one sentence for somebody whose password is refused.
        off: services that are off until switched on, such as ``("imap", "pop3")``.
        off_advice: where they are switched on, a sentence.
        sign_in: its name among `tui.config.oauth.PROVIDERS`, "" where one cannot sign in with OAuth.
        oauth: as the ISPDB says: ``issuer``, ``scope``, ``auth``, ``token``; empty without.
        sent_copy: who files the copy of a sent mail: ``append``, ``server`` or ``maybe``.
        connections: IMAP connections it allows at once; 0: unknown.
        note: what else to know, a sentence.
        local: servers are on this machine (a bridge).
    """

    id: str
    name: str
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    password: str = "normal"
    password_url: str = ""
    advice: str = ""
    off: tuple[str, ...] = ()
    off_advice: str = ""
    sign_in: str = ""
    oauth: tuple[tuple[str, str], ...] = ()
    sent_copy: str = "append"
    connections: int = 0
    note: str = ""
    local: bool = False

    def hosts(self, service: Service) -> tuple[str, ...]:
        """Return its servers of one kind."""
        return tuple(dict.fromkeys(offer.host for offer in self.offers if offer.service is service))

    def offers_of(self, service: Service) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offers if offer.service is service)


class Providers:
    """The tables, by what one knows of an address.

    Args:
        rows: all of them; of two rows for the same thing the later counts.
    """

    def __init__(self, rows: tuple[Provider, ...]) -> None:
        self.rows = rows
        self._by_domain = {domain: row for row in rows for domain in row.domains}
        self._by_host = {offer.host: row for row in rows for offer in row.offers}
        self._by_mx = {end: row for row in rows for end in row.mx}

    def of_domain(self, domain: str) -> Provider | None:
        """Return who has addresses of this domain."""
        return self._by_domain.get(domain.lower())

    def of_host(self, host: str) -> Provider | None:
        """Return whose server this is, by its whole name."""
        return self._by_host.get(host.lower())

    def of_exchanger(self, host: str) -> Provider | None:
        """Return whose mail exchanger this is: by its end, else as a domain of addresses."""
        labels = host.lower().rstrip(".").split(".")
        for place in range(len(labels) - 1):
            end = ".".join(labels[place:])
            found = self._by_mx.get(end) or self._by_domain.get(end)
            if found is not None:
                return found
        return None


@lru_cache
def bundled() -> Providers:
    """Return the tables that come with Tidings. Reads two files: for a worker thread, the first time."""
    rows = {row["id"]: dict(row) for row in _rows("ispdb.json")}
    for row in _rows("providers.json"):
        # A row of ours says more about one of theirs, or stands for itself.
        rows[row["id"]] = {**rows.get(row["id"], {}), **row}
    return Providers(tuple(read(row) for row in rows.values()))


def _rows(name: str) -> list[dict[str, Any]]:
    text = resources.files("tui.setup").joinpath(name).read_text("utf-8")
    rows: list[dict[str, Any]] = json.loads(text)["providers"]
    return rows


def read(row: dict[str, Any]) -> Provider:
    """Return a row of a table as a noun."""
    offers = tuple(
        Offer(_SERVICES[kind], host, port, Security(security), *rest)
        for kind in _SERVICES
        for host, port, security, *rest in row.get(kind, ())
    )
    return Provider(
        id=row["id"],
        name=row["name"],
        domains=tuple(row.get("domains", ())),
        mx=tuple(row.get("mx", ())),
        offers=offers,
        password=row.get("password", "normal"),
        password_url=row.get("password_url", ""),
        advice=row.get("advice", ""),
        off=tuple(row.get("off", ())),
        off_advice=row.get("off_advice", ""),
        sign_in=row.get("sign_in", ""),
        oauth=tuple(row.get("oauth", {}).items()),
        sent_copy=row.get("sent_copy", "append"),
        connections=row.get("connections", 0),
        note=row.get("note", ""),
        local=row.get("local", False),
    )
