"""A mail screen on a real store with believable mail, and accounts that do what they are told."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import App

import tui
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.errors import ConnectionLost
from tui.mail.flags import ANSWERED, FLAGGED, FORWARDED, SEEN
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.screens.mail import MailScreen
from tui.store.database import Store
from tui.sync.events import Event, Link, LinkState, MailboxesChanged, MessagesArrived, MessagesChanged
from tui.terminal.marks import UNICODE, Marks
from tui.terminal.theme import install
from tui.terminal.theme_file import folders, load_theme

NOW = datetime(2026, 11, 23, 9, 37, tzinfo=UTC).timestamp()
WORK, HOME = AccountName("work"), AccountName("home")
MINUTE, HOUR, DAY = 60, 3600, 86_400
YOU = Address("Charles Babbage", "charles@mill.example")

# minutes ago, who, subject, first words, marks: * unread, ! flagged, r answered, f forwarded, & with a file
MAIL = [
    (33, "Ada Lovelace", "Note G, with the table this time", "the Bernoulli numbers, all of them", "*!&"),
    (51, "Build lantern", "main is red: test_idle_after_sleep", "1 of 812 failed, first seen in 4e1a", "*"),
    (75, "Mary Somerville", "Thursday at the observatory?", "bring a coat; the roof stays open", ""),
    (130, "Ida Rhodes", "Re: What the mill may not do", "you are right that it cannot carry", "r"),
    (195, "Rózsa Péter", "Draft of the recursion lecture", "would you read chapter two first", "*&"),
    (1500, "Library of Turin", "Your two books are due on 30 November", "Menabrea, Notions; and a pamphlet", "!"),
    (1720, "Sophie Germain", "Plates: the corrected figures", "figure 4 was upside down in the proof", "f&"),
    (4000, "postgres-hackers", "[PATCH] Keep the planner honest about NULLs", "", "&"),
    (4300, "Emmy Noether", "A short question about symmetry", "if the action does not change, what", ""),
    (5800, "Grace Hopper", "The nanosecond, as promised", "a foot of wire is in the envelope", "r"),
    (7300, "Harbour office", "Tide tables for December", "high water at 06:12 on the first", "&"),
    (8700, "Katherine Johnson", "Numbers checked", "they agree to the last digit", ""),
    (15_900, "Alan Turing", "Re: On being asked whether machines think", "", ""),
    (17_300, "Hedy Lamarr", "Hopping, and why the piano roll", "eighty-eight is the right number", "&"),
    (18_800, "Barbara Liskov", "Substitution, the short version", "", "&"),
    (20_200, "Lise Meitner", "The walk in the snow", "I did the sum on a scrap of paper", ""),
    (21_600, "Radia Perlman", "I think that I shall never see", "", "r"),
    (23_100, "王貞儀", "月食の球と灯", "the lamp, the mirror and the globe", "&"),
]
NAMES = ("Annie Easley", "Joan Clarke", "Kurt Gödel", "Mailing office", "Wang Zhenyi", "Maria Agnesi", "Mary Anning")
WORDS = ("Battery figures for the Centaur", "Re: Banburismus", "A small inconsistency", "Your weekly list digest")

TEXT = """\
Dear Charles,

The table is done, and it is the whole argument. Every operation has a
row: which variables it reads, which it writes, and what each is worth
after. Follow the arrows in the last column and the loop is plain.

Two things I would ask you to look at before it goes to the printer:
  1. Operation 4 divides; your card shows it the other way round.
  2. The engine must come back to 13 and not to 12, or B7 is lost.

> The mill may not divide twice without a card
> between, and the store holds no more than
> a thousand numbers of fifty figures.

Columns 11 to 13 are the ones I worked twice. The full sheet is on the
shared shelf at https://analytical.example/shelf/note-g and Menabrea's
French is at https://bnf.example/menabrea.html.

