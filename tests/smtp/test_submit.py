"""Submission to an honest server, and to every dishonest one."""

import asyncio
import time

import pytest

from tests.servers.scripted_smtp import scripted_smtp
from tests.smtp.conftest import MAIL, Sender
from tui.config.model import Secret, Security, Server
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConnectionLost,
    MailError,
    NotSupported,
    ProtocolViolation,
    RecipientRefused,
    ServerRefused,
    StoreError,
    TemporarilyRefused,
    TimedOut,
)
from tui.mail.submission import Phase
from tui.smtp.submit import submit

ALL_PHASES = [
    Phase.CONNECT,
    Phase.GREETING,
    Phase.LOGIN,
    Phase.MAIL,
    Phase.RCPT,
    Phase.DATA,
    Phase.DOT,
    Phase.DONE,
]
TWO = ("one@example.org", "two@example.org")


async def test_an_honest_server_gets_the_mail_once(sender: Sender) -> None:
    async with scripted_smtp() as server:
        receipt = await sender.send(server, recipients=("Grace@example.org", "grace@bücher.example"))
        assert receipt.reply == "250 2.0.0 Ok: queued as 4F2"
        assert not receipt.refused
        (mail,) = server.accepted
        assert mail.sender == b"ada@example.org"
        assert mail.recipients == (b"Grace@example.org", b"grace@xn--bcher-kva.example")
        assert mail.data == MAIL
        assert sender.phases == ALL_PHASES
        assert server.log[-1] == b"QUIT"
        assert server.logins == [("ada@example.org", "secret")]


async def test_each_phase_is_told_before_its_bytes_leave(sender: Sender) -> None:
    first_line = {Phase.LOGIN: b"AUTH", Phase.MAIL: b"MAIL", Phase.RCPT: b"RCPT", Phase.DATA: b"DATA"}
    async with scripted_smtp() as server:

        async def look(phase: Phase) -> None:
            await asyncio.sleep(0.01)  # time enough for bytes that were sent too early to arrive
            if phase in first_line:
                assert first_line[phase] not in server.text
            if phase is Phase.DOT:
                assert b"DATA" in server.text
                assert not server.accepted

        sender.at_phase = look
        await sender.send(server)
        assert len(server.accepted) == 1


@pytest.mark.parametrize("phase", ALL_PHASES[:-1])
async def test_a_phase_that_cannot_be_noted_ends_the_submission(sender: Sender, phase: Phase) -> None:
    async def fail(reached: Phase) -> None:
        if reached is phase:
            raise StoreError("disk full")

    async with scripted_smtp() as server:
        sender.at_phase = fail
        with pytest.raises(StoreError):
            await sender.send(server)
        assert not server.accepted


async def test_what_happens_after_acceptance_leaves_the_mail_sent(sender: Sender) -> None:
    async def fail(reached: Phase) -> None:
        if reached is Phase.DONE:
            raise StoreError("disk full")

    async with scripted_smtp() as server:
        sender.at_phase = fail
        assert (await sender.send(server)).reply.startswith("250")


async def test_dots_line_ends_and_long_lines_arrive_as_written(sender: Sender) -> None:
    data = b"Subject: x\n\n.\n..\r\n.a\rb\r\r\n" + b"y" * 300_000 + b"\n." + b"z" * 70_000
    async with scripted_smtp() as server:
        await sender.send(server, data=data)
        (mail,) = server.accepted
        assert mail.data == data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n") + b"\r\n"
        assert mail.raw.count(b"\n") == mail.raw.count(b"\r\n") == mail.raw.count(b"\r")


async def test_a_large_mail_holds_up_nothing(sender: Sender) -> None:
    line = b".some text that has to be looked at\n"
    data = b"Subject: large\n\n" + line * (8_000_000 // len(line))
    worst = 0.0

    async def clock() -> None:
        nonlocal worst
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - began)

    async with scripted_smtp(password="secret") as server:
        ticking = asyncio.create_task(clock())
        await sender.send(server, data=data, timeout=30)
        ticking.cancel()
        assert server.accepted[0].data == data.replace(b"\n", b"\r\n")
    assert worst < 2  # the scripted server runs in this loop too, so this is a coarse sieve


@pytest.mark.parametrize("behaviour", ["dribble", "auth-login-only", "hang-quit"])
async def test_odd_but_honest_servers_get_the_mail_once(sender: Sender, behaviour: str) -> None:
    async with scripted_smtp(behaviour) as server:
        async with asyncio.timeout(4):
            receipt = await sender.send(server)
        assert receipt.reply.startswith("250")
        assert len(server.accepted) == 1
        assert len(server.logins) == 1


