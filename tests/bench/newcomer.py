"""A new user's day, by the keys that the hint line and the help name: how many of them, and how long the program takes.

Five mails read, one answered with an attachment, one forwarded, twenty newsletters filed, last year's invoice found, an
invitation answered, a list left. What came of each is looked for on the servers. Keys are counted in two: those that do
something, and the letters of words that are typed.
"""

import argparse
import email
import email.policy
import imaplib
import itertools
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import Letter, letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, row
from tests.servers.dovecot import ADA, ALAN, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tui.config.model import Security

NEWSLETTERS = 20
READ = 5
LAST_YEAR = 370
"""Days since the invoice."""
ENTER, TAB, ESCAPE, SEND, ATTACH = "\r", "\t", "\x1b", "\x18", "\x06"
CALM = 0.08


class Hands:
    """Somebody's hands on the keyboard, and a stopwatch."""

    def __init__(self, tidings: PtyProgram) -> None:
        self.tidings = tidings
        self.keys = self.letters = 0
        self.waited = 0.0

    def press(self, *keys: str) -> None:
        """Press keys that do something, each when the one before is painted."""
        for key in keys:
            self.keys += 1
            self.tidings.press(key, gap=CALM)

    def type(self, words: str) -> None:
        """Type words, as fast as a terminal takes them."""
        self.letters += len(words)
        self.tidings.press(words, gap=CALM)

    def sees(self, text: str | Callable[[str], bool]) -> None:
        """Wait for something on the screen."""
        began = time.perf_counter()
        self.waited += max(0.0, self.tidings.until(text, 20.0) - began)


def main(words: Sequence[str]) -> int:
    """Run it; 1 when something did not come about."""
    parser = argparse.ArgumentParser(prog="scripts/bench newcomer", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000, metavar="N", help="mails of other kinds (2000)")
    parser.add_argument("--size", default="120x40", metavar="WxH")
    given = parser.parse_args(words)
    width, height = map(int, given.size.split("x"))
    with (
        Dovecot(storage="mdbox") as dovecot,
        Postfix(dovecot) as postfix,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
    ):
        invoice, *day = _day()
        year_ago = datetime.now(UTC) - timedelta(days=LAST_YEAR)
        old = Letter(invoice, "\\Seen", year_ago)
        earlier = letters(given.messages, newest=datetime.now(UTC) - timedelta(days=1))
        load(dovecot.clear_port, ADA, dovecot.users[ADA], itertools.chain([old], earlier))
        dovecot.deliver(ADA, *day)
        with dovecot.imap(ADA) as line:
            line.create("Newsletters")
        report = Path(folder) / "report.pdf"
        report.write_bytes(b"%PDF-1.4 the report")
        env = program.configure(Path(folder) / "ada", dovecot, [ADA], postfix=postfix, security=Security.TLS)
        heading(f"newcomer: {given.messages:,} mails and a day's, {given.size}")
        with program.start(env, width=width, height=height) as tidings:
            wrong = _walk(Hands(tidings), dovecot, report)
    for each in wrong:
        print(f"  not so: {each}")
    return 1 if wrong else 0


