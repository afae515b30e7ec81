"""The values of an account where they stand, to be changed: those of one half in its column."""

from collections.abc import Mapping
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui.config.model import AccountConfig, Protocol, Security, Server
from tui.mail.errors import ConfigError
from tui.setup.check import Change, Half
from tui.setup.dialogue import Service
from tui.setup.ways import USUAL
from tui.widgets.address_input import LineInput

LABELS = {
    "account": "Account",
    "name": "Your name",
    "protocol": "Protocol",
    "host": "Host",
    "port": "Port",
    "security": "Security",
    "user": "User",
}
OF_HALF = {
    Half.RECEIVING: ("account", "protocol", "host", "port", "security", "user"),
    Half.SENDING: ("name", "host", "port", "security", "user"),
}
ALLOWED = {"security": tuple(map(str, Security)), "protocol": tuple(map(str, Protocol))}
OF_ACCOUNT = ("account", "name")
"""Fields that are no change of a server."""


class HalfForm(Vertical):
    """The fields of one half.

    Args:
        half: which.
    """

    def __init__(self, half: Half) -> None:
        super().__init__(id=f"setup-form-{half.value}", classes="form")
        self.half = half

    def compose(self) -> ComposeResult:
        """Lay out a line for each field."""
        for field in OF_HALF[self.half]:
            with Horizontal(classes="field"):
                yield Static(Content.styled(LABELS[field], "$muted"), classes="label")
                yield LineInput(id=f"{self.half.value}-{field}")

    @property
    def first(self) -> LineInput:
        """Where typing begins."""
        return self.query_one(f"#{self.half.value}-host", LineInput)

    def show(self, account: AccountConfig) -> None:
        """Have the fields say what is so now."""
        for field, value in values(account, self.half).items():
            self.query_one(f"#{self.half.value}-{field}", LineInput).value = value

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields."""
        return {
            field: self.query_one(f"#{self.half.value}-{field}", LineInput).value.strip()
            for field in OF_HALF[self.half]
        }


def values(account: AccountConfig, half: Half) -> dict[str, str]:
    """Return the fields of a half as they are."""
    server = account.receive if half is Half.RECEIVING else account.send
    found = dict.fromkeys(OF_HALF[half], "")
    if "account" in found:
        found |= {"account": str(account.name), "protocol": account.protocol.value}
    if "name" in found:
        found["name"] = account.address.name
    if server is not None:
        found |= {"host": server.host, "port": str(server.port), "security": server.security.value, "user": server.user}
    return found


def changes(account: AccountConfig, half: Half, typed: Mapping[str, str]) -> tuple[Change, ...]:
    """Return what was changed of a half's server.

    Args:
        account: as it was shown.
        half: which.
        typed: what stands in the fields.

    Raises:
        ConfigError: a value cannot be one of these.
    """
    before = values(account, half)
    found = []
    for field, value in typed.items():
        if field in OF_ACCOUNT or value == before[field]:
            continue
        _check(half, field, value)
        found.append(Change(half, field, int(value) if field == "port" else value))
    return tuple(found)


def _check(half: Half, field: str, value: str) -> None:
    where = f"{half.value.capitalize()}, {LABELS[field].lower()}"
    allowed = ALLOWED.get(field, ())
    if allowed and value not in allowed:
        known = " or ".join(each for each in allowed if each != Security.PLAIN)
        raise ConfigError(f"{where}: it is {known}.")
    if field == "port" and not (value.isascii() and value.isdecimal()):
        raise ConfigError(f"{where}: a port is a number.")
    if not value:
        raise ConfigError(f"{where}: it is missing.")


def with_sending(account: AccountConfig, typed: Mapping[str, str]) -> AccountConfig:
    """Return an account that only received, with the sending server that was typed; what is missing is as usual.

    Raises:
        ConfigError: a value cannot be one of these.
    """
    port, security = USUAL[Service.SMTP][0]
    filled = {
        "port": typed["port"] or str(port),
        "security": typed["security"] or security.value,
        "user": typed["user"] or account.receive.user,
    }
    for field, value in filled.items():
        _check(Half.SENDING, field, value)
    server = Server(
        typed["host"], int(filled["port"]), Security(filled["security"]), filled["user"], account.receive.secret
    )
    return replace(account, send=server)
