"""Finding mail."""

from tui.commands.desk import Desk, require
from tui.commands.hints import hints
from tui.commands.registry import command
from tui.mail.errors import MailError
from tui.mail.query_completion import quoted
from tui.mail.thread import message_ids
from tui.render.lines import Page
from tui.terminal.keys import KeyHint, Scope

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
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    if isinstance(desk.place, SearchScreen):
        desk.place.write(text or None, listing=listing)
        return
    screen = SearchScreen(
        desk.store,
        desk.accounts,
        desk.mail.look,
        desk.mail.lines,
        lambda scopes, page: _hints(desk, scopes, page),
        desk.mail.show_mailbox,
        text=text,
        listing=listing,
        thread=here.message_id if (here := desk.mail.current_envelope) is not None else "",
    )
    desk.open_screen(screen)


def _hints(desk: Desk, scopes: tuple[Scope, ...], page: Page | None) -> list[KeyHint]:
    if scopes[0] is Scope.SEARCH:
        return [*WRITING, *desk.keymap.hints(["search.close"], in_text=True)]
    return hints(desk.keymap, scopes, page)


@command("search.close", keys="escape", scope=Scope.SEARCH, hint="back")
def close(desk: Desk) -> None:
    """Leave the search."""
    from tui.screens.search import SearchScreen  # noqa: PLC0415 - late: start-up time

    screen = desk.place
    if not isinstance(screen, SearchScreen):
        raise MailError("No search is open.")
    screen.dismiss(None)
