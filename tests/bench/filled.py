"""A store filled without a server, so that a million messages take a minute; from a seed, alike in every run."""

import random
import time
from collections.abc import Iterator

from tests.bench.mailboxes import PEOPLE, TOPICS, WORDS
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED, FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store.database import Store

CHUNK = 5_000
TEXT = b'("text" "plain" ("charset" "utf-8") NIL NIL "8bit" %d 24 NIL NIL NIL NIL)'
FILE = b'("application" "pdf" ("name" "paper.pdf") NIL NIL "base64" 9000 NIL ("attachment" NIL) NIL NIL)'
"""What a server says of the parts, kept as it came."""
SELF = (Address("Charles Babbage", "charles@mill.example"),)


def envelopes(count: int, *, seed: int = 7, newest: float | None = None) -> Iterator[Envelope]:
    """Yield envelopes, oldest first, one every seven minutes.

    Args:
        count: how many.
        seed: the same one gives the same.
        newest: when the last one was received, seconds since 1970 UTC; None for ten minutes ago.
    """
    chance = random.Random(seed)
    people = [(Address(name, spec),) for name, spec in PEOPLE]
    last = int(time.time() - 600 if newest is None else newest)
    for uid in range(1, count + 1):
        from_ = chance.choice(people)
        old = uid < count - 400 or chance.random() < 0.6
        flags = {flag for flag, part in ((ANSWERED, 0.1), (FLAGGED, 0.04)) if chance.random() < part}
        when = last - 420 * (count - uid)
        size, has_file = chance.randint(900, 90_000), chance.random() < 0.1
        text = TEXT % (size // 2)
        yield Envelope(
            Uid(uid),
            frozenset({*flags, SEEN} if old else flags),
            when,
            when,
            size,
            f"{chance.choice(TOPICS)} {uid}",
            from_,
            from_,
            from_,
            SELF,
            message_id=f"<{uid}@letters.example>",
            has_file=has_file,
            snippet=" ".join(chance.choices(WORDS, k=12)),
            outline=b'(%s%s "mixed" ("boundary" "=_b%d") NIL NIL NIL)' % (text, FILE, uid) if has_file else text,
        )


async def fill(paths: Paths, account: AccountName, count: int) -> MailboxId:
    """Make an account's mailboxes and fill its Inbox. Return the Inbox's key.

    Args:
        paths: where the store is.
        account: its name.
        count: messages.
    """
    store = await Store.open(paths)
    try:
        named = (("INBOX", Role.INBOX), ("Archive", Role.ARCHIVE), ("Sent", Role.SENT), ("Lists", None))
        below = [Mailbox(account, f"Lists/{word}".encode(), f"Lists/{word}", "/") for word in WORDS[:9]]
        first = [Mailbox(account, name.encode(), name, "/", role) for name, role in named]
        await store.mailboxes.replace(account, [*first, *below])
        inbox = await store.mailboxes.by_role(account, Role.INBOX)
        assert inbox is not None
        await store.mailboxes.selected(inbox.id, UidValidity(1), Uid(count + 1), count, ModSeq(0))
        batch: list[Envelope] = []
        for envelope in envelopes(count):
            batch.append(envelope)
            if len(batch) == CHUNK:
                await store.envelopes.add(inbox.id, batch)
                batch.clear()
        await store.envelopes.add(inbox.id, batch)
        await store.mailboxes.completed(inbox.id, True)
        return inbox.id
    finally:
        await store.close()
