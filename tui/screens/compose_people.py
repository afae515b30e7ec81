"""The address fields of a mail being written: who may be meant while typing, and what is odd once it stands there."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.mail.address import Address
from tui.mail.errors import MailError
from tui.mail.piece import Suggestion
from tui.widgets.address_input import AddressInput
from tui.widgets.plain import say
from tui.widgets.suggestions import Suggestions


class Acquaintance(Protocol):
    """Knows people, `tui.commands.people.Known`."""

    async def meant(self, typed: str) -> Sequence[Suggestion]:
        """Return who may be meant, the likeliest first."""

    async def odd(self, addresses: Sequence[Address]) -> tuple[str, str]:
        """Return what is odd about these addresses, and the role it is told in; "" for nothing."""


class People:
    """Answers the address fields of one screen. A newer question takes the place of the one before.

    Args:
        screen: with a `Suggestions`, and a Static ``note-…`` beside each field.
        known: who knows people, None for nobody.
    """

    def __init__(self, screen: Screen[None], known: Acquaintance | None) -> None:
        self._screen = screen
        self._known = known
        self._asking: asyncio.Task[None] | None = None

    def asked(self, event: AddressInput.Asked) -> None:
        """Show who may be meant by what is typed."""
        self._stop()
        if event.typed and self._known is not None:
            self._asking = asyncio.create_task(self._suggest(event.box, event.typed, self._known))
        else:
            self._screen.query_one(Suggestions).show((), 0)

    async def _suggest(self, box: AddressInput, typed: str, known: Acquaintance) -> None:
        try:
            found = await known.meant(typed)
        except MailError:
            found = ()  # the store says elsewhere what is wrong with it
        if box.has_focus:
            self._screen.query_one(Suggestions).show(found, box.region.y)

    async def settled(self, box: AddressInput) -> None:
        """Say what is odd about who stands there."""
        if self._known is None:
            return
        try:
            words, role = await self._known.odd(box.addresses)
        except MailError:
            return
        for note in self._screen.query(f"#note-{box.id}").results(Static):
            text = f"  {say(note, words)}" if words else ""
            note.update(Content.styled(text, f"${role}"))

    def _stop(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def close(self) -> None:
        """End what is under way."""
        asking = self._asking
        self._stop()
        if asking is not None:
            await asyncio.gather(asking, return_exceptions=True)
