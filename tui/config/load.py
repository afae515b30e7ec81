"""config.toml → `Config`, refusing what does not fit with its place and what would be right."""

import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path

from tui.config.model import (
    AccountConfig,
    Config,
    LookConfig,
    Protocol,
    SyncConfig,
)
from tui.config.notify import read_notify
from tui.config.rules import read_rules
from tui.config.servers import Service, read_server
from tui.config.table import Table
from tui.config.writing import read_address, read_compose, read_contacts, read_identities, read_lists
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName
from tui.mail.mailbox import Role

MAX_FILE = 1024 * 1024
ACCOUNTS_FOLDER = "accounts.d"
"""Where accounts are in files of their own, beside config.toml."""
LABEL_ROLES = ("accent", "new", "good", "warn", "bad", "link", "quote", "muted")
"""Roles of colours a label may have."""
PRESETS = ("vim", "emacs", "mutt", "alpine", "gmail")

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}\Z")
_DAYS = re.compile(r"(\d{1,4}) days?\Z", re.ASCII)


def load(file: Path) -> Config:
    """Read and check config.toml, and the accounts in files of their own beside it, ``accounts.d/NAME.toml``.

    Those hold an ``[accounts.NAME]`` table as config.toml does, and may hold ``order``: less comes first, the accounts
    of config.toml have 0, and it is 1 unless said.

    Args:
        file: its path.

    Returns:
        The configuration; without any account when there is no such file.

    Raises:
        ConfigError: naming file, line and key, and what would be right.
    """
    root = _table(file)
    config = _config(root, file) if root is not None else Config()
    beside = account_files(file)[1:]
    return replace(config, accounts=_joined(config.accounts, beside)) if beside else config


def account_files(file: Path) -> list[Path]:
    """Return config.toml, and the files beside it that hold accounts, by their names."""
    try:
        names = sorted(name for name in os.listdir(file.parent / ACCOUNTS_FOLDER) if name.endswith(".toml"))
    except (FileNotFoundError, NotADirectoryError):
        names = []
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}.", place=ACCOUNTS_FOLDER) from error
    return [file, *(file.parent / ACCOUNTS_FOLDER / name for name in names if not name.startswith("."))]


def read_account(source: str) -> AccountConfig:
    """Read one account out of lines for config.toml that are in no file yet.

    Raises:
        ConfigError: as `load` does.
    """
    root = Table(tomllib.loads(source), (), Path("config.toml"), source)
    tables = root.table("accounts", required=True)
    assert tables is not None
    name = tables.keys()[0]
    account = tables.table(name, required=True)
    assert account is not None
    return _account(name, account, tables)


def _joined(accounts: tuple[AccountConfig, ...], files: list[Path]) -> tuple[AccountConfig, ...]:
    found = [(0, account) for account in accounts]
    for file in files:
        root = _table(file)
        if root is None:
            continue
        order = root.integer("order", 1, -1000, 1000)
        for account in _accounts(root, file):
            if any(account.name == other.name for _, other in found):
                raise ConfigError(f'there is an account "{account.name}" already.', place=file.name)
            found.append((order, account))
        root.finish()
    return tuple(account for _, account in sorted(found, key=lambda each: each[0]))


