"""Writing: new mail, answers, drafts, sending."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from tui.commands.desk import Desk, account_in_view
from tui.commands.hints import hints
from tui.commands.keeping import Keeper
from tui.commands.original import original
from tui.commands.path import complete_file, last_path, paths_meant
from tui.commands.people import Known, own_identities
from tui.commands.places import Paper
from tui.commands.registry import command
from tui.mail.compose import empty_draft
from tui.mail.doubts import doubts
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.mailto import parse_mailto
from tui.mail.moment import EXAMPLES, parse_moment
from tui.mail.text import clean_line
from tui.screens.compose import ComposeScreen
from tui.screens.compose_fields import human_size
from tui.screens.confirm import ConfirmScreen
from tui.screens.palette import PickScreen
from tui.screens.prompt import PromptScreen
from tui.sync.attach import read_attachment
from tui.terminal.keys import Scope
from tui.widgets.choice_list import Choice
from tui.widgets.status_line import StatusLine


@command("compose.new", keys="c", hint="compose")
def new(desk: Desk) -> None:
    """Compose a new mail."""
    write(desk, empty_draft(account_in_view(desk).config.identity), "New message")


@command("message.reply", keys="r", hint="reply", opens=True)
async def reply(desk: Desk) -> None:
    """Reply to the sender."""
    await _answer(desk, "Reply", everyone=False)


@command("message.reply_all", keys="R", hint="reply to all", opens=True)
async def reply_all(desk: Desk) -> None:
    """Reply to all."""
    await _answer(desk, "Reply to all", everyone=True)


@command("message.reply_list", keys="L", hint="reply to the list", opens=True)
async def reply_list(desk: Desk) -> None:
    """Reply to the mailing list."""
    await _answer(desk, "Reply to the list", everyone=True, to_list=True)


@command("message.forward", keys="f", hint="forward", opens=True)
async def forward(desk: Desk) -> None:
    """Forward."""
    draft = await (await original(desk)).forward(desk)
    write(desk, draft, "Forward", about=clean_line(draft.subject, 60))


def write(desk: Desk, draft: Draft, heading: str, *, about: str = "", key: int | None = None, why: str = "") -> None:
    """Open the compose screen on a draft.

    Args:
        key: that of a saved one.
        about, why: see `ComposeScreen`.
    """
    identities = own_identities(desk)
    known = Known(desk)
    keeper = Keeper(desk)
    palette = desk.keymap.hints(["app.palette"], in_text=True)
    screen = ComposeScreen(
        draft,
        identities=identities,
        keeper=keeper,
        heading=heading,
        about=about,
        key=key,
        on_server=desk.config.compose.server_drafts,
        elsewhere=" ".join([*(hint.key_label for hint in palette), "save elsewhere"]),
        status=StatusLine(desk.mail.look, desk.mail.lines),
        known=known,
        why=why,
    )
    screen.set_hints(hints(desk.keymap, screen.key_scopes))
    desk.open_screen(screen)
    desk.begin(known.look())
    if key is not None:
        desk.begin(keeper.open(key))


def write_to(desk: Desk, link: str) -> None:
    """Begin the mail that a mailto link asks for; what else the link says is told, and not obeyed."""
    asked = parse_mailto(link)
    write(desk, asked.put_into(empty_draft(account_in_view(desk).config.identity)), "New message")
    if asked.note:
        desk.begin(_say_behind(desk, asked.note))


async def _say_behind(desk: Desk, note: str) -> None:
    await asyncio.sleep(0)  # the screen that is to say it comes first
    desk.flash(note, style="warn")


def writing(desk: Desk) -> Paper:
    """Return the mail that is being written.

    Raises:
        MailError: when there is none.
    """
    if Scope.COMPOSE not in desk.place.key_scopes:
        raise MailError("No mail is being written.", cure="c begins one.")
    return cast(Paper, desk.place)


@command("compose.send", keys="ctrl+x", scope=Scope.COMPOSE, hint="send", undoable=True, closes=True)
async def send(desk: Desk) -> None:
    """Send: held for some seconds in which u takes it back."""
    await _send(desk)


@command("compose.send_at", keys="ctrl+l", scope=Scope.COMPOSE, undoable=True, opens=True)
async def send_at(desk: Desk) -> None:
    """Send later: at a time, such as 18:30, tomorrow 9:00, mon 8, +2h."""
    writing(desk)
    at: list[float] = []

    async def check(typed: str) -> str:
        try:
            at[:] = [parse_moment(typed, time.time())]
        except ValueError as error:
            return str(error)
        return ""

    typed = await desk.ask(PromptScreen("send at", note=EXAMPLES, does="send then", check=check))
    if typed is not None:
        await _send(desk, at[0])


async def _send(desk: Desk, at: float | None = None) -> None:
    screen = writing(desk)
    problem = screen.problem()
    if problem:
        screen.flash(problem, style="bad")
        return
    draft = screen.draft()
    account = desk.accounts[draft.identity.account]
    if account.config.send is None:
        raise MailError(f"{account.name} has no sending server.", cure="Add its [send] table to config.toml.")
    unwritten = ["Nothing of yours is in it."] if screen.is_blank and draft.in_reply_to else []
    own = [each.address for each in own_identities(desk)]
    asked = unwritten or doubts(draft, own, many=desk.config.compose.many)
    size, limit = outgoing_size(draft.attachments), await desk.store.outbox.size_limit(account.name)
    if limit and size > limit:
        asked = [*asked, f"It has {human_size(size)}, the server takes {human_size(limit)}."]
    if asked and not await desk.ask(ConfirmScreen(" ".join(asked), yes="send", no="go on writing")):
        return
    if screen.leaving:
        return  # the key was pressed twice
    await screen.save()  # whatever happens now, the text is on disk
    screen.leaving = True
    try:
        await account.submit(draft, at, screen.key)
    except BaseException:
        screen.leaving = False
        raise
    desk.begin(desk.store.people.wrote(draft.recipients, time.time()))
    await screen.dismiss(None)
    await screen.drop()


@command("compose.attach", keys="ctrl+f", scope=Scope.COMPOSE, hint="attach", opens=True)
async def attach(desk: Desk) -> None:
    """Attach files: by a path, several paths pasted, or a pattern such as *.pdf."""
    screen = writing(desk)
    read: list[Attachment] = []

    async def check(typed: str) -> str:
        try:
            read[:] = await asyncio.to_thread(_read, typed)
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return clean_line(f"{last_path(typed)}: {words}", 200)
        return ""

    value = screen.pasted or f"{Path.home()}/"
    prompt = PromptScreen("attach file", value=value, does="attach", complete=complete_file, check=check)
    if await desk.ask(prompt) is None:
        return
    for attachment in read:
        screen.attach(attachment)
    size = sum(len(each.data) for each in read)
    what = clean_line(read[0].filename, 60) if len(read) == 1 else f"{len(read)} files"
    all = outgoing_size(screen.attachments)
    limit = await desk.store.outbox.size_limit(screen.draft().identity.account)
    if limit and all > limit:
        screen.flash(f"{human_size(all)} is more than the server takes, {human_size(limit)}", style="warn")
    else:
        of = f"   {human_size(all)} of {human_size(limit)}" if limit else ""
        screen.flash(f"attached {what}  {human_size(size)}{of}")


def outgoing_size(files: Sequence[Attachment]) -> int:
    """Return the octets of files in a mail: base64 makes four of three, and lines of it."""
    return sum(len(each.data) for each in files) * 78 // 57


@command("compose.detach", scope=Scope.COMPOSE, opens=True)
async def detach(desk: Desk) -> None:
    """Detach: take an attached file out again."""
    screen = writing(desk)
    choices = [_file_choice(attachment) for attachment in screen.attachments]
    if not choices:
        raise MailError("No file is attached.")
    chosen = await desk.ask(PickScreen("Take out", choices, does="take it out"))
    if chosen is not None:
        screen.detach(chosen)


def _read(typed: str) -> list[Attachment]:
    return [read_attachment(path) for path in paths_meant(typed)]


def _file_choice(attachment: Attachment) -> Choice[Attachment]:
    return Choice(clean_line(attachment.filename, 100), human_size(len(attachment.data)), "", attachment)


@command("compose.copies", keys="ctrl+t", scope=Scope.COMPOSE, hint="Cc Bcc")
def copies(desk: Desk) -> None:
    """Show Cc and Bcc: or hide those that are empty."""
    writing(desk).show_copies()


async def _answer(desk: Desk, heading: str, *, everyone: bool, to_list: bool = False) -> None:
    found = await original(desk)
    if to_list and not found.has_list(desk):
        one, all = desk.keymap.label("message.reply"), desk.keymap.label("message.reply_all")
        raise MailError("This mail comes from no list.", cure=f"{one} replies to its sender, {all} to all.")
    draft = found.reply(desk, everyone=everyone, to_list=to_list)
    about = f"to {clean_line(draft.to[0].label, 40)}" if draft.to else ""
    write(desk, draft, heading, about=about, why=found.identity(desk)[1])
    if found.envelope.is_unread:  # whoever answers has read it
        await found.account.change_flags(found.mailbox, [found.uid], add=(SEEN,))
