"""The newest rows, read without the store: the same as the store's, or none."""

from pathlib import Path

import apsw
import pytest

from tests.bench.filled import fill
from tui.config.paths import Paths
from tui.mail.ids import AccountName, MailboxId
from tui.store import first_rows
from tui.store.database import LOCK_FILE, Store
from tui.widgets.envelope_row import who

WORK = AccountName("work")


async def test_they_are_the_stores(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    inbox = await fill(paths, WORK, 120)
    store = await Store.open(paths)
    try:
        rows = await store.envelopes.older(inbox, None, 30)
        state = await store.mailboxes.get(inbox)
        version = store.cache_version
    finally:
        await store.close()
    assert state is not None
    for outgoing in (False, True):
        found = first_rows.read(str(paths.cache_file), version, inbox, 30, outgoing=outgoing)
        assert found is not None
        assert (found.total, found.unread) == (state.total, state.unread)
        assert len(found.rows) == 30
        for row, envelope in zip(found.rows, rows, strict=True):
            assert row.sender == who(envelope.to if outgoing else envelope.from_[:1])
            for name in ("uid", "received", "subject", "snippet", "has_file"):
                assert getattr(row, name) == getattr(envelope, name)
            for name in ("is_unread", "is_flagged", "is_answered", "is_forwarded"):
                assert getattr(row, name) is getattr(envelope, name)


async def test_nothing_where_it_is_not_as_it_was(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    inbox = await fill(paths, WORK, 3)
    file = str(paths.cache_file)
    version = apsw.Connection(file, flags=apsw.SQLITE_OPEN_READONLY).pragma("user_version")
    assert first_rows.read(file, version + 1, inbox, 9, outgoing=False) is None
    assert first_rows.read(file, version, MailboxId(99), 9, outgoing=False) is None
    with pytest.raises(apsw.Error):
        first_rows.read(f"{file}.gone", version, inbox, 9, outgoing=False)
    assert len(list(paths.cache.glob("*.gone*"))) == 0


async def test_whoever_runs_is_noticed(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    await fill(paths, WORK, 1)
    lock = str(paths.data / LOCK_FILE)
    assert not first_rows.is_in_use(lock)
    store = await Store.open(paths)
    try:
        assert first_rows.is_in_use(lock)
    finally:
        await store.close()
    assert not first_rows.is_in_use(lock)
