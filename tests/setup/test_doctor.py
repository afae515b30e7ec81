"""The doctor himself: one login, nothing secret told, every step bounded, and whatever a server says is borne."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_pop3 import scripted_pop3
from tests.servers.scripted_smtp import scripted_smtp
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.config.secrets import Secrets
from tui.mail.address import Address
from tui.mail.ids import AccountName
from tui.setup.check import POP3_STEPS, RECEIVING_STEPS, SENDING_STEPS, Begun, Check, Half, Status, steps
from tui.setup.doctor import Doctor, examine
from tui.setup.records import Records
from tui.setup.report import as_json, exit_status, report, verdict

ADA = "ada@example.org"
NOBODY = Records(("127.0.0.1",), 9, lifetime=0.1)
"""Asks where nobody answers."""
WAITED = ("login-slow", "hang-list")
"""Behaviours for which a step takes all its time."""


def account(imap: int, smtp: int | None, *, password: str = "secret", **changes: object) -> AccountConfig:
    secret = Secret(password=password)
    receive = Server("127.0.0.1", imap, Security.PLAIN, ADA, secret)
    send = Server("127.0.0.1", smtp, Security.PLAIN, ADA, secret) if smtp is not None else None
    made = AccountConfig(AccountName("work"), Address("Ada", ADA), Protocol.IMAP, receive, send)
    return replace(made, **changes)  # type: ignore[arg-type]


async def walked(made: AccountConfig, *, step: float = 10.0, **more: object) -> dict[tuple[Half, str], Check]:
    doctor = Doctor(made, records=NOBODY, step_timeout=step, idle_hold=0.02, **more)  # type: ignore[arg-type]
    return {(check.half, check.id): check for check in (await examine(doctor))[0]}


async def test_every_step_is_told_once_and_in_its_order() -> None:
    async with scripted_imap(messages=2) as imap, scripted_smtp() as smtp:
        doctor = Doctor(account(imap.port, smtp.port), records=NOBODY, step_timeout=10.0, idle_hold=0.02)
        events = [event async for event in doctor.walk()]
    for half in Half:
        told = [event.id for event in events if isinstance(event, Check) and event.half is half]
        assert tuple(told) == steps(half, "imap")
        begun = [event.id for event in events if isinstance(event, Begun) and event.half is half]
        assert begun == told
    assert RECEIVING_STEPS[0] == "config"


async def test_one_login_attempt_for_each_half() -> None:
    async with scripted_imap() as imap, scripted_smtp() as smtp:
        checks = await walked(account(imap.port, smtp.port, password="wrong one"))
        assert len(smtp.logins) == 1
        assert sum(b"AUTHENTICATE" in line or b"LOGIN " in line for line in imap.log) == 1
    assert checks[Half.RECEIVING, "login"].status is Status.FAIL
    assert checks[Half.SENDING, "login"].status is Status.FAIL
    assert checks[Half.RECEIVING, "inbox"].status is Status.SKIPPED
    assert exit_status(checks.values()) == 1


async def test_no_secret_is_told_whatever_a_server_echoes() -> None:
    password = 'pa"ss\\w0rd'
    forms = [password, base64.b64encode(f"\0{ADA}\0{password}".encode()).decode(), password.replace('"', '\\"')]

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n")
        while line := await reader.readline():
            tag = line.split()[0]
            writer.write(
                tag + b" NO [AUTHENTICATIONFAILED] \x1b[31m you said " + line.strip() + b" " + password.encode()
            )
            writer.write(b"\r\n")

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        checks = await walked(account(port, None, password=password))
    failed = checks[Half.RECEIVING, "login"]
    assert failed.status is Status.FAIL
    everything = report("work", checks.values()) + str([as_json("work", check) for check in checks.values()])
    assert not [form for form in forms if form in everything]
    assert "•••" in failed.detail
    assert "\x1b" not in everything


@pytest.mark.parametrize(
    ("behaviour", "id", "status"),
    [
        ("idle-refused", "idle", Status.WARN),
        ("bye-on-idle", "idle", Status.WARN),
        ("greet-bye", "greeting", Status.FAIL),
        ("login-throttle", "login", Status.FAIL),
        ("login-failed", "login", Status.FAIL),
        ("logindisabled", "capabilities", Status.FAIL),
        ("capability-minimal", "idle", Status.WARN),
        ("login-slow", "login", Status.FAIL),
        ("hang-list", "mailboxes", Status.FAIL),
    ],
)
async def test_behaviours(behaviour: str, id: str, status: Status) -> None:
    async with scripted_imap(behaviour, messages=1) as imap:
        checks = await walked(account(imap.port, None), step=2.5 if behaviour in WAITED else 10.0)
    assert (checks[Half.RECEIVING, id].status, checks[Half.RECEIVING, id].fact != "") == (status, True)


async def test_pop3_has_steps_of_its_own() -> None:
    async with scripted_pop3(mails=[b"Subject: a\r\n\r\nb\r\n"]) as pop, scripted_smtp() as smtp:
        checks = await walked(account(pop.port, smtp.port, protocol=Protocol.POP3))
        assert not pop.deleted
    assert tuple(id for half, id in checks if half is Half.RECEIVING) == POP3_STEPS
    assert "INBOX holds 1 message." in checks[Half.RECEIVING, "inbox"].fact
    assert "stays on this machine" in checks[Half.SENDING, "sent_copy"].fact
    assert verdict(checks.values()) == "Receiving works. Sending works."


async def test_a_dry_run_sends_nothing() -> None:
    async with scripted_imap() as imap, scripted_smtp() as smtp:
        checks = await walked(account(imap.port, smtp.port))
        assert not smtp.accepted
        assert b"DATA" not in smtp.text
        assert b"RSET" in smtp.text
    assert tuple(id for half, id in checks if half is Half.SENDING) == SENDING_STEPS
    assert "up to 50 MB" in checks[Half.SENDING, "envelope"].fact


async def test_an_account_that_does_not_send() -> None:
    async with scripted_imap() as imap:
        checks = await walked(account(imap.port, None))
    assert checks[Half.SENDING, "config"].status is Status.SKIPPED
    assert exit_status(checks.values()) == 0
    assert verdict(checks.values()) == "Receiving works. Sending is not configured."


async def test_without_a_password_the_line_is_walked_all_the_same() -> None:
    async with scripted_imap() as imap, scripted_smtp() as smtp:
        checks = await walked(account(imap.port, smtp.port, password=""))
        assert not smtp.logins
    assert checks[Half.RECEIVING, "secret"].status is Status.FAIL
    assert checks[Half.RECEIVING, "capabilities"].status is Status.OK
    assert checks[Half.RECEIVING, "login"].status is Status.SKIPPED
    assert exit_status(checks.values()) == 2


async def test_one_is_asked_for_one_password() -> None:
    asked: list[str] = []

    async def ask(whose: str) -> str | None:
        asked.append(whose)
        return "secret"

    async with scripted_imap() as imap, scripted_smtp() as smtp:
        made = account(imap.port, smtp.port)
        assert made.send is not None
        key = Secret(key="work")
        made = replace(made, receive=replace(made.receive, secret=key), send=replace(made.send, secret=key))
        checks = await walked(made, secrets=Secrets(ask=ask))
    assert len(asked) == 1
    assert exit_status(checks.values()) == 0


async def test_a_file_that_others_can_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.touch(mode=0o644)
    file.chmod(0o644)
    async with scripted_imap() as imap:
        checks = await walked(account(imap.port, None), file=file)
    assert checks[Half.RECEIVING, "config"].status is Status.WARN
    assert "chmod 600" in checks[Half.RECEIVING, "config"].advice


async def test_leaving_early_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    async with scripted_imap("login-slow") as imap:
        walk = Doctor(account(imap.port, None), records=NOBODY).walk()
        async for event in walk:
            if isinstance(event, Begun) and event.id == "login":
                break
        await walk.aclose()  # type: ignore[attr-defined]

        def is_ours(task: "asyncio.Task[object]") -> bool:
            return "scripted" not in repr(task)

        assert not [task for task in asyncio.all_tasks() - before if is_ours(task)]


def test_the_status_of_a_script() -> None:
    def made(id: str, status: Status) -> Check:
        return Check(Half.SENDING, id, status, "x")

    cases: list[tuple[list[Check], int]] = [
        ([made("dns", Status.OK), made("idle", Status.WARN)], 0),
        ([made("dns", Status.FAIL)], 1),
        ([made("secret", Status.FAIL), made("dns", Status.FAIL)], 2),
    ]
    assert [exit_status(checks) for checks, _ in cases] == [status for _, status in cases]


@pytest.mark.parametrize(
    "behaviour", ["starttls-stripped", "starttls-inject", "starttls-refused", "preauth", "logindisabled"]
)
async def test_no_credentials_on_a_line_that_is_not_safe(behaviour: str) -> None:
    async with scripted_imap(behaviour, starttls=behaviour.startswith("starttls"), messages=1) as imap:
        made = account(imap.port, None, password="analytical")
        made = replace(made, receive=replace(made.receive, security=Security.STARTTLS))
        checks = await walked(made, step=4.0)
        assert b"analytical" not in imap.text
        assert base64.b64encode(f"\0{ADA}\0analytical".encode()) not in imap.text
        assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in imap.log if b" LOGINDIS" not in line)
    assert checks[Half.RECEIVING, "login"].status is Status.SKIPPED
    assert verdict(checks.values()).startswith("Receiving fails")
