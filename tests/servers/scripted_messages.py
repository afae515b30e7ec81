"""The verbs of the scripted IMAP server that are about messages of the selected mailbox: FETCH, SEARCH, STORE, MOVE."""

import re
from collections.abc import Iterable, Sequence

from tests.servers.scripted_mailbox import Box, Mail, literal, quoted

_ITEM = re.compile(rb"BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?|[A-Z0-9.]+")


class Closed(Exception):
    """The dialogue is over."""


class MessageVerbs:
    """Part of `tests.servers.scripted_dialogue.Dialogue`."""

    box: Box | None = None
    read_only = False
    known: Sequence[Mail] = ()
    """Messages of the selected mailbox that the client knows of."""

    @property
    def boxes(self) -> dict[bytes, Box]:
        """All mailboxes."""
        raise NotImplementedError

    @property
    def offered(self) -> str:
        """The capabilities."""
        raise NotImplementedError

    def announce(self, box: Box) -> None:
        """Tell the clients that idle in a mailbox how many messages it holds now."""
        raise NotImplementedError

    async def say(self, line: bytes) -> None:
        """Send a line."""
        raise NotImplementedError

    async def send(self, data: bytes) -> None:
        """Send octets as they are."""
        raise NotImplementedError

    async def ok(self, tag: bytes, text: bytes = b"done") -> None:
        """Send a tagged OK."""
        raise NotImplementedError

    @property
    def selected(self) -> Box:
        if self.box is None:
            raise Closed
        return self.box

    async def do_uid_fetch(self, tag: bytes, uids: bytes, items: bytes, *options: bytes) -> None:
        if self.box is None:  # it was sent in one go with what should have opened it
            await self.say(tag + b" BAD no mailbox is open")
            return
        await self.fetch(tag, uids, items, by_uid=True)

    async def do_fetch(self, tag: bytes, numbers: bytes, items: bytes) -> None:
        await self.fetch(tag, numbers, items, by_uid=False)

    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        """Answer a FETCH, message after message."""
        for sequence, mail in self.selected.chosen(numbers.decode(), by_uid=by_uid):
            await self.send(self.fetch_row(sequence, mail, items))
        await self.ok(tag)

    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        """One FETCH response, with its line end."""
        values = b" ".join(self.fetch_items(mail, items))
        return b"* %d FETCH (%s)\r\n" % (sequence, values)

    def fetch_items(self, mail: Mail, items: bytes) -> Iterable[bytes]:
        for match in _ITEM.finditer(items.upper()):
            name = match.group()
            if name.startswith(b"BODY") and match.group(1) is not None:
                yield self.body_item(mail, match)
            elif name == b"UID":
                yield b"UID %d" % mail.uid
            elif name == b"FLAGS":
                yield b"FLAGS (" + " ".join(sorted(mail.flags)).encode() + b")"
            elif name == b"INTERNALDATE":
                yield b"INTERNALDATE " + quoted(mail.received)
            elif name == b"RFC822.SIZE":
                yield b"RFC822.SIZE %d" % len(mail.raw)
            elif name == b"ENVELOPE":
                yield b"ENVELOPE " + mail.envelope()
            elif name == b"BODYSTRUCTURE":
                yield b"BODYSTRUCTURE " + mail.structure()
            elif name == b"THREADID":
                yield b"THREADID (" + mail.thread + b")" if mail.thread else b"THREADID NIL"

    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        section, start, length = match.groups()
        body = mail.section(section.decode())
        name = b"BODY[" + section + b"]" + (b"<" + start + b">" if start else b"")
        if body is None:
            return name + b" NIL"
        if start:
            body = body[int(start) : int(start) + int(length)]
        return name + b" " + literal(body)

    async def do_uid_search(self, tag: bytes, *criteria: bytes) -> None:
        found = list(self.search(criteria))
        if b"RETURN" in criteria:
            every = b" ALL " + b",".join(b"%d" % uid for uid in found) if found else b""
            await self.say(b'* ESEARCH (TAG "' + tag + b'") UID' + every)
        else:
            await self.say(b"* SEARCH" + b"".join(b" %d" % uid for uid in found))
        await self.ok(tag)

    def search(self, criteria: tuple[bytes, ...]) -> Iterable[int]:
        named = criteria[criteria.index(b"UID") + 1].decode() if b"UID" in criteria else "1:*"
        chosen = {mail.uid for _, mail in self.selected.chosen(named, by_uid=True)}
        for mail in self.selected.mails:
            if b"HEADER" in criteria:
                wanted = criteria[-2] + b": " + criteria[-1]
                if wanted.lower() not in mail.raw.lower():
                    continue
            if mail.uid not in chosen:
                continue
            if b"UNDRAFT" in criteria and "\\Draft" in mail.flags:
                continue
            if b"DELETED" in criteria and "\\Deleted" not in mail.flags:
                continue
            if b"UNDELETED" in criteria and "\\Deleted" in mail.flags:
                continue
            yield mail.uid

    async def do_uid_store(self, tag: bytes, uids: bytes, action: bytes, flags: bytes) -> None:
        if self.read_only:
            await self.say(tag + b" NO the mailbox is read-only")
            return
        names = set(flags.strip(b"()").decode().split())
        for _, mail in self.selected.chosen(uids.decode(), by_uid=True):
            mail.flags = mail.flags | names if action.startswith(b"+") else mail.flags - names
        await self.ok(tag)

    async def do_uid_copy(self, tag: bytes, uids: bytes, target: bytes) -> None:
        copied = await self.copy(tag, uids, target)
        if copied is not None:
            await self.ok(tag, copied + b"done")

    async def copy(self, tag: bytes, uids: bytes, target: bytes) -> bytes | None:
        """Copy messages; return the response code that tells their new UIDs, None when it was refused."""
        box = self.boxes.get(target)
        if box is None:
            await self.say(tag + b" NO [TRYCREATE] no such mailbox")
            return None
        chosen = [mail for _, mail in self.selected.chosen(uids.decode(), by_uid=True)]
        new = [box.add(mail.raw, set(mail.flags)) for mail in chosen]
        self.announce(box)
        if not new or "UIDPLUS" not in self.offered.split():
            return b""
        pairs = (b",".join(b"%d" % mail.uid for mail in mails) for mails in (chosen, new))
        return b"[COPYUID %d %s] " % (box.uidvalidity, b" ".join(pairs))

    async def do_uid_move(self, tag: bytes, uids: bytes, target: bytes) -> None:
        copied = await self.copy(tag, uids, target)
        if copied is not None:
            if copied:
                await self.say(b"* OK " + copied + b"moved")
            await self.expunge([mail.uid for _, mail in self.selected.chosen(uids.decode(), by_uid=True)])
            await self.ok(tag)

    async def do_uid_expunge(self, tag: bytes, uids: bytes) -> None:
        chosen = self.selected.chosen(uids.decode(), by_uid=True)
        await self.expunge([mail.uid for _, mail in chosen if "\\Deleted" in mail.flags])
        await self.ok(tag)

    async def do_expunge(self, tag: bytes) -> None:
        await self.expunge([mail.uid for mail in self.selected.mails if "\\Deleted" in mail.flags])
        await self.ok(tag)

    async def expunge(self, uids: Iterable[int]) -> None:
        """Remove messages and say so."""
        for uid in uids:
            for sequence, mail in enumerate(self.selected.mails, 1):
                if mail.uid == uid:
                    self.selected.mails.remove(mail)
                    await self.say(b"* %d EXPUNGE" % sequence)
                    break
        self.known = list(self.selected.mails)
