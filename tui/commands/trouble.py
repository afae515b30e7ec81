"""What is not as it should be, with the whole words of whoever said so, what they mean, and the keys that act."""

import time
from collections.abc import Sequence

from tui.commands.desk import AccountPort, Desk
from tui.commands.registry import command
from tui.mail.act import Act, ActState
from tui.mail.submission import Submission, SubmissionState
from tui.mail.text import clean_line
from tui.screens.page import Chapter, Fact, PageAct, PageScreen
from tui.sync.events import Link
from tui.terminal.keys import Scope
from tui.widgets.ages import ago, clock
from tui.widgets.status_line import StatusLine
from tui.widgets.submission_words import happening, meaning, state_word

MOST_ACTS = 5
"""Acts that went wrong that are told, the newest; the history has them all."""
MOST_SUBMISSIONS = 5
RECENT = 7 * 86_400.0
"""Seconds after which an act that was refused is a story of old."""

EDIT = "edit"
DOCTOR = "doctor"


@command("app.trouble", keys="g !", scope=(Scope.MAIL, Scope.OUTBOX, Scope.HISTORY), hint="what to do", opens=True)
async def show(desk: Desk) -> None:
    """What to do: what went wrong, in the server's whole words, and what helps."""
    told = {name: _of_line(account) for name, account in desk.accounts.items()}
    lines = [chapter for chapters in told.values() for chapter in chapters]
    rows = [row for row in await desk.store.outbox.list() if row.needs_user or _is_put_off(row)][:MOST_SUBMISSIONS]
    since = time.time() - RECENT
    acts = [act for act in await desk.store.journal.list() if _went_wrong(act, since)]
    acts = [act for act in acts if act.account in desk.accounts][:MOST_ACTS]
    chapters = [*lines, *map(_of_submission, rows), *map(_of_act, acts)]
    said = clean_line(desk.flashed, 1000)
    if said:
        chapters.append(Chapter("Said last", facts=(Fact("", said),)))
    if not chapters:
        desk.flash("nothing is wrong")
        return
    failed = next((row for row in rows if row.state is SubmissionState.FAILED), None)
    about = "" if lines or rows or acts else "nothing is wrong"
    page = PageScreen(
        "What to do",
        chapters,
        about=about,
        acts=_keys(bool(lines), bool(lines) or any(map(_is_put_off, rows)), rows, failed, acts),
        status=StatusLine(desk.mail.look, desk.mail.lines),
    )
    chosen = await desk.ask(page)
    if chosen == EDIT and failed is not None:
        await _edit(desk, failed)
    elif chosen == DOCTOR:
        from tui.commands.setup import examine  # noqa: PLC0415 - late: start-up time

        ill = [name for name, chapters in told.items() if chapters]
        await examine(desk, next((name for name in ill if desk.accounts[name].link.link is Link.REFUSED), ill[0]))
    elif chosen:
        desk.run_command(chosen)


async def _edit(desk: Desk, row: Submission) -> None:
    from tui.commands.compose import write  # noqa: PLC0415 - late: start-up time
    from tui.commands.outbox import take_back  # noqa: PLC0415 - late: start-up time

    saved = await take_back(desk, row)
    write(desk, saved.draft, "Taken back", about=clean_line(saved.draft.subject, 60), key=saved.id)


def _keys(
    is_ill: bool, can_try: bool, rows: Sequence[Submission], failed: Submission | None, acts: Sequence[Act]
) -> Sequence[PageAct]:
    keys = [PageAct("d", "test every step", DOCTOR)] if is_ill else []
    keys += [PageAct("$", "try now", "mailbox.look_now")] if can_try else []
    keys += [PageAct("e", "edit the mail", EDIT)] if failed is not None else []
    keys += [PageAct("o", "outbox", "app.outbox")] if rows else []
    return [*keys, PageAct("u", "history", "app.history")] if acts else keys


def _of_line(account: AccountPort) -> list[Chapter]:
    """Return what is to be said of an account's line, where it is not as it should be."""
    state = account.link
    name = account.name
    match state.link:
        case Link.REFUSED:
            heading, role, means = f"{name}: {state.refused or 'refused'}", "bad", MEANINGS.get(state.refused, STOPPED)
        case Link.OFFLINE:
            next_try = f" The next try is in {ago(state.next_try - time.time())}." if state.next_try else ""
            heading, role, means = f"{name}: offline since {clock(state.since)}", "warn", f"{OFFLINE}{next_try}"
        case Link.LIVE | Link.POLLING if state.reason:
            heading, role, means = f"{name}: connected, but", "warn", PARTLY
        case _:
            return []
    helps = f"d looks at every step of it and says which one fails, and why; in a shell: tidings doctor {name}"
    return [Chapter(heading, role, (Fact("Why", state.reason), Fact("Means", means), Fact("Helps", helps)))]


MEANINGS = {
    "sign-in refused": (
        "The server does not take user and password. They are not tried again by themselves: many servers lock"
        " accounts after some wrong ones. What you do is kept and carried out later."
    ),
    "certificate changed": (
        "The server shows another certificate than the one this account trusts. Nothing was sent to it, no password"
        " either. Ask whoever runs it before you trust the new one."
    ),
}
STOPPED = "It is not tried again by itself. What you do is kept and carried out later."
OFFLINE = "Nothing is lost: what you do is kept and carried out when the line is back."
PARTLY = "The line is up, and this is not done all the same; it is tried again."


def _is_put_off(row: Submission) -> bool:
    return row.state is SubmissionState.QUEUED and row.attempts > 0 and bool(row.words)


def _of_submission(row: Submission) -> Chapter:
    refused = ", ".join(f"{each.address}: {each.words}" for each in row.open_refusals)
    facts = (
        Fact("To", row.to),
        Fact("State", happening(row, time.time())),
        Fact("Refused", refused),
        Fact("Server" if row.words[:3].isdigit() else "Why", "" if row.open_refusals else row.words),
        Fact("Means", meaning(row)),
    )
    role = "warn" if _is_put_off(row) or row.state is SubmissionState.UNKNOWN else "bad"
    return Chapter(f"{state_word(row)}: {row.subject or '(no subject)'}", role, facts)


def _went_wrong(act: Act, since: float) -> bool:
    return act.state is ActState.PARKED or (act.state is ActState.REFUSED and act.made > since)


def _of_act(act: Act) -> Chapter:
    parked = act.state is ActState.PARKED
    means = (
        "It waits for you: the history does it all the same to the messages as they are called now, or drops it."
        if parked
        else "It is put back: everything is as the server has it."
    )
    facts = (Fact("Why" if parked else "Server", act.words), Fact("Means", means))
    return Chapter(f"{act.state.value}: {act.label}", "warn", facts)
