"""What the word that is being written in a query may go on to: what can be named, and how it is offered."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from tui.mail.fold import fold
from tui.mail.query_completion import Completion, Known, completions
from tui.mail.thread import message_ids
from tui.store.people import People
from tui.widgets.words import Words

MOST_SHOWN = 8


class Offers:
    """Knows what can be named. It is asked with every key and every frame, and looks only where something is new.

    Args:
        people: who was written to and heard of.
        thread: the Message-ID, as written, of the message the search was begun from; "" for none.
    """

    def __init__(self, people: People, thread: str = "") -> None:
        self._people = people
        self._known = Known(threads=_names([thread]))
        self._asked: tuple[str, int, str, date] | None = None
        self._found: list[Completion] = []

    def know(self, mailboxes: Iterable[str], accounts: Iterable[str]) -> None:
        """Take the names there are."""
        self._learn(replace(self._known, mailboxes=tuple(dict.fromkeys(mailboxes)), accounts=tuple(accounts)))

    async def meet(self, typed: str) -> None:
        """Find those who may be meant, the likeliest first.

        Args:
            typed: what is written of a person.
        """
        wanted = fold(typed)
        people = [each.address for each in await self._people.complete(typed)]
        named = [each.spec if wanted in fold(each.spec) else each.name for each in people]
        self._learn(replace(self._known, people=tuple(dict.fromkeys(filter(None, named)))))

    def _learn(self, known: Known) -> None:
        self._known, self._asked = known, None

    def at(self, text: str, cursor: int, thread: str = "") -> list[Completion]:
        """Return how the word under the cursor may go on, the likeliest first.

        Args:
            text: the query.
            cursor: characters before it.
            thread: the Message-ID, as written, of the message in view; "" for none.
        """
        asked = text, cursor, thread, datetime.now().date()
        if asked != self._asked:
            known = replace(self._known, threads=_names([thread, *self._known.threads]))
            self._asked, self._found = asked, completions(text, cursor, known, asked[-1])
        return self._found


def offer_words(offered: Sequence[Completion]) -> Words:
    """Return the line of what is offered, the one that Tab takes first."""
    words: Words = [(" Tab", "accent+")] if offered else []
    for place, each in enumerate(offered[:MOST_SHOWN]):
        words += [("  ", "text"), (each.word.lstrip("-("), "text" if place else "bright+")]
    if len(offered) == 1 and offered[0].about:
        words.append((f"  {offered[0].about}", "muted"))
    return words


def _names(written: Sequence[str]) -> tuple[str, ...]:
    """Return the Message-IDs of messages that have one, each once."""
    return tuple(dict.fromkeys(f"<{name}>" for each in written for name in message_ids(each)[:1]))
