"""Tidings itself on a pty: the command a user types, with files of its own in one folder."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.pty_driver import PtyProgram
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tui.config.model import Security

CHECKOUT = Path(__file__).parents[2]
READY = 30.0
"""Seconds the first rows may take; a bench that waits longer has nothing to measure."""


def configure(
    folder: Path,
    dovecot: Dovecot,
    users: Sequence[str],
    *,
    postfix: Postfix | None = None,
    security: Security = Security.PLAIN,
    undo_send: int = 0,
) -> dict[str, str]:
    """Write config.toml for users of a Dovecot; return the environment that leads Tidings to it.

    Args:
        folder: for all files.
        dovecot, postfix: running; without Postfix nothing can be sent.
        users: whose accounts, in order.
        security: of the line to Dovecot.
        undo_send: seconds a mail is held.
    """
    tables = [f"[compose]\nundo_send = {undo_send}\n"]
    for user in users:
        server = dovecot.server(user, security)
        name = user.partition("@")[0]
        tables.append(f"[accounts.{name}]\naddress = {_text(user)}\nname = {_text(name.title())}\n")
        tables.append(
            f"[accounts.{name}.receive]\nprotocol = 'imap'\nport = {server.port}\n" + _rest(dovecot, user, security)
        )
        if postfix is not None:
            tables.append(f"[accounts.{name}.send]\nport = {postfix.port}\n" + _rest(dovecot, user, Security.TLS))
    file = folder / "config" / "tidings" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("\n".join(tables))
    return environment(folder)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that keep a program's files in one folder."""
    names = {"CONFIG": "config", "DATA": "data", "CACHE": "cache", "STATE": "state"}
    return {"HOME": str(folder), **{f"XDG_{name}_HOME": str(folder / part) for name, part in names.items()}}


def start(
    env: Mapping[str, str],
    *words: str,
    width: int = 80,
    height: int = 24,
    term: str = "xterm-256color",
    module: str = "tui",
) -> PtyProgram:
    """Start ``tidings WORDS`` on a terminal of that size.

    Args:
        env: as `configure` gives it.
        words: arguments.
        width, height, term: of the terminal.
        module: what runs it, instead of the program itself.
    """
    command = [sys.executable, "-m", module, *words]
    return PtyProgram(command, width=width, height=height, term=term, env=env, folder=CHECKOUT)


def _rest(dovecot: Dovecot, user: str, security: Security) -> str:
    secret = _text(dovecot.users[user])
    ca_file = f"ca_file = {_text(str(dovecot.certificate))}\n" if security is not Security.PLAIN else ""
    return f"host = '127.0.0.1'\nsecurity = '{security.value}'\nuser = {_text(user)}\npassword = {secret}\n{ca_file}"


def _text(text: str) -> str:
    return json.dumps(text)  # a basic string of TOML is written alike
