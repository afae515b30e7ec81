"""Lists and newsletters: leaving them. Nothing is sent before the user was told where to, and said yes."""

from dataclasses import replace

from tui.commands.desk import Desk, require
from tui.commands.launching import open_link
from tui.commands.registry import command
from tui.config.https import post, split
from tui.mail.compose import empty_draft
from tui.mail.errors import MailError
from tui.mail.identity import identity_for
from tui.mail.lists import MailingList, is_public, list_of
from tui.mail.mailto import parse_mailto
from tui.mail.reply import was_for
from tui.mail.text import clean_line
from tui.render.lines import Link
from tui.render.links import resolve
from tui.screens.confirm import ConfirmScreen

ONE_CLICK = "List-Unsubscribe=One-Click"
"""All that is told (RFC 8058, 3.2): no cookie, no address beyond what the link holds."""


@command("view.unsubscribe", keys="z u", hint="unsubscribe", opens=True)
async def unsubscribe(desk: Desk) -> None:
    """Unsubscribe: from the list or newsletter this mail came by; asks first."""
    message = require(desk.mail.message, "No message is open.", "Enter opens one.")
    verdict = message.standing.verdict if message.standing is not None else None
    found = list_of(message.header, verdict.checks if verdict is not None else ())
    if found is None or not found.can_leave:
        raise MailError("This mail names no way to unsubscribe.", cure="Its text may have a link.")
    if found.one_click:
        await _by_post(desk, found)
    elif found.mailto:
        await _by_mail(desk, found)
    else:
        await _by_page(desk, found)


async def _by_post(desk: Desk, found: MailingList) -> None:
    host, port, _ = split(found.one_click)
    inside = "" if is_public(found.one_click) else f", port {port}, which may be in your own network,"
    signed = "" if found.is_signed else " No signature vouches for it."
    question = f"Tell {clean_line(host, 100)}{inside} to unsubscribe you?{signed}"
    if not await desk.ask(ConfirmScreen(question, yes="unsubscribe", no="stay")):
        return
    desk.flash(f"telling {clean_line(host, 100)}")
    answer = await post(found.one_click, ONE_CLICK)
    if not 200 <= answer.status < 300:
        other = " It names a mail address, too." if found.mailto else ""
        words = f"{clean_line(host, 100)} refused with status {answer.status}.{other}"
        raise MailError(words, cure="Its text may have a link.")
    desk.flash(f"{clean_line(host, 100)} was told to unsubscribe you", style="good")


async def _by_mail(desk: Desk, found: MailingList) -> None:
    name, _, _ = require(desk.mail.current, "There is no message here.")
    account = desk.accounts[name]
    asked = parse_mailto(found.mailto)
    if len(asked.to) != 1 or account.config.send is None:
        raise MailError("This mail names no way to unsubscribe that can be used.", cure="Its text may have a link.")
    to = asked.to[0]
    subject = clean_line(asked.subject, 200) or "unsubscribe"
    question = f"Send “{subject}” to {clean_line(to.spec, 120)}, which unsubscribes you?"
    if not await desk.ask(ConfirmScreen(question, yes="send", no="stay")):
        return
    envelope = require(desk.mail.current_envelope, "There is no message here.")
    message = require(desk.mail.message, "No message is open.")
    mine = list(account.config.all_identities)
    identity = identity_for(was_for(message, envelope), mine) or mine[0]
    # the sender's words for the text are not sent: nobody has read them
    draft = replace(empty_draft(identity), to=asked.to, subject=subject, body="unsubscribe\n")
    await account.submit(draft)


async def _by_page(desk: Desk, found: MailingList) -> None:
    target = resolve(found.page)
    if target is None:
        raise MailError("This mail names no way to unsubscribe that can be used.", cure="Its text may have a link.")
    url, host, warning = target
    await open_link(desk, Link(1, url, host, warning=warning), ask=True)