def _day() -> list[bytes]:
    """Return the day's mail, the newest last."""
    now = datetime.now(UTC)
    mails: list[EmailMessage] = []

    def add(subject: str, sender: str, body: str, when: datetime, **fields: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, f"Ada <{ADA}>", subject
        mail["Date"], mail["Message-ID"] = when, f"<{len(mails)}.newcomer@example.org>"
        for name, value in fields.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        mails.append(mail)
        return mail

    invoice = add("Invoice 4711 of the mill", f"Mill <{ALAN}>", "It is attached.\n", now - timedelta(days=LAST_YEAR))
    invoice.add_attachment(b"%PDF-1.4 invoice", maintype="application", subtype="pdf", filename="invoice-4711.pdf")
    for number in range(NEWSLETTERS):
        add(
            f"Looms weekly {number + 1}",
            "Looms weekly <news@looms.example>",
            "Cards, cards, cards.\n",
            now - timedelta(hours=9, minutes=number),
            List_Id="Looms weekly <weekly.looms.example>",
            List_Unsubscribe=f"<mailto:{GRACE}?subject=leave>",
        )
    meeting = add("Tea about Note G", f"Grace <{GRACE}>", "Come, please.\n", now - timedelta(hours=2))
    start = (now + timedelta(days=2)).strftime("%Y%m%dT140000Z")
    meeting.add_alternative(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:tea@example.org\r\n"
        f"DTSTAMP:{start}\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:Tea\r\nORGANIZER:mailto:{GRACE}\r\n"
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{ADA}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar",
        params={"method": "REQUEST"},
    )
    for number in range(READ):
        add(
            f"Question {number + 1}",
            f"Grace <{GRACE}>",
            f"Does card {number + 1} weave?\n",
            now - timedelta(minutes=9 - number),
        )
    return [bytes(each) for each in mails]


def _walk(hands: Hands, dovecot: Dovecot, report: Path) -> list[str]:
    wrong: list[str] = []
    hands.sees(f"Question {READ}")
    hands.sees("live")
    steps: tuple[tuple[str, Callable[[Hands], None], Callable[[], bool] | None], ...] = (
        ("read five mails", _read_five, None),
        (
            "reply with an attachment",
            lambda h: _reply(h, report),
            lambda: _sent(dovecot, GRACE, "Re: Question 1", "report.pdf"),
        ),
        ("forward", _forward, lambda: _sent(dovecot, ALAN, "Question 1", "card 1")),
        ("answer an invitation", _invitation, lambda: _sent(dovecot, GRACE, "Tea", "PARTSTAT=ACCEPTED")),
        ("leave a list", _leave, lambda: _sent(dovecot, GRACE, "leave", "unsubscribe")),
        ("file 20 newsletters", _file, lambda: _filed(dovecot)),
        ("find last year's invoice", _invoice, None),
    )
    total = Hands(hands.tidings)
    for what, step, came in steps:
        hands.keys = hands.letters = 0
        hands.waited = 0.0
        began = time.perf_counter()
        try:
            step(hands)
            if came is not None and not _wait(came):
                wrong.append(what)
        except TimeoutError as error:
            wrong.append(f"{what}: {error}")
            print(hands.tidings.screen)
            break
        took = time.perf_counter() - began
        row(
            what,
            took * 1000,
            "ms",
            note=f"{hands.keys} keys, {hands.letters} letters typed, waited {hands.waited * 1000:.0f} ms",
        )
        total.keys += hands.keys
        total.letters += hands.letters
    print(f"  together {total.keys} keys and {total.letters} letters typed")
    return wrong


def _read_five(hands: Hands) -> None:
    hands.press(ENTER)
    for number in range(READ, 0, -1):
        if number < READ:
            hands.press("j")
        hands.sees(f"Does card {number} weave?")


def _reply(hands: Hands, report: Path) -> None:
    hands.press("r")
    hands.sees("> Does card 1 weave?")
    hands.type("It does. The report is attached.")
    hands.press(ATTACH)
    hands.type(str(report))
    hands.press(ENTER)
    hands.sees("report.pdf")
    hands.press(SEND)
    hands.sees("accepted")


def _forward(hands: Hands) -> None:
    hands.press("f")
    hands.sees("Forward")
    hands.type(ALAN)
    hands.press(SEND)
    hands.sees("accepted")


def _invitation(hands: Hands) -> None:
    hands.press("j")
    hands.sees("Tea about Note G")
    hands.press("i")
    hands.sees("ccept")
    hands.press("a")
    hands.sees("accepted")


def _leave(hands: Hands) -> None:
    hands.press("j")
    hands.sees("Cards, cards, cards.")
    hands.press("z", "u")
    hands.sees("which unsubscribes you?")
    hands.press("y")
    hands.sees("accepted")


def _file(hands: Hands) -> None:
    hands.press("*")
    hands.type("from:looms")
    hands.press(ENTER)
    hands.sees(f"{NEWSLETTERS} marked")
    hands.press("m")
    hands.type("newsl")
    hands.press(ENTER)
    hands.sees(lambda screen: "Looms weekly" not in screen)


def _invoice(hands: Hands) -> None:
    hands.press("/")
    hands.type("invoice has:file")
    hands.sees("Invoice 4711")
    hands.press(ENTER)
    if "It is attached." not in hands.tidings.screen:  # there is room for the list alone
        hands.press(ENTER)
    hands.sees("It is attached.")


def _sent(dovecot: Dovecot, user: str, subject: str, holds: str) -> bool:
    """Whether a mail is in somebody's Inbox, as another parser reads it."""
    with dovecot.imap(user) as line:
        for mail in _mails(line, "INBOX", f'SUBJECT "{subject}"'):
            parts = [part for part in mail.walk() if not part.is_multipart()]
            texts = [bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in parts]
            if any(holds in text for text in (*texts, *(part.get_filename() or "" for part in parts))):
                return True
    return False


def _mails(line: imaplib.IMAP4_SSL, mailbox: str, query: str) -> list[EmailMessage]:
    line.select(mailbox, readonly=True)
    found = []
    for number in line.search(None, query)[1][0].split():
        answer = line.fetch(number.decode(), "(BODY.PEEK[])")[1][0]
        if isinstance(answer, tuple):
            found.append(email.message_from_bytes(answer[1], policy=email.policy.default))
    return found


def _filed(dovecot: Dovecot) -> bool:
    with dovecot.imap(ADA) as line:
        there = len(line.search(None, "ALL")[1][0].split()) if line.select("Newsletters", readonly=True) else 0
        line.select("INBOX", readonly=True)
        return there == NEWSLETTERS and not line.search(None, 'FROM "looms"')[1][0]


def _wait(came: Callable[[], bool]) -> bool:
    until = time.perf_counter() + 20.0
    while time.perf_counter() < until:
        if came():
            return True
        time.sleep(0.05)
    return False
