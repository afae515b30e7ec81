"""A mail on its way out through servers that refuse, break, hang or lie: sent once, or kept with the reason.

(G03-G11, G16, and A06, A10, A12 for submission)
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import ScriptedSmtp, scripted_smtp
from tests.sync.desk import Desk, Sampler, desk, server
from tests.sync.rounds import sending
from tui.config.model import AccountConfig, ComposeConfig, Protocol, Security
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import TimedOut
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Phase, Submission, SubmissionState
from tui.smtp.submit import submit
from tui.store.database import Store
from tui.sync import delivery
from tui.sync.events import Event, SubmissionChanged
from tui.sync.outbox import Dispatcher

MIB = 1024 * 1024
TWO = ("grace@example.org", "alan@example.org")


@dataclass(frozen=True)
class Case:
    """What becomes of a mail.

    Attributes:
        behaviour: of the server.
        state: of the row, for good or, for "queued", until it is tried again.
        words: part of what the row says.
        accepted: mails the server took.
        never: what the server must not have heard.
        waits: seconds of the first waits.
    """

    behaviour: str
    state: str
    words: str = ""
    accepted: int = 0
    never: Sequence[bytes] = ()
    waits: Sequence[float] = ()
    recipients: Sequence[str] = TWO
    body: str = "Hello.\n"


LONG = "Hello.\nThis is a line of a mail that is somewhat longer than others.\n" * 200
LATER, SOON, BADLY = (60, 120), (1, 2), (5, 10)
CASES = [
    Case("normal", "copied", accepted=1),
    Case("dribble", "copied", accepted=1),
    Case("starttls-ok", "copied", accepted=1),
    Case("starttls-inject", "copied", accepted=1),
    Case("no-8bitmime", "copied", accepted=1, body="Grüße\n"),
    Case("hang-quit", "copied", accepted=1),
    Case("rcpt-partial", "copied", accepted=1),
    Case("greylist", "copied", accepted=1, waits=(60,)),
    Case("greet-554", "failed", "no mail here", never=[b"AUTH", b"MAIL"]),
    Case("ehlo-502", "failed", "does not know EHLO", never=[b"HELO", b"AUTH"]),
    Case("starttls-stripped", "failed", "does not offer STARTTLS", never=[b"AUTH", b"MAIL"]),
    Case("auth-535", "failed", "refused the password of ada@example.org", never=[b"MAIL"]),
    Case("auth-none", "failed", "no way to log in", never=[b"MAIL"]),
    Case("sender-553", "failed", "does not take mail from ada@example.org: not your address", never=[b"DATA"]),
    Case("rcpt-none", "failed", "no such user", never=[b"DATA"]),
    Case("reply-esc", "failed", "user", never=[b"DATA"]),
    Case("data-554", "failed", "spam"),
    Case("size-limit", "failed", "takes mail of at most", never=[b"MAIL"], body=LONG),
    Case("no-smtputf8", "failed", "letters outside ASCII", never=[b"MAIL"], recipients=("ü@example.org",)),
    Case("greet-421", "queued", "too busy", never=[b"AUTH"], waits=LATER),
    Case("greet-http", "queued", "does not answer as a mail server", never=[b"AUTH"], waits=BADLY),
    Case("greet-hang", "queued", "did not answer in time", waits=BADLY),
    Case("starttls-454", "queued", "does not want to encrypt", never=[b"AUTH", b"MAIL"], waits=LATER),
    Case("auth-454", "queued", "later", never=[b"MAIL"], waits=LATER),
    Case("rcpt-450", "queued", "greylisted", never=[b"DATA"], waits=LATER),
    Case("rcpt-421", "queued", "closing", never=[b"DATA"], waits=LATER),
    Case("data-421-mid", "queued", "shutting down", waits=LATER, body=LONG),
    Case("reply-bomb", "queued", "", never=[b"AUTH", b"MAIL"], waits=BADLY),
    Case("line-bomb", "queued", "", never=[b"AUTH", b"MAIL"], waits=BADLY),
    Case("reply-mixed", "queued", "two codes in one reply", never=[b"RCPT"], waits=BADLY),
    Case("reply-mixed-yes", "queued", "two codes in one reply", never=[b"RCPT"], waits=BADLY),
    Case("reply-no-code", "queued", "a line without a code", never=[b"RCPT"], waits=BADLY),
    *(
        Case(f"hang-{step}", "queued", "did not answer in time", waits=BADLY)
        for step in ("ehlo", "auth", "mail", "rcpt")
    ),
    Case("hang-data", "queued", "did not answer in time", waits=BADLY),
    Case("drop-after-dot", "unknown", "closed the line", accepted=1),
    Case("drop-after-dot-lost", "unknown", "closed the line"),
    Case("hang-after-dot", "unknown", "did not answer in time", accepted=1),
]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 0.4)
    monkeypatch.setattr(delivery, "FINAL_TIMEOUT", 0.5)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.behaviour)
async def test_what_becomes_of_a_mail(store: Store, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = sending(monkeypatch, store)
    async with (
        scripted_imap(messages=1) as imap,
        scripted_smtp(case.behaviour) as post,
        desk(store, imap, post, send_security=security(case), haste=0.004) as work,
        Sampler() as sampler,
    ):
        await work.mailbox(b"Sent")
        id = await work.send(*case.recipients, body=case.body)
        if case.state == "queued":
            await work.until(lambda: tried(work, id, 2), 20)
            row = await work.becomes(id, "queued")
        else:
            row = await work.becomes(id, case.state)
            await rounds.passes(work, work.account.look_now)
        assert case.words in row.words
        assert row.words.isprintable()
        assert len(post.accepted) == case.accepted
        assert not any(line.startswith(words) for line in post.log for words in case.never)
        assert [wait for _, wait in work.pace.waits][: len(case.waits)] == pytest.approx(case.waits)
        if case.state in ("failed", "unknown"):
            assert post.connections == 1  # never by itself
            assert len(post.logins) <= 1
        await check_copy(case, row, post, imap.boxes[b"Sent"].mails, store)
    assert sampler.busy < 2
    assert sampler.growth < 100 * MIB


def security(case: Case) -> Security:
    return Security.STARTTLS if case.behaviour.startswith("starttls") else Security.PLAIN


async def tried(work: Desk, id: int, times: int) -> bool:
    row = await work.submission(id)  # type: ignore[arg-type]
    return row.attempts >= times and row.state == "queued"


async def check_copy(case: Case, row: Submission, post: ScriptedSmtp, sent: Sequence[object], store: Store) -> None:
    assert len(sent) == (case.state == "copied")
    if case.behaviour == "rcpt-partial":
        assert [each.address for each in row.refused] == ["alan@example.org"]
        assert post.accepted[0].recipients == (b"grace@example.org",)
    if case.behaviour == "rcpt-none":
        assert [each.address for each in row.refused] == list(TWO)
    if case.behaviour == "no-8bitmime":
        assert post.accepted[0].raw.isascii()
    if row.state != "copied":
        assert b"Hello." in await store.outbox.data(row.id)
        assert "Hello" in await store.outbox.draft(row.id)


@pytest.mark.parametrize("behaviour", ["drop-after-dot", "drop-after-dot-lost"])
async def test_a_mail_in_doubt_is_sent_again_only_by_the_user_and_under_its_name(
    store: Store, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = sending(monkeypatch, store)
    async with scripted_imap(messages=1) as imap, scripted_smtp(behaviour) as post:
        async with desk(store, imap, post) as work:
            id = await work.send()
            first = await work.becomes(id, "unknown")
        async with desk(store, imap, post) as work:  # the program begins anew
            await work.mailbox(b"Sent")
            await rounds.passes(work, work.account.look_now)
            assert (await work.submission(id)).state == "unknown"
            assert post.connections == 1
            await work.account.send_now(id)
            await work.until(lambda: post.connections == 2)
            again = await work.becomes(id, "unknown")
            assert again.message_id == first.message_id
        names = {line for mail in post.accepted for line in mail.data.splitlines() if line.startswith(b"Message-ID")}
        assert len(names) == bool(post.accepted)
        assert len(post.accepted) == (2 if behaviour == "drop-after-dot" else 0)


async def test_who_was_refused_is_known_of_a_mail_in_doubt(store: Store) -> None:
    async with (
        scripted_imap(messages=1) as imap,
        scripted_smtp("partial-in-doubt") as post,
        desk(store, imap, post) as work,
    ):
        id = await work.send(*TWO)
        row = await work.becomes(id, "unknown")
    assert [each.address for each in row.refused] == ["alan@example.org"]
    assert row.reached == ("grace@example.org",)


async def test_a_server_that_thinks_long_gets_its_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FINAL_TIMEOUT", 20)
    async with (
        scripted_imap(messages=1) as imap,
        scripted_smtp("slow-after-dot") as post,
        desk(store, imap, post) as work,
    ):
        await work.mailbox(b"Sent")
        id = await work.send()
        await work.until(lambda: post.accepted)
        await as_long_as_any_other_step_may_take()
        row = await work.submission(id)
        assert (row.state, row.phase) == ("sending", "dot")
        assert await work.body(1) == b"body 1\r\n"  # the user goes on
        post.released.set()
        await work.becomes(id, "copied")
        assert len(post.accepted) == 1


async def ignored(phase: Phase) -> None:
    """Take no note of how far it is."""


async def as_long_as_any_other_step_may_take() -> None:
    """Wait for the greeting of a server that says none, until that is given up."""
    async with scripted_smtp("greet-hang") as silent:
        with pytest.raises(TimedOut):
            await submit(
                server(silent.port),
                "secret",
                sender="ada@example.org",
                recipients=TWO,
                data=b"",
                on_phase=ignored,
                timeout=delivery.TIMEOUT,
            )


HANGS = ("greet-hang", "hang-ehlo", "hang-auth", "hang-mail", "hang-rcpt", "hang-data")


@pytest.mark.parametrize("behaviour", HANGS)
async def test_taking_a_mail_back_does_not_wait(store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT", 60)
    async with scripted_imap() as imap, scripted_smtp(behaviour) as post, desk(store, imap, post) as work:
        id = await work.send(body="every word\n")
        verb = behaviour.rpartition("-")[2].upper().encode()
        await work.until(lambda: post.connections and (verb == b"HANG" or any(verb in line for line in post.log)))
        began = time.monotonic()
        saved = await work.account.take_back(id)
        assert time.monotonic() - began < 1
        assert saved is not None
        assert saved.draft.body == "every word\n"
        assert await store.outbox.get(id) is None
        assert not post.accepted


async def test_a_mail_taken_back_while_its_first_note_is_written_comes_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()
    advance = store.outbox.advance

    async def unanswered(id: SubmissionId, state: SubmissionState, **fields: Any) -> Submission:
        row = await advance(id, state, **fields)
        if state is SubmissionState.SENDING and not written.is_set():
            written.set()
            await asyncio.Event().wait()  # the thread has written, the loop has not heard of it yet
        return row

    monkeypatch.setattr(store.outbox, "advance", unanswered)
    async with scripted_imap() as imap, scripted_smtp() as post, desk(store, imap, post) as work:
        id = await work.send(body="every word\n")
        await work.until(written.is_set)
        saved = await work.account.take_back(id)
        assert saved is not None
        assert saved.draft.body == "every word\n"
        assert not post.accepted


@pytest.mark.parametrize(("behaviour", "state"), [("hang-rcpt", "queued"), ("hang-after-dot", "unknown")])
async def test_ending_in_the_middle_leaves_the_mail_queued_and_after_the_dot_in_doubt(
    store: Store, behaviour: str, state: str
) -> None:
    async with scripted_imap() as imap, scripted_smtp(behaviour) as post:
        async with desk(store, imap, post) as work:
            id = await work.send()
            await work.until(lambda: any(b"RCPT" in line for line in post.log))
            if state == "unknown":
                await work.until(lambda: post.accepted)
        row = await store.outbox.get(id)
        assert row is not None
        assert row.state == state


async def test_a_wrong_password_is_tried_once_for_a_row_of_mails(store: Store) -> None:
    async with scripted_smtp("auth-535") as post:
        send = server(post.port)
        account = AccountConfig(AccountName("work"), Address("", "ada@example.org"), Protocol.IMAP, send, send)
        heard: list[Event] = []
        dispatcher = Dispatcher(account, ComposeConfig(0), store, heard.append, lambda: None)
        for _ in range(3):
            to = (Address("", "grace@example.org"),)
            await dispatcher.submit(Draft(account.identity, to, message_id=new_message_id("example.org")))
        task = asyncio.create_task(dispatcher.run())
        try:
            async with asyncio.timeout(10):
                while {row.state for row in await store.outbox.list()} != {"failed"}:  # noqa: ASYNC110 - a state on disk
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert len(post.logins) == 1
        assert all("refused the password" in row.words for row in await store.outbox.list())


async def test_how_much_of_a_large_mail_has_left_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PROGRESS_EVERY", 0.0)
    async with scripted_imap() as imap, scripted_smtp() as smtp, desk(store, imap, smtp) as work:
        file = Attachment("big.bin", "application/octet-stream", bytes(MIB))
        id = await work.send("grace@example.org", body="Hello.\n", attachments=(file,))
        row = await work.becomes(id, "copied")
        sent = [event.sent for event in work.said(SubmissionChanged) if event.sent is not None]
        assert sent == sorted(set(sent)), "it only grows"
        assert len(sent) > 10
        assert sent[-1] == row.size


async def test_of_a_small_mail_nothing_is_told(store: Store) -> None:
    async with scripted_imap() as imap, scripted_smtp() as smtp, desk(store, imap, smtp) as work:
        await work.becomes(await work.send("grace@example.org", body="Hello.\n"), "copied")
        assert not [event for event in work.said(SubmissionChanged) if event.sent is not None]
