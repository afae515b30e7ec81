"""Receiving: from the login on. The line before it is `tui.setup.line`'s."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from tui.imap import fetch, mailboxes
from tui.imap.idle import IdleTurn
from tui.imap.session import Session
from tui.mail.errors import MailError, NotSupported
from tui.mail.mailbox import Mailbox, Role
from tui.mail.text import clean_line
from tui.setup.check import Change, Check, Half, Repair, Status
from tui.setup.line import LineWalk, counted
from tui.setup.quota import quota_used

INBOX = b"INBOX"
WANTED = (Role.SENT, Role.DRAFTS, Role.ARCHIVE, Role.JUNK, Role.TRASH)
SLACK = 300.0
"""Seconds by which this machine's clock may be behind the newest mail."""


class Receiving:
    """The steps login, mailboxes, inbox, idle and clock of an IMAP account.

    Args:
        line: of the same server.
    """

    def __init__(self, line: LineWalk) -> None:
        self.line = line
        self._session: Session | None = None
        self._newest = 0.0

    @property
    def session(self) -> Session:
        assert self._session is not None
        return self._session

    async def login(self, secret: str) -> Check:
        """Log in, once.

        Raises:
            MailError: why not.
        """
        line, scene = self.line, self.line.scene
        self._session = await Session.open(line.server, secret, timeout=scene.limit)
        if not scene.received.done():
            scene.received.set_result(self._session)
        names = " ".join(sorted(self._session.capability.names))
        return line.check("login", Status.OK, "login", user=line.server.user, detail=names)

    async def mailboxes(self) -> Check:
        """Say which mailbox plays which part, and why."""
        line, account = self.line, self.line.scene.account
        try:
            found = await mailboxes.list_mailboxes(self.session, account.name)
        except MailError as error:
            return line.check("mailboxes", Status.FAIL, "words", words=error.message, cure=error.cure)
        by_name = {mailbox.name: mailbox for mailbox in found}
        for role, name in account.mailboxes.items():
            if name not in by_name:
                return self._no_such(role, name, found)
        why = "as the server says" if "SPECIAL-USE" in self.session.capability else "by its name"
        chosen = {mailbox.role: (mailbox.label, why) for mailbox in found if mailbox.role in WANTED}
        chosen |= {Role(role): (name, "as configured") for role, name in account.mailboxes.items()}
        told = ", ".join(f"{role.value}: {chosen[role][0]}" for role in WANTED if role in chosen)
        detail = "; ".join(f"{role.value}: {chosen[role][0]}, {chosen[role][1]}" for role in WANTED if role in chosen)
        lacking = [role.value for role in WANTED if role not in chosen]
        words: dict[str, object] = {
            "count": len(found),
            "roles": told or "no special ones",
            "lacking": ", ".join(lacking),
        }
        key = "mailboxes-lacking" if lacking else "mailboxes"
        return line.check("mailboxes", Status.OK, key, words, detail=detail)

    def _no_such(self, role: str, name: str, found: Sequence[Mailbox]) -> Check:
        fitting = next((mailbox.name for mailbox in found if mailbox.role == role), "")
        repairs: tuple[Repair, ...] = ()
        if fitting:
            change = Change(Half.RECEIVING, f"mailboxes.{role}", fitting)
            repairs = (Repair(f"use “{fitting}” for {role}", (change,)),)
        cure = f"Did you mean “{fitting}”?" if fitting else "Name one that exists, or none."
        return self.line.check(
            "mailboxes", Status.FAIL, "mailboxes-wrong", name=name, role=role, cure=cure, repairs=repairs
        )

    async def inbox(self) -> Check:
        """EXAMINE INBOX."""
        line = self.line
        try:
            selected = await mailboxes.select(self.session, INBOX, read_only=True)
            used = await quota_used(self.session, INBOX)
            if selected.exists:
                async for batch in fetch.envelopes(self.session, "*"):
                    self._newest = max([self._newest, *(float(envelope.received) for envelope in batch)])
        except MailError as error:
            return line.check("inbox", Status.FAIL, "words", words=error.message, cure=error.cure)
        words: dict[str, object] = {
            "messages": counted(selected.exists),
            "validity": f", UIDVALIDITY {selected.uidvalidity}",
            "percent": used,
        }
        words["quota"] = f"; {used} % of the quota is used" if used is not None else ""
        if selected.uidvalidity is None:
            return line.check("inbox", Status.WARN, "inbox-unsure", words)
        if used is not None and used >= 90:
            return line.check("inbox", Status.WARN, "inbox-full", words)
        return line.check("inbox", Status.OK, "inbox", words)

    async def idle(self) -> Check:
        """Enter IDLE, hold it, leave it."""
        line, hold = self.line, self.line.scene.hold
        started = time.monotonic()
        try:
            async with IdleTurn(self.session, renew_after=hold) as turn:
                while await turn.wait() == "heard":
                    pass
        except NotSupported:
            return line.check("idle", Status.WARN, "idle-none")
        except MailError as error:
            return line.check("idle", Status.WARN, "idle-broken", words=error.message)
        return line.check("idle", Status.OK, "idle", seconds=f"{time.monotonic() - started:.0f}")

    async def clock(self) -> Check:
        """Compare this machine's clock with when the newest mail came."""
        line, now = self.line, time.time()
        if not self._newest:
            return line.check("clock", Status.SKIPPED, "clock-none")
        if self._newest > now + SLACK:
            there, here = (clean_line(_told(moment)) for moment in (self._newest, now))
            return line.check("clock", Status.WARN, "clock-wrong", there=there, here=here)
        return line.check("clock", Status.OK, "clock")

    async def close(self) -> None:
        """Log out."""
        if self._session is not None:
            await self._session.close()


def _told(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
