"""What a scripted submission server does wrong, one class each; `BEHAVIOURS` names them.

A class overrides a step of the honest `SmtpDialogue`; ``hang-COMMAND`` never answers that command.
"""

import asyncio

from tests.servers.smtp_dialogue import SmtpDialogue


class Greet(SmtpDialogue):
    words = b""

    async def greet(self) -> None:
        await self.send(self.words)
        if not self.words:
            await self.hang()
        await self.close()


class Greet554(Greet):
    words = b"554 5.3.2 no mail here\r\n"


class Greet421(Greet):
    words = b"421 4.3.2 too busy\r\n"


class GreetHttp(Greet):
    words = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class Ehlo502(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        await self.say(b"502 5.5.1 what?")


class StarttlsInject(SmtpDialogue):
    auth = b"PLAIN"

    async def on_starttls(self, line: bytes) -> None:
        await self.consent(b"250-evil\r\n250-SIZE 1\r\n250 AUTH EVIL\r\n235 2.7.0 you are in\r\n")


class Starttls454(SmtpDialogue):
    async def on_starttls(self, line: bytes) -> None:
        await self.say(b"454 4.7.0 TLS not available")


class StarttlsStripped(SmtpDialogue):
    def offers(self) -> list[bytes]:
        return [*self.extensions, b"AUTH " + self.auth]


class Auth535(SmtpDialogue):
    async def judge(self, user: str, password: str) -> None:
        self.server.logins.append((user, password))
        await self.say(b"535 5.7.8 no")


class Auth454(SmtpDialogue):
    async def judge(self, user: str, password: str) -> None:
        self.server.logins.append((user, password))
        await self.say(b"454 4.7.0 later")


class AuthNone(SmtpDialogue):
    auth = b""


class AuthLoginOnly(SmtpDialogue):
    auth = b"LOGIN XOAUTH2"


class Sender553(SmtpDialogue):
    async def on_mail(self, line: bytes) -> None:
        await self.say(b"553 5.7.1 not your address")


class SenderOwned(SmtpDialogue):
    """Option ``owner``: the only address one may send from."""

    async def on_mail(self, line: bytes) -> None:
        if self.server.options["owner"].encode() in line:
            await super().on_mail(line)
        else:
            await self.say(b"553 5.7.1 Sender address rejected: not owned by user")


class RcptPartial(SmtpDialogue):
    count = 0

    async def on_rcpt(self, line: bytes) -> None:
        self.count += 1
        if self.count % 2 == 0:
            await self.say(b"550 5.1.1 no such user")
        else:
            await super().on_rcpt(line)


class RcptLater(SmtpDialogue):
    """Puts off the second recipient once."""

    async def on_rcpt(self, line: bytes) -> None:
        if self.recipients and not self.server.tries:
            self.server.tries += 1
            await self.say(b"450 4.2.0 not now")
        else:
            await super().on_rcpt(line)


class RcptNone(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"550 5.1.1 no such user")


class Rcpt450(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"450 4.2.0 greylisted")


class Rcpt421(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        if self.recipients:
            await self.say(b"421 4.3.0 closing")
            await self.close()
        await super().on_rcpt(line)


class Greylist(SmtpDialogue):
    async def on_data(self, line: bytes) -> None:
        self.server.tries += 1
        if self.server.tries == 1:
            await self.say(b"451 4.7.1 greylisted, come back")
        else:
            await super().on_data(line)


class Data554(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        await self.say(b"554 5.7.1 spam")


class Data421Mid(SmtpDialogue):
    async def receive(self) -> bytes:
        await self.reader.readexactly(self.server.options.get("after", 2000))
        await self.say(b"421 4.3.2 shutting down")
        await self.close()
        return b""


class EarlyYes(SmtpDialogue):
    async def receive(self) -> bytes:
        await self.reader.readexactly(10)
        await self.say(b"250 2.0.0 taken before its end")
        await self.hang()
        return b""


class DropAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        self.reset()


class PartialInDoubt(RcptPartial):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        self.reset()


class DropAfterDotLost(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.reset()


class SlowAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        await self.server.released.wait()
        await self.say(b"250 2.0.0 at last")


class HangAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        await self.hang()


class SizeLimit(SmtpDialogue):
    extensions = (b"8BITMIME", b"SMTPUTF8", b"SIZE 1000")

    async def verdict(self, raw: bytes) -> None:
        if len(raw) > 1000:
            await self.say(b"552 5.3.4 too big")
        else:
            await super().verdict(raw)


class No8bitmime(SmtpDialogue):
    extensions = (b"SMTPUTF8", b"SIZE 50000000")


class NoSmtputf8(SmtpDialogue):
    extensions = (b"8BITMIME", b"SIZE 50000000")


class ReplyBomb(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        while True:
            await self.send(b"250-more and more\r\n" * 500)


class LineBomb(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        while True:
            await self.send(b"250-" + b"x" * 10_000)


class ReplyEsc(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"550 5.1.1 \x1b]52;c;ZXZpbA==\x07 [@click=app.quit]no\x1b[31m \xc2\x9b user")


class ReplyMixed(SmtpDialogue):
    words = b"250-a\r\n550 b\r\n"

    async def on_mail(self, line: bytes) -> None:
        await self.send(self.words)


class ReplyMixedYes(ReplyMixed):
    words = b"550-a\r\n250 b\r\n"


class ReplyNoCode(ReplyMixed):
    words = b"fine, go on\r\n"


class Dribble(SmtpDialogue):
    async def send(self, data: bytes) -> None:
        for octet in data:
            self.writer.write(bytes([octet]))
            await self.writer.drain()
            await asyncio.sleep(0)


BEHAVIOURS: dict[str, type[SmtpDialogue]] = {
    "normal": SmtpDialogue,
    "greet-hang": Greet,
    "greet-554": Greet554,
    "greet-421": Greet421,
    "greet-http": GreetHttp,
    "ehlo-502": Ehlo502,
    "starttls-ok": SmtpDialogue,
    "starttls-inject": StarttlsInject,
    "starttls-454": Starttls454,
    "starttls-stripped": StarttlsStripped,
    "auth-535": Auth535,
    "auth-454": Auth454,
    "auth-none": AuthNone,
    "auth-login-only": AuthLoginOnly,
    "sender-553": Sender553,
    "sender-owned": SenderOwned,
    "rcpt-partial": RcptPartial,
    "rcpt-later": RcptLater,
    "rcpt-none": RcptNone,
    "rcpt-450": Rcpt450,
    "rcpt-421": Rcpt421,
    "greylist": Greylist,
    "data-554": Data554,
    "data-421-mid": Data421Mid,
    "early-yes": EarlyYes,
    "drop-after-dot": DropAfterDot,
    "partial-in-doubt": PartialInDoubt,
    "drop-after-dot-lost": DropAfterDotLost,
    "slow-after-dot": SlowAfterDot,
    "hang-after-dot": HangAfterDot,
    "size-limit": SizeLimit,
    "no-8bitmime": No8bitmime,
    "no-smtputf8": NoSmtputf8,
    "reply-bomb": ReplyBomb,
    "line-bomb": LineBomb,
    "reply-esc": ReplyEsc,
    "reply-mixed": ReplyMixed,
    "reply-mixed-yes": ReplyMixedYes,
    "reply-no-code": ReplyNoCode,
    "dribble": Dribble,
    **{f"hang-{verb}": SmtpDialogue for verb in ("ehlo", "auth", "mail", "rcpt", "data", "quit")},
}