def _table(file: Path) -> Table | None:
    """Return the table of a file, None when there is no such file."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}.", place=str(file)) from error
    if len(raw) > MAX_FILE:
        raise ConfigError("is larger than 1 MiB.", place=str(file), cure="Is this the right file?")
    try:
        source = raw.decode("utf-8")
        values = tomllib.loads(source)
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8.", place=str(file), cure="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}.", place=file.name, cure="See https://toml.io.") from None
    return Table(values, (), file, source)


def _accounts(root: Table, file: Path) -> tuple[AccountConfig, ...]:
    accounts: list[AccountConfig] = []
    tables = root.table("accounts")
    if tables is not None:
        for name in tables.keys():  # noqa: SIM118 - a Table is no mapping
            account = tables.table(name)
            if account is not None:
                accounts.append(_account(name, account, tables))
    if any(_has_password(account) for account in accounts):
        _refuse_open_file(file)
    return tuple(accounts)


def _config(root: Table, file: Path) -> Config:
    config = Config(
        accounts=_accounts(root, file),
        compose=read_compose(root),
        contacts=read_contacts(root),
        look=_look(root),
        notify=read_notify(root),
        sync=_sync(root),
        opening=_opening(root),
        searches=_searches(root),
        labels=_labels(root),
        rules=read_rules(root),
        preset=_preset(root),
        keys=_keys(root),
    )
    root.finish()
    return config


def _account(name: str, table: Table, parent: Table) -> AccountConfig:
    if not NAME.match(name):
        raise parent.wrong(name, "an account's name is made of letters, digits and . _ + @ -.")
    address = read_address(table)
    signature = table.lines("signature")
    lists = read_lists(table)
    receive_table = table.table("receive", required=True)
    assert receive_table is not None
    protocol = receive_table.choice("protocol", Protocol, Protocol.IMAP)
    leave_days, poll = _visits(receive_table) if protocol is Protocol.POP3 else (None, None)
    authserv_id = receive_table.text("authserv_id", "")
    receive = read_server(receive_table, Service(protocol.value), name, address=address)
    send_table, sieve_table = table.table("send"), table.table("sieve")
    account = AccountConfig(
        name=AccountName(name),
        address=address,
        protocol=protocol,
        receive=receive,
        send=read_server(send_table, Service.SUBMISSION, name, receive=receive) if send_table is not None else None,
        signature=signature,
        mailboxes=_mailboxes(table),
        sent_copy=table.one_of("sent_copy", ("auto", "append", "server", "none"), "auto"),
        leave_days=leave_days,
        poll=poll,
        authserv_id=authserv_id,
        identities=read_identities(table, name, signature, lists),
        lists=lists,
        bcc_self=table.boolean("bcc_self", False),
        markdown=table.boolean("markdown", False),
        archive=_archive(table),
        sieve=read_server(sieve_table, Service.SIEVE, name, receive=receive) if sieve_table is not None else None,
    )
    table.finish()
    return account


def _archive(table: Table) -> str:
    pattern = table.text("archive", "")
    if not pattern:
        return ""
    from tui.config.archive import read_archive  # noqa: PLC0415 - late: start-up time

    return read_archive(table, pattern)


def _visits(table: Table) -> tuple[int | None, int | None]:
    """Return for how many days mail stays on a POP3 server, and the seconds between two visits.

    0 days: it is deleted when it is here; None: it stays for ever. No seconds: those of ``[sync]``.
    """
    written = table.text("leave_on_server", "for ever").strip().lower()
    days = _DAYS.match(written)
    if days is None and written not in ("for ever", "forever", "no"):
        wrong = f'"{written}" is no time for which mail stays on the server.'
        raise table.wrong("leave_on_server", wrong, 'Use "for ever", "14 days" or "no": deleted when it is here.')
    leave = int(days.group(1)) if days else 0 if written == "no" else None
    return leave, table.integer("poll", 0, 5, 86400) if "poll" in table else None


def _mailboxes(table: Table) -> dict[str, str]:
    mailboxes = table.table("mailboxes")
    if mailboxes is None:
        return {}
    roles = (Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.JUNK, Role.TRASH)
    chosen = {role.value: mailboxes.text(role.value, "") for role in roles}
    mailboxes.finish()
    return {role: name for role, name in chosen.items() if name}


def _look(root: Table) -> LookConfig:
    table = root.table("look")
    if table is None:
        return LookConfig()
    look = LookConfig(
        theme=table.text("theme", LookConfig().theme),
        mouse=table.boolean("mouse", LookConfig().mouse),
        marks=table.one_of("marks", ("auto", "unicode", "ascii"), LookConfig().marks),
        linear=table.boolean("linear", LookConfig().linear),
        conversations=table.boolean("conversations", LookConfig().conversations),
        subscribed_only=table.boolean("subscribed_only", LookConfig().subscribed_only),
    )
    table.finish()
    return look


def _sync(root: Table) -> SyncConfig:
    table = root.table("sync")
    if table is None:
        return SyncConfig()
    sync = SyncConfig(
        idle_renew=table.integer("idle_renew", SyncConfig().idle_renew, 10, 1740),
        probe=table.integer("probe", SyncConfig().probe, 5, 1740),
        poll=table.integer("poll", SyncConfig().poll, 5, 86400),
        timeout=table.integer("timeout", SyncConfig().timeout, 2, 600),
        offline=table.integer("offline", SyncConfig().offline, 0, 100_000),
        offline_size=table.integer("offline_size", SyncConfig().offline_size, 1, 100_000),
        offline_total=table.integer("offline_total", SyncConfig().offline_total, 1, 10_000_000),
        ahead=table.integer("ahead", SyncConfig().ahead, 0, 1_000_000),
        low_bandwidth=table.boolean("low_bandwidth", SyncConfig().low_bandwidth),
        compress=table.one_of("compress", ("auto", "always", "never"), SyncConfig().compress),
    )
    table.finish()
    return sync


def _opening(root: Table) -> dict[str, tuple[str, ...]]:
    if "open" not in root:
        return {}
    from tui.config.opening import read_opening  # noqa: PLC0415 - late: start-up time

    return read_opening(root)


def _searches(root: Table) -> dict[str, str]:
    table = root.table("searches")
    if table is None:
        return {}
    return {name: table.text(name, example="is:unread from:ada") for name in table.keys()}  # noqa: SIM118 - no mapping


def _labels(root: Table) -> dict[str, str]:
    table = root.table("labels")
    if table is None:
        return {}
    return {name: table.one_of(name, LABEL_ROLES, "accent") for name in table.keys()}  # noqa: SIM118 - no mapping


def _preset(root: Table) -> str:
    table = root.table("keys")
    if table is None:
        return "vim"
    return table.one_of("preset", PRESETS, "vim")


def _keys(root: Table) -> dict[str, str]:
    table = root.table("keys")
    if table is None:
        return {}
    return {key: table.text(key) for key in table.keys() if key != "preset"}  # noqa: SIM118 - a Table is no mapping


def _has_password(account: AccountConfig) -> bool:
    servers = (account.receive, account.send, account.sieve)
    secrets = [server.secret for server in servers if server is not None]
    return any(secret.password or (secret.oauth and secret.oauth.client_secret) for secret in secrets)


def _refuse_open_file(file: Path) -> None:
    status = file.stat()
    if status.st_mode & 0o077:
        raise ConfigError(
            "holds a password and others on this machine can read it.",
            place=str(file),
            cure=f"Run: chmod 600 {file}",
        )
    if status.st_uid not in (os.getuid(), 0):
        raise ConfigError("holds a password and belongs to somebody else.", place=str(file))
