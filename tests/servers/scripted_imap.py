"""A small honest IMAP server on loopback; what it does wrong is in `tests.servers.scripted_behaviours`.

::

    async with scripted_imap("normal", messages=3, tls=True) as server:
        ... server.port, server.log, server.push_message(raw)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from tests.servers.certificate import certificate
from tests.servers.listening import Listening
from tests.servers.scripted_behaviours import BEHAVIOURS
from tests.servers.scripted_dialogue import Dialogue
from tests.servers.scripted_mailbox import Box, Mail, sample

CAPABILITY = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE MOVE UIDPLUS LITERAL+ NAMESPACE SPECIAL-USE LIST-EXTENDED ESEARCH"


class ScriptedServer(Listening):
    """A server that plays one behaviour to everyone.

    Args:
        behaviour: a key of `BEHAVIOURS`.
        options: what that behaviour wants to know.

    Attributes:
        log: lines received; literals are left out.
        dialogues: one for each connection there was.
        boxes: mailboxes by wire name.
        password: for any user.
    """

    limit: ClassVar[int] = 2**20

    def __init__(self, behaviour: str, *, tls: bool, starttls: bool, capability: str, options: dict[str, Any]) -> None:
        super().__init__(certificate().context if tls else None)
        self.password = "secret"
        self.capability = capability
        self.delimiter = b"/"
        self.starttls = starttls
        self.options = options
        self.dialogues: list[Dialogue] = []
        self.boxes = {box.name: box for box in (Box(b"INBOX"), Box(b"Sent", b"\\Sent"), Box(b"Archive", b"\\Archive"))}
        self._dialogue = BEHAVIOURS[behaviour]

    async def stop(self) -> None:
        """Cut every line and listen no more; `start` can follow, on the same port."""
        self.cut()
        await super().stop()

    def cut(self) -> None:
        """Cut every line; new ones are taken."""
        for dialogue in self.dialogues:
            dialogue.writer.transport.abort()

    def push_message(self, raw: bytes, mailbox: bytes = b"INBOX") -> Mail:
        """Let a message arrive; clients in IDLE hear of it."""
        box = self.boxes[mailbox]
        mail = box.add(raw)
        self.push(b"* %d EXISTS\r\n" % len(box.mails), mailbox)
        return mail

    def push(self, data: bytes, mailbox: bytes = b"INBOX") -> None:
        """Send octets to the clients that idle in a mailbox."""
        for dialogue in self.dialogues:
            if dialogue.idling and dialogue.box is self.boxes[mailbox]:
                dialogue.writer.write(data)

    def expunge(self, uid: int, mailbox: bytes = b"INBOX") -> None:
        """Take a message away; clients in IDLE hear of it."""
        mails = self.boxes[mailbox].mails
        place = next(place for place, mail in enumerate(mails) if mail.uid == uid)
        del mails[place]
        self.push(b"* %d EXPUNGE\r\n" % (place + 1), mailbox)

    def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Dialogue:
        dialogue = self._dialogue(self, reader, writer)
        self.dialogues.append(dialogue)
        return dialogue


@asynccontextmanager
async def scripted_imap(
    behaviour: str = "normal",
    *,
    tls: bool = False,
    starttls: bool = False,
    capability: str = CAPABILITY,
    messages: int = 0,
    **options: Any,
) -> AsyncIterator[ScriptedServer]:
    """Run a scripted server.

    Args:
        behaviour: a key of `BEHAVIOURS`.
        tls: encrypt from the first octet, with `tests.servers.certificate.certificate`.
        starttls: offer STARTTLS.
        capability: what is offered, STARTTLS apart.
        messages: how many small ones INBOX holds.
        options: what the behaviour wants to know.
    """
    server = ScriptedServer(behaviour, tls=tls, starttls=starttls, capability=capability, options=options)
    for number in range(1, messages + 1):
        server.boxes[b"INBOX"].add(sample(number))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
