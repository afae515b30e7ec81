"""Invitations: a card with the time where the user is, and the answer to the organizer."""

import asyncio
from dataclasses import replace
from datetime import datetime

from tui.commands.desk import AccountPort, Desk, require
from tui.commands.registry import command
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.fields import find_message_ids
from tui.mail.invitation import Answer, Invitation, guest_words, parse_invitation, reply_calendar, when_words
from tui.mail.message import Message
from tui.mail.part import Part
from tui.mail.text import clean_line
from tui.screens.page import Chapter, Fact, PageAct, PageScreen
from tui.widgets.status_line import StatusLine

WORDS = {
    Answer.ACCEPTED: ("Accepted", "accepts"),
    Answer.TENTATIVE: ("Tentative", "may come to"),
    Answer.DECLINED: ("Declined", "declines"),
}
KINDS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
    "PUBLISH": "Announcement",
}


@command("message.invitation", keys="i", hint="invitation", opens=True)
async def show(desk: Desk) -> None:
    """Invitation: when and where, on a card; accept, maybe or decline."""
    message = require(desk.mail.message, "No message is open.", "Enter opens one.")
    name, mailbox, uid = require(desk.mail.current, "There is no message here.")
    account = desk.accounts[name]
    part = require(calendar_part(message.structure), "This message holds no invitation.")
    data = await account.part(mailbox, uid, part)
    invitation = await asyncio.to_thread(parse_invitation, data)
    if invitation is None:
        raise MailError("This invitation is damaged, or too large.", cure="Look at it, or save it, as a part.")
    acts = (
        [PageAct("a", "accept", Answer.ACCEPTED), PageAct("t", "maybe", Answer.TENTATIVE)]
        if invitation.can_answer and account.config.send is not None
        else []
    )
    if acts:
        acts.append(PageAct("d", "decline", Answer.DECLINED))
    screen = PageScreen(
        KINDS.get(invitation.method, "Event"),
        _chapters(invitation, account),
        acts=acts,
        status=StatusLine(desk.mail.look, desk.mail.lines),
    )
    chosen = await desk.ask(screen)
    if chosen:
        await _answer(desk, account, message, invitation, Answer(chosen))


def calendar_part(structure: Part) -> Part | None:
    """Return the part of a message that invites; that beside the text before a file of the same."""
    found = [part for part in structure.leaves() if part.type in ("text/calendar", "application/ics")]
    named = [part for part in structure.leaves() if part.filename.lower().endswith(".ics")]
    return next((part for part in found if part.params.get("method")), next(iter([*found, *named]), None))


def _chapters(invitation: Invitation, account: AccountPort) -> list[Chapter]:
    organizer = invitation.organizer
    own = invitation.guest(_own(account))
    said = {"ACCEPTED": "you accepted", "DECLINED": "you declined", "TENTATIVE": "you may come"}
    stranger = "not among the guests" if invitation.guests else ""
    you = said.get(own.status, "") if own is not None else stranger
    facts = [
        Fact("When", when_words(invitation)),
        Fact("Repeats", invitation.repeats),
        Fact("Where", invitation.location),
        Fact("From", str(organizer) if organizer is not None else ""),
        Fact("Guests", guest_words(invitation.guests)),
        Fact("You", you),
        Fact("Also", f"{invitation.more} more dates are in it" if invitation.more else ""),
    ]
    role = "bad" if invitation.method == "CANCEL" else "bright"
    text = tuple(invitation.description.split("\n")[:100]) if invitation.description else ()
    return [Chapter(invitation.summary or "(no title)", role, tuple(facts), text)]


def _own(account: AccountPort) -> list[Address]:
    return [account.config.address, *(each.address for each in account.config.identities)]


async def _answer(desk: Desk, account: AccountPort, message: Message, invitation: Invitation, answer: Answer) -> None:
    organizer = invitation.organizer
    assert organizer is not None
    guest = invitation.guest(_own(account))
    own = account.config.address
    who = Address(own.name, guest.address.spec) if guest is not None else own
    identities = [account.config.identity, *account.config.identities]
    identity = next((each for each in identities if each.address.same_mailbox(who)), account.config.identity)
    now = datetime.now().astimezone()
    calendar = await asyncio.to_thread(reply_calendar, invitation, answer, who, now)
    subject, verb = WORDS[answer]
    title = invitation.summary or "(no title)"
    when = when_words(invitation)
    ids = find_message_ids(message.header.raw_field("Message-ID"), 1)
    draft = Draft(
        identity,
        to=(replace(organizer, name=organizer.name),),
        subject=clean_line(f"{subject}: {title}", 300),
        body=f"{who.label} {verb} {title}{f', {when}' if when else ''}.\n",
        attachments=(Attachment("reply.ics", "text/calendar", calendar),),
        in_reply_to=ids[0] if ids else "",
        references=tuple(ids),
        message_id=new_message_id(identity.address.domain),
    )
    await account.submit(draft)
