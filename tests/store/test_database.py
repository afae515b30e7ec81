"""The store as a whole: opened over anything, by one, and never blocking."""

import asyncio
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest

from tests.store.sample import INBOX, WORK, envelope, submit
from tui.config.paths import Paths
from tui.mail.errors import StoreError
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Mailbox
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.sqlite import transaction


async def fill(paths: Paths) -> None:
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [INBOX])
    state = (await store.mailboxes.all())[0]
    await store.envelopes.add(state.id, [envelope(uid) for uid in range(1, 200)])
    await submit(store)
    await store.close()


async def test_it_opens_fast(paths: Paths) -> None:
    await fill(paths)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        store = await Store.open(paths)
        times.append(time.perf_counter() - begin)
        await store.close()
    assert min(times) < 0.3  # a coarse sieve: scripts/bench measures


async def test_files_are_for_the_owner_only(paths: Paths) -> None:
    previous = os.umask(0)
    try:
        store = await Store.open(paths)
        await submit(store)
        await store.mailboxes.replace(WORK, [INBOX])
        files = [*paths.cache.iterdir(), *paths.data.iterdir()]
        assert {file.name for file in files} >= {"cache.db", "cache.db-wal", "precious.db", "precious.db-wal"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        await store.close()
    finally:
        os.umask(previous)


async def test_a_second_instance_is_refused(paths: Paths) -> None:
    store = await Store.open(paths)
    with pytest.raises(StoreError) as refused:
        await Store.open(paths)
    assert str(os.getpid()) in refused.value.message
    assert "kill" in refused.value.cure
    await submit(store)  # the first is not disturbed
    await store.close()
    again = await Store.open(paths)
    await again.close()


async def test_the_lock_of_a_dead_process_is_no_lock(paths: Paths) -> None:
    paths.make()
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom tui.store.lock import InstanceLock\n"
        "InstanceLock(Path(sys.argv[1])).take()\nprint('taken', flush=True)\nsignal.pause()"
    )
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(paths.data / "tidings.lock"), stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"taken\n"
    with pytest.raises(StoreError, match=str(holder.pid)):
        await Store.open(paths)
    holder.kill()
    await holder.wait()
    store = await Store.open(paths)
    await store.close()


@pytest.mark.parametrize("damage", ["text", "half", "zeros", "newer", "marker"])
async def test_a_cache_of_no_use_is_set_aside(paths: Paths, damage: str) -> None:
    await fill(paths)
    path = paths.cache_file
    data = path.read_bytes()
    if damage == "text":
        path.write_bytes(b"no database " * 1000)
    elif damage == "half":
        path.write_bytes(data[:2000])
    elif damage == "zeros":
        path.write_bytes(data[:100] + bytes(len(data) - 100))
    elif damage == "newer":
        connection = apsw.Connection(str(path))
        connection.pragma("user_version", 9999)
        connection.close()
    else:
        path.with_name("cache.db.damaged").touch()
    store = await Store.open(paths)
    assert path.with_name("cache.db.set-aside").exists()
    assert await store.mailboxes.all() == []
    assert len(await store.outbox.list()) == 1
    await store.mailboxes.replace(WORK, [INBOX])
    state = (await store.mailboxes.all())[0]
    assert await store.envelopes.add(state.id, [envelope(1)]) == [1]
    await store.close()
    store = await Store.open(paths)
    assert (await store.mailboxes.all())[0].held == 1
    await store.close()


async def test_damage_found_later_is_cured_by_the_next_start(paths: Paths) -> None:
    await fill(paths)
    with apsw.Connection(str(paths.cache_file)) as cache:
        pages = [page for (page,) in cache.execute("SELECT pageno FROM dbstat WHERE name = 'envelopes'")]
    with paths.cache_file.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
    store = await Store.open(paths)
    state = (await store.mailboxes.all())[0]
    with pytest.raises(StoreError) as found:
        await store.envelopes.older(state.id, None, 1000)
    assert "Start Tidings again" in found.value.cure
    await store.close()
    store = await Store.open(paths)
    assert await store.mailboxes.all() == []
    await store.close()


@pytest.mark.parametrize("damage", ["text", "newer"])
async def test_a_precious_database_is_never_touched(paths: Paths, damage: str) -> None:
    await fill(paths)
    path = paths.precious_file
    if damage == "text":
        path.write_bytes(b"no database " * 1000)
    else:
        connection = apsw.Connection(str(path))
        connection.pragma("user_version", 9999)
        connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        await Store.open(paths)
    assert ("Upgrade" if damage == "newer" else "backup") in refused.value.cure
    assert path.read_bytes() == before
    with pytest.raises(StoreError, match=r"precious\.db"):  # the lock was given back
        await Store.open(paths)


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="data"):
        await Store.open(Paths.under(tmp_path))


async def test_closing_twice_and_using_it_closed(paths: Paths) -> None:
    store = await Store.open(paths)
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.mailboxes.all()


async def test_a_reader_does_not_wait_for_a_writer(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1)])
    busy, free = threading.Event(), threading.Event()

    def work(at: Connections) -> None:
        with transaction(at.cache):
            at.cache.execute("DELETE FROM envelopes")
            busy.set()
            assert free.wait(20)

    writing = asyncio.create_task(store._databases.write(work))
    await asyncio.to_thread(busy.wait, 20)
    async with asyncio.timeout(5):
        assert [row.uid for row in await store.envelopes.older(inbox, None, 10)] == [1]
        assert await store.outbox.list() == []
    free.set()
    await writing
    assert await store.envelopes.older(inbox, None, 10) == []


async def test_writes_are_done_in_the_order_they_were_asked_for(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1)])
    texts = [f"text {number}" for number in range(50)]
    await asyncio.gather(*(store.envelopes.set_snippet(inbox, envelope(1).uid, text) for text in texts))
    row = await store.envelopes.get(inbox, envelope(1).uid)
    assert row is not None
    assert row.snippet == texts[-1]


async def test_a_cache_of_another_precious_database_is_made_anew(paths: Paths) -> None:
    await fill(paths)
    for file in paths.data.iterdir():
        file.unlink()
    store = await Store.open(paths)  # the keys are taken over from the cache
    assert (await store.mailboxes.all())[0].held == 199
    await store.close()
    for file in paths.data.iterdir():
        file.unlink()
    paths.cache_file.rename(paths.cache / "kept")
    store = await Store.open(paths)
    await store.mailboxes.replace(WORK, [Mailbox(WORK, b"Other", "Other")])  # has the key that INBOX had
    await store.close()
    (paths.cache / "kept").rename(paths.cache_file)
    store = await Store.open(paths)
    assert await store.mailboxes.all() == []
    await store.close()
