"""Writing a mail: like paper. What is written is on disk within two seconds."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.types import CSSPathType
from textual.widgets import Input, Static, TextArea

from tui.mail.address import format_addresses
from tui.mail.compose import as_identity_wants, signature_block, signature_place
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.mail.later import moment_words
from tui.mail.text import clean
from tui.screens.compose_fields import Fields, human_size
from tui.screens.compose_keeping import DraftKeeper, KeepingScreen
from tui.screens.compose_people import Acquaintance, People
from tui.screens.styles import styles
from tui.sync.events import DraftCopied, Event, LinkChanged
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.theme import Roles
from tui.widgets.address_input import AddressInput
from tui.widgets.hint_line import HintLine
from tui.widgets.identity_choice import IdentityChoice
from tui.widgets.letter import Letter
from tui.widgets.painting import Look
from tui.widgets.status_line import StatusLine

COUNT_AFTER = 0.3


class ComposeScreen(KeepingScreen):
    """A mail being written.

    Args:
        draft: what to begin with.
        identities: the Froms to choose among.
        keeper: where it is saved.
        heading: what this is: ``New message``, ``Reply``, ``Forward``.
        about: muted words behind it: ``to Ada Lovelace``; cleaned.
        key: of the saved draft that is taken up, None for a new one.
        on_server: whether it is to be in the server's Drafts, too.
        elsewhere: what to do where it cannot be saved: ``Ctrl+P save elsewhere``.
        status: the last line; None for one that knows of no account.
        known: who knows people, for address fields.
        why: why it is from this identity: ``because it was sent to this address``.

    Attributes:
        start: the draft it began with.
        known: as above.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("compose")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.COMPOSE, Scope.ANYWHERE)

    def __init__(
        self,
        draft: Draft,
        *,
        identities: Sequence[Identity],
        keeper: DraftKeeper,
        heading: str = "New message",
        about: str = "",
        key: int | None = None,
        on_server: bool = False,
        elsewhere: str = "",
        status: StatusLine | None = None,
        known: Acquaintance | None = None,
        why: str = "",
    ) -> None:
        super().__init__(keeper, key, on_server=on_server, elsewhere=elsewhere)
        self.known = known
        self._why = why
        self._people = People(self, known)
        self._fields = Fields()
        self._identity = draft.identity
        self._markdown = draft.markdown
        self._remind = draft.remind
        self.start = draft
        self.heading = heading
        self.about = about
        self._saved = draft if key is not None else None
        self._count_waits = False
        self._attachments = draft.attachments
        self._status = status or StatusLine(Look(Roles({})), list)
        self._hint_line = HintLine(self._status.look, id="compose-hints")
        self.identities = identities
        self._laid_out = False

    def compose(self) -> ComposeResult:
        """Lay out head, fields, rule, body, hints and status."""
        with Horizontal(id="compose-head"):
            yield Static(
                Content.assemble((self.heading, "$accent bold"), (f"  {self.about}", "$muted")), id="compose-title"
            )
            yield Static(id="compose-saved")
        yield from self._fields.rows(self.start, self.identities, self._why)
        yield Static(id="compose-rule")
        yield Letter(self.start.body, id="body")
        yield self._hint_line
        yield self._status

    def on_mount(self) -> None:
        self._laid_out = True
        self._fields.show_attachments(self._attachments)
        self._show_place()
        (self.query_one(Letter) if self.start.to else self._fields.to).focus()
        self._saved = self._saved or self.draft()

    # What is written

    def draft(self) -> Draft:
        """Return the mail as it stands on the screen."""
        if not self._laid_out:
            return self.start
        return replace(
            self._fields.filled(self.start),
            body=self.query_one(Letter).text,
            attachments=self._attachments,
            markdown=self._markdown,
            remind=self._remind,
        )

    @property
    def markdown(self) -> bool:
        """Whether it is sent as HTML, too."""
        return self._markdown

    @markdown.setter
    def markdown(self, on: bool) -> None:
        self._markdown = on
        self._changed()

    @property
    def remind(self) -> float:
        """When to remind of it unless somebody answers, seconds since 1970 UTC; 0.0: never."""
        return self._remind

    @remind.setter
    def remind(self, moment: float) -> None:
        self._remind = moment
        self._changed()

    def problem(self) -> str:
        """Return why this cannot be sent, naming the address, and put the cursor there; "" when it can be."""
        return self._fields.problem()

    @property
    def pasted(self) -> str:
        """What was pasted last into the text, where it may be files to attach; "" else."""
        return self.query_one(Letter).pasted

    def attach(self, attachment: Attachment) -> None:
        """Add a file."""
        self._attachments = (*self._attachments, attachment)
        self._fields.show_attachments(self._attachments)
        self._changed()

    def detach(self, attachment: Attachment) -> None:
        """Take a file out again."""
        self._attachments = tuple(each for each in self._attachments if each is not attachment)
        self._fields.show_attachments(self._attachments)
        self._changed()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return self._attachments

    # The text

    def rewrite(self, text: str) -> None:
        """Put another text in the place of this one; it can be undone."""
        letter = self.query_one(Letter)
        letter.exchange(0, len(letter.text), text)
        self._changed()

    def insert(self, text: str) -> None:
        """Type a text at the cursor."""
        letter = self.query_one(Letter)
        letter.insert(clean(text))
        letter.focus()

    def reflow(self) -> None:
        """Break the paragraph at the cursor anew."""
        self.query_one(Letter).reflow()

    def undo_text(self) -> None:
        """Take back what was typed last."""
        self.query_one(Letter).undo()

    def redo_text(self) -> None:
        """Do again what was taken back."""
        self.query_one(Letter).redo()

    def show_copies(self) -> None:
        """Show Cc and Bcc and go to Cc; hide those that are empty when both are shown."""
        self._fields.show_copies()

    # What is done to it

    def _changed(self) -> None:
        self._save_soon()
        self._count_soon()

    def _count_soon(self) -> None:
        if not self._count_waits:
            self._count_waits = True
            self.set_timer(COUNT_AFTER, self._show_place)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._changed()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._changed()

    def on_letter_path_pasted(self, event: Letter.PathPasted) -> None:
        self.flash("to attach what you pasted: the key for attaching, then Enter")

    def on_identity_choice_changed(self, event: IdentityChoice.Changed) -> None:
        self._become(self._fields.identity.chosen)
        self._changed()

    def _become(self, identity: Identity) -> None:
        """Have the other identity's signature, Bcc and way of writing instead of the one's before."""
        before, self._identity = self._identity, identity
        letter = self.query_one(Letter)
        start, end = signature_place(letter.text, before)
        letter.exchange(start, end, signature_block(identity).rstrip("\n"))
        box = self._fields.bcc
        if before.bcc_self:
            box.value = format_addresses(each for each in box.addresses if not each.same_mailbox(before.address))
        wanted = as_identity_wants(self.draft())
        if wanted.bcc != box.addresses:
            box.value = format_addresses(wanted.bcc)
        self._fields.show(box, bool(box.value))
        if before.markdown != identity.markdown:
            self.markdown = identity.markdown

    def on_address_input_asked(self, event: AddressInput.Asked) -> None:
        self._people.asked(event)

    async def on_address_input_settled(self, event: AddressInput.Settled) -> None:
        await self._people.settled(event.box)

    async def on_unmount(self) -> None:
        await self._people.close()

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        self._count_soon()

    # What is shown

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys on the hint line."""
        self._hint_line.set_hints(hints)

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        if isinstance(event, LinkChanged):
            self._status.update()
        elif isinstance(event, DraftCopied) and event.draft == self._key:
            if event.is_elsewhere:
                self.flash("changed elsewhere, too: Drafts has both", style="warn")
            else:
                self.was_copied(event.written)

    def _show_place(self) -> None:
        self._count_waits = False
        letter = self.query_one(Letter)
        line = letter.cursor_location[0] + 1
        size = sum(len(each.data) for each in self._attachments) * 4 // 3 + len(letter.text)
        kind = "markdown" if self.markdown else "plain text"
        remind = f"reminds {moment_words(self.remind, time.time())} · " if self.remind else ""
        words = f"{remind}{kind} · {human_size(size)}   line {line}  {letter.word_count} words"
        self._status.place([(words, "muted")], self._fields.identity.chosen.account)