async def test_a_slow_verdict_is_waited_for(sender: Sender) -> None:
    async with scripted_smtp("slow-after-dot") as server:
        sending = asyncio.create_task(sender.send(server, timeout=0.2, final_timeout=20))
        await server.until(lambda: bool(server.accepted))
        await asyncio.sleep(0.3)  # longer than the timeout of every other step
        assert not sending.done()
        server.released.set()
        assert (await sending).reply == "250 2.0.0 at last"
        assert len(server.accepted) == 1


REFUSED: list[tuple[str, type[MailError], str]] = [
    ("greet-554", ServerRefused, "554 5.3.2"),
    ("greet-421", TemporarilyRefused, "421 4.3.2"),
    ("greet-http", ProtocolViolation, ""),
    ("ehlo-502", NotSupported, ""),
    ("auth-535", AuthenticationFailed, ""),
    ("auth-454", TemporarilyRefused, "454 4.7.0"),
    ("auth-none", NotSupported, ""),
    ("sender-553", ServerRefused, "553 5.7.1"),
    ("rcpt-none", RecipientRefused, "550 5.1.1"),
    ("rcpt-450", TemporarilyRefused, "450 4.2.0"),
    ("rcpt-421", TemporarilyRefused, "421 4.3.0"),
    ("greylist", TemporarilyRefused, "451 4.7.1"),
    ("data-554", ServerRefused, "554 5.7.1"),
    ("reply-bomb", ProtocolViolation, ""),
    ("line-bomb", ProtocolViolation, ""),
    ("reply-esc", RecipientRefused, "550 5.1.1"),
    ("reply-mixed", ProtocolViolation, ""),
    ("reply-mixed-yes", ProtocolViolation, ""),
    ("reply-no-code", ProtocolViolation, ""),
]


@pytest.mark.parametrize(("behaviour", "kind", "code"), REFUSED)
async def test_a_refusal_says_what_may_be_done_next(
    sender: Sender, behaviour: str, kind: type[MailError], code: str
) -> None:
    async with scripted_smtp(behaviour) as server:
        async with asyncio.timeout(5):
            with pytest.raises(kind) as caught:
                await sender.send(server, recipients=TWO)
        error = caught.value
        assert type(error) is kind
        if isinstance(error, ServerRefused):
            assert error.code == code
        assert str(error).isprintable()
        assert "\x1b" not in str(error)
        assert not server.accepted
        assert len(server.logins) <= 1
        assert Phase.DOT not in sender.phases or behaviour == "data-554"


async def test_no_password_reaches_a_server_without_ehlo(sender: Sender) -> None:
    async with scripted_smtp("ehlo-502") as server:
        with pytest.raises(NotSupported):
            await sender.send(server)
        assert b"HELO" not in server.text.replace(b"EHLO", b"")
        assert b"AUTH" not in server.text


async def test_all_refused_recipients_are_named(sender: Sender) -> None:
    async with scripted_smtp("rcpt-none") as server:
        with pytest.raises(RecipientRefused) as caught:
            await sender.send(server, recipients=TWO)
        assert [each.address for each in caught.value.refused] == list(TWO)
        assert caught.value.refused[0].text == "550 5.1.1 no such user"
        assert b"DATA" not in server.text


async def test_some_refused_recipients_do_not_keep_the_mail_from_the_others(sender: Sender) -> None:
    async with scripted_smtp("rcpt-partial") as server:
        receipt = await sender.send(server, recipients=(*TWO, "three@example.org"))
        assert [each.address for each in receipt.refused] == ["two@example.org"]
        assert receipt.refused[0].code == 550
        assert server.accepted[0].recipients == (b"one@example.org", b"three@example.org")


async def test_greylisting_passes_the_second_time(sender: Sender) -> None:
    async with scripted_smtp("greylist") as server:
        with pytest.raises(TemporarilyRefused):
            await sender.send(server)
        await sender.send(server)
        assert len(server.accepted) == 1


async def test_a_server_that_gives_up_midway_is_heard(sender: Sender) -> None:
    data = MAIL + b"x" * 70 + b"\r\n" + b"more\r\n" * 2_000_000
    async with scripted_smtp("data-421-mid") as server:
        with pytest.raises((ConnectionLost, TemporarilyRefused)):
            await sender.send(server, data=data)
        assert sender.phases[-1] is Phase.DATA
        assert not server.accepted


async def test_a_yes_before_the_end_is_no_yes(sender: Sender) -> None:
    data = MAIL + b"more\r\n" * 3_000_000
    async with scripted_smtp("early-yes") as server:
        with pytest.raises(ProtocolViolation):
            await sender.send(server, data=data)
        assert sender.phases[-1] is Phase.DATA


