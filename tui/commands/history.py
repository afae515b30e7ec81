"""Undo and redo, and the history they work on."""

from collections.abc import Sequence
from typing import cast

from tui.commands.compose import write
from tui.commands.desk import Desk, require
from tui.commands.hints import record_hints
from tui.commands.places import Returning, Trail
from tui.commands.registry import command
from tui.mail.act import Act, ActState, Verb, as_one
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId, Uid
from tui.mail.text import clean_line
from tui.screens.history import HistoryScreen
from tui.terminal.keys import KeyHint, Scope
from tui.widgets.status_line import StatusLine

REASONS = {
    ActState.UNDONE: "It is undone already.",
    ActState.REFUSED: "The server refused it: there is nothing to undo.",
    ActState.FINAL: "Nothing can take this back.",
}
MOVES = (Verb.ARCHIVED, Verb.DELETED, Verb.MOVED)
RETURNS = (*MOVES, Verb.SNOOZED)


@command("app.undo", keys="u", scope=(Scope.MAIL, Scope.OUTBOX), hint="undo", opens=True)
async def undo(desk: Desk) -> None:
    """Undo: the last thing done, also a mail that is still held."""
    async with desk.turn:
        act = await desk.store.journal.newest(tuple(desk.accounts))
        if act is None:
            desk.flash("nothing to undo")
        elif act.state is ActState.FINAL:
            await _pass_by(desk, act)
        else:
            await take_back(desk, *await desk.store.journal.together(act, tuple(desk.accounts)))


@command("app.redo", keys="ctrl+r", scope=(Scope.MAIL, Scope.OUTBOX))
async def redo(desk: Desk) -> None:
    """Redo: do again what was undone last."""
    async with desk.turn:
        act = await desk.store.journal.undone(tuple(desk.accounts))
        if act is None:
            desk.flash("nothing to do again")
        else:
            await do_again(desk, *reversed(await desk.store.journal.together(act, tuple(desk.accounts))))


async def _pass_by(desk: Desk, newest: Act) -> None:
    """Say that something cannot be taken back; the next key then goes on with what was before it."""
    act: Act | None = newest
    while act is not None and act.state is ActState.FINAL:
        await desk.store.journal.pass_by(act.id)
        act = await desk.store.journal.newest(tuple(desk.accounts))
    again = f" · {desk.keymap.label('app.undo')} again undoes: {act.label}" if act is not None else ""
    desk.flash(f"cannot be taken back: {newest.label}{again}", style="warn")


async def take_back(desk: Desk, *acts: Act) -> None:
    """Undo an act, or some that were one to the user, and say so.

    Raises:
        MailError: when one cannot be undone any more; the others are all the same.
    """
    act = acts[0]
    if act.submission is not None:
        saved = require(
            await desk.accounts[act.account].take_back(act.submission),
            "That mail has left already.",
            "g o shows the outbox.",
        )
        write(desk, saved.draft, "Taken back", about=clean_line(saved.draft.subject, 60), key=saved.id)
        desk.flash("undone: not sent, back to writing")
        return
    later = ""
    kept: list[Act] = []
    shown: dict[MailboxId, list[Uid]] = {}
    for act in acts:
        account = desk.accounts[act.account]
        turned = await account.changes.undo(act)
        if turned is None:
            kept.append(act)
            continue
        for mailbox, uids in turned.effects.shown.items():
            shown.setdefault(mailbox, []).extend(uids)
        if act.verb in MOVES and not turned.effects.shown and not account.link.link.is_up:
            later = " · back when the line is"
    if kept:
        raise MailError(f"Cannot be taken back: {as_one(kept).label}.")
    if isinstance(desk.mail, Returning) and any(act.verb in RETURNS for act in acts):
        await desk.mail.follow_back(shown)
    desk.flash(f"undone: {as_one(acts).label}{later} · {desk.keymap.label('app.redo')} redo")


