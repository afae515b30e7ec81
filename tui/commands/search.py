"""Finding mail."""

import asyncio

from tui.commands.desk import Desk, require
from tui.commands.hints import hints
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.mail.query_completion import quoted
from tui.mail.text import clean_line
from tui.mail.thread import message_ids
from tui.render.lines import Page
from tui.terminal.keys import KeyHint, Scope
from tui.widgets.choice_list import Choice

WRITING = (
    KeyHint("Enter", "ask the server too", "search.ask"),
    KeyHint("Tab", "complete", "search.complete"),
    KeyHint("Down", "to the hits", "search.hits"),
)
"""What the keys of a text field do while a query is written."""


@command("search.open", keys="/", hint="search", opens=True)
async def search(desk: Desk) -> None:
    """Search: in all mailboxes, as you type; Enter asks the server, too."""
    await begin(desk, "")


@command("search.narrow", keys="&", opens=True)
async def narrow(desk: Desk) -> None:
    """Narrow the list: search in this mailbox only."""
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    screen = desk.place
    if isinstance(screen, SearchScreen):
        screen.write()
        return
    mailbox = require(desk.mail.mailbox, "No mailbox is shown.", "g m lists those there are.")
    state = require(await desk.store.mailboxes.get(mailbox), "This mailbox is gone.")
    name = f'"{state.mailbox.name}"' if " " in state.mailbox.name else state.mailbox.name
    of_account = f"account:{state.mailbox.account} " if len(desk.accounts) > 1 else ""
    await begin(desk, f"in:{name} {of_account}")


@command("search.thread", opens=True)
async def thread(desk: Desk) -> None:
    """Search in the conversation: all its messages, whichever mailboxes they are in."""
    here = require(desk.mail.current_envelope, "There is no message here.")
    names = require(
        message_ids(here.message_id) or None, "This message has no Message-ID: nobody can answer it by name."
    )
    await begin(desk, f"thread:{quoted(f'<{names[0]}>')} ")


async def begin(desk: Desk, text: str, *, listing: bool = False) -> None:
    """Show the search screen with a query.

    Args:
        text: the query.
        listing: it is a whole one: the hits are gone to.
    """
    from tui.commands.above import below  # noqa: PLC0415 - late: start-up time
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    if isinstance(desk.place, SearchScreen):
        desk.place.write(text or None, listing=listing)
        return
    screen = SearchScreen(
        desk.store,
        desk.accounts,
        below(desk, lambda scopes, page: _hints(desk, scopes, page)),
        text=text,
        listing=listing,
        thread=here.message_id if (here := desk.mail.current_envelope) is not None else "",
    )
    desk.open_screen(screen)


def _hints(desk: Desk, scopes: tuple[Scope, ...], page: Page | None) -> list[KeyHint]:
    if scopes[0] is Scope.SEARCH:
        return [*WRITING, *desk.keymap.hints(["search.close", "search.keep"], in_text=True)]
    return hints(desk.keymap, scopes, page)


@command("search.keep", keys="alt+k", scope=(Scope.SEARCH, Scope.MAIL), hint="keep it", opens=True)
async def keep(desk: Desk) -> None:
    """Keep the search: as a row below the mailboxes, also found by g m."""
    from tui.screens.prompt import PromptScreen  # noqa: PLC0415 - late: start-up time
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    place = desk.place
    query = place.begins_with.strip() if isinstance(place, SearchScreen) else ""
    require(query or None, "No search is written that could be kept.", "/ begins one.")
    name = await desk.ask(PromptScreen("keep it as", value=query[:60], note=f"searches for {query}", does="keep it"))
    if name is None:
        return
    if name in desk.config.searches:
        raise MailError(f'"{name}" is one of config.toml.', cure="Take another name.")
    try:
        desk.habits.keep_search(name, query)
    except ValueError:
        raise MailError("This cannot be kept.", cure="Forget a search that is kept.") from None
    await _searches_changed(desk)
    desk.flash(f"kept as {clean_line(name, 60)}: below the mailboxes, and by {desk.keymap.label('mailbox.by_name')}")


@command("search.forget", opens=True)
async def forget(desk: Desk) -> None:
    """Forget a search: one that was kept; those of config.toml stay."""
    from tui.screens.palette import PickScreen  # noqa: PLC0415 - late: start-up time

    choices = [Choice(name, query, "", name) for name, query in desk.habits.searches.items()]
    require(choices or None, "No search was kept here.", "Those of config.toml are taken out there.")
    name = await desk.ask(PickScreen("Forget", choices, does="forget it"))
    if name is not None:
        desk.habits.forget_search(name)
        await _searches_changed(desk)
        desk.flash(f"forgotten: {clean_line(name, 60)}")


def kept(desk: Desk) -> dict[str, str]:
    """Return the searches of config.toml and those that were kept, name → query."""
    return {**desk.habits.searches, **desk.config.searches}


async def _searches_changed(desk: Desk) -> None:
    desk.show_searches()
    await asyncio.to_thread(desk.habits.write, desk.habits.snapshot())  # now: it was typed


@command("search.close", keys="escape", scope=Scope.SEARCH, hint="back")
def close(desk: Desk) -> None:
    """Leave the search."""
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    screen = desk.place
    if not isinstance(screen, SearchScreen):
        raise MailError("No search is open.")
    screen.dismiss(None)
