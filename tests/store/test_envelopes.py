"""Envelopes: windows by key, counts that are right, rows that go."""

import time
from dataclasses import replace

import pytest

from tests.store.sample import READ, WORK, envelope, uids
from tui.mail import snooze
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, NO_FLAGS
from tui.mail.ids import MailboxId, Uid
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.envelope_reads import window_statement
from tui.store.mailboxes import MailboxState
from tui.store.sqlite import query


async def state(store: Store, mailbox: MailboxId) -> MailboxState:
    found = await store.mailboxes.get(mailbox)
    assert found is not None
    return found


def numbers(rows: list[Envelope]) -> list[int]:
    return [row.uid for row in rows]


async def test_adding_tells_what_is_new(store: Store, inbox: MailboxId) -> None:
    assert await store.envelopes.add(inbox, [envelope(3), envelope(1)]) == [3, 1]
    assert await store.envelopes.add(inbox, [envelope(3, flags=READ), envelope(2)]) == [2]
    known = await state(store, inbox)
    assert (known.held, known.unread) == (3, 2)
    row = await store.envelopes.get(inbox, Uid(3))
    assert row == replace(envelope(3), flags=READ)


async def test_a_batch_may_be_large_and_repeat_itself(store: Store, inbox: MailboxId) -> None:
    batch = [envelope(uid) for uid in range(1, 701)]
    assert len(await store.envelopes.add(inbox, [*batch, *batch[:10]])) == 700
    assert (await state(store, inbox)).held == 700


async def test_numbers_that_are_no_uid_are_left_out(store: Store, inbox: MailboxId) -> None:
    assert await store.envelopes.add(inbox, [envelope(0), envelope(2**32), envelope(2**32 - 1)]) == [2**32 - 1]


async def test_a_mailbox_that_is_gone_takes_nothing(store: Store) -> None:
    assert await store.envelopes.add(MailboxId(99), [envelope(1)]) == []
    assert not await store.envelopes.set_flags(MailboxId(99), {Uid(1): READ})


async def test_windows_go_by_received_then_uid(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(
        inbox, [envelope(5, received=10), envelope(1, received=10), envelope(9, received=5), envelope(2, received=20)]
    )
    assert numbers(await store.envelopes.older(inbox, None, 10)) == [2, 5, 1, 9]
    assert numbers(await store.envelopes.older(inbox, (10, 5), 10)) == [1, 9]
    assert numbers(await store.envelopes.older(inbox, (10, 3), 1)) == [1]  # a key need not be a row
    assert await store.envelopes.older_uids(inbox, None, 10) == [2, 5, 1, 9]
    assert await store.envelopes.older_uids(inbox, (10, 5), 1) == [1]
    assert numbers(await store.envelopes.newer(inbox, (10, 1), 10)) == [5, 2]
    assert numbers(await store.envelopes.newer(inbox, None, 2)) == [9, 1]
    assert await store.envelopes.older(inbox, (5, 9), 10) == []


async def test_lists_carry_addresses_but_no_structure(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1)])
    (row,) = await store.envelopes.older(inbox, None, 1)
    assert row == replace(envelope(1), structure=None)
    assert await store.envelopes.get(inbox, Uid(1)) == envelope(1)
    assert await store.envelopes.many(inbox, uids(1, 77)) == [row]


async def test_mailboxes_do_not_mix(store: Store, inbox: MailboxId) -> None:
    other = await second(store)
    await store.envelopes.add(inbox, [envelope(1), envelope(2**32 - 1)])
    await store.envelopes.add(other, [envelope(1), envelope(2)])
    assert numbers(await store.envelopes.older(other, None, 10)) == [2, 1]
    assert await store.envelopes.uids(inbox) == [1, 2**32 - 1]
    assert await store.envelopes.bounds(inbox) == (1, 2**32 - 1)
    assert await store.envelopes.keep_only(inbox, [], Uid(1), Uid(2**32 - 1)) == [1, 2**32 - 1]
    assert await store.envelopes.bounds(inbox) is None
    assert await store.envelopes.bounds(other) == (1, 2)
    assert [(await state(store, each)).held for each in (inbox, other)] == [0, 2]


