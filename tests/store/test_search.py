"""The local index: what it finds is what the plain test of each envelope finds."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mail.queries import NOW, SECONDS, envelopes, queries
from tests.store.sample import INBOX, WORK, envelope, uids
from tui.config.paths import Paths
from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox
from tui.mail.matching import Item, matches
from tui.mail.query import Node
from tui.mail.query_syntax import parse
from tui.store import search, search_merge, search_streams, search_walk
from tui.store.codec import INSERT, pack, pack_flags
from tui.store.database import Store
from tui.store.search import Hits
from tui.store.sqlite import SCHEMA, open_cache, query

HOME = AccountName("home")
MAILBOXES = [INBOX, Mailbox(WORK, b"Old", "Old", "/"), Mailbox(WORK, b"Lists/a", "Lists/a", "/")]
MOST = 1000
BEFORE = min(int(path.stem[6:]) for path in SCHEMA.glob("cache-*.sql") if "head_words" in path.read_text()) - 1
"""The last version of the cache without an index."""
FACTS = min(int(path.stem[6:]) for path in SCHEMA.glob("cache-*.sql") if "doc_flagged" in path.read_text())
"""The first one with facts."""


def node(text: str) -> Node:
    found = parse(text, NOW).node
    assert found is not None
    return found


async def index(store: Store) -> None:
    while await store.search.index():
        pass


async def fill(store: Store, mail: dict[Mailbox, list[Envelope]]) -> dict[Mailbox, MailboxId]:
    await store.mailboxes.replace(WORK, MAILBOXES)
    await store.mailboxes.replace(HOME, [Mailbox(HOME, b"INBOX", "INBOX", "/")])
    ids = {state.mailbox: state.id for state in await store.mailboxes.all()}
    for mailbox, rows in mail.items():
        await store.mailboxes.selected(ids[mailbox], UidValidity(1), None, 0, ModSeq(0))
        await store.envelopes.add(ids[mailbox], rows)
    await index(store)
    return ids


@contextmanager
def old_cache(paths: Paths, version: int, folder: Path) -> Iterator[apsw.Connection]:
    """Yield a cache as an older version left it, with one mailbox."""
    for number in range(1, version + 1):
        copyfile(SCHEMA / f"cache-{number}.sql", folder / f"cache-{number}.sql")
    paths.make()
    cache = open_cache(paths.cache_file, folder)
    cache.execute(
        "INSERT INTO mailboxes (id, account, wire, name, uidvalidity) VALUES (1, ?, ?, ?, 1)",
        (INBOX.account, INBOX.wire, INBOX.name),
    )
    yield cache
    cache.close()


def put(cache: apsw.Connection, rows: Iterable[Envelope]) -> None:
    cache.executemany(INSERT, [pack(MailboxId(1), row, *pack_flags(row.flags), False) for row in rows])


async def found(store: Store, text: str) -> list[int]:
    return [hit.envelope.uid for hit in await store.search.hits(node(text), None, MOST)]


boxes = st.lists(st.tuples(*(envelopes(uid) for uid in range(1, 6))), min_size=3, max_size=3)


COSTS: dict[str, dict[str, float]] = {
    "as measured": {"LEAD": 1},
    "each doc is looked at": {"WORD_TEST": 0.0, "FACT_TEST": 0.0, "BODY_TEST": 0.0},
    "words are read along": {"WORD_TEST": 1e9, "FACT_TEST": 1e9, "BODY_TEST": 1e9},
    "little at once": {"FIRST_BATCH": 2, "MOST_BATCH": 2, "FACT_PEEK": 1, "BODY_PEEK": 1},
}
"""What the walk takes for true about its work: whatever it is, the same is found."""


@pytest.mark.parametrize("costs", COSTS.values(), ids=COSTS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(boxes, st.lists(queries, min_size=1, max_size=8))
def test_it_finds_what_the_plain_test_finds(
    costs: dict[str, float], mail: list[tuple[Envelope, ...]], texts: list[str]
) -> None:
    async def check() -> None:
        with TemporaryDirectory() as folder:
            store = await Store.open(Paths.under(Path(folder)))
            try:
                ids = await fill(store, {box: list(rows) for box, rows in zip(MAILBOXES, mail, strict=True)})
                for text in texts:
                    tree = parse(text, NOW).node
                    if tree is None:
                        continue
                    hits = await store.search.hits(tree, None, MOST)
                    wanted = {
                        (ids[box], row.uid)
                        for box, rows in zip(MAILBOXES, mail, strict=True)
                        for row in rows
                        if matches(tree, Item(row, box))
                    }
                    assert {(hit.mailbox, hit.envelope.uid) for hit in hits} == wanted, text
                    docs = [hit.doc for hit in hits]
                    assert docs == sorted(docs, reverse=True)
                    back = await store.search.hits(tree, None, MOST, older=False)
                    assert [hit.doc for hit in back] == docs[::-1]
                    assert await store.search.count(tree, MOST) == len(docs)
            finally:
                await store.close()

    with ExitStack() as patches:
        for name, value in {**costs, "RANGE": 2}.items():
            module = search_walk if hasattr(search_walk, name) else search_streams
            patches.enter_context(patch.object(module, name, value))
        asyncio.run(check())


async def test_windows_join_up(store: Store) -> None:
    rows = [envelope(uid, received=SECONDS - uid // 3) for uid in range(1, 400)]
    await fill(store, {INBOX: rows})
    hits = Hits(store.search, node("subject"))
    seen: list[int] = []
    key = None
    while window := await hits.older(key, 37):
        seen += [row.uid for row in window]
        key = window[-1].key
    assert len(seen) == len(set(seen)) == 399
    assert seen == sorted(seen, reverse=True)
    middle = await hits.many([Uid(seen[200])])
    newer = await hits.newer(middle[0].key, 10)
    assert [row.uid for row in newer] == seen[199:189:-1]


async def test_more_of_one_second_than_it_has_room_for(store: Store) -> None:
    rows = [envelope(uid, received=SECONDS) for uid in range(1, 2600)]
    rows += [envelope(uid, received=SECONDS + 1) for uid in range(2600, 2620)]
    await fill(store, {INBOX: rows})
    assert len(set(await found(store, "subject after:2026"))) == 1000
    assert await store.search.count(node("subject on:today"), 5000) == 2619


async def test_what_goes_is_found_no_longer(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(uid) for uid in (1, 2, 3, 4)]})
    inbox = ids[INBOX]
    await store.envelopes.hide(inbox, uids(1))
    await store.envelopes.remove(inbox, uids(2))
    assert sorted(await found(store, "subject")) == [3, 4]
    assert await store.search.count(node("subject"), MOST) == 2
    await store.mailboxes.selected(inbox, UidValidity(2), None, 0, ModSeq(0))
    assert await found(store, "subject") == []
    await store.envelopes.add(inbox, [envelope(3)])
    assert await found(store, "subject") == []
    assert await store.search.waiting() == 1
    await index(store)
    assert await found(store, "subject") == [3]


async def test_flags_are_as_they_are_now(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(1), envelope(2)]})
    assert sorted(await found(store, "subject is:unread")) == [1, 2]
    await store.envelopes.change_flags(ids[INBOX], uids(2), frozenset({"\\Seen"}), frozenset())
    assert await found(store, "is:unread") == [1]
    assert await found(store, "-is:unread subject") == [2]


async def test_texts_are_found_once_they_are_here(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(1), envelope(2)]})
    await store.bodies.put(ids[INBOX], Uid(2), {"HEADER": b"x", "1": "Die Tábla ist fertig".encode()})
    (waiting,) = await store.search.next_bodies(10)
    assert waiting.bodies["1"].startswith(b"Die")
    await store.search.index_bodies([(waiting.envelope, "Die Tábla ist fertig")])
    assert await store.search.next_bodies(10) == []
    for text in ("tabl", "body:tabla", '"tabla ist"', "fertig subject"):
        assert await found(store, text) == [2], text
    assert await found(store, "body:subject") == []
    assert await found(store, "-fertig") == [1]
    await store.search.index_bodies([(waiting.envelope, "anders")])
    assert await found(store, "fertig") == []
    await store.envelopes.remove(ids[INBOX], uids(2))
    assert await found(store, "anders") == []


async def test_what_the_server_found_is_among_the_hits(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(uid) for uid in (1, 2, 3)]})
    docs = await store.search.docs(ids[INBOX], uids(2, 9))
    assert len(docs) == 1
    hits = Hits(store.search, node("nowhere"))
    assert await hits.older(None, 10) == []
    hits.listed.update(docs)
    assert [row.uid for row in await hits.older(None, 10)] == docs
    assert await store.search.missing(ids[INBOX], uids(2, 9)) == uids(9)


async def test_the_next_unread_hit(store: Store) -> None:
    seen = frozenset({"\\Seen"})
    rows = [envelope(uid, flags=seen if uid != 2 else frozenset()) for uid in range(1, 6)]
    await fill(store, {INBOX: rows})
    hits = Hits(store.search, node("subject"))
    newest = (await hits.older(None, 1))[0]
    unread = await hits.next_unread(newest.key, True)
    assert unread is not None
    assert (await store.search.get([unread.uid]))[0].envelope.uid == 2
    assert await hits.next_unread(unread.key, True) is None


async def test_a_rare_flag_beside_a_word_of_every_mail_is_found_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged = frozenset({"\\Flagged"})
    rows = [envelope(uid, flags=flagged if uid == 3 else frozenset(), received=SECONDS + uid) for uid in range(1, 3000)]
    await fill(store, {INBOX: rows})
    read: list[int] = []

    def counted(*asked: Any) -> list[tuple[Any, ...]]:
        read.append(len(found := query(*asked)))
        return found

    monkeypatch.setattr(search_walk, "query", counted)
    for text, hits in (("subject is:flagged", [3]), ("subject is:draft", []), ("subject keyword:work", [])):
        read.clear()
        assert await found(store, text) == hits
        assert len(read) < 30
        assert sum(read) < 1000, text


async def test_what_is_sought_no_longer_keeps_nobody_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search is answered slice by slice: others are served between two, and one that is given up ends there."""
    rows = [envelope(uid, received=SECONDS + uid) for uid in range(1, 1500)]
    await fill(store, {INBOX: rows})
    monkeypatch.setattr(search, "SLICE_SECONDS", 0.0)
    for name in ("FIRST_BATCH", "MOST_BATCH", "FACT_PEEK"):
        monkeypatch.setattr(search_walk, name, 1)
    slices: list[str] = []
    slice_ = search_walk.Walk.slice

    def told(walk: search_walk.Walk, seconds: float, limit: int) -> list[int]:
        slices.append("slice")
        return slice_(walk, seconds, limit)

    monkeypatch.setattr(search_walk.Walk, "slice", told)
    long = asyncio.create_task(store.search.hits(node("smaller:1"), None, 10))
    while not slices:  # noqa: ASYNC110 - it is another thread
        await asyncio.sleep(0)
    assert await store.search.waiting() == 0
    assert not long.done()
    long.cancel()
    await asyncio.gather(long, return_exceptions=True)
    done = len(slices)
    assert await store.search.missing(MailboxId(1), []) == []
    assert done <= len(slices) <= done + 1 < 1499


