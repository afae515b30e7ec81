"""What the receiving server found out about a sender: Authentication-Results (RFC 8601), its own and nobody else's.

Anybody can write such a field into a mail. One counts only when it names the server that is trusted (`Trust`), and
when it stands above the place where the mail came in from outside: below that, all was written by strangers.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from tui.mail.message import Header
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MOST_OF_FIELD = 8_192
"""Characters of one field that are looked at."""
MOST_FIELDS = 50
"""Fields Received and Authentication-Results that are looked at, from the top."""
MOST_RESULTS = 60

_TOKEN = re.compile(r'"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"|(?P<special>[();=])|(?P<word>[^\s"();=]+)', re.DOTALL)
_ID = re.compile(r"[a-z0-9_.\-]{1,253}\Z")
_FROM = re.compile(r"\s*from\s(.*?)(?=\sby\s|\Z)", re.IGNORECASE | re.DOTALL)
_HOST_ADDRESS = re.compile(
    r"[\[(\s](?:IPv6:)?([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)[\])\s]", re.I
)
_SERVICES = frozenset(
    ("imap", "imaps", "imap4", "mail", "email", "pop", "pop3", "mx", "in", "incoming", "secure", "ssl")
)
_RELATIVES = {
    "gmail.com": "google.com",
    "googlemail.com": "google.com",
    "fastmail.com": "messagingengine.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "mail.me.com": "icloud.com",
    "office365.com": "outlook.com",
    "hotmail.com": "outlook.com",
    "live.com": "outlook.com",
}
"""Domain → the one under which the same house signs what it checks."""


_INSIDE = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
) + tuple(ipaddress.ip_network(each) for each in ("fc00::/7", "fe80::/10", "::1/128"))
METHODS = ("dmarc", "dkim", "spf")
"""Those that are looked at, the weightiest first."""


class Judgement(StrEnum):
    """What is to be made of a sender, in a word."""

    PASSED = "passed"
    FAILED = "failed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Check:
    """One result.

    Attributes:
        method: ``dkim``, ``spf``, ``dmarc`` …, lower case.
        result: ``pass``, ``fail``, ``none`` …, lower case.
        domain: whom it is about: the one that signed (DKIM), the envelope's (SPF), From's (DMARC); "" when not told.
    """

    method: str
    result: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one server found.

    Attributes:
        server: its name (authserv-id).
        checks: DKIM, SPF and DMARC, in the order of the field.
        judgement: what follows for the address in From.
    """

    server: str
    checks: tuple[Check, ...]
    judgement: Judgement

    @property
    def words(self) -> str:
        """The results in a line: ``DMARC pass, DKIM pass for mailer.example, SPF none``."""
        said: list[str] = []
        for check in self.checks[:6]:
            about = f" for {check.domain}" if check.domain and check.method != "dmarc" else ""
            said.append(f"{check.method.upper()} {check.result}{about}")
        return ", ".join(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose results are believed.

    Attributes:
        ids: authserv-ids the user has named; then no other counts.
        domains: else every id that is one of these or below it.
    """

    ids: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @classmethod
    def of(cls, host: str, address_domain: str, named: str = "") -> "Trust":
        """Return whom to believe of an account.

        Args:
            host: of its receiving server.
            address_domain: of its address.
            named: authserv-ids from the configuration, white space between; "" to go by the names above.
        """
        if named:
            return cls(ids=tuple(named.lower().split()))
        found: dict[str, None] = {}
        for name in (host.lower().rstrip("."), address_domain.lower().rstrip(".")):
            first, _, rest = name.partition(".")
            near = rest if first in _SERVICES and "." in rest else name
            for each in (near, _RELATIVES.get(near, "")):
                if each and not _is_number(each):
                    found[each] = None
        return cls(domains=tuple(found))

    def believes(self, server: str) -> bool:
        """Whether the results of this authserv-id count."""
        if self.ids:
            return server in self.ids
        return any(server == domain or ("." in domain and server.endswith(f".{domain}")) for domain in self.domains)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the sender of one message.

    Attributes:
        verdict: what the receiving server found; None when it says nothing.
        is_first: nothing else from this address is known here.
        list: what the mailing list it came by is called, cleaned; "" for none.
        can_leave: the list tells how to unsubscribe.
    """

    verdict: Verdict | None = None
    is_first: bool = False
    list: str = ""
    can_leave: bool = False


def judge(header: Header, trust: Trust) -> Verdict | None:
    """Return what the trusted server found about the sender; None when it says nothing. Never raises.

    Args:
        header: of the message.
        trust: whose word counts.
    """
    above, below = _fields(header, trust)
    found = _believed(above, trust) or (_believed(below[:1], trust) if trust.ids else [])
    server = found[0][0] if found else ""
    checks: list[Check] = []
    for _, results in found:  # of each method, the topmost field that tells it: what stands lower is older
        known = {check.method for check in checks}
        checks += [check for check in results if check.method in METHODS and check.method not in known]
    if not checks:
        return None
    ordered = tuple(sorted(checks, key=lambda check: METHODS.index(check.method)))
    senders = header.addresses("From")
    domain = senders[0].domain if len(senders) == 1 else ""
    return Verdict(server, ordered, _judgement(ordered, domain))


def _fields(header: Header, trust: Trust) -> tuple[list[str], list[str]]:
    """Return the fields above the place where the mail came in, and those below it.

    That is the first Received from elsewhere. A server that the user has named may write its field right below that;
    it takes out those by which others claim its name (RFC 8601, 5).
    """
    above: list[str] = []
    below: list[str] = []
    came_in = False
    looked = 0
    for name, body in header.fields:
        kind = name.lower()
        if kind == "received":
            came_in = came_in or _is_from_outside(body, trust)
        elif kind == "authentication-results":
            (below if came_in else above).append(body)
        looked += kind in ("received", "authentication-results")
        if looked >= MOST_FIELDS:
            break
    return above, below


def _believed(fields: Sequence[str], trust: Trust) -> list[tuple[str, tuple[Check, ...]]]:
    return [found for body in fields if trust.believes((found := parse_results(body))[0])]


def _is_from_outside(received: str, trust: Trust) -> bool:
    """Whether a hop came from the wide world: by its address; where it has none, by its name."""
    said = _FROM.match(received[:2_000])
    if said is None:
        return False
    addresses = [_internal(match.group(1)) for match in _HOST_ADDRESS.finditer(f" {said.group(1)} ")]
    known = [each for each in addresses if each is not None]
    if known:
        return not all(known)
    host = said.group(1).split()[0].lower().strip("()[].,;") if said.group(1).split() else ""
    return not (host in ("localhost", "localhost.localdomain", "unknown") or trust.believes(host))


def _internal(text: str) -> bool | None:
    """Whether an address is of a house's own network; None when it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return any(address in network for network in _INSIDE)


def parse_results(field: str) -> tuple[str, tuple[Check, ...]]:
    """Return (authserv-id, results) of one field; ("", ()) when it is none. Never raises.

    Args:
        field: its unfolded body.
    """
    clauses = list(_clauses(field[:MOST_OF_FIELD]))
    if not clauses or len(clauses[0]) not in (1, 2) or "=" in clauses[0]:
        return "", ()
    server = clauses[0][0].lower()
    if not _ID.match(server):
        return "", ()
    checks = [check for clause in clauses[1 : MOST_RESULTS + 1] if (check := _check(clause)) is not None]
    return server, tuple(checks)


def _clauses(text: str) -> Iterator[list[str]]:
    """Yield what stands between semicolons as words and ``=``, comments left out."""
    depth = 0
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        special = match["special"]
        if special == "(":
            depth += 1
        elif special == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif special == ";":
            yield words
            words = []
        else:
            words.append(special or match["word"] or (match["quoted"] or "").replace("\\", ""))
    yield words


def _check(clause: Sequence[str]) -> Check | None:
    pairs = [(clause[at - 1], clause[at + 1]) for at in range(1, len(clause) - 1) if clause[at] == "="]
    if not pairs:
        return None
    method, result = pairs[0][0].partition("/")[0].lower(), pairs[0][1].lower()
    properties = {name.lower(): value for name, value in reversed(pairs[1:])}
    wanted = {
        "dkim": ("header.d", "header.i"),
        "spf": ("smtp.mailfrom", "smtp.helo"),
        "dmarc": ("header.from",),
    }.get(method, ())
    about = next((properties[name] for name in wanted if name in properties), "")
    return Check(clean_line(method, 20), clean_line(result, 20), clean_line(about.rpartition("@")[2].lower(), 253))


def _judgement(checks: Sequence[Check], domain: str) -> Judgement:
    """Return what results mean for an address in From of this domain; "" where From names several, or none."""
    if any(check.method == "dmarc" and check.result == "fail" for check in checks):
        return Judgement.FAILED
    dmarc = [check.result for check in checks if check.method == "dmarc" and check.domain in ("", domain)]
    if not domain:
        return Judgement.UNCLEAR
    aligned = [check.method for check in checks if check.result == "pass" and _is_aligned(check.domain, domain)]
    if "pass" in dmarc or "dkim" in aligned or "spf" in aligned:
        return Judgement.PASSED
    by_method = {name: [check.result for check in checks if check.method == name] for name in ("dkim", "spf")}
    if any("pass" in results for results in by_method.values()):
        return Judgement.UNCLEAR  # somebody vouches for it, but not the domain it claims
    doubted = "fail" in by_method["dkim"] or "fail" in by_method["spf"]
    return Judgement.FAILED if doubted else Judgement.UNCLEAR


def _is_aligned(signed: str, domain: str) -> bool:
    """Whether two domains are one, or one is below the other (RFC 7489, 3.1, without the public suffix list)."""
    if not signed or "." not in signed or "." not in domain:
        return False
    return signed == domain or domain.endswith(f".{signed}") or signed.endswith(f".{domain}")


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
