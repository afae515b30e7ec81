"""The system's keyring, through the extra ``tidings[keyring]``. For worker threads: a keyring may ask its user.

Some back ends of the library are files that anybody can decode, and it takes them silently where there is no better
one: those are refused by name.
"""

import importlib
from typing import Any

from tui.mail.errors import ConfigError
from tui.mail.text import clean_line

SERVICE = "tidings"
"""The service under which everything is kept: ``keyring set tidings work``."""

_PLAIN_MODULES = ("keyrings.alt", "keyring_pass_plain")
_PLAIN_WORDS = ("plaintext", "plain_text", "uncrypted", "base64", "jsonfile", "netrc")
_NONE = ("keyring.backends.fail", "keyring.backends.null")


def get(entry: str) -> str | None:
    """Return what is kept under a name, None when there is nothing.

    Args:
        entry: such as the account's name.

    Raises:
        ConfigError: there is no keyring, or none that keeps secrets.
    """
    found = _call("get_password", entry)
    return found if isinstance(found, str) else None


def put(entry: str, secret: str) -> None:
    """Keep a secret under a name.

    Raises:
        ConfigError: there is no keyring, or none that keeps secrets.
    """
    _call("set_password", entry, secret)


def trouble() -> str:
    """Return why there is no keyring that keeps secrets, a sentence; "" when there is one. It is not asked for any."""
    try:
        check(_backend())
    except ConfigError as error:
        return error.message
    return ""


def _call(name: str, *arguments: str) -> Any:
    backend = _backend()
    check(backend)
    try:
        return getattr(backend, name)(SERVICE, *arguments)
    except Exception as error:  # each back end has its own; none of their words is known to hold no secret
        raise ConfigError(
            f"The keyring cannot be used ({type(error).__name__}).", cure="Is it unlocked? Else use password_command."
        ) from None


def _backend() -> Any:
    try:
        library = importlib.import_module("keyring")
    except ImportError:
        raise ConfigError("The keyring needs an extra.", cure="Run: pip install 'tidings[keyring]'") from None
    try:
        return library.get_keyring()
    except Exception as error:  # a back end that cannot be made
        raise ConfigError(
            f"There is no keyring that can be used ({type(error).__name__}).", cure="Use password_command."
        ) from None


def check(backend: Any) -> None:
    """Make sure that a back end keeps secrets.

    Raises:
        ConfigError: it is none, or keeps them for everybody to read.
    """
    for each in (backend, *getattr(backend, "backends", ())):
        name = f"{type(each).__module__}.{type(each).__qualname__}"
        if name.startswith(_NONE):
            raise ConfigError("There is no keyring on this machine.", cure="Use password_command.")
        if name.startswith(_PLAIN_MODULES) or any(word in name.lower() for word in _PLAIN_WORDS):
            raise ConfigError(
                f"The keyring here, {clean_line(name, 100)}, keeps passwords in a file that can be read.",
                cure="Remove that back end, or use password_command.",
            )
