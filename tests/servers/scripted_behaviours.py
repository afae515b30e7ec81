"""What a scripted IMAP server does wrong, one class each; `BEHAVIOURS` names them.

A class overrides a step of the honest `Dialogue`. Bodies of messages and lists are in `tests.servers.scripted_data`.
"""

import asyncio

from tests.servers.scripted_data import DATA_BEHAVIOURS
from tests.servers.scripted_deflate import Deflated
from tests.servers.scripted_dialogue import Dialogue
from tests.servers.scripted_mailbox import Box, sample
from tests.servers.scripted_messages import Closed

EVIL = b'* LIST () "/" "EVIL"\r\n* 99 EXISTS\r\n* 1 FETCH (UID 1 FLAGS (\\Evil))\r\n* SEARCH 1 2 3\r\n'


class GreetHang(Dialogue):
    async def greet(self) -> None:
        await self.hang()


class GreetBye(Dialogue):
    async def greet(self) -> None:
        await self.say(b"* BYE [UNAVAILABLE] back soon \x1b[31m")
        raise Closed


class GreetHttp(Dialogue):
    async def greet(self) -> None:
        await self.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n")
        await self.hang()


class GreetUntaggedData(Dialogue):
    async def greet(self) -> None:
        await self.send(EVIL)
        await super().greet()
        await self.send(EVIL)


class Dribble(Dialogue):
    async def send(self, data: bytes) -> None:
        for octet in data:
            await super().send(bytes((octet,)))
            await asyncio.sleep(self.server.options.get("delay", 0.001))


class DropAt(Dialogue):
    """Option ``at``: octets of all that is sent on one connection."""

    sent = 0

    async def send(self, data: bytes) -> None:
        left = self.server.options["at"] - self.sent
        await super().send(data[:left])
        self.sent += len(data)
        if len(data) >= left:
            raise Closed


class LoginThrottle(Dialogue):
    async def judge(self, tag: bytes, password: bytes) -> None:
        await self.say(tag + b" NO [LIMIT] maximum number of connections reached")


class LoginFailed(Dialogue):
    async def judge(self, tag: bytes, password: bytes) -> None:
        await self.say(tag + b" NO [AUTHENTICATIONFAILED] no")


class LoginSlow(Dialogue):
    """Option ``n``: seconds."""

    async def judge(self, tag: bytes, password: bytes) -> None:
        await asyncio.sleep(self.server.options.get("n", 40))
        await super().judge(tag, password)


class Referral(Dialogue):
    async def judge(self, tag: bytes, password: bytes) -> None:
        await self.say(tag + b" NO [REFERRAL imap://elsewhere.example/] go there")


class StarttlsInject(Dialogue):
    async def do_starttls(self, tag: bytes) -> None:
        await self.send(tag + b" OK begin TLS\r\n* CAPABILITY IMAP4rev1 EVIL\r\n* OK [ALERT] EVIL\r\n" + EVIL)
        await self.writer.start_tls(self.context)


class StarttlsInjectHalf(Dialogue):
    """The same with a line that is not complete, to be glued before the first line behind TLS."""

    async def do_starttls(self, tag: bytes) -> None:
        await self.send(tag + b" OK begin TLS\r\n* OK [ALERT] EVIL")
        await self.writer.start_tls(self.context)


class StarttlsInjectPrefix(Dialogue):
    async def greet(self) -> None:
        await self.say(b"* OK [ALERT] EVIL greeting")

    async def do_starttls(self, tag: bytes) -> None:
        await self.say(b"* OK [ALERT] EVIL alert")
        await super().do_starttls(tag)


class StarttlsContinuation(Dialogue):
    async def do_starttls(self, tag: bytes) -> None:
        await self.say(b"+ go on")
        await self.hang()


class StarttlsRefused(Dialogue):
    async def do_starttls(self, tag: bytes) -> None:
        await self.say(tag + b" NO [UNAVAILABLE] no certificate")


class StarttlsStripped(Dialogue):
    def capability(self) -> str:
        return self.server.capability


class LoginDisabled(Dialogue):
    def capability(self) -> str:
        return super().capability() + " LOGINDISABLED"


class Preauth(Dialogue):
    async def greet(self) -> None:
        self.entered = True
        await self.say(b"* PREAUTH welcome")


