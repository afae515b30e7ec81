"""Writing in linear mode: one line after the other is asked for, the fields first; commands have their own keys."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from tui.linear import words
from tui.linear.editor import Typed
from tui.linear.sheet import Sheet
from tui.mail.address import format_addresses, parse_addresses
from tui.mail.compose import as_identity_wants, signature_block, signature_place
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.identity import Identity
from tui.mail.piece import piece, with_piece
from tui.mail.reflow import paragraph, reflow
from tui.mail.text import clean, clean_line
from tui.render.parts import human_size
from tui.screens.compose import ComposeScreen
from tui.screens.compose_keeping import Kept
from tui.terminal.keys import KeyReader, KeyTable, Reading, Scope

Wish = tuple[str, int | None]
"""A command's id and its count."""
LABELS = {"from": "From", "to": "To", "cc": "Cc", "bcc": "Bcc", "subject": "Subject"}


class LinearPaper(Kept):
    """A mail being written (`tui.commands.places.Paper`).

    Enter goes on to the next field, and in the text to a new line; Up and Down go through the lines, Shift+Tab goes
    back to the fields.

    Args:
        screen: what would be shown; it is not, but says what to begin with and where to keep it.
        sheet: where it is written.
        table: the keys that are commands while writing.
        key: returns the first key of a command that works while writing, "" for none.
        gone: called when it is left.
    """

    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.COMPOSE, Scope.ANYWHERE)

    def __init__(
        self,
        screen: ComposeScreen,
        sheet: Sheet,
        *,
        table: KeyTable,
        key: Callable[[str], str],
        gone: Callable[["LinearPaper"], None],
    ) -> None:
        super().__init__(screen.keeper, screen.key)
        self._start = screen.start
        self._heading, self._about = screen.heading, screen.about
        self._identities = [
            screen.start.identity,
            *(each for each in screen.identities if each != screen.start.identity),
        ]
        self._identity = self._start.identity
        self._known = screen.known
        self.markdown = screen.start.markdown
        self._sheet = sheet
        self._table = table
        self._key_of = key
        self._gone = gone
        self._reader = KeyReader()
        self._wish: Wish | None = None
        self._texts = {
            "to": format_addresses(self._start.to),
            "cc": format_addresses(self._start.cc),
            "bcc": format_addresses(self._start.bcc),
            "subject": self._start.subject,
        }
        self._lines = clean(self._start.body).split("\n")
        self._at = 0
        self._before: list[list[str]] = []
        self._after: list[list[str]] = []
        self._attachments = self._start.attachments
        self._has_copies = bool(self._start.cc or self._start.bcc)
        self._field = "body" if self._start.to else "to"
        self._saved = self.draft() if self._key is None else None

    # What is written

    def draft(self) -> Draft:
        return replace(
            self._start,
            identity=self._identity,
            to=parse_addresses(self._texts["to"]),
            cc=parse_addresses(self._texts["cc"]),
            bcc=parse_addresses(self._texts["bcc"]),
            subject=clean_line(self._texts["subject"]),
            body="\n".join(self._lines),
            attachments=self._attachments,
            markdown=self.markdown,
        )

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return self._attachments

    def problem(self) -> str:
        for field in ("to", "cc", "bcc"):
            wrong = next((each for each in parse_addresses(self._texts[field]) if not each.is_valid), None)
            if wrong is not None:
                self._field = field
                self._has_copies = self._has_copies or field != "to"
                return f"{LABELS[field]}: {clean_line(str(wrong), 60)} is no mail address"
        if not self.draft().recipients:
            self._field = "to"
            return "nobody to send it to"
        return ""

    @property
    def pasted(self) -> str:
        return ""

    def attach(self, attachment: Attachment) -> None:
        self._attachments = (*self._attachments, attachment)

    def detach(self, attachment: Attachment) -> None:
        self._attachments = tuple(each for each in self._attachments if each is not attachment)

    def rewrite(self, text: str) -> None:
        self._set_lines(clean(text).split("\n"))
        self._sheet.say(words.sentence(f"{words.counted(len(self._lines), 'line')} of text"))

    def insert(self, text: str) -> None:
        at = self._at if self._field == "body" else 0
        self._set_lines([*self._lines[:at], *clean(text).split("\n"), *self._lines[at:]])

    def reflow(self) -> None:
        start, end = paragraph(self._lines, self._at)
        if start < end:
            self._set_lines([*self._lines[:start], *reflow(self._lines[start:end]), *self._lines[end:]])
        self._at = start

    def undo_text(self) -> None:
        if self._before:
            self._after.append(self._lines)
            self._lines = self._before.pop()
            self._at = min(self._at, len(self._lines) - 1)

    def redo_text(self) -> None:
        if self._after:
            self._before.append(self._lines)
            self._lines = self._after.pop()
            self._at = min(self._at, len(self._lines) - 1)

    def _set_lines(self, lines: list[str]) -> None:
        """Have other lines; it can be undone."""
        self._before.append(self._lines)
        self._after.clear()
        self._lines = lines
        self._at = min(self._at, len(lines) - 1)

    def show_copies(self) -> None:
        self._has_copies = not self._has_copies or bool(self._texts["cc"] or self._texts["bcc"])
        if self._has_copies:
            self._field = "cc"
        elif self._field in ("cc", "bcc"):
            self._field = "subject"

    def dismiss(self, result: None = None) -> "asyncio.Future[None]":
        """Leave; what is returned is done already."""
        self._gone(self)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def flash(self, text: str, *, style: str = "muted") -> None:
        self._sheet.say(words.act(text, None))

    # Line by line

    def begin(self) -> None:
        """Say what is being written."""
        about = f", {self._about}" if self._about else ""
        self._sheet.say(words.sentence((self._heading + about).replace(" · ", ", ")))
        for label in ("to", "cc", "bcc", "subject"):
            if self._texts[label] and self._field == "body":
                self._sheet.say(words.sentence(f"{LABELS[label]}: {self._texts[label]}"))
        if self._attachments:
            files = ", ".join(f"{clean_line(each.filename, 60)}, {_size(each)}" for each in self._attachments)
            self._sheet.say(words.sentence(f"{words.counted(len(self._attachments), 'file')}: {files}"))
        if self._field == "body":
            self._say_body()

    def _say_body(self) -> None:
        filled = sum(1 for line in self._lines if line.strip())
        has = f"{words.counted(filled, 'line')} there already, Up and Down go through them" if filled else ""
        keys = [("compose.send", "sends"), ("compose.keep", "keeps it as a draft")]
        told = ", ".join(f"{self._key_of(id)} {does}" for id, does in keys if self._key_of(id))
        self._sheet.say(" ".join(filter(None, ["Text.", words.sentence(has), words.sentence(told)])))

    async def step(self) -> Wish | None:
        """Ask for one line; return the command that was asked for instead, if one was."""
        field, self._wish = self._field, None
        if field == "body":
            entry = await self._sheet.line("", self._lines[self._at], ends=self._ends)
            self._lines[self._at] = entry.text
        elif field == "from":
            entry = await self._sheet.line("From:", self._identity.address.spec, ends=self._ends)
            self._choose(entry.text)
        else:
            complete = self._complete if field != "subject" else None
            entry = await self._sheet.line(f"{LABELS[field]}:", self._texts[field], ends=self._ends, complete=complete)
            self._texts[field] = entry.text
            await self._warn(field)
        self._go(entry.key)
        try:
            await self.save()
        except MailError as error:
            self._sheet.say(words.sentence(f"NOT SAVED: {error.message}"))
        return self._wish

    async def _complete(self, typed: str) -> str:
        """Return a field with the likeliest in place of what is being typed; unchanged where nobody is meant."""
        meant = await self._known.meant(piece(typed)) if self._known is not None else ()
        return with_piece(typed, meant[0].text) if meant else typed

    async def _warn(self, field: str) -> None:
        """Say what is odd about an address field that was left."""
        if field in ("to", "cc", "bcc") and self._known is not None:
            odd, _ = await self._known.odd(parse_addresses(self._texts[field]))
            if odd:
                self._sheet.say(words.sentence(odd))

    def _ends(self, typed: Typed, text: str) -> str | None:
        """Return how a key ends the line, "" where it is for the line, None where it is the beginning of a command."""
        if not typed.key:
            return ""
        read = self._reader.press(typed.key, self._table, in_text=True)
        if read.reading is Reading.COMMAND:
            self._wish = (read.command_id, read.count)
            return "command"
        if read.reading is not Reading.NOT_OURS:
            return None
        if typed.key == "tab" and self._known is not None and self._field in ("to", "cc", "bcc") and piece(text):
            return ""  # it completes
        if typed.key in ("tab", "shift+tab", "up", "down"):
            return typed.key
        if typed.key == "backspace" and self._field == "body" and not text and len(self._lines) > 1:
            return "remove"
        return ""

    def _fields(self) -> list[str]:
        copies = ["cc", "bcc"] if self._has_copies else []
        return [*(["from"] if len(self._identities) > 1 else []), "to", *copies, "subject", "body"]

    def _go(self, key: str) -> None:
        if self._field == "body":
            match key:
                case "enter":
                    self._at += 1
                    self._lines.insert(self._at, "")
                case "down":
                    self._at = min(self._at + 1, len(self._lines) - 1)
                case "up" if self._at:
                    self._at -= 1
                case "remove":
                    del self._lines[self._at]
                    self._at = max(0, self._at - 1)
                case "up" | "shift+tab":
                    self._field = "subject"
            return
        fields = self._fields()
        at = fields.index(self._field)
        if key in ("enter", "tab", "down"):
            self._field = fields[at + 1]
            if self._field == "body":
                self._say_body()
        elif key in ("shift+tab", "up"):
            self._field = fields[max(0, at - 1)]

    def _choose(self, typed: str) -> None:
        wanted = typed.strip().casefold()
        found = [each for each in self._identities if wanted in str(each.address).casefold()]
        if wanted and len(found) != 1:
            exact = [each for each in found if each.address.spec.casefold() == wanted]
            found = exact or found
        if found and found[0] != self._identity:
            self._become(found[0])
        if len(found) != 1:
            self._sheet.say(words.sentence("There are " + ", ".join(each.address.spec for each in self._identities)))

    def _become(self, identity: Identity) -> None:
        """Have another identity's signature, Bcc and way of writing."""
        before, self._identity = self._identity, identity
        body = "\n".join(self._lines)
        start, end = signature_place(body, before)
        self._lines = (body[:start] + signature_block(identity).rstrip("\n") + body[end:]).split("\n")
        self._at = min(self._at, len(self._lines) - 1)
        bcc = parse_addresses(self._texts["bcc"])
        kept = tuple(each for each in bcc if not (before.bcc_self and each.same_mailbox(before.address)))
        self._texts["bcc"] = format_addresses(as_identity_wants(replace(self.draft(), bcc=kept)).bcc)
        self._has_copies = self._has_copies or bool(self._texts["bcc"])
        if before.markdown != identity.markdown:
            self.markdown = identity.markdown


def _size(attachment: Attachment) -> str:
    return words.spoken(human_size(len(attachment.data)))