async def test_facts_are_as_they_are_now(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(1), envelope(2)]})
    await store.envelopes.change_flags(ids[INBOX], uids(2), frozenset({"\\Flagged", "work"}), frozenset())
    assert await found(store, "is:flagged") == await found(store, "keyword:WORK") == [2]
    await store.envelopes.change_flags(ids[INBOX], uids(2), frozenset(), frozenset({"\\Flagged", "work"}))
    assert await found(store, "is:flagged OR keyword:work OR is:draft") == []


async def test_flags_of_many_are_right_before_their_facts_are(store: Store) -> None:
    ids = await fill(store, {INBOX: [envelope(uid) for uid in range(1, 200)]})
    for flags in ({"\\Flagged"}, {"\\Answered", "work"}):
        await store.envelopes.change_flags(ids[INBOX], uids(*range(50, 190)), frozenset(flags), frozenset())
        wanted = list(range(189, 49, -1))
        for text in ("is:flagged", "subject is:flagged", "-(-is:flagged)"):
            assert await found(store, text) == wanted, text
        assert await store.search.tend()
        while await store.search.tend():
            pass
        assert await found(store, "is:flagged") == wanted
    assert await found(store, "keyword:work") == wanted


async def test_a_conversation_is_found_by_any_of_its_messages(store: Store) -> None:
    def letter(uid: int, answers: str = "") -> Envelope:
        return replace(envelope(uid), message_id=f"<{uid}@mill>", in_reply_to=answers)

    old = MAILBOXES[1]
    ids = await fill(store, {INBOX: [letter(1), letter(3, "<2@mill>"), letter(4)], old: [letter(2, "<1@mill>")]})
    for text in ("thread:<1@mill>", "thread:2@mill", 'thread:"<3@mill>"', "thread:<1@mill> subject"):
        assert await found(store, text) == [3, 2, 1], text
    assert await found(store, "thread:<1@mill> in:inbox") == [3, 1]
    assert await found(store, "-thread:<1@mill>") == await found(store, "thread:<4@mill>") == [4]
    assert await found(store, "thread:<5@mill>") == []
    await store.envelopes.remove(ids[old], uids(2))
    assert await found(store, "thread:<3@mill>") == [3, 1]
    assert await store.search.count(node("thread:<3@mill>"), MOST) == 2