async def do_again(desk: Desk, *acts: Act) -> None:
    """Do an act again, or some that were one to the user, and say so.

    Raises:
        MailError: when something else was done since.
    """
    kept = [act for act in acts if await desk.accounts[act.account].changes.redo(act) is None]
    if kept:
        raise MailError(f"Cannot be done again: {as_one(kept).label}.", cure="Something else was done since.")
    desk.flash(f"done again: {as_one(acts).label} · {desk.keymap.label('app.undo')} undo")


async def apply_parked(desk: Desk, act: Act) -> None:
    """Do a parked act to its messages as they are called now, and say so.

    Raises:
        MailError: when none of them can be found.
    """
    again = await desk.accounts[act.account].changes.apply_parked(act)
    left = f"{again.missing:,} message{'' if again.missing == 1 else 's'}"
    if again.turned.act is None and not again.is_complete:
        raise MailError("Not all of that mailbox is here yet.", cure="Try again when it is.")
    if again.turned.act is None:
        raise MailError(f"{left} cannot be found, or not told apart.", cure="Look for them, and drop this.")
    more = f" · {left} stay parked" if again.missing else f" · {desk.keymap.label('app.undo')} undo"
    desk.flash(f"done: {again.turned.act.label}{more}")


@command("app.history", keys="g u", hint="history")
def show(desk: Desk) -> None:
    """History: what was done, to be undone one by one."""
    status = StatusLine(desk.mail.look, desk.mail.lines)

    def keys(act: Act | None) -> Sequence[KeyHint]:
        return record_hints(desk.keymap, HistoryScreen.key_scopes, acts(desk, act))

    desk.open_screen(HistoryScreen(desk.store, tuple(desk.accounts), keys, status=status))


def acts(desk: Desk, act: Act | None) -> Sequence[KeyHint]:
    """Return what can be done about an act, by key."""
    if act is None:
        return []
    shown: dict[str, str] = {}
    if act.state is ActState.PARKED:
        shown = {"redo": "do it all the same", "undo": "drop it"}
    elif act.state in (ActState.WAITING, ActState.DONE):
        shown = {"undo": "undo this"}
    elif act.can_redo:
        shown = {"redo": "redo"}
    labels = [(desk.keymap.label(f"history.{name}"), text, f"history.{name}") for name, text in shown.items()]
    return [KeyHint(*each) for each in labels if each[0]]


def _screen(desk: Desk) -> Trail:
    if Scope.HISTORY not in desk.place.key_scopes:
        raise MailError("The history is not open.", cure="g u opens it.")
    return cast(Trail, desk.place)


@command("history.next", keys="j, down", scope=Scope.HISTORY, hint="move")
def next_act(desk: Desk, count: int = 1) -> None:
    """Next act: an older one."""
    _screen(desk).move_cursor(count)


@command("history.previous", keys="k, up", scope=Scope.HISTORY)
def previous_act(desk: Desk, count: int = 1) -> None:
    """Previous act: a newer one."""
    _screen(desk).move_cursor(-count)


@command("history.undo", keys="u", scope=Scope.HISTORY, hint="undo this", opens=True)
async def undo_this(desk: Desk) -> None:
    """Undo this act: and no other; drops one that is parked."""
    async with desk.turn:
        screen = _screen(desk)
        act = require(screen.current, "Nothing was done yet.")
        if act.state is ActState.PARKED:
            await desk.accounts[act.account].changes.drop_parked(act)
            desk.flash(f"dropped: {act.label}")
            await screen.reload()
            return
        if act.state not in (ActState.WAITING, ActState.DONE):
            raise MailError(REASONS[act.state])
        if act.submission is not None:
            screen.dismiss(None)
        await take_back(desk, act)
        await screen.reload()


@command("history.redo", keys="ctrl+r", scope=Scope.HISTORY, hint="redo")
async def redo_this(desk: Desk) -> None:
    """Do this act again: one that was undone, or one that is parked."""
    async with desk.turn:
        screen = _screen(desk)
        act = require(screen.current, "Nothing was done yet.")
        await (apply_parked(desk, act) if act.state is ActState.PARKED else do_again(desk, act))
        await screen.reload()


@command("history.close", keys="q, h, escape", scope=Scope.HISTORY, hint="back")
def close(desk: Desk) -> None:
    """Back to the mail."""
    _screen(desk).dismiss(None)
