"""What config.toml says about writing: identities, contacts, the editor."""

from pathlib import Path
from typing import Any

from tui.config.model import AccountConfig, ComposeConfig, ContactsConfig
from tui.config.table import Table
from tui.mail.address import Address, parse_addresses
from tui.mail.identity import Identity
from tui.mail.ids import AccountName


def read_address(table: Table) -> Address:
    """Return the address of an account or identity, and the name beside it."""
    written = table.text("address", example="ada@example.org")
    parsed = parse_addresses(written)
    if len(parsed) != 1 or not parsed[0].is_valid:
        raise table.wrong("address", f'"{written}" is not a mail address.', 'Write it as "ada@example.org".')
    return Address(table.text("name", parsed[0].name), parsed[0].spec)


def read_lists(table: Table, usual: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the mailing lists that ``lists = ["engines@lists.example.org"]`` names."""
    if "lists" not in table:
        return usual
    found = parse_addresses(", ".join(table.texts("lists", example="engines@lists.example.org")))
    wrong = next((each for each in found if not each.is_valid), None)
    if wrong is not None:
        raise table.wrong("lists", f'"{wrong}" is not a mail address.', 'Write ["engines@lists.example.org", "…"].')
    return tuple(each.spec for each in found)


def read_identities(account: Table, name: str, signature: str, lists: tuple[str, ...] = ()) -> tuple[Identity, ...]:
    """Return what ``[[accounts.NAME.identities]]`` says."""
    found: list[Identity] = []
    for table in account.tables("identities"):
        address = read_address(table)
        found.append(
            Identity(
                AccountName(name),
                address,
                table.lines("signature", signature),
                table.text("sent", ""),
                table.boolean("bcc_self", False),
                table.boolean("markdown", False),
                read_lists(table, lists),
            )
        )
        table.finish()
    return tuple(found)


def identity_tables(account: AccountConfig) -> list[dict[str, Any]]:
    """Return the identities as tables that `read_identities` would read as these."""
    tables = []
    for identity in account.identities:
        table: dict[str, Any] = {"address": identity.address.spec}
        if identity.address.name:
            table["name"] = identity.address.name
        if identity.signature != account.signature:
            table["signature"] = identity.signature
        if identity.lists != account.lists:
            table["lists"] = list(identity.lists)
        if identity.sent:
            table["sent"] = identity.sent
        table |= {key: True for key in ("bcc_self", "markdown") if getattr(identity, key)}
        tables.append(table)
    return tables


def read_compose(root: Table) -> ComposeConfig:
    """Return what ``[compose]`` says."""
    table = root.table("compose")
    usual = ComposeConfig()
    if table is None:
        return usual
    compose = ComposeConfig(
        undo_send=table.integer("undo_send", usual.undo_send, 0, 3600),
        server_drafts=table.boolean("server_drafts", usual.server_drafts),
        editor=table.argv("editor"),
        language=table.text("language", usual.language),
        many=table.integer("many", usual.many, 2, 10_000),
    )
    table.finish()
    return compose


def read_contacts(root: Table) -> ContactsConfig:
    """Return what ``[contacts]`` says."""
    table = root.table("contacts")
    if table is None:
        return ContactsConfig()
    files = tuple(Path(each).expanduser() for each in table.argv("files"))
    command = table.argv("command")
    groups = _groups(table.table("groups"))
    table.finish()
    return ContactsConfig(files, command, groups)


def _groups(table: Table | None) -> dict[str, tuple[Address, ...]]:
    groups: dict[str, tuple[Address, ...]] = {}
    for name in table.keys() if table is not None else ():
        assert table is not None
        members = parse_addresses(", ".join(table.argv(name)))
        wrong = next((each for each in members if not each.is_valid), None)
        if wrong is not None:
            raise table.wrong(name, f'"{wrong}" is not a mail address.', 'Write ["Ada <ada@example.org>", "…"].')
        groups[name] = members
    return groups