async def test_a_message_that_has_no_conversation_yet_is_found_by_its_name(store: Store) -> None:
    rows = [replace(envelope(uid), message_id=f"<{uid}@mill>") for uid in range(1, 100)]
    await fill(store, {INBOX: rows})
    assert await found(store, "thread:<7@mill>") == [7]


async def test_what_was_indexed_before_there_were_facts(paths: Paths, tmp_path: Path) -> None:
    flagged = frozenset({"\\Flagged"})
    rows = [
        envelope(uid, flags=flagged if uid % 7 == 0 else frozenset(), received=SECONDS + uid) for uid in range(1, 90)
    ]
    with old_cache(paths, FACTS - 1, tmp_path) as cache:
        put(cache, rows)
        cache.execute("INSERT INTO docs SELECT received << 10, id FROM envelopes WHERE id & 1")
        cache.execute("DELETE FROM unindexed WHERE envelope & 1")
    store = await Store.open(paths)
    wanted = [uid for uid in range(89, 0, -1) if uid % 7 == 0]
    await index(store)
    assert await found(store, "is:flagged") == wanted
    while await store.search.tend():
        assert await found(store, "is:flagged smaller:1M") == wanted
    assert await found(store, "is:flagged") == await found(store, "is:flagged in:inbox") == wanted
    await store.close()


