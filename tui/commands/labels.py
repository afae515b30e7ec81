"""Labels: keywords that messages carry on the server, and that other programs show too."""

from functools import partial

from tui.commands.acting import act_on_each, agreed, chosen_in_each
from tui.commands.desk import Desk
from tui.commands.registry import command
from tui.mail.flags import labels_of
from tui.mail.labels import as_known, completed, wanted
from tui.screens.prompt import PromptScreen

MOST_NAMED = 6
"""Known labels that are named above the line."""


@command("message.label", keys="Y", hint="label", undoable=True, opens=True)
async def label(desk: Desk, count: int = 1) -> None:
    """Label: give labels, take off those with a - before them."""
    parts = await chosen_in_each(desk, count)
    named = desk.config.labels
    keywords = [await desk.store.envelopes.keywords(part.mailbox) for part in parts]
    here = labels_of(frozenset().union(*keywords), named)
    known = [*named, *(each for each in here if each.casefold() not in {name.casefold() for name in named})]
    note = f"known: {', '.join(known[:MOST_NAMED])}" if known else "such as todo; -todo takes it off"
    screen = PromptScreen("label", note=note, does="label", complete=partial(_complete, known), check=_problem)
    text = await desk.ask(screen)
    if text is None:
        return
    add, remove = (as_known(names, known) for names in wanted(text))
    if not await agreed(desk, parts, "label {}", "label"):
        return
    async with desk.turn:
        await act_on_each(
            desk,
            parts,
            lambda part: part.account.changes.label(part.mailbox, part.uids, add, remove),
            "nothing to change: they are so already",
        )


async def _complete(known: list[str], text: str) -> str:
    return completed(text, known)


async def _problem(text: str) -> str:
    try:
        wanted(text)
    except ValueError as error:
        return f"“{error}” cannot be a label: letters, digits and - make one."
    return ""
