"""The outbox: what was acknowledged is on disk, and nothing can be sent twice by itself."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from tests.store.sample import WORK, submit
from tui.config.paths import Paths
from tui.mail import draft as drafts
from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.errors import MailError, StoreError
from tui.mail.identity import Identity
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Phase, Refusal, SubmissionState
from tui.store.database import Store
from tui.store.databases import Connections
from tui.store.outbox import KEEP_COPIED, TRANSITIONS
from tui.store.sqlite import query

STATE = SubmissionState

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.store.sample import submit
from tui.config.paths import Paths
from tui.store.database import Store

async def main():
    store = await Store.open(Paths.under(Path(sys.argv[1])))
    while True:
        print(await submit(store, data=b"x" * 200_000), flush=True)

asyncio.run(main())
"""


async def test_a_row_comes_back_as_it_went(store: Store) -> None:
    id = await submit(store, data=b"\x00\xffbytes", due=5.0)
    row = await store.outbox.get(id)
    assert row is not None
    assert (row.account, row.recipients, row.state, row.phase) == (
        WORK,
        ("b@example.org", "c@example.org"),
        STATE.QUEUED,
        Phase.CONNECT,
    )
    assert (row.due, row.attempts, row.words, row.refused, row.size) == (5.0, 0, "", (), 7)
    assert abs(row.changed - time.time()) < 60
    assert await store.outbox.data(id) == b"\x00\xffbytes"
    assert await store.outbox.draft(id) == '{"subject": "x"}'
    assert await store.outbox.list() == [row]


async def test_a_full_disk_is_told_and_leaves_nothing_half(store: Store) -> None:
    first = await submit(store)

    def fill(at: Connections, pages: int) -> None:
        query(at.precious, f"PRAGMA max_page_count = {pages}")

    await store._databases.write_precious(fill, 40)
    with pytest.raises(StoreError, match="disk is full") as full:
        await submit(store, data=b"x" * 1_000_000)
    assert "Make room" in full.value.cure
    assert [row.id for row in await store.outbox.list()] == [first]
    await store._databases.write_precious(fill, 100_000)
    await submit(store, data=b"x" * 1_000_000)
    assert len(await store.outbox.list()) == 2


async def test_it_goes_its_way(store: Store) -> None:
    id = await submit(store)
    row = await store.outbox.advance(id, STATE.SENDING, phase=Phase.CONNECT, attempted=True)
    assert (row.state, row.attempts) == (STATE.SENDING, 1)
    row = await store.outbox.advance(id, STATE.SENDING, phase=Phase.DOT)
    assert (row.phase, row.attempts) == (Phase.DOT, 1)
    refused = (Refusal("c@example.org", 550, "no such user"),)
    row = await store.outbox.advance(id, STATE.ACCEPTED, phase=Phase.DONE, words="250 ok", refused=refused)
    assert (row.words, row.refused) == ("250 ok", refused)
    assert await store.outbox.accepted(WORK) == [row]
    await store.outbox.advance(id, STATE.COPIED)
    assert await store.outbox.accepted(WORK) == []


async def bring(store: Store, state: SubmissionState) -> SubmissionId:
    """Make a row in this state, by the ways there are."""
    ways = {
        STATE.HELD: (STATE.HELD,),
        STATE.QUEUED: (),
        STATE.SENDING: (STATE.SENDING,),
        STATE.ACCEPTED: (STATE.SENDING, STATE.ACCEPTED),
        STATE.COPIED: (STATE.SENDING, STATE.ACCEPTED, STATE.COPIED),
        STATE.FAILED: (STATE.SENDING, STATE.FAILED),
        STATE.UNKNOWN: (STATE.SENDING, STATE.UNKNOWN),
    }
    id = await submit(store)
    for step in ways[state]:
        await store.outbox.advance(id, step)
    return id


@pytest.mark.parametrize("state", list(STATE))
async def test_only_what_may_follow_follows(store: Store, state: SubmissionState) -> None:
    for target in STATE:
        id = await bring(store, state)
        if target in TRANSITIONS[state]:
            assert (await store.outbox.advance(id, target)).state is target
        else:
            with pytest.raises(StoreError, match=f"{state.value} cannot become {target.value}"):
                await store.outbox.advance(id, target, words="changed")
            row = await store.outbox.get(id)
            assert row is not None
            assert (row.state, row.words) == (state, "")


