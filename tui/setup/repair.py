"""Repairs carried out on an account. Nothing is written here."""

from dataclasses import replace
from typing import Any

from tui.config.model import AccountConfig, Protocol, Security, Server
from tui.mail.address import Address
from tui.setup.check import Change, Half, Repair


def apply(account: AccountConfig, repair: Repair) -> AccountConfig:
    """Return the account with every change of a repair.

    A pin belongs to the host and port it was made for: where they change it is dropped.

    Args:
        account: as it is.
        repair: of a check of this very account.

    Raises:
        ValueError: for a setting that no repair changes.
    """
    for change in repair.changes:
        account = _changed(account, change)
    return account


def _changed(account: AccountConfig, change: Change) -> AccountConfig:
    if change.field == "address":
        return replace(account, address=Address(account.address.name, str(change.value)))
    if change.field == "protocol":
        return replace(account, protocol=Protocol(str(change.value)))
    if change.field.startswith("mailboxes."):
        role = change.field.partition(".")[2]
        return replace(account, mailboxes={**account.mailboxes, role: str(change.value)})
    server = account.receive if change.half is Half.RECEIVING else account.send
    if server is None:
        raise ValueError("This account does not send.")
    changed = _server(server, change)
    if change.half is Half.RECEIVING:
        return replace(account, receive=changed)
    return replace(account, send=changed)


def _server(server: Server, change: Change) -> Server:
    values: dict[str, Any] = {change.field: change.value}
    match change.field:
        case "host" | "port":
            if change.value != getattr(server, change.field):
                values["pin"] = ""
        case "security":
            values["security"] = Security(str(change.value))
        case "user" | "pin":
            pass
        case _:
            raise ValueError(f"No repair changes {change.field}.")
    return replace(server, **values)
