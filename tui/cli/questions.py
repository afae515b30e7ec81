"""Questions on a bare terminal, in lines; the terminal itself edits what is typed."""

import asyncio
import os
import sys

from tui.mail.address import Address
from tui.mail.text import clean_line
from tui.setup.proposal import address_of

MAX_LINE = 4096


async def asked_address() -> Address:
    """Ask for a mail address until one is given."""
    while True:
        found = address_of(await line('Your address, such as ada@example.org or "Ada <ada@example.org>": '))
        if found is not None:
            return found
        print("That is no mail address.")


async def line(label: str) -> str:
    """Ask for a line, edited by the terminal itself; Ctrl+D raises `EOFError`."""
    print(label, end="", flush=True)
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()
    come: asyncio.Future[None] = loop.create_future()

    def ready() -> None:
        if not come.done():
            come.set_result(None)

    loop.add_reader(descriptor, ready)
    try:
        await come
    finally:
        loop.remove_reader(descriptor)
    data = os.read(descriptor, MAX_LINE)  # a terminal gives one line at a time
    if not data:
        raise EOFError
    return clean_line(data.decode("utf-8", "replace"), MAX_LINE)


async def choice(question: str, choices: dict[str, str], *, default: str = "") -> str:
    """Ask for one of some keys until one is given.

    Args:
        question: above them.
        choices: key → what it does.
        default: what Enter alone means, "" for nothing.
    """
    print(question)
    for key, words in choices.items():
        print(f"  {key}  {words}{' (Enter)' if key == default else ''}")
    while True:
        answer = (await line("> ")).strip().lower() or default
        if answer in choices:
            return answer
        print(f"One of {', '.join(choices)}.")
