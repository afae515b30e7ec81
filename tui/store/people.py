"""People whom the user wrote to and got mail from: who is meant by a few letters, the likeliest first.

How likely somebody is to be meant is a sum over mails, each of which counts half as much for every `HALF_LIFE` since.
Its logarithm is kept, at a fixed time: so its order never has to be computed anew, and mails may be met in any order.
"""

from collections.abc import Collection, Iterable, Sequence
from math import log2
from typing import Any, Final

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.fold import fold
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Role
from tui.mail.near import COMMON, near
from tui.mail.noun import dataclass
from tui.store.codec import LIST_COLUMNS, unpack
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction

HALF_LIFE: Final = 90 * 86_400.0
"""Seconds after which a mail counts half."""
WRITTEN: Final = 8.0
"""How much a mail to somebody counts beside one from them."""
SLICE: Final = 500
"""Messages met in one transaction."""
LIKELIEST: Final = 2_000
"""People among whom is looked first."""
MOST_DOMAINS: Final = 1_000
"""Domains that a new one is compared with, those written to most."""
MOST_NAMED: Final = 200
"""Recipients of a mail that count: nobody knows all the readers of a circular."""

_NOT_MET: Final = frozenset({Role.JUNK.value, Role.TRASH.value, Role.DRAFTS.value, Role.ALL.value})
_MACHINES: Final = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster")
_COLUMNS: Final = ", ".join(f"e.{name}" for name in LIST_COLUMNS.split(", "))
_PERSON: Final = "p.shown, p.name, p.written, p.heard, p.card"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be meant.

    Attributes:
        address: name and address.
        written, heard: mails to them, and from them.
        is_card: they are in an address book.
    """

    address: Address
    written: int = 0
    heard: int = 0
    is_card: bool = False


@dataclass(slots=True)
class _Met:
    """What a slice of mails says of one person."""

    shown: str
    name: str = ""
    score: float = 0.0
    written: int = 0
    heard: int = 0
    last: int = 0


class People:
    """The tables of people."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def complete(self, typed: str, limit: int = 8, without: Collection[str] = ()) -> list[Person]:
        """Return who may be meant, the likeliest first: each word that is typed begins one of theirs.

        Args:
            typed: a part of a name or of an address.
            without: addresses, case-folded, that are not wanted.
        """
        words = fold(typed[:200]).split()
        if not words:
            return []
        found: list[Person] = await self._databases.read(_complete, words, limit + len(without))
        return [each for each in found if each.address.spec.casefold() not in without][:limit]

    async def wrote(self, addresses: Sequence[Address], when: float) -> None:
        """Note that a mail to these was submitted.

        Args:
            when: seconds since 1970 UTC.
        """
        await self._databases.write(_wrote, tuple(addresses), int(when))

    async def catch_up(self) -> int:
        """Meet some of those whose mail was here before there were people; return how many mails, 0: that was all."""
        return await self._databases.write(_catch_up, SLICE)

    async def strange(self, domains: Collection[str]) -> dict[str, str]:
        """Return those of the domains that were never written to, each with a known one that is nearly it, or "".

        Of somebody of whom no written mail is known only those are returned that are nearly a known one.
        """
        return await self._databases.read(_strange, tuple(domains))

    async def stamp(self, source: str) -> str:
        """Return what a source of contacts was when it was read, "" when it was not."""
        return await self._databases.read(_stamp, source)

    async def keep_cards(self, source: str, stamp: str, cards: Sequence[Address]) -> None:
        """Make these the contacts of a source; they keep what mails say of them."""
        await self._databases.write(_keep_cards, source, stamp, tuple(cards))

    async def keep_sources(self, sources: Collection[str]) -> None:
        """Forget the contacts of all other sources."""
        await self._databases.write(_keep_sources, frozenset(sources))


def weigh(when: float, weight: float) -> float:
    """Return the logarithm of what one mail counts."""
    return when / HALF_LIFE + log2(weight)


