"""The outbox: what was sent and what became of it."""

from tui.commands.compose import write
from tui.commands.desk import Desk, require
from tui.commands.hints import hints
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.mail.submission import Submission, SubmissionState
from tui.mail.text import clean_line
from tui.screens.confirm import ConfirmScreen
from tui.screens.outbox import OutboxScreen
from tui.store.drafts import SavedDraft
from tui.terminal.keys import Scope
from tui.widgets.status_line import StatusLine


@command("app.outbox", keys="g o", hint="Outbox")
def show(desk: Desk) -> None:
    """Outbox: what was sent and what became of it."""
    status = StatusLine(desk.mail.look, desk.mail.lines)
    desk.open_screen(OutboxScreen(desk.store, hints(desk.keymap, OutboxScreen.key_scopes), status=status))


def _screen(desk: Desk) -> OutboxScreen:
    screen = desk.screen
    if not isinstance(screen, OutboxScreen):
        raise MailError("The outbox is not open.", cure="g o opens it.")
    return screen


def _current(desk: Desk) -> Submission:
    return require(_screen(desk).current, "The outbox is empty.")


@command("outbox.next", keys="j, down", scope=Scope.OUTBOX, hint="move")
def next_row(desk: Desk) -> None:
    """Next submission."""
    _screen(desk).move_cursor(1)


@command("outbox.previous", keys="k, up", scope=Scope.OUTBOX)
def previous_row(desk: Desk) -> None:
    """Previous submission."""
    _screen(desk).move_cursor(-1)


@command("outbox.edit", keys="e, enter", scope=Scope.OUTBOX, hint="edit", opens=True)
async def edit(desk: Desk) -> None:
    """Edit: takes it back from the outbox and opens it for writing."""
    row = _current(desk)
    saved = await take_back(desk, row)
    write(desk, saved.draft, "Taken back", about=clean_line(saved.draft.subject, 60), key=saved.id)


@command("outbox.cancel", keys="x", scope=Scope.OUTBOX, hint="cancel, keep as draft")
async def cancel(desk: Desk) -> None:
    """Cancel: not sent, kept as a draft."""
    screen, row = _screen(desk), _current(desk)
    await take_back(desk, row)
    await screen.reload()
    desk.flash(f"not sent, kept as a draft · {desk.keymap.label('compose.resume')} on the mail screen takes it up")


@command("outbox.send_now", keys="s", scope=Scope.OUTBOX, hint="send now")
async def send_now(desk: Desk) -> None:
    """Send now: does not wait for its time; asks where it may have been sent already."""
    row = _current(desk)
    if row.state is SubmissionState.UNKNOWN and not await desk.ask(
        ConfirmScreen("It may have been sent already. Send it again?", yes="send again", no="leave it")
    ):
        return
    await desk.accounts[row.account].send_now(row.id)


@command("outbox.close", keys="q, h, escape", scope=Scope.OUTBOX, hint="back")
def close(desk: Desk) -> None:
    """Back to the mail."""
    _screen(desk).dismiss(None)


async def take_back(desk: Desk, row: Submission) -> SavedDraft:
    """Take a mail that has not left out of the outbox; it is among the drafts then.

    Raises:
        MailError: when it has left already.
    """
    saved = await desk.accounts[row.account].take_back(row.id)
    return require(saved, f"This mail is {row.state.value} and cannot be taken back.")
