"""The message that is answered or forwarded, and what of it goes into the new mail."""

import asyncio
from dataclasses import replace
from datetime import datetime

from tui.commands.desk import AccountPort, Desk, require
from tui.commands.people import own_identities
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.envelope import Envelope
from tui.mail.identity import Identity, identity_for
from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.mail.message import Message
from tui.mail.noun import dataclass
from tui.mail.reply import attachment_of, files, forward_attached, list_address, was_for
from tui.mail.reply import forward as forward_draft
from tui.mail.reply import reply as reply_draft
from tui.mail.transfer import decode_part
from tui.render.lines import Mode, line_text
from tui.render.page import lay_out
from tui.render.parts import human_size

QUOTED_WIDTH = 72
"""Cells of a line of HTML when it is quoted (RFC 3676, 4.2: room for the marks of answers to come)."""


@dataclass(frozen=True, slots=True)
class Original:
    """A message with all that an answer needs.

    Attributes:
        account: whose it is.
        mailbox, uid: where it is, in the generation ``uidvalidity``.
        envelope: its row.
        message: its texts are here.
        text: what is to be quoted where its HTML is what is read; None: its own plain text.
        selected: lines that were chosen, an answer quotes only these; None: all of it.
    """

    account: AccountPort
    mailbox: MailboxId
    uid: Uid
    envelope: Envelope
    message: Message
    text: str | None
    uidvalidity: UidValidity | None = None
    selected: str | None = None

    def has_list(self, desk: Desk) -> bool:
        """Whether it came from a mailing list that one can write to: it says so, or who answers reads it."""
        if list_address(self.message) is not None:
            return True
        identity, _ = self.identity(desk)
        return any(identity.reads(address) for address in self._named)

    @property
    def _named(self) -> tuple[Address, ...]:
        return (*self.envelope.to, *self.envelope.cc)

    def reply(self, desk: Desk, *, everyone: bool, to_list: bool = False) -> Draft:
        """Return an answer."""
        identity, _ = self.identity(desk)
        draft = reply_draft(
            self.message,
            self.envelope,
            identity,
            everyone=everyone,
            own=[each.address for each in own_identities(desk)],
            now=datetime.now().astimezone(),
            to_list=to_list,
            text=self.text if self.selected is None else self.selected,
            mailbox=self.mailbox,
        )
        return self._placed(draft)

    def identity(self, desk: Desk) -> tuple[Identity, str]:
        """Return who answers: the address it came to, else that of the account; and why."""
        mine = [*self.account.config.all_identities, *own_identities(desk)]
        written = identity_for(self.envelope.from_, mine)
        if written is not None:
            return written, "because you wrote it from this address"
        came = identity_for(was_for(self.message, self.envelope), mine)
        if came is not None:
            return came, "because it was sent to this address"
        reading = (each for each in mine if any(each.reads(address) for address in self._named))
        reader = next(reading, None)
        return (reader, "because it reads this list") if reader is not None else (mine[0], "")

    async def attached(self, desk: Desk) -> Draft:
        """Return a forward with the whole message as a file.

        Raises:
            MailError: when it is not to be had.
        """
        source = await self.account.source(self.mailbox, self.uid)
        identity, _ = self.identity(desk)
        return self._placed(forward_attached(self.message, self.envelope, identity, source, mailbox=self.mailbox))

    def _placed(self, draft: Draft) -> Draft:
        """Return a draft that says which generation the UID of its original is of: it may wait for long."""
        if draft.original is None:
            return draft
        return replace(draft, original=replace(draft.original, uidvalidity=self.uidvalidity))

    async def forward(self, desk: Desk) -> Draft:
        """Return a forward with its files, fetched where they are not here.

        Raises:
            MailError: when one of them is not to be had.
        """
        size = sum(part.size for part in files(self.message) if not self.message.has(part))
        if size:
            desk.flash(f"fetching {human_size(size)}")
        carried: list[Attachment] = []
        for part in files(self.message):
            if self.message.has(part):
                data = await asyncio.to_thread(decode_part, part, self.message.bodies[part.section])
            else:
                data = await self.account.part(self.mailbox, self.uid, part)
            carried.append(attachment_of(part, data))
        draft = forward_draft(
            self.message,
            self.envelope,
            self.identity(desk)[0],
            now=datetime.now().astimezone(),
            text=self.text,
            attachments=carried,
            mailbox=self.mailbox,
        )
        return self._placed(draft)


async def original(desk: Desk) -> Original:
    """Return the message under the cursor.

    Raises:
        MailError: when there is none, or its text is not to be had.
    """
    name, mailbox, uid = require(desk.mail.current, "There is no message here.")
    selected = desk.mail.selected
    account = desk.accounts[name]
    envelope = require(await desk.store.envelopes.get(mailbox, uid), "This message is gone.")
    message = await account.message(mailbox, uid)
    page = await asyncio.to_thread(lay_out, message, QUOTED_WIDTH)
    text = "\n".join(line_text(line) for line in page.lines) if page.mode is Mode.HTML else None
    state = await desk.store.mailboxes.get(mailbox)
    uidvalidity = state.uidvalidity if state is not None else None
    return Original(account, mailbox, uid, envelope, message, text, uidvalidity, selected)
