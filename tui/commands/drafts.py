"""Drafts: kept, taken up, thrown away; those of the server's Drafts too, whichever program wrote them."""

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tui.commands.compose import write, writing
from tui.commands.desk import Desk, require
from tui.commands.path import complete_file, last_path
from tui.commands.people import own_identities
from tui.commands.registry import command
from tui.mail.compose import empty_draft
from tui.mail.draft import Draft
from tui.mail.draft_message import from_message, to_message
from tui.mail.errors import MailError
from tui.mail.mailbox import Role
from tui.mail.parse import parse_message
from tui.mail.text import clean_line
from tui.render.lines import Mode, line_text
from tui.render.page import lay_out
from tui.screens.confirm import ConfirmScreen
from tui.screens.palette import PickScreen
from tui.screens.prompt import PromptScreen
from tui.sync.lending import Left, left_behind, remove
from tui.terminal.keys import Scope
from tui.widgets.choice_list import Choice

READ_WIDTH = 72
"""Cells of a line of HTML when only that can be edited."""


@command("compose.keep", keys="escape", scope=Scope.COMPOSE, hint="keep draft", closes=True)
async def keep(desk: Desk) -> None:
    """Keep the draft: and close."""
    screen = writing(desk)
    blank = screen.is_blank
    if not blank:
        await screen.save()
    await screen.close()
    await screen.dismiss(None)
    desk.flash(
        "nothing written, nothing kept" if blank else f"draft kept · {desk.keymap.label('compose.resume')} takes it up"
    )


@command("compose.discard", scope=Scope.COMPOSE, opens=True)
async def discard(desk: Desk) -> None:
    """Discard: throw this draft away for good; asks first."""
    screen = writing(desk)
    if await desk.ask(ConfirmScreen("Throw this draft away for good?", yes="throw away", no="keep it")):
        await screen.drop()
        await screen.dismiss(None)
        desk.flash("draft thrown away")


@command("compose.save_elsewhere", scope=Scope.COMPOSE, opens=True)
async def save_elsewhere(desk: Desk) -> None:
    """Save elsewhere: as a file of its own, where the disk is full, say."""
    screen = writing(desk)
    typed = await desk.ask(
        PromptScreen("save as file", value=f"{Path.home()}/draft.eml", does="save", complete=complete_file)
    )
    if typed is None:
        return
    data = await asyncio.to_thread(to_message, screen.draft(), "file", date=datetime.now(UTC).astimezone())
    try:
        path = await asyncio.to_thread(_write_file, typed, data)
    except OSError as error:
        raise MailError(
            f"Not saved: {error.strerror or error}.", cure="Try another folder; one that is there is never overwritten."
        ) from error
    screen.flash(f"saved as {clean_line(str(path), 300)}", style="good")


def _write_file(typed: str, data: bytes) -> Path:
    path = Path(last_path(typed)).expanduser()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path


@command("compose.resume", keys="p", hint="drafts", opens=True)
async def resume(desk: Desk) -> None:
    """Take up a draft."""
    saved = await desk.store.drafts.all()
    if not saved:
        drafts = [each for each in await desk.store.mailboxes.all() if each.mailbox.role is Role.DRAFTS and each.total]
        elsewhere = "Those of other programs are in Drafts: g m goes there, Enter opens one."
        raise MailError("No draft is kept here.", cure=elsewhere if drafts else "c begins a new mail.")
    choices = [Choice(_label(each.draft), _detail(each.draft, each.changed), "", each) for each in saved]
    chosen = await desk.ask(PickScreen("Drafts", choices, does="go on writing")) if len(saved) > 1 else saved[0]
    if chosen is not None:
        write(desk, chosen.draft, "Draft", about=_detail(chosen.draft, chosen.changed), key=chosen.id)


def _label(draft: Draft) -> str:
    return clean_line(draft.subject, 80) or "(no subject)"


def _detail(draft: Draft, changed: float) -> str:
    to = ", ".join(address.label for address in draft.to[:3])
    when = datetime.fromtimestamp(changed).strftime("%d %b %H:%M").lstrip("0")
    return f"to {clean_line(to, 60)} · {when}" if to else when


def is_draft(desk: Desk) -> bool:
    """Whether what is under the cursor of the list is in the server's Drafts."""
    return desk.mail.role is Role.DRAFTS and desk.mail.key_scopes[0] is Scope.MAIL and desk.mail.current is not None


async def edit_draft(desk: Desk) -> None:
    """Open the draft under the cursor for writing.

    Raises:
        MailError: when its text is not to be had, or cannot be edited here without loss.
    """
    name, mailbox, uid = require(desk.mail.current, "There is no draft here.")
    account = desk.accounts[name]
    state = require(await desk.store.mailboxes.get(mailbox), "This mailbox is gone.")
    message = await asyncio.to_thread(parse_message, await account.source(mailbox, uid))
    page = await asyncio.to_thread(lay_out, message, READ_WIDTH)
    words = "\n".join(line_text(line) for line in page.lines) if page.mode is Mode.HTML else ""
    identities = [*account.config.all_identities, *own_identities(desk)]
    draft = await asyncio.to_thread(from_message, message, identities, words)
    key = await desk.store.drafts.adopt(draft, name, state.mailbox.wire, state.uidvalidity, uid)
    saved = require(await desk.store.drafts.get(key), "This draft is gone.")
    write(desk, saved.draft, "Draft", about=clean_line(saved.draft.subject, 60), key=key)


async def offer(desk: Desk) -> None:
    """Say at the start that the last end cut a draft short."""
    for left in await asyncio.to_thread(lambda: list(left_behind(desk.paths.lent))):
        if await _keep_left(desk, left):
            await asyncio.to_thread(remove, left.place)
    cut_short = await desk.store.drafts.close_all()
    if cut_short:
        what = "a draft was" if cut_short == 1 else f"{cut_short} drafts were"
        desk.flash(f"{what} not finished: {desk.keymap.label('compose.resume')} takes it up", style="new")


async def _keep_left(desk: Desk, left: Left) -> bool:
    """Put what an editor had written into its draft; where that is gone, or was written on since, into one of its own.

    Returns:
        False where it cannot be kept: there is no account.
    """
    saved = await desk.store.drafts.get(left.key)
    if not left.text.strip() or (saved is not None and saved.draft.body.rstrip("\n") == left.text.rstrip("\n")):
        return True
    if saved is not None and saved.changed <= left.changed:
        await desk.store.drafts.keep(left.key, replace(saved.draft, body=left.text))
        return True
    mine = [saved.draft.identity] if saved is not None else own_identities(desk)
    if mine:
        await desk.store.drafts.keep(None, replace(empty_draft(mine[0]), body=left.text))
    return bool(mine)


async def take_up(desk: Desk, key: int, note: str = "") -> None:
    """Open a saved draft that was begun elsewhere, and say what is to be known of it."""
    saved = require(await desk.store.drafts.get(key), "This draft is gone.")
    write(desk, saved.draft, "New message", key=key)
    if note:
        await asyncio.sleep(0)  # the screen that is to say it comes first
        desk.flash(note, style="warn")
