"""Accounts written to disk. A file that a person wrote is never rewritten: accounts go beside it, one file each.

A config.toml is ours as long as writing it again would give the very same octets: then nothing of anybody's can be
lost, no comment and no order.
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli_w

from tui.config.load import ACCOUNTS_FOLDER, MAX_FILE, NAME, account_files, read_account
from tui.config.model import AccountConfig, OAuth, Protocol, Secret, Security, Server
from tui.config.writing import identity_tables
from tui.mail.errors import ConfigError

HEADER = "# Written by tidings setup. Once you have added a comment it is yours, and is not written again.\n"


def save(file: Path, account: AccountConfig) -> Path:
    """Write an account, new or changed, and return the file it is in. Blocks.

    Args:
        file: config.toml.
        account: what to write; an account of this name is replaced where it is.

    Raises:
        ConfigError: it is in a file that a person wrote, or nothing can be written.
    """
    if not NAME.match(account.name):
        raise ConfigError("An account's name is made of letters, digits and . _ + @ -.")
    table = as_table(account)
    here = place(file, account.name)
    if here is None:
        here = file if _is_ours(file) or not file.exists() else file.parent / ACCOUNTS_FOLDER / f"{account.name}.toml"
    if not (_is_ours(here) or not here.exists()):
        raise _is_theirs(here, account)
    values = _read(here)
    values.setdefault("accounts", {})[account.name] = table
    _write(here, values)
    return here


def remove(file: Path, name: str) -> Path:
    """Take an account away, and return the file it was in. Its mail on the server stays. Blocks.

    Raises:
        ConfigError: there is none, it is in a file that a person wrote, or nothing can be written.
    """
    here = place(file, name)
    if here is None:
        raise ConfigError(f'There is no account "{name}".')
    if not _is_ours(here):
        raise ConfigError(
            f"{here} was written by hand and is not changed.", cure=f"Take [accounts.{name}] out of it yourself."
        )
    values = _read(here)
    del values["accounts"][name]
    if here != file and not values["accounts"]:
        here.unlink()
    else:
        _write(here, values)
    return here


def reorder(file: Path, names: list[str]) -> None:
    """Put the accounts in an order: config.toml first, as far as it is ours, then the files beside it. Blocks.

    Args:
        file: config.toml.
        names: of all accounts, as they shall be shown.

    Raises:
        ConfigError: an account is missing or unknown, or the order is that of a file which a person wrote.
    """
    places = {name: place(file, name) for name in names}
    known = [name for each in account_files(file) for name in _read(each).get("accounts", {})]
    if sorted(names) != sorted(known):
        raise ConfigError("Name every account once.", cure=f"There is: {', '.join(known)}.")
    inside = [name for name in names if places[name] == file]
    if file.exists() and not _is_ours(file) and inside != list(_read(file).get("accounts", {})):
        raise ConfigError(f"{file} was written by hand and is not changed.", cure="Move its tables yourself.")
    written: list[tuple[Path, dict[str, Any]]] = []
    for rank, name in enumerate(names):
        here = places[name]
        assert here is not None
        if here == file:
            continue
        before = sum(1 for each in names[:rank] if places[each] == file)
        if 0 < before < len(inside):
            raise ConfigError(f"{name} cannot stand between accounts of {file.name}.", cure="Before or behind them.")
        if not _is_ours(here):
            raise ConfigError(f"{here} was written by hand and is not changed.", cure="Set its order yourself.")
        # Those of config.toml count 0: less is before all of them, more behind.
        written.append((here, {**_read(here), "order": rank + 1 if before or not inside else rank - len(names)}))
    for here, values in written:
        _write(here, values)
    if file.exists() and _is_ours(file) and inside:
        values = _read(file)
        values["accounts"] = {name: values["accounts"][name] for name in inside}
        _write(file, values)


def place(file: Path, name: str) -> Path | None:
    """Return the file an account is in, None when there is no such account. Blocks."""
    for each in account_files(file):
        if name in _read(each).get("accounts", {}):
            return each
    return None


def as_table(account: AccountConfig) -> dict[str, Any]:
    """Return the table ``[accounts.NAME]`` that `tui.config.load` would read as this account."""
    table: dict[str, Any] = {"address": account.address.spec}
    if account.address.name:
        table["name"] = account.address.name
    if account.signature:
        table["signature"] = account.signature
    if account.archive:
        table["archive"] = account.archive
    if account.sent_copy != "auto":
        table["sent_copy"] = account.sent_copy
    table |= {key: True for key in ("bcc_self", "markdown") if getattr(account, key)}
    if account.lists:
        table["lists"] = list(account.lists)
    if account.identities:
        table["identities"] = identity_tables(account)
    if account.mailboxes:
        table["mailboxes"] = dict(account.mailboxes)
    receive = {"protocol": account.protocol.value, **_server(account.receive, account.address.spec, None)}
    if account.protocol is Protocol.POP3 and account.leave_days is not None:
        receive["leave_on_server"] = f"{account.leave_days} days" if account.leave_days else "no"
    if account.protocol is Protocol.POP3 and account.poll is not None:
        receive["poll"] = account.poll
    if account.authserv_id:
        receive["authserv_id"] = account.authserv_id
    table["receive"] = receive
    if account.send is not None:
        table["send"] = _server(account.send, account.receive.user, account.receive.secret)
    if account.sieve is not None:
        table["sieve"] = _server(account.sieve, account.receive.user, account.receive.secret)
    return table


def with_oauth(account: AccountConfig, provider: str, client_id: str, client_secret: str = "") -> AccountConfig:
    """Return an account that signs in with OAuth.

    Args:
        account: any.
        provider: a key of `tui.config.oauth.PROVIDERS`.
        client_id, client_secret: of the user's own registration.

    Raises:
        ConfigError: as `tui.config.load` says it.
    """
    plain = Secret(key=account.name)
    send = replace(account.send, secret=plain) if account.send is not None else None
    table = as_table(replace(account, receive=replace(account.receive, secret=plain), send=send))
    oauth = {"provider": provider, "client_id": client_id, "client_secret": client_secret}
    table["receive"]["oauth"] = {name: value for name, value in oauth.items() if value}
    return read_account(tomli_w.dumps({"accounts": {str(account.name): table}}))


def as_lines(account: AccountConfig) -> str:
    """Return the account as lines for config.toml, to be copied."""
    return tomli_w.dumps({"accounts": {str(account.name): as_table(account)}})


def _server(server: Server, user: str, others: Secret | None) -> dict[str, Any]:
    table: dict[str, Any] = {"host": server.host, "port": server.port, "security": Security(server.security).value}
    if server.user != user:
        table["user"] = server.user
    if others is None or server.secret != others:
        table |= _secret(server.secret)
    if server.ca_file is not None:
        table["ca_file"] = str(server.ca_file)
    if server.pin:
        table["pin"] = server.pin
    if server.mechanism:
        table["mechanism"] = server.mechanism
    return table


def _secret(secret: Secret) -> dict[str, Any]:
    if secret.password:
        return {"password": secret.password}
    if secret.password_command:
        return {"password_command": list(secret.password_command)}
    if secret.token_command:
        return {"token_command": list(secret.token_command)}
    if secret.keyring:
        return {"keyring": True}
    return {"oauth": _oauth(secret.oauth)} if secret.oauth is not None else {}


def _oauth(oauth: OAuth) -> dict[str, Any]:
    values = {
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "scopes": list(oauth.scopes),
        "authorize_url": oauth.authorize_url,
        "token_url": oauth.token_url,
        "device_url": oauth.device_url,
        "redirect_host": oauth.redirect_host,
        "keyring": oauth.keyring,
        "ca_file": str(oauth.ca_file) if oauth.ca_file is not None else "",
    }
    return {name: value for name, value in values.items() if value}


def _is_ours(file: Path) -> bool:
    try:
        text = file.read_bytes()[: MAX_FILE + 1].decode("utf-8")
        return text == _dumped(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def _is_theirs(file: Path, account: AccountConfig) -> ConfigError:
    return ConfigError(
        f"{file} was written by hand and is not changed.",
        cure="Put this there yourself:",
        example=as_lines(_without_password(account)),
    )


def _without_password(account: AccountConfig) -> AccountConfig:
    """Return an account whose lines may be shown."""
    hidden = Secret(password="…")

    def without(server: Server | None) -> Server | None:
        return replace(server, secret=hidden) if server is not None and server.secret.password else server

    receive = without(account.receive)
    assert receive is not None
    return replace(account, receive=receive, send=without(account.send), sieve=without(account.sieve))


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot be read: {type(error).__name__}.", place=str(file)) from None


def _dumped(values: Mapping[str, Any]) -> str:
    return HEADER + tomli_w.dumps(values)


def _write(file: Path, values: Mapping[str, Any]) -> None:
    """Write the whole file or nothing, for its owner only."""
    try:
        for folder in reversed([each for each in file.parents[:2] if not each.exists()]):
            folder.mkdir(parents=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(_dumped(values))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}.", place=str(file)) from error