async def test_words_are_put_into_one_piece(store: Store, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_merge, "LEAST", 10)
    monkeypatch.setattr(search_merge, "PAGES", 1)
    rows = [replace(envelope(uid), subject=f"Subject {uid} {uid * 7919}") for uid in range(1, 800)]
    ids = await fill(store, {INBOX: rows})
    await store.envelopes.remove(ids[INBOX], uids(5))
    assert pieces(paths) > 1
    slices = 0
    while await store.search.tend():
        slices += 1
        assert slices < 1000
    assert slices > 4
    assert pieces(paths) == 1
    assert len(await found(store, "subject")) == 798
    assert await found(store, "7919") == [100, 10, 1]
    assert not await store.search.tend()


def pieces(paths: Paths) -> int:
    with apsw.Connection(str(paths.cache_file), flags=apsw.SQLITE_OPEN_READONLY) as cache:
        ((count,),) = query(cache, "SELECT count(DISTINCT segid) FROM head_parts_idx")
    return int(count)


async def test_mail_of_before_the_index_is_taken_up(paths: Paths, tmp_path: Path) -> None:
    """A cache of an older version has envelopes and bodies, and no index."""
    with old_cache(paths, BEFORE, tmp_path) as cache:
        put(cache, [envelope(uid) for uid in range(1, 300)])
    store = await Store.open(paths)
    assert await store.search.waiting() == 299
    await index(store)
    assert len(await found(store, "subject")) == 299
    await store.close()