async def second(store: Store) -> MailboxId:
    boxes = [known.mailbox for known in await store.mailboxes.all(WORK)]
    await store.mailboxes.replace(WORK, [*boxes, replace(boxes[0], wire=b"Other", name="Other", role=None)])
    found = await store.mailboxes.by_wire(WORK, b"Other")
    assert found is not None
    return found.id


async def test_flags_are_changed_and_taken(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1), envelope(2, flags=READ)])
    flagged = frozenset({FLAGGED, "later"})
    assert await store.envelopes.change_flags(inbox, uids(1, 2, 3), READ, NO_FLAGS) == [1]
    assert await store.envelopes.change_flags(inbox, uids(2), flagged, READ) == [2]
    assert await store.envelopes.flags(inbox, Uid(1), Uid(9)) == {1: READ, 2: flagged}
    assert await store.envelopes.flags(inbox, Uid(2), Uid(2)) == {2: flagged}
    taken = await store.envelopes.set_flags(inbox, {Uid(1): NO_FLAGS, Uid(2): flagged, Uid(8): READ})
    assert (taken.changed, taken.left, taken.came) == ([1], [], [])
    assert (await state(store, inbox)).unread == 2


async def test_keep_only_drops_what_the_server_has_no_longer(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid) for uid in (1, 2, 3, 5, 8, 9, 20)])
    assert await store.envelopes.keep_only(inbox, [(2, 3), (8, 8)], Uid(2), Uid(9)) == [5, 9]
    assert await store.envelopes.uids(inbox) == [1, 2, 3, 8, 20]
    assert (await state(store, inbox)).held == 5


async def test_all_of_a_large_mailbox_is_read_in_pieces(
    store: Store, inbox: MailboxId, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [1, 2, 3, 4, 7, 8, 9, 12, 20, 21]
    await store.envelopes.add(inbox, [envelope(uid) for uid in here])
    for size in (1, 2, 3, 100):
        monkeypatch.setattr("tui.store.envelopes.READ_CHUNK", size)
        assert await store.envelopes.uids(inbox) == here
        assert await store.envelopes.ranges(inbox) == [(1, 4), (7, 9), (12, 12), (20, 21)]
        assert list(await store.envelopes.flags(inbox, Uid(2), Uid(20))) == here[1:9]
    monkeypatch.setattr("tui.store.envelopes.READ_CHUNK", 2)
    assert await store.envelopes.keep_only(inbox, [(1, 4), (12, 12)], Uid(1), Uid(2**32 - 1)) == [7, 8, 9, 20, 21]


async def test_the_next_unread_is_found_both_ways(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid, flags=NO_FLAGS if uid in (2, 5) else READ) for uid in range(1, 8)])

    async def next_to(uid: int | None, older: bool = True) -> int | None:
        row = await store.envelopes.next_unread(inbox, None if uid is None else envelope(uid).key, older)
        return None if row is None else row.uid

    assert [await next_to(None), await next_to(5), await next_to(2)] == [5, 2, None]
    assert [await next_to(None, False), await next_to(2, False), await next_to(5, False)] == [2, 5, None]


async def test_bodies_go_with_their_envelope(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1), envelope(2)])
    await store.bodies.put(inbox, Uid(1), {"HEADER": b"A: b\r\n", "1": b"\xff\x00"})
    await store.bodies.put(inbox, Uid(1), {"1": b"new", "": b"whole"})
    await store.bodies.put(inbox, Uid(3), {"1": b"nobody's"})
    assert await store.bodies.get(inbox, Uid(1)) == {"HEADER": b"A: b\r\n", "1": b"new", "": b"whole"}
    assert await store.bodies.get(inbox, Uid(3)) == {}
    assert await store.envelopes.remove(inbox, uids(1, 3)) == [1]
    assert await store.bodies.get(inbox, Uid(1)) == {}

    def left(at: Connections) -> int:
        return len(query(at.cache, "SELECT 1 FROM bodies"))

    assert await store._databases.read(left) == 0


