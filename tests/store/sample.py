"""Mail to put into a store."""

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS, SEEN, Flags
from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.mail.part import Part
from tui.mail.submission import SubmissionState
from tui.store.database import Store
from tui.store.pending import Change, ChangeKind

WORK = AccountName("work")
INBOX = Mailbox(WORK, b"INBOX", "INBOX", "/", Role.INBOX)
READ: Flags = frozenset({SEEN})

STRUCTURE = Part(
    "",
    "multipart/mixed",
    {"boundary": "x"},
    children=(
        Part("1", "text/plain", {"charset": "utf-8"}, "quoted-printable", 120),
        Part("2", "application/pdf", {}, "base64", 9000, "attachment", "Rechnung März.pdf"),
    ),
)


def envelope(uid: int, *, received: int | None = None, flags: Flags = NO_FLAGS) -> Envelope:
    ada = Address("Ada Lovelace", "ada@example.org")
    return Envelope(
        Uid(uid),
        flags,
        received if received is not None else 1_700_000_000 + uid,
        1_700_000_000,
        4096,
        f"Subject {uid} Grüße",
        (ada,),
        (ada,),
        (Address("", "list@example.org"),),
        (Address("Péter, Rózsa", "rozsa@example.org"), Address("", "b@example.org")),
        (),
        (),
        f"<{uid}@example.org>",
        "",
        STRUCTURE,
        True,
    )


def uids(*numbers: int) -> list[Uid]:
    return [Uid(number) for number in numbers]


def change(
    mailbox: MailboxId, *numbers: int, add: Flags = NO_FLAGS, remove: Flags = NO_FLAGS, target: bytes = b""
) -> Change:
    kind = ChangeKind.MOVE if target else ChangeKind.FLAGS
    return Change(WORK, mailbox, b"INBOX", UidValidity(7), kind, tuple(uids(*numbers)), add, remove, target)


async def submit(store: Store, data: bytes = b"Subject: x\r\n\r\nhello\r\n", due: float = 0.0) -> SubmissionId:
    return await store.outbox.add(
        account=WORK,
        draft='{"subject": "x"}',
        data=data,
        message_id="<1@example.org>",
        sender="ada@example.org",
        recipients=["b@example.org", "c@example.org"],
        subject="x",
        to="b",
        state=SubmissionState.QUEUED,
        due=due,
    )
