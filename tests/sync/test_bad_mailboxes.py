"""Mailboxes and messages that are odd, damaged, gone or not what they were: what is there is shown, by its UID.

(I01, I08, I10, I11, I14)
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers.scripted_data import Mutf7Invalid
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import desk, open_store
from tui.imap import idle
from tui.mail.errors import MailError, TimedOut
from tui.mail.flags import FLAGGED
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import AlertReceived, ChangeRefused, ChangesParked, Link, MailboxReset, MessagesArrived

Subject = Callable[[int], str]


def plain(uid: int) -> str:
    return f"message {uid}"


@pytest.mark.parametrize(
    ("behaviour", "uids", "subject"),
    [
        ("literal-everywhere", [1, 2, 3], plain),
        ("lf-only", [1, 2, 3], plain),
        ("nul-bytes", [1, 2, 3], lambda uid: ""),
        ("fetch-unsolicited", [1, 2, 3], plain),
        ("expunge-mid-fetch", [2, 3], plain),
    ],
)
async def test_every_message_is_shown_and_is_the_one_it_says_it_is(
    store: Store, behaviour: str, uids: list[int], subject: Subject
) -> None:
    async with scripted_imap(behaviour, messages=3) as server, desk(store, server) as work:
        await work.until(lambda: settled(store), 20)
        rows = await work.holds(len(uids), timeout=20)
        assert sorted(row.uid for row in rows) == uids
        for row in rows:
            assert subject(row.uid) in row.subject
            assert row.subject.isprintable()
            assert "\N{REPLACEMENT CHARACTER}" in row.subject or subject(row.uid)
            assert (await work.body(row.uid)).strip() == b"body %d" % row.uid
        assert not work.pace.waits


async def settled(store: Store) -> bool:
    return any(state.complete for state in await store.mailboxes.all())


async def test_what_the_server_leaves_out_is_not_available_and_the_rest_is(store: Store) -> None:
    async with scripted_imap("fetch-missing", messages=5) as server, desk(store, server) as work:
        await work.until(lambda: work.uids())
        await work.until(lambda: settled(store))
        assert await work.uids() == [1, 4, 5]
        with pytest.raises(MailError, match="no longer"):
            await work.account.source(await work.inbox(), Uid(4))


@pytest.mark.parametrize("behaviour", ["literal-short", "literal-overlong", "literal-negative"])
async def test_a_message_that_does_not_come_whole_is_an_error_and_the_account_goes_on(
    store: Store, behaviour: str
) -> None:
    async with scripted_imap(behaviour, messages=2) as server, desk(store, server, timeout=0.3) as work:
        await work.holds(2)
        inbox = await work.inbox()
        with pytest.raises(TimedOut) if behaviour == "literal-short" else suppress(MailError):
            await work.account.source(inbox, Uid(1))
        if behaviour != "literal-overlong":  # there the server said five octets, and five it is
            assert await store.bodies.get(inbox, Uid(1)) == {}
        server.push_message(sample(3))
        await work.until(lambda: [each for each in work.said(MessagesArrived) if each.fresh and each.uids == (3,)])


async def test_mailboxes_are_opened_by_their_own_octets(tmp_path: Path) -> None:
    async with (
        open_store(tmp_path) as store,
        scripted_imap("mutf7-invalid") as server,
        desk(store, server) as work,
    ):
        await work.link(Link.LIVE)
        for name in Mutf7Invalid.NAMES:
            state = await work.mailbox(name)
            assert state.mailbox.name.isprintable()
            server.boxes[name].add(sample(1))
            work.account.open_mailbox(state.id)
            await work.holds(1, name)
        assert not work.pace.waits
    kinds = {path.name.partition(".")[0] for path in tmp_path.rglob("*") if path.is_file()}  # noqa: ASYNC240 - a few files
    assert kinds <= {"cache", "precious", "tidings"}


async def test_other_messages_under_old_numbers_are_not_taken_for_the_old_ones(store: Store) -> None:
    async with scripted_imap("uidvalidity-change", messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        await work.body(1)
        await server.stop()
        await work.link(Link.OFFLINE)
        inbox = await work.inbox()
        await work.account.change_flags(inbox, [Uid(1)], add=[FLAGGED])
        await server.start()
        await work.until(lambda: work.said(ChangesParked))
        assert not work.said(ChangeRefused)
        assert work.said(MailboxReset)
        await work.holds(3)
        state = await work.mailbox()
        for row in await work.rows():
            assert row.subject == f"stranger {state.uidvalidity}.{row.uid}"
            assert FLAGGED not in row.flags
        assert not any(FLAGGED in mail.flags for mail in server.boxes[b"INBOX"].mails)
        assert await work.body(1) == b"body 1\r\n"


async def test_without_uidvalidity_nothing_is_believed_from_one_run_to_the_next(tmp_path: Path) -> None:
    async with scripted_imap("no-uidvalidity", messages=3) as server:
        async with open_store(tmp_path) as store, desk(store, server) as work:
            await work.holds(3)
            await work.body(1)
            server.cut()
            await work.link(Link.OFFLINE)
            await work.until(lambda: [state.link for state in work.states].count(Link.LIVE) == 2)
            assert await work.body(1) == b"body 1\r\n"
            assert not work.said(MailboxReset)
        server.boxes[b"INBOX"].mails = [*server.boxes[b"INBOX"].mails[1:]]
        server.boxes[b"INBOX"].mails[0].raw = sample(7)
        async with open_store(tmp_path) as store, desk(store, server) as work:
            await work.until(lambda: work.said(MailboxReset))
            rows = await work.holds(2)
            assert {row.subject for row in rows} == {"message 7", "message 3"}


async def test_flags_changed_while_nobody_listened_are_seen(store: Store) -> None:
    async with scripted_imap(messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        await server.stop()
        await work.link(Link.OFFLINE)
        server.boxes[b"INBOX"].mails[1].flags.add(FLAGGED)
        await server.start()
        await work.until(lambda: flagged(store, work.inbox, 2))


async def flagged(store: Store, inbox: Callable[[], object], uid: int) -> bool:
    row = await store.envelopes.get(await inbox(), Uid(uid))  # type: ignore[misc]
    return row is not None and FLAGGED in row.flags


async def test_a_mailbox_that_is_gone_is_told_and_the_others_go_on(store: Store) -> None:
    async with scripted_imap("select-gone", messages=2) as server, desk(store, server, poll=0.2) as work:
        await work.holds(2)
        work.account.open_mailbox((await work.mailbox(b"Archive")).id)
        await work.until(lambda: "Archive" in work.account.link.reason)
        assert work.account.link.link is Link.LIVE
        server.push_message(sample(3))
        await work.holds(3)


async def test_words_of_the_server_are_cleaned(store: Store) -> None:
    async with scripted_imap("esc-everywhere", messages=2) as server, desk(store, server) as work:
        await work.holds(2)
        texts = [event.text for event in work.said(AlertReceived)]
        for row in await work.rows():
            texts += [row.subject, *(address.name for address in row.from_), *row.flags]
        texts += [state.mailbox.name for state in await store.mailboxes.all()]
        assert any("pwned" in text for text in texts)
        assert all(text.isprintable() for text in texts)


async def test_absurd_counts_are_answered_by_looking(store: Store) -> None:
    async with scripted_imap("exists-absurd", messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        await work.until(lambda: server.text.count(b" SELECT ") >= 3)
        assert await work.uids() == [1, 2, 3]
        assert not work.pace.waits


async def test_a_flood_of_news_is_answered_by_few_questions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "DONE_TIMEOUT", 20)
    async with scripted_imap("exists-flood", messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        idles = server.text.count(b" IDLE")
        asked = server.text.count(b"UID FETCH")
        await work.until(lambda: server.text.count(b" IDLE") >= idles + 3, 20)
        assert server.text.count(b"UID FETCH") - asked <= 3 * 4  # of 60,000 notices


async def test_a_storm_of_expunges_takes_the_right_ones(store: Store) -> None:
    async with scripted_imap(messages=50) as server, desk(store, server) as work:
        await work.holds(50)
        inbox = await work.inbox()
        await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
        for uid in range(1, 50, 2):
            server.expunge(uid)
        await work.account.change_flags(inbox, [Uid(10), Uid(11)], add=[FLAGGED])
        rows = await work.holds(25)
        assert sorted(row.uid for row in rows) == list(range(2, 51, 2))
        await work.until(lambda: FLAGGED in server.boxes[b"INBOX"].mails[4].flags)
        assert [mail.uid for mail in server.boxes[b"INBOX"].mails if FLAGGED in mail.flags] == [10]


async def test_alerts_are_told_once_and_not_without_end(store: Store) -> None:
    async with scripted_imap(messages=1) as server, desk(store, server) as work:
        await work.holds(1)
        await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
        server.push(b"".join(b"* OK [ALERT] the same\r\n* OK [ALERT] number %d\r\n" % each for each in range(2000)))
        server.push_message(sample(2))
        await work.holds(2)
        texts = [event.text for event in work.said(AlertReceived)]
        assert len(texts) == len(set(texts)) <= 10
        assert "the same" in texts


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.02))