class WrongTags(Dialogue):
    async def ok(self, tag: bytes, text: bytes = b"done") -> None:
        await super().ok(b"ZZ99" if self.entered and self.commands > 2 else tag, text)


class UntaggedFlood(Dialogue):
    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        if self.entered:
            await self.send(b"* NO something is odd\r\n* BAD very odd\r\n" * self.server.options.get("n", 25_000))
        await super().command(tag, name, arguments)


class ContinuationSpam(Dialogue):
    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        if self.entered and name != "APPEND":
            await self.send(b"+ go on\r\n+\r\n" * 50)
        await super().command(tag, name, arguments)


class ByeInIdle(Dialogue):
    async def idle(self) -> None:
        await self.say(b"* BYE going down")
        raise Closed


class ByeOnIdle(Dialogue):
    async def do_idle(self, tag: bytes) -> None:
        await self.say(b"* BYE no idling here")
        await self.hang()


class IdleRefused(Dialogue):
    async def do_idle(self, tag: bytes) -> None:
        await self.say(tag + b" NO not now")


class IdleDeaf(Dialogue):
    async def idle(self) -> None:
        await self.hang()


class IdleNewMail(Dialogue):
    async def idle(self) -> None:
        box = self.selected
        box.add(sample(box.uidnext, "pushed"))
        await self.say(b"* %d EXISTS" % len(box.mails))
        await super().idle()


class ExistsFlood(Dialogue):
    async def idle(self) -> None:
        count = len(self.selected.mails)
        await self.send(b"".join(b"* %d EXISTS\r\n" % (count + more) for more in range(1, 20_001)))
        await super().idle()


class ExistsAbsurd(Dialogue):
    async def idle(self) -> None:
        await self.send(b"* 18446744073709551616 EXISTS\r\n* 1 EXISTS\r\n* -1 RECENT\r\n* 0 EXPUNGE\r\n* x EXISTS\r\n")
        await super().idle()


class ExpungeStorm(Dialogue):
    async def idle(self) -> None:
        count = len(self.selected.mails)
        self.selected.mails.clear()
        await self.send(b"".join(b"* %d EXPUNGE\r\n" % sequence for sequence in range(count, 0, -1)))
        await super().idle()


class NoUnavailable(Dialogue):
    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        codes = (b"UNAVAILABLE", b"INUSE", b"SERVERBUG")
        if self.entered and name != "LOGOUT" and self.commands % 2:
            await self.say(tag + b" NO [" + codes[self.commands % 3] + b"] not now")
            return
        await super().command(tag, name, arguments)


class SelectGone(Dialogue):
    async def open_box(self, tag: bytes, name: bytes, *, read_only: bool) -> None:
        if name == b"INBOX":
            await super().open_box(tag, name, read_only=read_only)
        else:
            self.box = None
            await self.say(tag + b" NO [NONEXISTENT] gone")

    async def do_append(self, tag: bytes, name: bytes, *rest: bytes) -> None:
        await self.say(tag + b" NO [TRYCREATE] gone")


class AppendOverQuota(Dialogue):
    async def wants_literal(self, words: list[bytes]) -> bool:
        await self.say(words[0] + b" NO [OVERQUOTA] no room")
        return False

    async def do_append(self, tag: bytes, name: bytes, *rest: bytes) -> None:
        await self.say(tag + b" NO [OVERQUOTA] no room")


class DropAfterAppend(Dialogue):
    """The first message is stored and the line cut before the answer."""

    async def do_append(self, tag: bytes, name: bytes, *rest: bytes) -> None:
        if not self.server.boxes[name].mails:
            self.server.boxes[name].add(rest[-1])
            raise Closed
        await super().do_append(tag, name, *rest)


class ReadOnly(Dialogue):
    async def open_box(self, tag: bytes, name: bytes, *, read_only: bool) -> None:
        await super().open_box(tag, name, read_only=True)


