"""Reading: opening, leaving, what a message shows, and its links."""

from collections.abc import Awaitable

from tui.commands.desk import Desk, require
from tui.commands.drafts import edit_draft, is_draft
from tui.commands.launching import open_link
from tui.commands.registry import command
from tui.config.opening import LINK, program_for
from tui.mail.errors import MailError
from tui.mail.transfer import CHARSETS
from tui.render.lines import Link, Mode
from tui.screens.palette import PickScreen
from tui.widgets.choice_list import Choice


@command("message.open", keys="enter, l", hint="read", opens=True)
def open_message(desk: Desk) -> Awaitable[None] | None:
    """Open: what is under the cursor; a draft is opened for writing."""
    if is_draft(desk):
        return edit_draft(desk)
    desk.mail.open_current()
    return None


@command("view.close", keys="q, h, escape", hint="back")
def close(desk: Desk) -> None:
    """Back: one step out, never past the mail screen."""
    if not desk.mail.close_view():
        desk.flash(f"{desk.keymap.label('app.quit') or ':'} quits")


@command("view.headers", keys="H", hint="all headers")
def headers(desk: Desk) -> None:
    """All headers: and back."""
    _toggle(desk, Mode.HEADERS)


@command("view.source", keys="z s", hint="source")
def source(desk: Desk) -> None:
    """Source: the message as it came, and back."""
    _toggle(desk, Mode.SOURCE)


@command("view.html", keys="z h", hint="HTML")
def html(desk: Desk) -> None:
    """HTML: the other version of the text, and back."""
    message = require(desk.mail.message, "No message is open.", "Enter opens one.")
    page = desk.mail.page_shown
    if desk.mail.mode in (Mode.HTML, Mode.PLAIN):
        desk.mail.set_mode(Mode.AUTO)
    elif page is None or not {"text/plain", "text/html"} <= {part.type for part in message.structure.leaves()}:
        desk.flash("the text of this mail has one version only")
    else:
        desk.mail.set_mode(Mode.PLAIN if page.mode is Mode.HTML else Mode.HTML)


@command("view.quotes", keys="z o", hint="quotes")
def quotes(desk: Desk) -> None:
    """Quotes: open those that are folded, level by level, and fold them again."""
    require(desk.mail.message, "No message is open.", "Enter opens one.")
    desk.mail.toggle_quotes()


@command("view.charset", keys="z c", opens=True)
async def charset(desk: Desk) -> None:
    """Charset: read the text in another one, where its letters are wrong."""
    require(desk.mail.message, "No message is open.", "Enter opens one.")
    choices = [Choice("As the mail says", "or as its octets look", "", ""), *(Choice(n, "", "", n) for n in CHARSETS)]
    chosen = await desk.ask(PickScreen("Read as", choices, does="read"))
    if chosen is not None:
        desk.mail.read_as(chosen)


def _toggle(desk: Desk, mode: Mode) -> None:
    require(desk.mail.message, "No message is open.", "Enter opens one.")
    desk.mail.set_mode(Mode.AUTO if desk.mail.mode is mode else mode)


@command("view.links", keys="o", hint="links", opens=True)
async def links(desk: Desk, count: int | None = None) -> None:
    """Links: where each one really leads, to be opened; with a count, that one."""
    page = require(desk.mail.page_shown, "No message is open.", "Enter opens one.")
    if not page.links:
        raise MailError("This message has no links.")
    if count is not None:
        if not 0 < count <= len(page.links):
            raise MailError(f"There is no link {count}.", cure=f"This message has {len(page.links)}.")
        await open_link(desk, page.links[count - 1], ask=True)
        return
    can_open = bool(program_for(LINK, desk.config.opening))
    choices = [_link_choice(link) for link in page.links]
    link = await desk.ask(PickScreen("Links", choices, does="open" if can_open else "copy", sign="o"))
    if link is not None:
        await open_link(desk, link)


def _link_choice(link: Link) -> Choice[Link]:
    warning = f"{link.warning} · " if link.warning else ""
    return Choice(f"{link.number}  {link.host or link.url.partition(':')[0]}", warning + link.url, "", link)
