"""Whom an address field may mean: people of the mail, contacts, groups; and what is odd about a domain."""

from collections.abc import Sequence

from tui.commands.desk import Desk
from tui.mail.address import Address, format_addresses
from tui.mail.fold import fold
from tui.mail.identity import Identity
from tui.mail.piece import Suggestion
from tui.mail.text import clean_line
from tui.store.people import Person
from tui.sync.contacts import Contacts

MOST = 6
"""Suggestions."""


class Known:
    """Answers an address field (`tui.screens.compose.Acquaintance`).

    Args:
        desk: whose store and settings.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self) -> None:
        """Take in contacts that have changed."""
        await Contacts(self._desk.config.contacts, self._desk.store).look()

    async def meant(self, typed: str) -> Sequence[Suggestion]:
        """Return who may be meant by what is typed, the likeliest first; groups before all."""
        groups = self._desk.config.contacts.groups.items()
        found = [_group(name, members) for name, members in groups if _fits(name, typed)]
        own = {each.address.spec.casefold() for each in own_identities(self._desk)}
        people = await self._desk.store.people.complete(typed, MOST, without=own)
        return [*found, *map(_person, people)][:MOST]

    async def odd(self, addresses: Sequence[Address]) -> tuple[str, str]:
        """Return what is odd about the domains of these, and the role it is told in; "" for nothing."""
        domains = list(dict.fromkeys(each.domain for each in addresses if each.is_valid))
        own = {each.address.domain for each in own_identities(self._desk)}
        strange = await self._desk.store.people.strange([each for each in domains if each not in own])
        for domain, meant in strange.items():
            if meant:
                return f"{clean_line(domain, 60)}: not {clean_line(meant, 60)}?", "warn"
        if strange:
            return f"never written to {clean_line(next(iter(strange)), 60)}", "muted"
        return "", "muted"


def own_identities(desk: Desk) -> list[Identity]:
    """Return all identities of all accounts."""
    return [identity for account in desk.accounts.values() for identity in account.config.all_identities]


def _fits(name: str, typed: str) -> bool:
    return all(any(word.startswith(each) for word in fold(name).split()) for each in fold(typed).split() or ["\0"])


def _group(name: str, members: Sequence[Address]) -> Suggestion:
    whom = ", ".join(each.label for each in members)
    return Suggestion(format_addresses(members), clean_line(name, 60), f"group of {len(members)}", clean_line(whom, 60))


def _person(person: Person) -> Suggestion:
    address = person.address
    return Suggestion(str(address), address.label, address.spec)