def test_what_was_accepted_can_never_be_sent_again() -> None:
    reached = {STATE.ACCEPTED}
    while more := {after for state in reached for after in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == {STATE.ACCEPTED, STATE.COPIED}


async def test_what_is_due(store: Store) -> None:
    late, early, never = await submit(store, due=20.0), await submit(store, due=10.0), await submit(store, due=5.0)
    await store.outbox.advance(late, STATE.HELD)
    await store.outbox.advance(never, STATE.SENDING)
    await store.outbox.advance(never, STATE.FAILED)
    assert [row.id for row in await store.outbox.due(WORK, 15.0)] == [early]
    assert [row.id for row in await store.outbox.due(WORK, 20.0)] == [early, late]
    assert await store.outbox.due(AccountName("home"), 99.0) == []
    assert await store.outbox.next_due(WORK) == 10.0
    assert await store.outbox.next_due(AccountName("home")) is None


@pytest.mark.parametrize("phase", list(Phase))
async def test_a_row_left_at_sending_is_decided_at_the_next_start(paths: Paths, phase: Phase) -> None:
    store = await Store.open(paths)
    id = await submit(store, due=3.0)
    await store.outbox.advance(id, STATE.SENDING, phase=phase, attempted=True)
    await store.close()
    store = await Store.open(paths)
    row = await store.outbox.get(id)
    assert row is not None
    in_doubt = phase in (Phase.DOT, Phase.DONE)
    assert row.state is (STATE.UNKNOWN if in_doubt else STATE.QUEUED)
    assert ("may have been sent" in row.words) is in_doubt
    assert bool(await store.outbox.due(WORK, 1e12)) is not in_doubt
    await store.close()


async def test_a_row_that_is_removed_takes_its_bytes_along(store: Store) -> None:
    id = await submit(store)
    await store.outbox.advance(id, STATE.SENDING)
    with pytest.raises(StoreError, match="being sent"):
        await store.outbox.remove(id)
    await store.outbox.advance(id, STATE.FAILED)
    await store.outbox.remove(id)
    assert await store.outbox.get(id) is None
    with pytest.raises(StoreError, match="no longer"):
        await store.outbox.data(id)
    with pytest.raises(StoreError, match="no longer"):
        await store.outbox.advance(id, STATE.QUEUED)

    def letters(at: Connections) -> int:
        return len(query(at.precious, "SELECT 1 FROM letters"))

    assert await store._databases.read_precious(letters) == 0


@pytest.mark.parametrize("state", list(STATE))
async def test_taking_back_makes_a_draft_of_what_has_not_left(store: Store, state: SubmissionState) -> None:
    id = await bring(store, state)
    key = await store.outbox.take_back(id)
    gone = state in (STATE.SENDING, STATE.ACCEPTED, STATE.COPIED)
    assert (key is None) is gone
    assert (await store.outbox.get(id) is None) is not gone

    def drafts(at: Connections) -> list[tuple[object, ...]]:
        return query(at.precious, "SELECT id, draft FROM drafts")

    assert await store._databases.read_precious(drafts) == ([] if gone else [(key, '{"subject": "x"}')])


async def test_receipts_are_thrown_away_after_a_month(paths: Paths) -> None:
    store = await Store.open(paths)
    old, fresh, failed = [await bring(store, state) for state in (STATE.COPIED, STATE.COPIED, STATE.FAILED)]

    def age(at: Connections) -> None:
        then = time.time() - KEEP_COPIED - 60
        at.precious.execute("UPDATE submissions SET changed = ? WHERE id IN (?, ?)", (then, old, failed))

    await store._databases.write_precious(age)
    await store.close()
    store = await Store.open(paths)
    assert {row.id for row in await store.outbox.list()} == {fresh, failed}
    await store.close()


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    repository = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=repository
    )
    assert process.stdout is not None
    acknowledged = []
    async with asyncio.timeout(60):
        for _ in range(7):
            acknowledged.append(int(await process.stdout.readline()))
        process.kill()
        acknowledged += [int(line) for line in (await process.stdout.read()).split(b"\n")[:-1]]
        await process.wait()
    store = await Store.open(Paths.under(tmp_path))
    rows = await store.outbox.list()
    assert {row.id for row in rows} >= set(acknowledged)
    for row in rows:
        assert await store.outbox.data(row.id) == b"x" * 200_000
    await store.close()


REFUSED = (Refusal("c@example.org", 550, "550 5.1.1 no such user"),)


