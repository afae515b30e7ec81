"""The real servers themselves: up, down, and gone with whoever started them."""

import os
import signal
import smtplib
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tests.servers.process import LOOPBACK

MAIL = b"From: ada@example.org\r\nTo: grace@example.org\r\nSubject: hello\r\n\r\nHello.\r\n"


def until(condition: Callable[[], bool], timeout: float = 20.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def count(dovecot: Dovecot, user: str) -> int:
    with dovecot.imap(user) as line:
        found = line.select("INBOX", readonly=True)[1][0]
    assert found is not None
    return int(found)


def test_mail_survives_a_stop_and_a_crash(dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, MAIL)
    dovecot.stop()
    dovecot.start()
    dovecot.deliver(ADA, MAIL)
    dovecot.kill()
    dovecot.start()
    assert count(dovecot, ADA) == 2
    assert count(dovecot, GRACE) == 0


@pytest.mark.parametrize("tls", [True, False])
def test_a_submission_needs_a_login_and_is_delivered(dovecot: Dovecot, postfix: Postfix, tls: bool) -> None:
    context = ssl.create_default_context(cafile=dovecot.certificate)
    if tls:
        line: smtplib.SMTP = smtplib.SMTP_SSL(LOOPBACK, postfix.port, context=context, timeout=30)
    else:
        line = smtplib.SMTP(LOOPBACK, postfix.starttls_port, timeout=30)
        assert not line.has_extn("auth")
        line.starttls(context=context)
    with line:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            line.sendmail(ADA, [GRACE], MAIL)
        line.login(ADA, dovecot.users[ADA])
        line.sendmail(ADA, [GRACE], MAIL)
    until(lambda: count(dovecot, GRACE) == 1)


HOLDER = """
import sys
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
with Dovecot() as dovecot, Postfix(dovecot) as postfix:
    print(dovecot.folder, postfix.folder, flush=True)
    sys.stdin.read()
"""


def test_servers_end_with_whoever_started_them_though_it_was_killed() -> None:
    root = Path(__file__).parents[2]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert holder.stdout is not None
    with holder:
        folders = holder.stdout.readline().split()
        assert len(folders) == 2
        assert len(naming(folders)) >= 3
        os.kill(holder.pid, signal.SIGKILL)
    until(lambda: not naming(folders))
    until(lambda: not any(Path(folder).exists() for folder in folders))


def naming(folders: list[str]) -> list[str]:
    """Return the processes whose arguments name one of the folders."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(folder in words for folder in folders):
            found.append(words)
    return found