def together(one: float, other: float) -> float:
    """Return the logarithm of a sum from those of its parts; 0: nothing."""
    if not one or not other:
        return one or other
    high, low = max(one, other), min(one, other)
    return high + log2(1 + 2 ** max(low - high, -60.0))


def meet(at: Connections, mails: Iterable[tuple[MailboxId, Envelope]]) -> None:
    """Note whom mails are from and to. Within a transaction of the caller's."""
    roles: dict[int, str] = dict(query(at.cache, "SELECT id, role FROM mailboxes"))
    met: dict[str, _Met] = {}
    domains: dict[str, int] = {}
    for mailbox, envelope in mails:
        role = roles.get(mailbox) or ""
        if role in _NOT_MET:
            continue
        when = envelope.sent or envelope.received
        if role == Role.SENT.value:
            _add_written(met, domains, (*envelope.to, *envelope.cc, *envelope.bcc), when)
        else:
            for address in envelope.from_[:1]:
                if address.is_valid and not address.spec.casefold().startswith(_MACHINES):
                    _add(met, address, when, 1.0).heard += 1
    _write(at, met, domains)


def _add(met: dict[str, _Met], address: Address, when: int, weight: float) -> _Met:
    known = met.setdefault(address.spec.casefold(), _Met(address.spec))
    known.score = together(known.score, weigh(max(when, 1), weight))
    if when >= known.last:
        known.last, known.shown = when, address.spec
        known.name = address.name or known.name
    else:
        known.name = known.name or address.name
    return known


def _add_written(met: dict[str, _Met], domains: dict[str, int], addresses: Sequence[Address], when: int) -> None:
    for address in addresses[:MOST_NAMED]:
        if address.is_valid:
            _add(met, address, when, WRITTEN).written += 1
            domains[address.domain] = domains.get(address.domain, 0) + 1


def _write(at: Connections, met: dict[str, _Met], domains: dict[str, int]) -> None:
    for spec, new in met.items():
        found = query(at.cache, "SELECT id, name, score, last, card FROM people WHERE spec = ?", (spec,))
        if not found:
            at.cache.execute(
                "INSERT INTO people (spec, shown, name, written, heard, last, score) VALUES (?,?,?,?,?,?,?)",
                (spec, new.shown, new.name, new.written, new.heard, new.last, new.score),
            )
            _index(at, at.cache.last_insert_rowid(), new.name, new.shown)
            continue
        id, name, score, last, card = found[0]
        is_newer = new.last >= last
        better = new.name if new.name and not card and (is_newer or not name) else name
        at.cache.execute(
            "UPDATE people SET shown = iif(?, ?, shown), name = ?, written = written + ?, heard = heard + ?,"
            " last = max(last, ?), score = ? WHERE id = ?",
            (is_newer, new.shown, better, new.written, new.heard, new.last, together(score, new.score), id),
        )
        if better != name:
            _index(at, id, better, new.shown)
    at.cache.executemany(
        "INSERT INTO domains VALUES (?, ?) ON CONFLICT (domain) DO UPDATE SET written = written + excluded.written",
        domains.items(),
    )


def _index(at: Connections, id: int, name: str, spec: str) -> None:
    words = fold(f"{name[:300]} {spec}")
    at.cache.execute("UPDATE people SET words = ? WHERE id = ?", (f" {words}", id))
    at.cache.execute("DELETE FROM people_words WHERE rowid = ?", (id,))
    at.cache.execute("INSERT INTO people_words (rowid, words) VALUES (?, ?)", (id, words))


def _wrote(at: Connections, addresses: Sequence[Address], when: int) -> None:
    met: dict[str, _Met] = {}
    domains: dict[str, int] = {}
    _add_written(met, domains, addresses, when)
    with transaction(at.cache):
        _write(at, met, domains)


