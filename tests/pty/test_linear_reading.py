"""Linear mode: what is known of a sender, parts, links and invitations, read in lines."""

from pathlib import Path

from tests.app.live import SEEN, letter, live
from tests.app.test_parts import MAIL
from tests.app.test_reading import MEETING
from tests.pty.test_linear import linear

FAILED = b"Authentication-Results: mx.mill.example; dmarc=fail header.from=analytical.example\r\n"


async def test_careful_reading_in_lines(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await servers.deliver(FAILED + letter("Odd", "See http://203.0.113.9/x now.\n"), minutes=9.5, flags=SEEN)
        await servers.deliver(MEETING, minutes=5.5, flags=SEEN)
        await servers.deliver(MAIL, minutes=2.5, flags=SEEN)
        async with linear(tmp_path, servers) as person:
            await person.hears("Ada. Parts. 4 files, 2 minutes.")
            await person.press("\r", "End of message.")
            await person.press("V", "5  enclosed message. message/rfc822  71 B.")
            await person.press("1\r", "Keys: S save, O open, q back.")
            assert any("Räder;4" in line for line in person.transcript)
            person.terminal.press("q")
            await person.press("qj", "Ada. Meeting. 5 minutes.")
            await person.press("\r", "End of message.")
            assert "It holds an invitation." in person.transcript
            await person.press("i", "Keys: a accept, t maybe, d decline, q back.")
            assert "Note G and tea." in person.transcript
            person.terminal.press("a")
            await person.terminal.until(lambda: bool(servers.smtp.accepted), "an answer")
            await person.press("qj", "Ada Lovelace. Odd. 9 minutes.")
            await person.press("\r", "End of message.")
            warning = "Warning: sender not proven: may be forged. mx.mill.example found DMARC fail."
            assert warning in person.transcript
            await person.press(
                "1o", "It leads to 203.0.113.9: a number instead of a name. Open it? y open, n leave it."
            )
            person.terminal.press("n")
            person.terminal.press("Q")
            assert await person.terminal.ends() == 0