class Qresync(Dialogue):
    """Offers QRESYNC. Options ``modseq``: of the mailbox; ``missed``: what SELECT tells of the time before."""

    enabled = False

    def capability(self) -> str:
        return super().capability() + " ENABLE CONDSTORE QRESYNC"

    async def do_enable(self, tag: bytes, *names: bytes) -> None:
        if self.server.options.get("refuses"):
            await self.say(tag + b" BAD no")
            return
        self.enabled = b"QRESYNC" in names
        await super().do_enable(tag, *names)

    async def uid_codes(self, box: Box) -> None:
        await super().uid_codes(box)
        await self.say(b"* OK [HIGHESTMODSEQ %d] modified" % self.server.options.get("modseq", 10))

    async def do_select(self, tag: bytes, name: bytes, *options: bytes) -> None:
        asked = b" ".join(options)
        if b"QRESYNC" in asked:
            if not self.enabled:
                await self.say(tag + b" BAD QRESYNC is not enabled")
                return
            await self.send(self.server.options.get("missed", b""))
        await super().do_select(tag, name, *options)


class ListStatus(Dialogue):
    """Offers LIST-STATUS. Option ``status_n``: of how many mailboxes counts are told; all others are left out."""

    def capability(self) -> str:
        return super().capability() + " LIST-STATUS"

    async def do_list(self, tag: bytes, *arguments: bytes) -> None:
        asked = b" ".join(arguments)
        if b"STATUS (" in asked:
            for box in list(self.server.boxes.values())[: self.server.options.get("status_n", 1000)]:
                await self.say(self.status_row(box))
        await super().do_list(tag, *arguments)


class Notify(ListStatus):
    """Offers NOTIFY too. Option ``notifies``: False refuses it."""

    notified = False

    def capability(self) -> str:
        return super().capability() + " NOTIFY"

    async def do_notify(self, tag: bytes, *arguments: bytes) -> None:
        if not self.server.options.get("notifies", True):
            await self.say(tag + b" NO [BADEVENT (MessageNew)] not these")
            return
        self.notified = True
        await self.ok(tag)


class CapabilityMinimal(Dialogue):
    def capability(self) -> str:
        return "IMAP4rev1"


class Hang(Dialogue):
    """Never answers one command; ``hang-fetch`` and so on."""

    names: tuple[str, ...] = ()

    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        if name in self.names or (name == "UID" and arguments[0].decode().upper() in self.names):
            await self.hang()
        await super().command(tag, name, arguments)


def _hang(name: str) -> type[Dialogue]:
    return type("Hang" + name.title(), (Hang,), {"names": (name.upper(), "EXAMINE" if name == "select" else "")})


BEHAVIOURS: dict[str, type[Dialogue]] = {
    "normal": Dialogue,
    "greet-hang": GreetHang,
    "greet-bye": GreetBye,
    "greet-http": GreetHttp,
    "greet-untagged-data": GreetUntaggedData,
    "dribble": Dribble,
    "drop-at": DropAt,
    "login-throttle": LoginThrottle,
    "login-failed": LoginFailed,
    "login-slow": LoginSlow,
    "referral": Referral,
    "starttls-ok": Dialogue,
    "starttls-inject": StarttlsInject,
    "starttls-inject-half": StarttlsInjectHalf,
    "starttls-inject-prefix": StarttlsInjectPrefix,
    "starttls-continuation": StarttlsContinuation,
    "starttls-refused": StarttlsRefused,
    "starttls-stripped": StarttlsStripped,
    "logindisabled": LoginDisabled,
    "preauth": Preauth,
    "wrong-tags": WrongTags,
    "untagged-flood": UntaggedFlood,
    "continuation-spam": ContinuationSpam,
    "bye-in-idle": ByeInIdle,
    "bye-on-idle": ByeOnIdle,
    "idle-refused": IdleRefused,
    "idle-deaf": IdleDeaf,
    "idle-new-mail": IdleNewMail,
    "exists-flood": ExistsFlood,
    "exists-absurd": ExistsAbsurd,
    "expunge-storm": ExpungeStorm,
    "no-unavailable": NoUnavailable,
    "select-gone": SelectGone,
    "append-overquota": AppendOverQuota,
    "drop-after-append": DropAfterAppend,
    "readonly": ReadOnly,
    "list-status": ListStatus,
    "notify": Notify,
    "qresync": Qresync,
    "deflate": Deflated,
    "capability-minimal": CapabilityMinimal,
    **{
        f"hang-{name}": _hang(name)
        for name in ("fetch", "select", "list", "noop", "logout", "search", "store", "append")
    },
    **DATA_BEHAVIOURS,
}
