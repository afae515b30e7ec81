"""Behaviours of a scripted IMAP server that are about the data it sends: literals, lines, lists, messages."""

import re
from functools import cache

from tests.servers.scripted_dialogue import Dialogue
from tests.servers.scripted_mailbox import Box, Mail, as_literal, literal, quoted, sample

ESC = b"\x1b]0;pwned\x07\x1b[31m\xc2\x9b5n"


class LiteralHuge(Dialogue):
    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        return b"BODY[" + match.group(1) + b"] {9999999999}\r\nabc"


class RefusesUid(Dialogue):
    """Refuses every FETCH of bodies that is about the message of option ``uid``."""

    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        chosen = [mail.uid for _, mail in self.selected.chosen(numbers.decode(), by_uid=by_uid)]
        if b"BODY.PEEK[" in items and self.server.options["uid"] in chosen:
            await self.say(tag + b" NO [CANNOT] this one cannot be read")
            return
        await super().fetch(tag, numbers, items, by_uid=by_uid)


class LiteralShort(Dialogue):
    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        if b"BODY[" in items or b"BODY.PEEK[" in items:
            await self.send(b"* 1 FETCH (UID 1 BODY[] {5000}\r\n" + b"x" * 100)
            await self.hang()
        await super().fetch(tag, numbers, items, by_uid=by_uid)


class LiteralOverlong(Dialogue):
    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        return b"BODY[" + match.group(1) + b"] {5}\r\nand a good deal more\r\nthan five octets"


class LiteralNegative(Dialogue):
    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        return b"BODY[" + match.group(1) + b"] {-5}\r\nhello"


class LiteralEverywhere(Dialogue):
    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        row = super().fetch_row(sequence, mail, items)
        return row.replace(b"ENVELOPE " + mail.envelope(), b"ENVELOPE " + mail.envelope(as_literal))

    def list_row(self, name: bytes, box: Box, attributes: bytes) -> bytes:
        return b"* " + name + b" (" + attributes + b') "/" ' + literal(box.name) + b"\r\n"


class NulBytes(Dialogue):
    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        return super().fetch_row(sequence, mail, items).replace(b'"message', b'"mes\0sa\rge\xff')


class LongLine(Dialogue):
    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        await self.send(b"* 1 FETCH (UID 1 FLAGS (" + b"x" * 10_000_000)
        await self.hang()


class LfOnly(Dialogue):
    async def send(self, data: bytes) -> None:
        await super().send(data.replace(b"\r\n", b"\n"))

    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        lean = Mail(mail.uid, mail.raw)
        body = (lean.section(match.group(1).decode()) or b"").replace(b"\r\n", b"\n")
        return b"BODY[" + match.group(1) + b"] " + literal(body)


class ParenBomb(Dialogue):
    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        row = super().fetch_row(sequence, mail, items)
        if mail.uid != 1:
            return row
        return row.replace(mail.structure(), b"(" * 20_000 + b'"text"' + b")" * 20_000)


class UidValidityChange(Dialogue):
    async def open_box(self, tag: bytes, name: bytes, *, read_only: bool) -> None:
        box = self.server.boxes.get(name)
        if box is not None:
            box.uidvalidity += 1
            for mail in box.mails:
                mail.raw = sample(mail.uid, f"stranger {box.uidvalidity}.{mail.uid}")
        await super().open_box(tag, name, read_only=read_only)


class NoUidValidity(Dialogue):
    async def uid_codes(self, box: Box) -> None:
        await self.say(b"* NO [UIDNOTSTICKY] nothing lasts")


class ExpungeMidFetch(Dialogue):
    """An EXPUNGE of the first message before the answer about the last."""

    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        chosen = list(self.selected.chosen(numbers.decode(), by_uid=by_uid))
        gone = 0
        for place, (sequence, mail) in enumerate(chosen):
            if place == len(chosen) - 1 and len(self.selected.mails) > 1 and not self.server.options.get("gone"):
                self.server.options["gone"] = True
                del self.selected.mails[0]
                gone = 1
                await self.say(b"* 1 EXPUNGE")
            await self.send(self.fetch_row(sequence - gone, mail, items))
        await self.ok(tag)


