"""The verbs about the scripts that a server runs over mail as it arrives (Sieve, by ManageSieve)."""

from collections.abc import AsyncIterator

from tui.engine.desk import Desk, Row, Wish, account_of
from tui.mail.errors import ConfigError, MailError, ScriptRefused
from tui.mail.text import clean_line


async def scripts(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """List the scripts of an account (``account``), or of all: one that cannot be asked hides no other."""
    name = wish.text("account")
    notes: list[str] = []
    for account in [account_of(desk, name)] if name else list(desk.accounts.values()):
        try:
            found = await account.sieve.list()
        except MailError as error:
            notes.append(str(error))
            continue
        for script in found:
            yield Row({"account": account.name, "name": script.name, "active": script.is_active})
    wish.status, wish.note = int(bool(notes)), "\n".join(notes)


async def script(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Give out the text of one script (``name``); its octets go along."""
    account = account_of(desk, wish.text("account"))
    text = await account.sieve.read(wish.text("name"))
    yield Row({"account": account.name, "name": wish.text("name"), "text": text}, text.encode())


async def check_script(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Have the server look through a script, the wish's data, and keep nothing."""
    account = account_of(desk, wish.text("account"))
    text = _text(wish)
    try:
        warnings = await account.sieve.check(text)
    except ScriptRefused as error:
        yield _refused(wish, account.name, error)
    else:
        yield _done(account.name, "", "checked", warnings)


async def put_script(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Keep a script, the wish's data, under a name (``name``); with ``activate`` it is run from then on."""
    account = account_of(desk, wish.text("account"))
    text = _text(wish)
    activate = wish.is_on("activate")
    try:
        warnings = await account.sieve.keep(wish.text("name"), text, activate=activate)
    except ScriptRefused as error:
        yield _refused(wish, account.name, error)
    else:
        yield _done(account.name, wish.text("name"), "activated" if activate else "kept", warnings)


async def activate_script(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Have one script (``name``) run and no other; without a name none is."""
    account = account_of(desk, wish.text("account"))
    await account.sieve.activate(wish.text("name"))
    yield _done(account.name, wish.text("name"), "activated" if wish.text("name") else "deactivated")


async def delete_script(desk: Desk, wish: Wish) -> AsyncIterator[Row]:
    """Delete one script (``name``) that is not active."""
    account = account_of(desk, wish.text("account"))
    await account.sieve.delete(wish.text("name"))
    yield _done(account.name, wish.text("name"), "deleted")


def _text(wish: Wish) -> str:
    try:
        return wish.data.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigError("The script is not UTF-8.") from None


def _done(account: str, name: str, done: str | None, warnings: str = "") -> Row:
    told = [clean_line(line) for line in warnings.splitlines() if line.strip()]
    return Row({"account": account, "name": name, "done": done, "warnings": told, "complaints": []})


def _refused(wish: Wish, account: str, error: ScriptRefused) -> Row:
    wish.status = 1
    wish.note = "the script is not right; the server keeps what it had."
    complaints = list(error.complaints)
    fields = {"account": account, "name": wish.text("name"), "done": None, "warnings": [], "complaints": complaints}
    return Row(fields)
