"""SQLite connections: how they are opened, brought up to date, and what their errors mean."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from tui.mail.errors import DiskFull, StoreError

SCHEMA = Path(__file__).with_name("schema")
"""Scripts ``<database>-<version>.sql``: each brings the version before it to its own. Never changed once released."""

BUSY_TIMEOUT = 5000
"""Milliseconds to wait for another process, such as a backup program."""

_CACHE_PRAGMAS = "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4000; PRAGMA journal_size_limit = 16000000;"
_PRECIOUS_PRAGMAS = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA journal_size_limit = 4000000;"

DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError)
"""Errors that say the file itself is not in order."""


class TooNew(Exception):
    """The file was written by a later version of this program."""


def connect(path: Path, *, precious: bool, read_only: bool = False) -> apsw.Connection:
    """Open a database file, for the owner only, with everything set as Tidings wants it.

    Args:
        path: the file; made when missing unless ``read_only``.
        precious: whether a commit must survive a power cut (FULL) or only a crash (NORMAL).
        read_only: a second connection for reading.
    """
    if read_only:
        flags = apsw.SQLITE_OPEN_READONLY
    else:
        os.close(
            os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        )  # SQLite gives -wal and -shm the same mode
        path.chmod(0o600)
        flags = apsw.SQLITE_OPEN_READWRITE
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=200)
    connection.set_busy_timeout(BUSY_TIMEOUT)
    query(connection, "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;")
    if not read_only:
        try:
            query(connection, "PRAGMA journal_mode = WAL;" + (_PRECIOUS_PRAGMAS if precious else _CACHE_PRAGMAS))
        except BaseException:
            connection.close()
            raise
    return connection


def query(connection: apsw.Connection, statement: str, bindings: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a statement.

    Several statements are all carried out; ``Connection.execute`` would stop at the first that yields a row.
    """
    return connection.execute(statement, bindings).fetchall()


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Commit what the block does, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def newest_version(database: str, folder: Path = SCHEMA) -> int:
    """Return the version that `migrate` brings a database to."""
    return max(int(path.stem.rpartition("-")[2]) for path in folder.glob(f"{database}-*.sql"))


def migrate(connection: apsw.Connection, database: str, folder: Path = SCHEMA) -> None:
    """Bring a database to the newest version, one script and one transaction at a time.

    Args:
        connection: may write.
        database: the scripts' first word, ``cache`` or ``precious``.
        folder: where the scripts are.

    Raises:
        TooNew: when the file's version (``PRAGMA user_version``) is above that of every script.
        apsw.Error: when a script fails; the file is then as it was before that script.
    """
    scripts = {int(path.stem.rpartition("-")[2]): path for path in folder.glob(f"{database}-*.sql")}
    version = int(connection.pragma("user_version"))
    newest = max(scripts)
    if version > newest:
        raise TooNew(f"version {version}, this program knows {newest}")
    for number in range(version + 1, newest + 1):
        with transaction(connection):
            query(connection, scripts[number].read_text(encoding="utf-8"))
            connection.pragma("user_version", number)


def open_cache(path: Path, folder: Path = SCHEMA) -> apsw.Connection:
    """Open cache.db for writing. One that is damaged, too new or marked is set aside and made anew."""
    if damage_marker(path).exists():
        set_aside(path)
    try:
        return _open(path, "cache", folder)
    except (*DAMAGE, apsw.SQLError, TooNew):
        set_aside(path)
        return _open(path, "cache", folder)


def open_precious(path: Path, folder: Path = SCHEMA) -> apsw.Connection:
    """Open precious.db for writing. One that cannot be used is left as it is.

    Raises:
        StoreError: when it is damaged or too new.
    """
    try:
        return _open(path, "precious", folder)
    except TooNew as error:
        raise StoreError(
            f"{path} was written by a newer Tidings ({error}).", cure="Upgrade Tidings; nothing was changed."
        ) from error


def _open(path: Path, database: str, folder: Path) -> apsw.Connection:
    connection = connect(path, precious=database == "precious")
    try:
        migrate(connection, database, folder)
    except BaseException:
        connection.close()
        raise
    return connection


def damage_marker(path: Path) -> Path:
    """The file whose presence says that this cache must be made anew."""
    return path.with_name(path.name + ".damaged")


def set_aside(path: Path) -> None:
    """Rename a cache database out of the way; the one set aside before it is dropped."""
    aside = path.with_name(path.name + ".set-aside")
    for suffix in ("", "-wal", "-shm"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.replace(aside.with_name(aside.name + suffix))
        else:
            aside.with_name(aside.name + suffix).unlink(missing_ok=True)
    damage_marker(path).unlink(missing_ok=True)


def store_error(error: apsw.Error, path: Path) -> StoreError:
    """Return what a SQLite error means to the user.

    Args:
        error: as apsw raised it.
        path: the database it is about.
    """
    if isinstance(error, apsw.FullError):
        return DiskFull(f"The disk is full: {path} cannot grow.", cure="Make room, then try again.")
    if isinstance(error, DAMAGE):
        if path.name.startswith("cache"):
            damage_marker(path).touch(mode=0o600)
            return StoreError(f"{path} is damaged.", cure="Start Tidings again: it will be fetched anew.")
        return StoreError(
            f"{path} is damaged.", cure="Put a backup in its place, or move it away; it holds drafts and the outbox."
        )
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return StoreError(f"{path} is held by another program.", cure="Close that program, then try again.")
    if isinstance(error, apsw.ReadOnlyError | apsw.CantOpenError | apsw.PermissionsError | apsw.AuthError):
        return StoreError(f"{path} cannot be written.", cure=f"Make {path.parent} and its files writable for you.")
    if isinstance(error, apsw.IOError):
        return StoreError(f"The disk failed while {path} was in use.", cure="Look at the disk, and keep a backup.")
    if isinstance(error, apsw.NoMemError | apsw.TooBigError):
        return StoreError(f"{path}: this is too large to be stored.", cure="Try with less.")
    return StoreError(f"{path} cannot be used: {type(error).__name__}.", cure="The log has the details.")
