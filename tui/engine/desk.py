"""What a verb works with, whoever does it: the accounts, the store, and what happens."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import field
from enum import IntEnum
from typing import Any, Protocol

from tui.config.model import Config
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName
from tui.mail.noun import dataclass
from tui.store.database import Store
from tui.sync.events import Event
from tui.sync.mailing import Mailing


class Desk(Protocol):
    """Whoever has the accounts: the program on the screen, or one command of its own.

    Attributes:
        config, store, accounts: of the user; the accounts in the order of the configuration.
    """

    @property
    def config(self) -> Config: ...
    @property
    def store(self) -> Store: ...
    @property
    def accounts(self) -> Mapping[AccountName, Mailing]: ...

    def listen(self, heard: Callable[[Event], None]) -> Callable[[], None]:
        """Have every event told to a function, until what is returned is called."""
        ...


class Need(IntEnum):
    """What must be running for a verb, where it is done by a command of its own."""

    STORE = 0
    """Nothing: the store says all."""
    CARRYING = 1
    """What is done is carried to the servers."""
    LOOKING = 2
    """The servers are asked for what is new, first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a verb has found or done.

    Attributes:
        fields: JSON, for scripts.
        data: octets that go with it: the source of a message, a file.
    """

    fields: Mapping[str, Any]
    data: bytes = b""


@dataclass(slots=True)
class Wish:
    """What is asked of a verb.

    Attributes:
        arguments: JSON, as the command line named them.
        data: octets given to it: a message to be sent.
        status: of the end: 0 done, 1 a server said no.
        note: what a person should know of it, beside the rows; "" for nothing.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    data: bytes = b""
    status: int = 0
    note: str = ""

    def text(self, name: str) -> str:
        """Return an argument that is a text, "" where it is not given.

        Raises:
            ConfigError: when it is something else.
        """
        value = self.arguments.get(name)
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{name} must be a text.")
        return value or ""

    def texts(self, name: str) -> list[str]:
        """Return an argument that is a list of texts, empty where it is not given.

        Raises:
            ConfigError: when it is something else.
        """
        value = self.arguments.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ConfigError(f"{name} must be a list of texts.")
        return value

    def number(self, name: str, default: float) -> float:
        """Return an argument that is a number.

        Raises:
            ConfigError: when it is something else.
        """
        value = self.arguments.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{name} must be a number.")
        return value

    def is_on(self, name: str) -> bool:
        """Return whether a switch is on."""
        return self.arguments.get(name) is True


Perform = Callable[[Desk, Wish], AsyncIterator[Row]]


def account_of(desk: Desk, name: str) -> Mailing:
    """Return the account of a name, the first for "".

    Raises:
        ConfigError: when there is none of this name.
    """
    names = list(desk.accounts)
    if not name and names:
        return desk.accounts[names[0]]
    found = desk.accounts.get(AccountName(name))
    if found is None:
        raise ConfigError(f'There is no account "{name}".', cure=f"There is: {', '.join(names)}.")
    return found