async def accepted(store: Store, refused: tuple[Refusal, ...] = REFUSED) -> SubmissionId:
    id = await submit(store)
    await store.outbox.advance(id, STATE.SENDING, attempted=True)
    await store.outbox.advance(id, STATE.ACCEPTED, phase=Phase.DONE, words="250 ok", refused=refused)
    return id


async def test_the_same_bytes_go_again_to_those_who_did_not_get_them_and_to_nobody_else(store: Store) -> None:
    id = await accepted(store)
    row = await store.outbox.get(id)
    assert row is not None
    assert row.needs_user
    assert row.reached == ("b@example.org",)
    with pytest.raises(MailError, match=r"B@example\.org has it already"):
        await store.outbox.resend(id, ["c@example.org"], ["B@example.org"], 5.0)
    new = await store.outbox.resend(id, ["c@example.org"], ["d@example.org"], 5.0)
    rest, row = await store.outbox.get(new), await store.outbox.get(id)
    assert rest is not None
    assert row is not None
    assert (rest.recipients, rest.state, rest.due, rest.rest_of) == (("d@example.org",), STATE.QUEUED, 5.0, id)
    assert (rest.message_id, rest.subject, rest.to) == (row.message_id, row.subject, "d@example.org")
    assert await store.outbox.data(new) == await store.outbox.data(id)
    assert not row.needs_user
    assert [each.address for each in row.refused] == ["c@example.org"], "the receipt still tells"
    with pytest.raises(MailError, match="Nobody is left"):
        await store.outbox.resend(id, ["c@example.org"], ["c@example.org"], 5.0)
    assert len(await store.outbox.list()) == 2


async def test_who_has_it_is_known_over_several_tries(store: Store) -> None:
    first = await accepted(store)
    second = await store.outbox.resend(first, ["c@example.org"], ["c@example.org", "d@example.org"], 0.0)
    await store.outbox.advance(second, STATE.SENDING)
    await store.outbox.advance(second, STATE.ACCEPTED, refused=REFUSED)
    for has in ("b@example.org", "d@example.org"):
        with pytest.raises(MailError, match="has it already"):
            await store.outbox.resend(second, ["c@example.org"], [has], 0.0)


async def test_a_row_that_may_not_have_left_is_not_split(store: Store) -> None:
    id = await submit(store)
    with pytest.raises(StoreError, match="is queued"):
        await store.outbox.resend(id, ["c@example.org"], ["c@example.org"], 0.0)
    with pytest.raises(StoreError, match="no longer"):
        await store.outbox.settle(SubmissionId(99))


async def test_a_refusal_can_be_let_be(store: Store) -> None:
    id = await accepted(store)
    await store.outbox.settle(id)
    row = await store.outbox.get(id)
    assert row is not None
    assert not row.needs_user


async def test_what_was_refused_by_some_and_taken_back_is_a_draft_for_them_alone(store: Store) -> None:
    me = Identity(WORK, Address("", "ada@example.org"))
    b, c, d = (Address("", f"{name}@example.org") for name in "bcd")
    id = await store.outbox.add(
        account=WORK,
        draft=drafts.to_json(Draft(me, to=(b,), cc=(c,), bcc=(d,), message_id="<1@example.org>")),
        data=b"x",
        message_id="<1@example.org>",
        sender="ada@example.org",
        recipients=[b.spec, c.spec, d.spec],
        subject="x",
        to="b",
    )
    await store.outbox.advance(id, STATE.SENDING)
    await store.outbox.advance(id, STATE.ACCEPTED, refused=REFUSED)
    new = await store.outbox.resend(id, [c.spec], [c.spec, "e@example.org"], 0.0)
    key = await store.outbox.take_back(new)
    assert key is not None
    saved = await store.drafts.get(key)
    assert saved is not None
    assert (saved.draft.to, saved.draft.cc, saved.draft.bcc) == ((Address("", "e@example.org"),), (c,), ())
    assert saved.draft.message_id not in ("", "<1@example.org>"), "the first's copy in Sent proves nothing about it"


async def test_looking_in_vain_is_counted_while_it_is_unknown(store: Store) -> None:
    id = await submit(store)
    await store.outbox.looked(id, 5.0)
    await store.outbox.advance(id, STATE.SENDING)
    await store.outbox.advance(id, STATE.UNKNOWN)
    await store.outbox.looked(id, 6.0)
    await store.outbox.looked(id, 7.0)
    (row,) = await store.outbox.unknown(WORK)
    assert (row.id, row.looked, row.looked_at) == (id, 2, 7.0)
