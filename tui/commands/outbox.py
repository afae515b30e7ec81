"""The outbox: what was sent and what became of it."""

from collections.abc import Sequence
from typing import cast

from tui.commands.compose import write
from tui.commands.desk import Desk, require
from tui.commands.hints import record_hints
from tui.commands.places import Receipts
from tui.commands.registry import command
from tui.mail.address import parse_addresses
from tui.mail.errors import MailError
from tui.mail.submission import Submission, SubmissionState
from tui.mail.text import clean_line
from tui.screens.confirm import ConfirmScreen
from tui.screens.outbox import OutboxScreen
from tui.screens.page import Chapter, PageScreen
from tui.screens.prompt import PromptScreen
from tui.store.drafts import SavedDraft
from tui.terminal.keys import KeyHint, Scope
from tui.widgets.status_line import StatusLine

GONE = (SubmissionState.ACCEPTED, SubmissionState.COPIED)


@command("app.outbox", keys="g o", hint="Outbox")
def show(desk: Desk) -> None:
    """Outbox: what was sent and what became of it."""
    status = StatusLine(desk.mail.look, desk.mail.lines)

    def lines(row: Submission | None) -> Sequence[KeyHint]:
        return record_hints(desk.keymap, OutboxScreen.key_scopes, acts(desk, row) if row is not None else ())

    desk.open_screen(OutboxScreen(desk.store, lines, acts=lambda row: acts(desk, row), status=status))


def acts(desk: Desk, row: Submission) -> Sequence[KeyHint]:
    """Return what can be done about a submission, by key."""
    if row.state in GONE:
        words = {"edit": "another address", "send_now": "retry for them", "cancel": "let it be"}
        shown = words if row.open_refusals else {"cancel": "put the receipt away"}
        shown = {} if row.state is SubmissionState.ACCEPTED and not row.open_refusals else shown
    else:
        shown = {
            SubmissionState.HELD: {"send_now": "send now", "edit": "edit", "cancel": "cancel, keep as draft"},
            SubmissionState.QUEUED: {"send_now": "try now", "edit": "edit", "cancel": "cancel, keep as draft"},
            SubmissionState.SENDING: {"cancel": "stop, keep as draft"},
            SubmissionState.FAILED: {"edit": "edit", "send_now": "retry as it is", "cancel": "give up, keep as draft"},
            SubmissionState.UNKNOWN: {
                "look": "look again",
                "send_now": "send again",
                "cancel": "give up, keep as draft",
            },
        }[row.state]
    if row.attempts:
        shown = {**shown, "talk": "the whole talk"}
    labels = [(desk.keymap.label(f"outbox.{name}"), text, f"outbox.{name}") for name, text in shown.items()]
    return [KeyHint(*each) for each in labels if each[0]]


def _screen(desk: Desk) -> Receipts:
    if Scope.OUTBOX not in desk.place.key_scopes:
        raise MailError("The outbox is not open.", cure="g o opens it.")
    return cast(Receipts, desk.place)


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
    """Edit: takes it back and opens it; where some refused it: their addresses."""
    row = _current(desk)
    if row.state in GONE and row.open_refusals:
        await _resend(desk, row)
        return
    saved = await take_back(desk, row)
    write(desk, saved.draft, "Taken back", about=clean_line(saved.draft.subject, 60), key=saved.id)


@command("outbox.send_now", keys="r, s", scope=Scope.OUTBOX, hint="send now, retry", opens=True)
async def send_now(desk: Desk) -> None:
    """Send now: or again to those who have it not; asks where that is unknown."""
    row = _current(desk)
    if row.state in GONE and row.open_refusals:
        await _resend(desk, row)
        return
    if row.state is SubmissionState.UNKNOWN and not await desk.ask(
        ConfirmScreen("It may have been sent already. Send it again?", yes="send again", no="leave it")
    ):
        return
    if row.state in (*GONE, SubmissionState.SENDING):
        raise MailError(f"This mail is {row.state.value}.")
    await desk.accounts[row.account].send_now(row.id)


async def _resend(desk: Desk, row: Submission) -> None:
    """Ask to whom it goes again, and send it."""
    refused = [each.address for each in row.open_refusals]
    typed = await desk.ask(
        PromptScreen("send again to", value=", ".join(refused), note="nobody gets it twice", does="send")
    )
    if typed is None:
        return
    await desk.accounts[row.account].resend(row.id, refused, parse_addresses(typed))
    await _screen(desk).reload()


@command("outbox.look", keys="l", scope=Scope.OUTBOX)
async def look(desk: Desk) -> None:
    """Look for it: on the server, where nobody knows whether it was sent."""
    row = _current(desk)
    if row.state is not SubmissionState.UNKNOWN:
        raise MailError(f"This mail is {row.state.value}: there is nothing to look for.")
    if row.rest_of is not None:
        raise MailError("This one cannot be looked for: the mail to the others has the same Message-ID.")
    desk.accounts[row.account].look_for(row.id)
    desk.flash("looking for it on the server")


@command("outbox.talk", keys="w", scope=Scope.OUTBOX, hint="the whole talk", opens=True)
async def talk(desk: Desk) -> None:
    """The whole talk: what was said with the server about this mail."""
    row = _current(desk)
    words = await desk.store.outbox.talk(row.id)
    if not words:
        raise MailError("Nothing was said with a server about this mail yet.")
    page = PageScreen(
        "The talk with the server",
        [Chapter("", lines=tuple(words.split("\n")))],
        about=clean_line(row.subject, 60) or "(no subject)",
        status=StatusLine(desk.mail.look, desk.mail.lines),
    )
    await desk.ask(page)


@command("outbox.cancel", keys="x", scope=Scope.OUTBOX, hint="cancel, keep as draft")
async def cancel(desk: Desk) -> None:
    """Cancel: not sent, kept as a draft; what was sent leaves the list."""
    screen, row = _screen(desk), _current(desk)
    if row.state in GONE:
        await _put_away(desk, row)
    else:
        await take_back(desk, row)
        desk.flash(f"not sent, kept as a draft · {desk.keymap.label('compose.resume')} on the mail screen takes it up")
    await screen.reload()


async def _put_away(desk: Desk, row: Submission) -> None:
    if row.open_refusals:
        await desk.store.outbox.settle(row.id)
        desk.flash("let be: they do not get it")
    elif row.state is SubmissionState.COPIED:
        await desk.store.outbox.remove(row.id)
        desk.flash("receipt put away")
    else:
        raise MailError("Its copy in Sent is still to be filed.", cure="The receipt can be put away afterwards.")


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