async def test_a_snippet_is_one_clean_line(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(1)])
    await store.envelopes.set_snippet(inbox, Uid(1), "Dear\n\x1b[31mAda,  " + "x" * 1000)
    row = (await store.envelopes.older(inbox, None, 1))[0]
    assert row.snippet.startswith("Dear \N{REPLACEMENT CHARACTER}[31mAda, xxx")
    assert len(row.snippet) == 300


async def test_windows_are_found_by_index(store: Store) -> None:
    def plan(at: Connections, older: bool, unread: bool, condition: str) -> str:
        statement = "EXPLAIN QUERY PLAN " + window_statement(older, unread, condition)
        return " ".join(row[3] for row in query(at.cache, statement, [1] * statement.count("?")))

    for unread, index in ((False, "envelope_window"), (True, "envelope_unread")):
        for older, beyond in ((True, "<"), (False, ">")):
            same = await store._databases.read(plan, older, unread, f"AND received = ? AND id {beyond} ?")
            rest = await store._databases.read(plan, older, unread, f"AND received {beyond} ?")
            ends = await store._databases.read(plan, older, unread, "")
            assert f"{index} (mailbox=? AND received=? AND rowid{beyond}?)" in same
            assert f"{index} (mailbox=? AND received{beyond}?)" in rest
            assert f"{index} (mailbox=?)" in ends
            assert "TEMP B-TREE" not in same + rest + ends


async def test_a_window_takes_a_millisecond_or_so(store: Store, inbox: MailboxId) -> None:
    await store.envelopes.add(inbox, [envelope(uid) for uid in range(1, 3001)])
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        await store.envelopes.older(inbox, envelope(1500).key, 50)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.04  # a coarse sieve: the plan above is what counts


async def test_the_first_mail_from_an_address(store: Store, inbox: MailboxId) -> None:
    ada, grace = (Address("", "Ada@example.org"),), (Address("", "grace@example.org"),)
    first = replace(envelope(1, received=10), from_=ada, message_id="<1@x>")
    later = replace(envelope(2, received=20), from_=(Address("Ada", "ada@EXAMPLE.org"),), message_id="<2@x>")
    copy = replace(envelope(3, received=5), from_=grace, message_id="<3@x>")
    twin = replace(envelope(4, received=6), from_=grace, message_id="<3@x>")
    await store.envelopes.add(inbox, [first, later, copy, twin, replace(envelope(5, received=7), from_=())])
    told = [await store.envelopes.is_first_from(inbox, each) for each in (first, later, copy, twin)]
    assert told == [True, False, True, True]
    assert not await store.envelopes.is_first_from(inbox, replace(envelope(5, received=7), from_=()))


async def test_whether_it_is_the_first_is_one_step_down_an_index(store: Store) -> None:
    def plan(at: Connections) -> str:
        statement = (
            "EXPLAIN QUERY PLAN SELECT received FROM envelopes WHERE json_extract(addresses, '$[0][1]') = ? COLLATE"
            " NOCASE AND id != ? AND (message_id = '' OR message_id != ?) LIMIT ?"
        )
        return str(query(at.cache, statement, ("a", 1, "", 1)))

    assert "envelope_sender" in await store._databases.read(plan)


async def test_a_heavy_writer_is_not_counted_through(store: Store, inbox: MailboxId) -> None:
    many = [
        replace(envelope(uid, received=uid), from_=(Address("", "a@b.example"),), message_id=f"<{uid}@x>")
        for uid in range(1, 400)
    ]
    await store.envelopes.add(inbox, many)
    assert not await store.envelopes.is_first_from(inbox, many[-1])


async def test_months_are_those_of_dates_that_can_be(store: Store, inbox: MailboxId) -> None:
    """Who writes a date far ahead chooses no mailbox of the archive; what is put aside is archived as all else."""
    came = 1_790_000_000
    dates = {1: 1_600_000_000, 2: 7_000_000_000, 3: came + 3600, 4: None}
    rows = [replace(envelope(uid, received=came), sent=sent) for uid, sent in dates.items()]
    aside = replace(envelope(5, received=came, flags=snooze.put_aside(4_000_000_000)), sent=None)
    await store.envelopes.add(inbox, [*rows, aside])
    assert await store.envelopes.months(inbox, uids(1, 2, 3, 4, 5)) == {"2020-09": [1], "2026-09": [2, 3, 4, 5]}
