"""A conversation as one page, on a server: what arrives stands there, acts are on one message or on the whole."""

from pathlib import Path

from tests.app.live import SEEN, Live, letter, live
from tui.screens.mail import MailScreen
from tui.screens.thread import ThreadScreen

FIRST = "Ada Lovelace <ada@analytical.example>"
OTHER = "Grace Hopper <grace@yale.example>"


def name_of(subject: str, sender: str = FIRST) -> str:
    """The Message-ID that `letter` gives."""
    return f"<{abs(hash((subject, sender)))}@analytical.example>"


async def converse(servers: Live) -> None:
    """Have three mails of one conversation come in, and one that is older than all but the first."""
    await servers.deliver(letter("Cards", "How many cards?"), minutes=90, flags=SEEN)
    await servers.deliver(letter("Dinner", "At eight."), minutes=80, flags=SEEN)
    await servers.deliver(
        letter("Re: Cards", "Twelve, I think.", sender=OTHER, In_Reply_To=name_of("Cards")), minutes=60, flags=SEEN
    )
    await servers.deliver(letter("Re: Cards", "Thirteen.", In_Reply_To=name_of("Re: Cards", OTHER)), minutes=30)


async def test_a_conversation_is_read_on_one_page_and_answered_from_it(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await converse(servers)
        async with servers.app() as person:
            await person.sees("work · 1 of 4", "Archive")
            await person.press("T")
            await person.sees("3 messages", "▸ Ada Lovelace", "▸ └ Grace Hopper", "▾   └ Ada Lovelace", "Thirteen.")
            await person.misses("1 unread")  # it was shown, and is read by that
            await person.press("k", "enter")
            await person.sees("Twelve, I think.")
            await person.press("r")
            await person.sees("Reply", "to Grace Hopper", "> Twelve, I think.")
            await person.press("escape")
            await person.until(lambda: isinstance(person.app.screen, ThreadScreen), "back on the page")
            await person.press("j")  # what the answer to a key says stands for a while, unless another one is pressed
            await servers.deliver(
                letter("Re: Cards", "Fourteen!", sender=OTHER.replace("Grace", "G."), In_Reply_To=name_of("Cards"))
            )
            await person.sees("4 messages", "G. Hopper wrote to this", "Fourteen!")
            await person.press("n")
            await person.misses("1 unread")
            await person.press("T")
            await person.until(lambda: isinstance(person.app.screen, MailScreen), "the list")


async def test_acts_take_one_message_some_of_them_or_the_whole_conversation(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await converse(servers)
        async with servers.app() as person:
            await person.sees("work · 1 of 4", "Archive")
            await person.press("T")
            await person.sees("3 messages", "Thirteen.")
            await person.press("g", "g", "2", "s")
            await person.sees("u undo")
            await person.until(lambda: person.screen.count("◆") >= 2, "two flagged")
            await person.press("e")
            await person.sees("2 messages", "archived 1")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 1)
            await person.press("u")
            await person.sees("3 messages")
            await person.eventually(lambda: servers.count("INBOX"), lambda count: count == 4)
            await person.press("E")
            await person.until(lambda: isinstance(person.app.screen, MailScreen), "nothing of it is left here")
            await person.sees("work · 1 of 1", "Dinner")
            await person.eventually(lambda: servers.count("Archive"), lambda count: count == 3)


async def test_the_page_of_a_hit_is_above_the_search(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        await converse(servers)
        async with servers.app(width=80, height=24) as person:
            await person.sees("Dinner", "Re: Cards")
            await person.eventually(person.app.store.search.waiting, lambda count: count == 0)
            await person.press("/")
            await person.type("twelve")
            await person.sees("1 found")
            await person.press("down", "T")
            await person.sees("3 messages", "▾ └ Grace Hopper", "Twelve, I think.")
            await person.press("q")
            await person.sees("twelve", "1 found")
            await person.press("T")
            await person.sees("3 messages")
            await person.press("g", "i")
            await person.until(lambda: isinstance(person.app.screen, MailScreen), "the Inbox")
