"""Passing a message on as it is: as a file, as it came to somebody else, or as the beginning of a new one."""

import asyncio
from datetime import UTC, datetime

from tui.commands.compose import write
from tui.commands.desk import Desk
from tui.commands.original import QUOTED_WIDTH, original
from tui.commands.people import Known, own_identities
from tui.commands.registry import command
from tui.mail.address import Address, parse_addresses
from tui.mail.draft_message import from_message
from tui.mail.errors import MailError
from tui.mail.parse import parse_message
from tui.mail.piece import piece, with_piece
from tui.mail.reply import edit_as_new
from tui.mail.resend import resend
from tui.mail.text import clean_line
from tui.render.lines import Mode, line_text
from tui.render.page import lay_out
from tui.screens.prompt import PromptScreen


@command("message.forward_attached", keys="F", opens=True)
async def forward_attached(desk: Desk) -> None:
    """Forward as a file: the whole message, as it came."""
    draft = await (await original(desk)).attached(desk)
    write(desk, draft, "Forward", about=clean_line(draft.subject, 60))


@command("message.bounce", keys="B", undoable=True, opens=True)
async def bounce(desk: Desk) -> None:
    """Bounce: send it on to somebody else, as it came."""
    found = await original(desk)
    account = found.account
    if account.config.send is None:
        raise MailError(f"{account.name} has no sending server.", cure="Add its [send] table to config.toml.")
    known = Known(desk)
    people: list[Address] = []

    async def complete(typed: str) -> str:
        meant = await known.meant(piece(typed)) if piece(typed) else ()
        return with_piece(typed, meant[0].text) if meant else typed

    async def check(typed: str) -> str:
        people[:] = parse_addresses(typed)
        wrong = next((each for each in people if not each.is_valid), None)
        return f"{clean_line(str(wrong), 60)} is no mail address" if wrong is not None else ""

    note = clean_line(found.envelope.subject, 60) or "no subject"
    prompt = PromptScreen("bounce to", note=note, does="send it on", complete=complete, check=check)
    if await desk.ask(prompt) is None:
        return
    source = await account.source(found.mailbox, found.uid)
    identity, _ = found.identity(desk)
    identity = identity if identity.account == account.name else account.config.identity
    ready = await asyncio.to_thread(resend, source, identity, people, date=datetime.now(UTC).astimezone())
    await account.submit_ready(ready, hold=True)


@command("message.edit_as_new", opens=True)
async def as_new(desk: Desk) -> None:
    """Edit as new: a new mail with its people, subject, text and files."""
    found = await original(desk)
    message = await asyncio.to_thread(parse_message, await found.account.source(found.mailbox, found.uid))
    page = await asyncio.to_thread(lay_out, message, QUOTED_WIDTH)
    words = "\n".join(line_text(line) for line in page.lines) if page.mode is Mode.HTML else ""
    identities = [*found.account.config.all_identities, *own_identities(desk)]
    draft = edit_as_new(await asyncio.to_thread(from_message, message, identities, words))
    write(desk, draft, "New message", about=clean_line(draft.subject, 60))
