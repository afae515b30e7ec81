"""Marking messages for the next act: by hand, or those that answer a search."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.commands.desk import Desk, require
from tui.commands.places import Mingled
from tui.commands.registry import command
from tui.mail.ids import MailboxId
from tui.mail.query import And, In, Node, Or
from tui.mail.query_syntax import parse
from tui.screens.prompt import PromptScreen

if TYPE_CHECKING:
    from tui.store.mailboxes import MailboxState
    from tui.store.search import Hit

MOST_MARKS = 200
"""Rows one key marks; a greater count is a slip of the finger."""
MOST_FOUND = 20_000
"""Messages that are marked at once."""
SLICE = 500
"""Hits read in one go."""


@command("message.mark", keys="v", hint="mark")
def mark(desk: Desk, count: int = 1) -> None:
    """Mark: for the next act; or unmark."""
    for _ in range(min(count, MOST_MARKS)):
        desk.mail.toggle_mark()


@command("message.mark_found", keys="*", hint="mark by search", opens=True)
async def mark_found(desk: Desk) -> None:
    """Mark by search: every message that answers in what is listed here."""
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    place = desk.place
    if isinstance(place, SearchScreen):
        sought, listed = place.sought
        if sought is None:
            return
        where = ""
        found = await _found(desk, None, sought, listed)
    else:
        states = await _listed(desk)
        where = f" in {states[0].mailbox.label}" if len(states) == 1 else f" in {len(states)} Inboxes"
        text = await desk.ask(PromptScreen("mark", note="such as from:ada before:1m", does="mark", check=_problem))
        node = parse(text, _now()).node if text is not None else None
        if node is None:
            return
        within = Or(tuple(In(name) for name in dict.fromkeys(state.mailbox.name for state in states)))
        found = await _found(desk, {state.id for state in states}, And((within, node)))
    desk.mail.mark(found)
    unread = await desk.store.search.waiting()
    parts = [f"marked {len(found):,}{where}" if found else f"nothing like it{where}"]
    parts += [f"{unread:,} are not in the index yet"] if unread else []
    parts += [f"{desk.keymap.label('view.close')} unmarks"] if found else []
    desk.flash(" · ".join(parts))


async def _listed(desk: Desk) -> "list[MailboxState]":
    """Return the mailboxes whose messages are listed.

    Raises:
        MailError: when there is none.
    """
    place = desk.mail
    several = place.inboxes if isinstance(place, Mingled) else None
    here = several or (require(place.mailbox, "There is no mailbox here.", "g m lists those there are."),)
    return [require(await desk.store.mailboxes.get(each), "This mailbox is gone.") for each in here]


async def _found(
    desk: Desk, mailboxes: Collection[MailboxId] | None, node: Node, listed: Sequence[int] = ()
) -> "list[Hit]":
    """Return what answers, the newest first.

    Args:
        mailboxes: in these, not in those below them; None: anywhere.
    """
    found: list[Hit] = []
    doc: int | None = None
    while len(found) < MOST_FOUND:
        hits = await desk.store.search.hits(node, doc, SLICE, listed=listed)
        found += [hit for hit in hits if mailboxes is None or hit.mailbox in mailboxes]
        if len(hits) < SLICE:
            break
        doc = hits[-1].doc
    return found[:MOST_FOUND]


async def _problem(text: str) -> str:
    """Return what of a query is not understood: marks by half of it would be of messages nobody meant."""
    query = parse(text, _now())
    if query.problems:
        return query.problems[0].sentence
    return "" if query.node is not None else "Nothing is looked for."


def _now() -> datetime:
    return datetime.now().astimezone()
