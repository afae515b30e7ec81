"""Connections: migrations go one step at a time, and every error of the library has a sentence."""

import stat
from pathlib import Path

import apsw
import pytest

from tui.mail.errors import StoreError
from tui.store import sqlite

KNOWN_ERRORS = {
    *("AbortError", "AuthError", "BindingsError", "BusyError", "CantOpenError", "ConnectionClosedError"),
    *("ConnectionNotClosedError", "ConstraintError", "CorruptError", "CursorClosedError", "EmptyError"),
    *("ExecTraceAbort", "ExecutionCompleteError", "ExtensionLoadingError", "ForkingViolationError", "FormatError"),
    *("FullError", "IOError", "IncompleteExecutionError", "InternalError", "InterruptError", "InvalidContextError"),
    *("LockedError", "MismatchError", "MisuseError", "NoFTS5Error", "NoLFSError", "NoMemError", "NotADBError"),
    *("NotFoundError", "PermissionsError", "ProtocolError", "RangeError", "ReadOnlyError", "SQLError"),
    *("SchemaChangeError", "ThreadingViolationError", "TooBigError", "VFSFileClosedError", "VFSNotImplementedError"),
}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "cache-1.sql").write_text("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('one');")
    return folder


def version(connection: apsw.Connection) -> object:
    return connection.pragma("user_version")


def test_scripts_run_in_order_and_once(tmp_path: Path, scripts: Path) -> None:
    path = tmp_path / "cache.db"
    connection = sqlite.open_cache(path, scripts)
    assert version(connection) == 1
    connection.close()
    (scripts / "cache-2.sql").write_text("ALTER TABLE notes ADD COLUMN at INTEGER NOT NULL DEFAULT 5;")
    (scripts / "cache-10.sql").write_text("UPDATE notes SET at = at + 1;")
    for number in range(3, 10):
        (scripts / f"cache-{number}.sql").write_text("UPDATE notes SET at = at * 2;")
    connection = sqlite.open_cache(path, scripts)
    assert version(connection) == 10
    connection.close()
    connection = sqlite.open_cache(path, scripts)
    assert sqlite.query(connection, "SELECT text, at FROM notes") == [("one", 5 * 2**7 + 1)]
    connection.close()


def test_a_script_that_fails_leaves_the_version_before_it(tmp_path: Path, scripts: Path) -> None:
    connection = sqlite.connect(tmp_path / "p.db", precious=True)
    sqlite.migrate(connection, "cache", scripts)
    (scripts / "cache-2.sql").write_text("INSERT INTO notes VALUES ('two'); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(apsw.SQLError):
        sqlite.migrate(connection, "cache", scripts)
    assert version(connection) == 1
    assert sqlite.query(connection, "SELECT text FROM notes") == [("one",)]
    connection.close()


def test_the_pragmas_hold(tmp_path: Path) -> None:
    cache = sqlite.open_cache(tmp_path / "cache.db")
    precious = sqlite.open_precious(tmp_path / "precious.db")
    assert [each.pragma("journal_mode") for each in (cache, precious)] == ["wal", "wal"]
    assert [each.pragma("synchronous") for each in (cache, precious)] == [1, 2]
    assert [each.pragma("foreign_keys") for each in (cache, precious)] == [1, 1]
    assert precious.pragma("fullfsync") == 1
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    cache.close()
    precious.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    connection = sqlite.connect(tmp_path / "x.db", precious=False)
    connection.execute("CREATE TABLE t (n)")

    def work() -> None:
        with sqlite.transaction(connection):
            connection.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert not connection.in_transaction
    assert sqlite.query(connection, "SELECT n FROM t") == []
    connection.close()


def test_no_error_of_the_library_is_unknown() -> None:
    found = {error.__name__ for error in apsw.Error.__subclasses__()}
    assert found == KNOWN_ERRORS, "apsw has changed: see tui.store.sqlite.store_error"


@pytest.mark.parametrize("name", sorted(KNOWN_ERRORS))
def test_every_error_says_cause_and_cure(tmp_path: Path, name: str) -> None:
    error = sqlite.store_error(getattr(apsw, name)("inner words"), tmp_path / "precious.db")
    assert isinstance(error, StoreError)
    assert "precious.db" in error.message
    assert error.cure
    assert "inner words" not in str(error)


def test_damage_of_the_cache_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    error = sqlite.store_error(apsw.CorruptError(""), path)
    assert "damaged" in error.message
    assert sqlite.damage_marker(path).exists()
