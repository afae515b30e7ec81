"""Search beyond what is here: the server is asked mailbox by mailbox, and rows that are missing are fetched."""

from collections.abc import Callable, Iterable, Sequence

from tui.imap import search
from tui.imap.criteria import asks_for_texts, criteria
from tui.imap.session import Session
from tui.mail.ids import MailboxId, Uid
from tui.mail.matching import Item, may_match
from tui.mail.query import Node
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.mailbox import Mirror
from tui.sync.ranges import Ranges
from tui.sync.work import Rank, WorkLine

SLICE = 100
"""Rows fetched at once, so that a user who opens a message waits no longer."""
MOST = 2_000
"""Hits of one mailbox that are taken, the newest; who wants more asks for less."""

Found = Callable[[Sequence[int]], None]
"""Told the docs of hits that the server named, see `tui.store.search`."""


class ServerSearch:
    """Asks one account's server.

    Args:
        store: where rows go.
        line: where they come from.
        mirror: gives the mirror of a mailbox.
    """

    def __init__(self, store: Store, line: WorkLine, mirror: Callable[[MailboxId], Mirror]) -> None:
        self._store = store
        self._line = line
        self._mirror = mirror

    async def ask(self, node: Node, mailboxes: Iterable[MailboxState], found: Found) -> None:
        """Look for a query's hits in these mailboxes, one after the other; those that cannot hold more are left out.

        Args:
            node: what is looked for.
            mailboxes: in the order they are to be asked.
            found: told of hits as they come, the newest of each mailbox first.

        Raises:
            MailError: when the server cannot be asked; what was found until then stays.
        """
        texts = asks_for_texts(node)
        for state in mailboxes:
            can_hold = criteria(node, state.mailbox) is not None
            if can_hold and state.mailbox.selectable and (texts or not state.complete):
                await self._ask_one(node, state, found)

    async def _ask_one(self, node: Node, state: MailboxState, found: Found) -> None:
        mirror = self._mirror(state.id)

        async def look(session: Session) -> list[tuple[int, int]]:
            wanted = criteria(node, state.mailbox, gmail="X-GM-EXT-1" in session.capability)
            if wanted is None:
                return []
            await mirror.select(session)
            return await search.find(session, wanted)

        there = Ranges.of_merged(await self._line.do(look, Rank.SYNC)).newest(MOST)
        while there:
            part, there = there.split(SLICE)
            uids = [Uid(uid) for low, high in reversed(part.pairs) for uid in range(high, low - 1, -1)]
            docs = await self._bring(node, state, mirror, uids)
            if docs:
                found(docs)

    async def _bring(self, node: Node, state: MailboxState, mirror: Mirror, uids: Sequence[Uid]) -> list[int]:
        """Have these rows in the store and in the index; return the docs of those that are hits."""
        missing = await self._store.search.missing(state.id, uids)
        if missing:
            await self._line.do(lambda session: mirror.fetch_these(session, missing), Rank.SYNC)
        await self._store.search.index_these(state.id, uids)
        docs = await self._store.search.docs(state.id, uids)
        hits = await self._store.search.get(docs)
        return [hit.doc for hit in hits if may_match(node, Item(hit.envelope, state.mailbox)) is not False]
