"""Marking messages for the next act: by hand, or those that answer a search."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui.commands.desk import Desk, require
from tui.commands.registry import command
from tui.mail.ids import MailboxId
from tui.mail.query import And, In, Node, parse
from tui.screens.prompt import PromptScreen

if TYPE_CHECKING:
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
    """Mark by search: every message of this mailbox that answers."""
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    place, current = desk.place, desk.mail.current
    here = current[1] if isinstance(place, SearchScreen) and current is not None else desk.mail.mailbox
    mailbox = require(here, "There is no mailbox here.", "g m lists those there are.")
    state = require(await desk.store.mailboxes.get(mailbox), "This mailbox is gone.")
    if isinstance(place, SearchScreen):
        sought, listed = place.sought
        if sought is None:
            return
        found = await _found(desk, mailbox, sought, listed)
    else:
        text = await desk.ask(PromptScreen("mark", note="such as from:ada before:1m", does="mark", check=_problem))
        node = parse(text, _now()).node if text is not None else None
        if node is None:
            return
        found = await _found(desk, mailbox, And((In(state.mailbox.name), node)))
    desk.mail.mark(found)
    unread = await desk.store.search.waiting()
    parts = [
        f"marked {len(found):,} in {state.mailbox.label}" if found else f"nothing like it in {state.mailbox.label}"
    ]
    parts += [f"{unread:,} are not in the index yet"] if unread else []
    parts += [f"{desk.keymap.label('view.close')} unmarks"] if found else []
    desk.flash(" · ".join(parts))


async def _found(desk: Desk, mailbox: MailboxId, node: Node, listed: Sequence[int] = ()) -> "list[Hit]":
    """Return what answers in one mailbox, not in those below it, the newest first."""
    found: list[Hit] = []
    doc: int | None = None
    while len(found) < MOST_FOUND:
        hits = await desk.store.search.hits(node, doc, SLICE, listed=listed)
        found += [hit for hit in hits if hit.mailbox == mailbox]
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
