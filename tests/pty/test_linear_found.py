"""Linear mode: hits of a search and the messages of a conversation, a row at a time."""

import asyncio
import re
from pathlib import Path

from tests.app.live import HOME, SEEN, letter, live
from tests.app.test_inboxes import BOTH, known, three
from tests.app.test_thread_page import OTHER, converse
from tests.pty.test_linear import Reader, linear

PROMPT = re.compile("Search:")
ASKED = re.compile(r"work was asked: [^\r\n]*\.(?=\r)")


async def find(person: Reader, query: str, count: int) -> None:
    """Search until everything is in the index, and so many are found there; what is found is listed then."""
    terminal, told = person.terminal, f"{count} found on this machine. The servers are asked."

    async def answer(keys: str, wanted: re.Pattern[str]) -> str:
        before = len(terminal.output)
        terminal.press(keys)
        await terminal.until(lambda: wanted.search(terminal.output, before), f"{wanted.pattern} for {keys!r}")
        return terminal.output[before:]

    async with asyncio.timeout(30):
        await answer("/", PROMPT)
        while told not in await answer(f"{query}\r", ASKED):
            await answer("q/", PROMPT)


async def test_a_search_and_a_conversation_in_lines(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await converse(servers)
        await servers.deliver(letter("Tides", "High at six.", sender=OTHER), minutes=5.5, flags=SEEN)
        async with linear(tmp_path, servers) as person:
            await person.hears("Ada Lovelace. Re: Cards. Unread, 30 minutes.")
            await find(person, "from:hopper", 2)
            await person.press("gg", "Grace Hopper. Tides. 5 minutes. In Inbox.")
            await person.press("j", "Grace Hopper. Re: Cards. 1 hour. In Inbox.")
            await person.press("T", "Level 2. Grace Hopper. Re: Cards. 1 hour.")
            assert "Conversation. 3 messages, 1 unread. Cards." in person.transcript
            await person.press("n", "Level 3. Ada Lovelace. Re: Cards. Unread, 30 minutes.")
            await person.press("\r", "End of message.")
            assert "Thirteen." in person.transcript
            await person.press("k", "Level 2. Grace Hopper. Re: Cards. 1 hour.")
            await person.press("e", "Ada Lovelace. Re: Cards. 30 minutes.")
            assert "Archived: Grace Hopper, Re: Cards. u undoes." in person.transcript
            await person.press("q", "Grace Hopper. Tides. 5 minutes. In Inbox.")  # the other hit is in Archive now
            await person.press("q", "Ada Lovelace. Re: Cards. 30 minutes.")
            # Marks are acted on where they are, in two mailboxes, and wherever the cursor is.
            await find(person, "from:hopper", 2)
            await person.press("gg", "Grace Hopper. Tides. 5 minutes. In Inbox.")
            await person.press("v", "Grace Hopper. Re: Cards. 1 hour. In Archive.")
            await person.press("v", "Grace Hopper. Re: Cards. Marked, 1 hour. In Archive.")
            await person.press("d", "Nothing here.")
            assert "Deleted 2. u undoes." in person.transcript
            person.terminal.press("Q")
            assert await person.terminal.ends() == 0


async def test_all_inboxes_in_lines(tmp_path: Path) -> None:
    async with live(tmp_path, accounts=BOTH) as servers:
        await three(servers)
        async with servers.app() as before:  # what there is of both accounts is known then
            await known(before)
        kept = {f"XDG_{name.upper()}_HOME": tmp_path / "kept" / name for name in ("cache", "data")}
        for path in kept.values():
            path.mkdir(parents=True)
            (path / "tidings").symlink_to(tmp_path / path.name)
        async with linear(tmp_path, servers, **{name: str(path) for name, path in kept.items()}) as person:
            await person.hears("Ada Lovelace. Third. Unread, 10 minutes.")
            await person.press("gA", "Ada Lovelace. Third. Unread, 10 minutes. In work, Inbox.")
            assert "All inboxes. 3 unread of 3." in person.transcript
            await person.press("j", "Ada Lovelace. Second. Unread, 20 minutes. In home, Inbox.")
            await person.press("e", "Ada Lovelace. First. Unread, 30 minutes. In work, Inbox.")
            async with asyncio.timeout(20):
                while await servers.count("Archive", account=HOME) != 1:  # noqa: ASYNC110 - a server is asked
                    await asyncio.sleep(0.02)
            await person.press("q", "Ada Lovelace. Third. Unread, 10 minutes.")
            person.terminal.press("Q")
            assert await person.terminal.ends() == 0
