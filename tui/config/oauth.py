"""``oauth = { … }`` of a server: signing in at a provider in the browser, with a client id of the user's own.

Tidings ships nobody's client id: whoever wants this registers a program at the provider and writes its id here.
"""

from pathlib import Path

from tui.config.https import split
from tui.config.model import OAuth
from tui.config.table import Table
from tui.mail.errors import ConfigError

_MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"
_OUTLOOK = "https://outlook.office.com"
PROVIDERS = {
    "google": {
        "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_url": "https://oauth2.googleapis.com/token",
        "scopes": ("https://mail.google.com/",),
    },
    "microsoft": {
        "authorize_url": f"{_MICROSOFT}/authorize",
        "token_url": f"{_MICROSOFT}/token",
        "device_url": f"{_MICROSOFT}/devicecode",
        "scopes": (
            *(f"{_OUTLOOK}/{scope}" for scope in ("IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send")),
            "offline_access",
        ),
        "redirect_host": "localhost",
    },
    "yahoo": {
        "authorize_url": "https://api.login.yahoo.com/oauth2/request_auth",
        "token_url": "https://api.login.yahoo.com/oauth2/get_token",
        "scopes": ("mail-w",),
    },
}
"""What is known of a provider; the account's own settings go before it. Google gives no device codes for mail."""

_URLS = ("authorize_url", "token_url", "device_url")


def read(table: Table) -> OAuth:
    """Return what an ``oauth`` table says.

    Raises:
        ConfigError: naming the place and what would be right.
    """
    provider = table.text("provider", "")
    if provider:
        table.one_of("provider", tuple(PROVIDERS), "")
    known = dict(PROVIDERS.get(provider, {}))
    urls = {key: table.text(key, str(known.get(key, ""))) for key in _URLS}
    for key, url in urls.items():
        if url:
            _check(table, key, url)
    if not urls["token_url"] or not (urls["authorize_url"] or urls["device_url"]):
        listed = ", ".join(f'"{name}"' for name in PROVIDERS)
        raise ConfigError(
            "where to sign in is not said.",
            place=table.place(),
            cure=f"Add provider = one of {listed}, or authorize_url (or device_url), token_url and scopes.",
        )
    hosts = ("127.0.0.1", "localhost")
    made = OAuth(
        client_id=table.text("client_id", example="the id of your own registration at the provider"),
        client_secret=table.text("client_secret", ""),
        scopes=table.argv("scopes") or tuple(known.get("scopes", ())),
        redirect_host=table.one_of("redirect_host", hosts, str(known.get("redirect_host", hosts[0]))),
        keyring=table.boolean("keyring", False),
        ca_file=_file(table),
        **urls,
    )
    table.finish()
    return made


def _check(table: Table, key: str, url: str) -> None:
    try:
        split(url)
    except ConfigError as error:
        raise table.wrong(key, error.message, error.cure) from None


def _file(table: Table) -> Path | None:
    written = table.text("ca_file", "")
    path = Path(written).expanduser() if written else None
    if path is not None and not path.is_file():
        raise table.wrong("ca_file", f"there is no file {written}.")
    return path