@pytest.mark.parametrize("behaviour", ["drop-after-dot", "drop-after-dot-lost", "hang-after-dot"])
async def test_nobody_knows_after_the_dot(sender: Sender, behaviour: str) -> None:
    async with scripted_smtp(behaviour) as server:
        with pytest.raises(ConnectionLost):
            await sender.send(server, final_timeout=0.2)
        assert sender.phases[-1] is Phase.DOT


HANGS = ["greet-hang", "hang-ehlo", "hang-auth", "hang-mail", "hang-rcpt", "hang-data"]


@pytest.mark.parametrize("behaviour", HANGS)
async def test_silence_ends_the_line(sender: Sender, behaviour: str) -> None:
    async with scripted_smtp(behaviour) as server:
        with pytest.raises(TimedOut):
            await sender.send(server, timeout=0.15)
        assert not server.accepted


@pytest.mark.parametrize("behaviour", HANGS)
async def test_cancelling_returns_at_once(sender: Sender, behaviour: str) -> None:
    async with scripted_smtp(behaviour) as server:
        sending = asyncio.create_task(sender.send(server, timeout=60))
        verb = behaviour.removeprefix("hang-").upper().encode()
        if behaviour == "greet-hang":
            await server.until(lambda: Phase.GREETING in sender.phases)
        else:
            await server.until(lambda: verb in server.text)
        began = time.perf_counter()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert time.perf_counter() - began < 1
        await server.until(lambda: not server.busy)


async def test_a_mail_cancelled_before_its_dot_is_not_delivered(sender: Sender) -> None:
    async with scripted_smtp() as server:
        reached = asyncio.Event()

        async def wait_there(phase: Phase) -> None:
            if phase is Phase.DOT:
                reached.set()
                await asyncio.sleep(60)

        sender.at_phase = wait_there
        sending = asyncio.create_task(sender.send(server, data=MAIL * 1000))
        await reached.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await server.until(lambda: not server.busy)
        assert not server.accepted


async def test_cancelling_after_acceptance_comes_too_late(sender: Sender) -> None:
    async with scripted_smtp("hang-quit") as server:
        sending = asyncio.create_task(sender.send(server))
        await server.until(lambda: b"QUIT" in server.text)
        sending.cancel()
        assert (await sending).reply.startswith("250")
        assert not sending.cancelling()


async def test_a_mail_too_large_is_not_uploaded(sender: Sender) -> None:
    async with scripted_smtp("size-limit") as server:
        with pytest.raises(NotSupported, match=r"1000 octets.*4000 octets"):
            await sender.send(server, data=MAIL + b"x" * (4000 - len(MAIL)))
        assert b"MAIL" not in server.text


async def test_eight_bits_only_where_they_are_welcome(sender: Sender) -> None:
    data = MAIL + "grüße\r\n".encode()
    async with scripted_smtp("no-8bitmime") as server:
        with pytest.raises(NotSupported):
            await sender.send(server, data=data)
        assert b"MAIL" not in server.text
    async with scripted_smtp() as server:
        await sender.send(server, data=data)
        assert any(b"BODY=8BITMIME" in line for line in server.log)


async def test_letters_before_the_at_need_smtputf8(sender: Sender) -> None:
    async with scripted_smtp("no-smtputf8") as server:
        with pytest.raises(NotSupported, match="ASCII"):
            await sender.send(server, recipients=("grüße@example.org",))
        assert b"MAIL" not in server.text
        await sender.send(server, recipients=("grace@straße.example",))
        assert server.accepted[0].recipients == (b"grace@xn--strae-oqa.example",)
    async with scripted_smtp() as server:
        await sender.send(server, recipients=("grüße@example.org",))
        assert any(line.endswith(b" SMTPUTF8") for line in server.log)


@pytest.mark.parametrize(
    "address", ["", "ada", "a b@c.d", "a@b, c@d", "a@b>\r\nRCPT TO:<x@y", "<a@b>", "a@b c", "a@", "@b", "a@b\0"]
)
async def test_what_is_no_address_reaches_no_server(sender: Sender, address: str) -> None:
    async with scripted_smtp() as server:
        with pytest.raises(MailError):
            await sender.send(server, recipients=("one@example.org", address))
        with pytest.raises(MailError):
            await sender.send(server, sender=address)
        assert not server.connections


async def test_plain_lines_lead_to_this_machine_only(sender: Sender) -> None:
    elsewhere = Server("mail.example.org", 25, Security.PLAIN, "u", Secret())
    with pytest.raises(CertificateRefused):
        await submit(elsewhere, "secret", sender="a@b", recipients=("c@d",), data=MAIL, on_phase=sender.note)
    assert sender.phases == []


async def test_nobody_listening_is_a_lost_line(sender: Sender) -> None:
    async with scripted_smtp() as server:
        await server.stop()
        with pytest.raises(ConnectionLost):
            await sender.send(server)