def _catch_up(at: Connections, limit: int) -> int:
    backlog = query(at.cache, "SELECT below FROM unmet")
    if not backlog:
        return 0
    rows = query(
        at.cache,
        f"SELECT d.doc, e.mailbox, {_COLUMNS} FROM docs d JOIN envelopes e ON e.id = d.envelope WHERE d.doc < ?"
        " ORDER BY d.doc DESC LIMIT ?",
        (backlog[0][0], limit),
    )
    with transaction(at.cache):
        meet(at, [(MailboxId(row[1]), unpack(row[2:])) for row in rows])
        if rows:
            at.cache.execute("UPDATE unmet SET below = ?", (rows[-1][0],))
        else:
            at.cache.execute("DELETE FROM unmet")
    return len(rows)


def _complete(at: Connections, words: Sequence[str], limit: int) -> list[Person]:
    """Look among the likeliest first: of letters that many people have, enough are there, and nobody need be sorted."""
    fits = " AND ".join(["instr(p.words, ?)"] * len(words))
    rows = query(
        at.cache,
        f"SELECT {_PERSON} FROM (SELECT * FROM people INDEXED BY person_score ORDER BY score DESC LIMIT {LIKELIEST}) p"
        f" WHERE {fits} LIMIT ?",
        (*(f" {word}" for word in words), limit),
    )
    if len(rows) < limit:  # then there are few in all
        rows = query(
            at.cache,
            f"SELECT {_PERSON} FROM people_words w JOIN people p ON p.id = w.rowid WHERE people_words MATCH ?"
            " ORDER BY p.score DESC LIMIT ?",
            (" AND ".join(f'"{word}"*' for word in words), limit),
        )
    return [_person(row) for row in rows]


def _person(row: tuple[Any, ...]) -> Person:
    shown, name, written, heard, card = row
    return Person(Address(name, shown), written, heard, bool(card))


def _strange(at: Connections, domains: Sequence[str]) -> dict[str, str]:
    known = [
        row[0] for row in query(at.cache, "SELECT domain FROM domains ORDER BY written DESC LIMIT ?", (MOST_DOMAINS,))
    ]
    strange = [each for each in domains if not query(at.cache, "SELECT 1 FROM domains WHERE domain = ?", (each,))]
    likely = {each: near(each, (*known, *COMMON)) for each in strange}
    return likely if known else {each: meant for each, meant in likely.items() if meant}


def _stamp(at: Connections, source: str) -> str:
    found = query(at.cache, "SELECT stamp FROM card_sources WHERE source = ?", (source,))
    return str(found[0][0]) if found else ""


def _keep_cards(at: Connections, source: str, stamp: str, cards: Sequence[Address]) -> None:
    with transaction(at.cache):
        _drop_cards(at, "card = ?", source)
        for address in cards:
            if not address.is_valid:
                continue
            at.cache.execute(
                "INSERT INTO people (spec, shown, name, card) VALUES (?, ?, ?, ?) ON CONFLICT (spec) DO UPDATE SET"
                " name = iif(excluded.name = '', name, excluded.name), card = excluded.card",
                (address.spec.casefold(), address.spec, address.name, source),
            )
            id, name = query(at.cache, "SELECT id, name FROM people WHERE spec = ?", (address.spec.casefold(),))[0]
            _index(at, id, name, address.spec)
        at.cache.execute("INSERT OR REPLACE INTO card_sources VALUES (?, ?)", (source, stamp))


def _keep_sources(at: Connections, sources: Collection[str]) -> None:
    with transaction(at.cache):
        for (source,) in query(at.cache, "SELECT source FROM card_sources"):
            if source not in sources:
                _drop_cards(at, "card = ?", source)
                at.cache.execute("DELETE FROM card_sources WHERE source = ?", (source,))


def _drop_cards(at: Connections, where: str, *bindings: Any) -> None:
    gone = query(at.cache, f"SELECT id FROM people WHERE {where} AND score = 0", bindings)
    at.cache.executemany("DELETE FROM people_words WHERE rowid = ?", gone)
    at.cache.executemany("DELETE FROM people WHERE id = ?", gone)
    at.cache.execute(f"UPDATE people SET card = '' WHERE {where}", bindings)