Yours, with ink on both hands,
Ada
"""
RAW = (
    "From: Ada Lovelace <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Note G\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.replace("\n", "\r\n") + "\r\n"
    "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
    'Content-Disposition: attachment; filename="table-note-g.pdf"\r\n\r\n' + "QUJD" * 4000 + "\r\n"
    '--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="operations.csv"\r\n\r\n'
    + "1,2,3\r\n" * 400
    + "\r\n--b--\r\n"
).encode()


def config(name: AccountName) -> AccountConfig:
    server = Server(f"imap.{name}.example", 993, Security.TLS, "ada", Secret(password="x"))
    return AccountConfig(name, YOU, Protocol.IMAP, server)


class FakeAccount:
    """An account without a network: it changes the store and tells of it, as the real one does."""

    def __init__(self, name: AccountName, store: Store) -> None:
        self.name = name
        self.config = config(name)
        self.link = LinkState(Link.LIVE, NOW - 5000, NOW - 8)
        self.store = store
        self.screen: MailScreen | None = None
        self.opened: list[MailboxId] = []
        self.asked: list[Uid] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_offline = False

    def emit(self, event: Event) -> None:
        assert self.screen is not None
        self.screen.apply(event)

    def open_mailbox(self, mailbox: MailboxId) -> None:
        self.opened.append(mailbox)

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        self.asked.append(uid)
        await self.gate.wait()
        if self.is_offline:
            raise ConnectionLost("This message is not on this machine, and work is offline.", cure="$ tries again.")
        return parse_message(RAW)

    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        changed = await self.store.envelopes.change_flags(mailbox, uids, frozenset(add), frozenset(remove))
        self.emit(MessagesChanged(self.name, mailbox, tuple(changed)))
        self.emit(MailboxesChanged(self.name))

    async def arrive(self, mailbox: MailboxId, *envelopes: Envelope, fresh: bool = True) -> None:
        """Have mail come in."""
        new = await self.store.envelopes.add(mailbox, envelopes)
        self.emit(MessagesArrived(self.name, mailbox, tuple(new), fresh))
        self.emit(MailboxesChanged(self.name))


def mail(uid: int, minutes: int, sender: str, subject: str, snippet: str = "", marks: str = "") -> Envelope:
    """Return an envelope as in `MAIL`."""
    flags = {FLAGGED: "!", ANSWERED: "r", FORWARDED: "f"}
    mailbox = sender.split()[-1].lower()
    domain = (
        "analytical.example" if mailbox == "lovelace" else f"{mailbox}.example" if mailbox.isascii() else "x.example"
    )
    local = sender.split()[0].lower() if sender.isascii() else "x"
    return Envelope(
        Uid(uid),
        frozenset([name for name, mark in flags.items() if mark in marks] + ([] if "*" in marks else [SEEN])),
        int(NOW) - minutes * MINUTE,
        int(NOW) - minutes * MINUTE,
        34_000,
        subject,
        (Address(sender, f"{local}@{domain}"),),
        to=(YOU, Address("Mary Somerville", "mary@s.example"), Address("", "engine@lists.example")),
        has_file="&" in marks,
        snippet=snippet,
    )


def older_mail(count: int) -> list[Envelope]:
    """Return mail from before that of `MAIL`, the newest first."""
    return [
        mail(
            10_000 - place,
            24_000 + place * 700,
            NAMES[place % 7],
            WORDS[place % 4],
            "and so on",
            "&" if place % 3 else "",
        )
        for place in range(count)
    ]


async def fill(store: Store, older: int = 1186) -> MailboxId:
    """Put two accounts with their mailboxes and mail into a store; return the first Inbox."""
    names = ["INBOX", "Drafts", "Sent", "Archive", "Lists", "Spam", "Trash"]
    roles = [Role.INBOX, Role.DRAFTS, Role.SENT, Role.ARCHIVE, None, Role.JUNK, Role.TRASH]
    for account, more in (
        (WORK, [f"Lists/{n}" for n in "abcdefgh"]),
        (HOME, ["Family", "Family/Aoife", "Family/Boat"]),
    ):
        own = [name for name in names if not (account is HOME and name in ("Lists", "Spam"))]
        mailboxes = [Mailbox(account, name.encode(), name, "/", roles[names.index(name)]) for name in own]
        await store.mailboxes.replace(account, [*mailboxes, *[Mailbox(account, n.encode(), n, "/") for n in more]])
    inbox = await store.mailboxes.by_role(WORK, Role.INBOX)
    assert inbox is not None
    await store.mailboxes.selected(inbox.id, UidValidity(1), Uid(20_000), 0, ModSeq(0))
    rows = [mail(20_000 - place, *row) for place, row in enumerate(MAIL)]
    await store.envelopes.add(inbox.id, [*rows, *older_mail(older)])
    await store.mailboxes.completed(inbox.id, True)
    for name, account, unseen in ((b"Lists/b", WORK, 41), (b"INBOX", HOME, 2)):
        state = await store.mailboxes.by_wire(account, name)
        assert state is not None
        await store.mailboxes.counted(state.id, 900, unseen, Uid(1000))
    return inbox.id


class MailStage(App[None], inherit_bindings=False):
    """Has the mail screen's styles and none of the application's wiring."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(tui.__file__).parent / "styles" / "mail.tcss"]

    def __init__(
        self, store: Store, *, theme: str = "tidings-dark", marks: Marks = UNICODE, threaded: bool = False
    ) -> None:
        super().__init__()
        install(self, load_theme(theme, folders()))
        self.work, self.home = FakeAccount(WORK, store), FakeAccount(HOME, store)
        accounts = {WORK: self.work, HOME: self.home}
        self.mail = MailScreen(store, accounts, marks=marks, threaded=lambda mailbox: threaded, clock=lambda: NOW)
        for account in accounts.values():
            account.screen = self.mail

    def on_mount(self) -> None:
        self.push_screen(self.mail)


def lines(app: App[None]) -> list[str]:
    """Return the lines of the whole terminal as text."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
