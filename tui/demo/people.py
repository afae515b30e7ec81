"""The people of the demonstration, as sample/people.toml tells of them."""

import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from importlib.resources import files
from typing import Any

from tui.mail.address import Address
from tui.mail.noun import dataclass

ACCOUNTS = ("work", "home")
"""The accounts there are, in the order of the screen."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes.

    Attributes:
        address: name and addr-spec.
        answers: what is said to whatever comes.
    """

    address: Address
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailingList:
    """A mailing list.

    Attributes:
        key: what sample mail calls it.
        address: name and addr-spec of its posts.
    """

    key: str
    address: Address

    @property
    def mailbox(self) -> str:
        """Where its mail is sorted into."""
        return f"Lists/{self.address.spec.partition('@')[0]}"

    @property
    def header(self) -> list[tuple[str, str]]:
        """The fields a list adds (RFC 2369, RFC 2919)."""
        local, _, domain = self.address.spec.partition("@")
        return [
            ("List-Id", f"{self.address.name} <{local}.{domain}>"),
            ("List-Post", f"<mailto:{self.address.spec}>"),
            ("List-Unsubscribe", f"<mailto:{local}-leave@{domain}>"),
            ("Precedence", "list"),
        ]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody.

    Attributes:
        me: account → the user's own address there.
        people: key → person.
        lists: key → mailing list.
        phrases: occasion → what people without words of their own say; ``{name}`` and ``{file}`` are filled in.
    """

    me: Mapping[str, Address]
    people: Mapping[str, Person]
    lists: Mapping[str, MailingList]
    phrases: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls) -> "Cast":
        """Read the file that comes with the package."""
        kept = read_sample("people")
        return cls(
            me={account: Address(kept["me"]["name"], kept["me"][account]) for account in ACCOUNTS},
            people={
                key: Person(Address(person["name"], person["address"]), tuple(person["answers"]))
                for key, person in kept["people"].items()
            },
            lists={key: MailingList(key, Address(row["name"], row["address"])) for key, row in kept["lists"].items()},
            phrases={occasion: tuple(texts) for occasion, texts in kept["answers"].items()},
        )

    def address(self, written: str, account: str) -> Address:
        """Return who is meant by ``me``, the key of a person or list, or ``Name <local@domain>``.

        Args:
            written: in the file.
            account: whose mail it is, for ``me``.

        Raises:
            ValueError: when it is nobody.
        """
        if written == "me":
            return self.me[account]
        known = self.people.get(written) or self.lists.get(written)
        if known is not None:
            return known.address
        name, spec = parseaddr(written)
        local, _, domain = spec.partition("@")
        if not local or not domain:
            raise ValueError(f"{written!r} is nobody")
        return Address(name, f"{local}@{domain.encode('idna').decode('ascii')}")

    def account_of(self, spec: str) -> str:
        """Return the account that an address of the user belongs to, or ""."""
        wanted = spec.casefold()
        return next((account for account, address in self.me.items() if address.spec.casefold() == wanted), "")

    def person(self, spec: str) -> Person | None:
        """Return who reads mail to an addr-spec."""
        wanted = spec.casefold()
        return next((person for person in self.people.values() if person.address.spec.casefold() == wanted), None)

    def mailing_list(self, spec: str) -> MailingList | None:
        """Return the list that an addr-spec posts to."""
        wanted = spec.casefold()
        return next((each for each in self.lists.values() if each.address.spec.casefold() == wanted), None)


def read_sample(name: str) -> dict[str, Any]:
    """Return what one of the files in sample/ holds.

    Args:
        name: without ``.toml``.
    """
    return tomllib.loads((files("tui.demo") / "sample" / f"{name}.toml").read_text(encoding="utf-8"))
