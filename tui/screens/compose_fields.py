"""The fields above the text of a mail being written: From, To, Cc, Bcc, Subject, and the files that go with it."""

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.mail.address import format_addresses
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.mail.text import clean_line
from tui.widgets.address_input import AddressInput, LineInput
from tui.widgets.identity_choice import IdentityChoice
from tui.widgets.suggestions import Suggestions


class Fields:
    """Makes the rows of one screen, and knows what is written in them. Nothing is in them before `rows`.

    Attributes:
        identity, to, cc, bcc, subject: the widgets.
    """

    identity: IdentityChoice
    to: AddressInput
    cc: AddressInput
    bcc: AddressInput
    subject: LineInput
    _attach: Static

    def __init__(self) -> None:
        self._rows: dict[str, Horizontal] = {}

    def rows(self, draft: Draft, identities: Sequence[Identity], why: str) -> ComposeResult:
        """Lay out a row each.

        Args:
            draft: what stands there first.
            identities: the Froms to choose among.
            why: why it is from this one.
        """
        suggestions = Suggestions(id="suggestions")
        self.identity = IdentityChoice(identities, draft.identity, id="from", why=why)
        self.to = AddressInput(format_addresses(draft.to), id="to", suggestions=suggestions)
        self.cc = AddressInput(format_addresses(draft.cc), id="cc", suggestions=suggestions)
        self.bcc = AddressInput(format_addresses(draft.bcc), id="bcc", suggestions=suggestions)
        self.subject = LineInput(draft.subject, id="subject")
        self._attach = Static(id="attach")
        fields: tuple[tuple[str, Widget], ...] = (
            ("From", self.identity),
            ("To", self.to),
            ("Cc", self.cc),
            ("Bcc", self.bcc),
            ("Subject", self.subject),
            ("Attach", self._attach),
        )
        for label, widget in fields:
            with Horizontal(classes="field", id=f"row-{label.lower()}") as row:
                yield Static(Content.styled(f"{label:>7}   ", "$muted"), classes="label")
                yield widget
                if isinstance(widget, AddressInput):
                    yield Static(id=f"note-{widget.id}", classes="note")
            self._rows[str(widget.id)] = row
        yield suggestions
        self.show(self.cc, bool(draft.cc))
        self.show(self.bcc, bool(draft.bcc))

    def filled(self, draft: Draft) -> Draft:
        """Return a draft with what is written here."""
        return replace(
            draft,
            identity=self.identity.chosen,
            to=self.to.addresses,
            cc=self.cc.addresses,
            bcc=self.bcc.addresses,
            subject=clean_line(self.subject.value),
        )

    def problem(self) -> str:
        """Return why this cannot be sent, naming the address, and put the cursor there; "" when it can be."""
        boxes = (self.to, self.cc, self.bcc)
        for box in boxes:
            if box.invalid:
                self.show(box, True)
                box.focus()
                return f"{str(box.id).capitalize()}: {clean_line(box.invalid, 60)} is no mail address"
        if not any(box.addresses for box in boxes):
            self.to.focus()
            return "nobody to send it to"
        return ""

    def show(self, box: AddressInput, shown: bool) -> None:
        """Show the row of a field, or hide it."""
        self._rows[str(box.id)].display = shown

    def show_copies(self) -> None:
        """Show Cc and Bcc and go to Cc; hide those that are empty when both are shown."""
        boxes = (self.cc, self.bcc)
        if all(self._rows[str(box.id)].display for box in boxes):
            for box in boxes:
                if not box.value.strip():
                    if box.has_focus:
                        self.subject.focus()
                    self.show(box, False)
        else:
            for box in boxes:
                self.show(box, True)
            self.cc.focus()

    def show_attachments(self, attachments: Sequence[Attachment]) -> None:
        """Name the files and their sizes."""
        self._rows["attach"].display = bool(attachments)
        self._attach.update(
            Content("    ").join(
                Content.assemble(
                    ("& ", "$muted"),
                    (clean_line(each.filename, 60), "$text"),
                    (f" {human_size(len(each.data))}", "$muted"),
                )
                for each in attachments
            )
        )


def human_size(octets: int) -> str:
    """Return a size as people write it, and compare it with what a server takes: ``88 kB``, ``26.2 MB``."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 999_500:
        return f"{octets / 1000:.0f} kB"
    return f"{octets / 1_000_000:.1f} MB"
