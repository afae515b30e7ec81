"""Reads mails in the application and counts what it asks of the network. Run in a network namespace of its own.

Usage: python -m tests.app.quiet FOLDER
"""

import asyncio
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from tests.app.live import SEEN, letter, live

MAILS = Path(__file__).parents[1] / "render" / "mails"
ELSEWHERE = "http://tracker.example:80"
PULLS = f"""\
<html><head><link rel="dns-prefetch" href="//{ELSEWHERE[7:]}"><link rel="stylesheet" href="{ELSEWHERE}/a.css">
<style>@import url({ELSEWHERE}/b.css); body {{ background: url("{ELSEWHERE}/c.png") }}</style>
<meta http-equiv="refresh" content="0; url={ELSEWHERE}/d"><script src="{ELSEWHERE}/e.js"></script>
<base href="{ELSEWHERE}/"></head><body background="{ELSEWHERE}/f.png"><p>Words to be seen.</p>
<img src="{ELSEWHERE}/g.png"><img srcset="{ELSEWHERE}/h.png 2x"><bgsound src="{ELSEWHERE}/i.wav">
<iframe src="{ELSEWHERE}/j"></iframe><object data="{ELSEWHERE}/k"></object><embed src="{ELSEWHERE}/l">
<svg><image href="{ELSEWHERE}/m.svg"/></svg><video poster="{ELSEWHERE}/n.png" src="{ELSEWHERE}/o"></video>
<form action="{ELSEWHERE}/p"><input type="image" src="{ELSEWHERE}/q.png"></form>
<a href="{ELSEWHERE}/r" ping="{ELSEWHERE}/s">a link</a><p style="background-image: url({ELSEWHERE}/t)">x</p>
</body></html>
"""
EXTERNAL = 'message/external-body; access-type=anon-ftp; site="ftp.example"; name="x"\n\nContent-Type: text/plain\n\n'
CALENDAR = (
    "text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\n"
    f"DTSTAMP:20261120T100000Z\nATTACH:{ELSEWHERE}/u\nTZURL:{ELSEWHERE}/v\nEND:VEVENT\nEND:VCALENDAR\n"
)
ASKING = {
    "Disposition_Notification_To": "spy@tracker.example",
    "List_Unsubscribe": f"<{ELSEWHERE}/w>, <https://tracker.example/x>",
    "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
    "Face": f"{ELSEWHERE}/y",
    "BIMI_Location": "v=BIMI1; l=https://tracker.example/z.svg",
    "Autocrypt": "addr=spy@tracker.example; keydata=x",
}


def mails() -> list[bytes]:
    """Return what is read."""
    pages = [PULLS, *(file.read_text("utf-8") for file in sorted(MAILS.glob("*.html")))]
    found = [
        letter(f"Page {number}", page, **ASKING).replace(b"text/plain", b"text/html")
        for number, page in enumerate(pages)
    ]
    for name, rest in (("External", EXTERNAL), ("Calendar", CALENDAR)):
        head = letter(name).split(b"Content-Type:")[0]
        kinds = ("text/plain\n\nWords to be seen.\n", rest)
        parts = "".join(f"--b\nContent-Type: {kind}" for kind in kinds).replace("\n", "\r\n")
        found.append(head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + parts.encode() + b"--b--\r\n")
    return found


async def read_all(folder: Path, asked: list[str]) -> dict[str, Any]:
    """Read every mail, as it comes and the other way, and return what was asked of the network."""
    letters = mails()
    async with live(folder) as servers:
        for number, each in enumerate(letters):
            await servers.deliver(each, minutes=number, flags=SEEN)
        ours = {servers.imap.port, servers.smtp.port}

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
                address = arguments[1]
                if not (isinstance(address, tuple) and address[0] == "127.0.0.1" and address[1] in ours):
                    asked.append(f"{event} {address}")
            elif event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] not in ("127.0.0.1", None):
                asked.append(f"{event} {arguments[0]}")
            elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "webbrowser.open"):
                asked.append(event)

        sys.addaudithook(hook)
        read = 0
        async with servers.app() as person:
            await person.sees(f"1 of {len(letters)}")
            await person.press("enter")
            for number in range(len(letters)):
                await person.until(lambda: person.app.mail.page_shown is not None, f"message {number}")
                page = person.app.mail.page_shown
                assert page is not None
                read += bool(page.lines)
                for keys in (("z", "h"), ("z", "s"), ("z", "s"), ("H",), ("H",)):
                    await person.press(*keys)
                await person.press("j")
        return {"read": read, "mails": len(letters), "asked": asked}


def lift_loopback() -> None:
    """Have 127.0.0.1 answer: in a new namespace the interface is down. Linux only."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP, IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


if __name__ == "__main__":
    lift_loopback()
    print(json.dumps(asyncio.run(read_all(Path(sys.argv[1]), []))))  # noqa: T201 - that is its job