class FetchMissing(Dialogue):
    """Leaves out message 2, names no UID for message 3, and has no bodies."""

    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        if mail.uid == 2:
            return b""
        row = super().fetch_row(sequence, mail, items)
        return row.replace(b"UID 3 ", b"") if mail.uid == 3 else row

    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        return b"BODY[" + match.group(1) + b"]<0> NIL"


class FetchUnsolicited(Dialogue):
    """Between the answers: flags of others, EXISTS, and an item nobody asked for, with literals."""

    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        before = b"* 1 FETCH (FLAGS (\\Flagged) UID 77)\r\n* %d EXISTS\r\n" % (len(self.selected.mails) + 1)
        row = super().fetch_row(sequence, mail, items)
        labels = b"X-GM-LABELS (" + literal(b"a)b") + b' "c \\"d") X-GM-MSGID 123 '
        return before + row.replace(b"FETCH (", b"FETCH (" + labels)


@cache
def _junk() -> bytes:
    return b" ".join(b"keyword%d" % number for number in range(10_000))


@cache
def _million() -> bytes:
    return b"* SEARCH " + b" ".join(b"%d" % (2 * number) for number in range(1, 1_000_001))


@cache
def _rows_of_50k() -> bytes:
    rows = [b'* LIST () "/" "INBOX"\r\n']
    rows += [b'* LIST (\\HasNoChildren) "/" "box %d"\r\n' % number for number in range(50_000)]
    return b"".join(rows)


class FlagsJunk(Dialogue):
    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        junk = _junk()
        row = super().fetch_row(sequence, mail, items)
        return row.replace(b"FLAGS (", b"FLAGS (\\seen [odd] {} " + ESC + b" " + junk)


class SearchHuge(Dialogue):
    async def do_uid_search(self, tag: bytes, *criteria: bytes) -> None:
        await self.say(_million())
        await self.ok(tag)


class EscEverywhere(Dialogue):
    async def greet(self) -> None:
        await self.say(b"* OK [ALERT] " + ESC + b"alert")

    def list_row(self, name: bytes, box: Box, attributes: bytes) -> bytes:
        return b"* " + name + b' () "/" "' + ESC + box.name + b'"\r\n'

    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        row = super().fetch_row(sequence, mail, items)
        return row.replace(b'"message', b'"' + ESC).replace(b'"Ada', b'"' + ESC).replace(b"FLAGS (", b"FLAGS (" + ESC)


class Mutf7Invalid(Dialogue):
    NAMES = (b"&AGE-", b"&broken", b"&-&&", b"caf\xc3\xa9", b"\xff\xfe", b"", b"..", b"/etc/passwd", b"x" * 5000)

    async def greet(self) -> None:
        self.server.boxes.update({name: Box(name) for name in self.NAMES})
        await super().greet()


class List50k(Dialogue):
    async def do_list(self, tag: bytes, *arguments: bytes) -> None:
        await self.send(_rows_of_50k())
        await self.ok(tag)


class ListDeep(Dialogue):
    async def do_list(self, tag: bytes, *arguments: bytes) -> None:
        await self.say(b'* LIST () "/" ' + quoted("/".join(["d"] * 2000)))
        await self.say(b"* LIST () NIL flat")
        await self.say(b'* LIST () "\\\\" "back\\\\slash"')
        await self.say(b'* LIST () "." dotted.name')
        await self.ok(tag)


def prepare() -> None:
    """Make what is large, so that a test does not measure its making."""
    for make in (_junk, _million, _rows_of_50k):
        make()


DATA_BEHAVIOURS: dict[str, type[Dialogue]] = {
    "refuses-uid": RefusesUid,
    "literal-huge": LiteralHuge,
    "literal-short": LiteralShort,
    "literal-overlong": LiteralOverlong,
    "literal-negative": LiteralNegative,
    "literal-everywhere": LiteralEverywhere,
    "nul-bytes": NulBytes,
    "long-line": LongLine,
    "lf-only": LfOnly,
    "paren-bomb": ParenBomb,
    "uidvalidity-change": UidValidityChange,
    "no-uidvalidity": NoUidValidity,
    "expunge-mid-fetch": ExpungeMidFetch,
    "fetch-missing": FetchMissing,
    "fetch-unsolicited": FetchUnsolicited,
    "flags-junk": FlagsJunk,
    "search-huge": SearchHuge,
    "esc-everywhere": EscEverywhere,
    "mutf7-invalid": Mutf7Invalid,
    "list-50k": List50k,
    "list-deep": ListDeep,
}
