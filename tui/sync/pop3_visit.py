"""One visit to a POP3 server: what is new is taken, what has been here long enough is deleted there.

A message is deleted on the server only when it has been committed here, in a transaction of its own time: the name it
has there and its octets are on disk together. So whatever cuts a visit short, the next one goes on from there: nothing
is lost, and nothing comes twice.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from tui.mail.errors import MailError, NotSupported
from tui.mail.ids import AccountName, Uid
from tui.mail.noun import dataclass
from tui.mail.summary import arrival
from tui.pop3.session import MAX_MESSAGE, Fetched, Session
from tui.store.local_mail import Arrival, Compared, LocalMail, NewMessage

log = logging.getLogger(__name__)

BATCH = 100
"""Messages committed together at most; a commit waits for the disk."""
BATCH_OCTETS = 4 * 1024 * 1024
BATCH_SECONDS = 0.5
"""Seconds after which what is there is committed, however little: on a slow line it is seen as it comes."""
DAY = 86_400.0
BY_HEADER = b"\ntop:"
BY_OCTETS = b"\nall:"
"""What names begin with that are made here: no server can give such a name, for it would end the line."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit.

    Attributes:
        taken: messages that are here now.
        deleted: messages that the server deleted.
        trouble: what could not be done, though the server was there; "" for nothing.
    """

    taken: int
    deleted: int
    trouble: str


class Visitor:
    """Takes one account's mail from a session.

    Args:
        account: whose.
        local: where it goes.
        leave_days: days it stays on the server afterwards; 0: it is deleted at once; None: it stays for ever.
        filed: called with what was committed, and whether it is new mail, in the order of the server.
        progress: called with how much of how much is here.
        clock: seconds since 1970 UTC.
    """

    def __init__(
        self,
        account: AccountName,
        local: LocalMail,
        leave_days: int | None,
        filed: "Filed",
        progress: Callable[[int, int], None] = lambda done, total: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._local = local
        self._leave_days = leave_days
        self._filed = filed
        self._progress = progress
        self._clock = clock

    async def visit(self, session: Session) -> Visit:
        """Do everything that is to be done, and leave.

        Raises:
            MailError: the visit was cut short; what was taken until then is here.
        """
        listed = await self._listed(session)
        if listed.made_of == BY_OCTETS:
            everything = list(range(len(listed.numbers)))
            compared = Compared(everything, [], await self._local.is_first(self._account))
        else:
            compared = await self._local.compare(self._account, listed.names)
        if compared.new:
            await self._take(session, listed, compared)
        await self._local.caught_up(self._account)
        again = await self._local.undeleted(self._account, {listed.names[place] for place in compared.deleted})
        deleted = await self._delete(session, listed, again)
        return Visit(listed.taken, deleted, listed.trouble)

    async def _listed(self, session: Session) -> "_Listed":
        """Ask what there is, by names that last."""
        if not (await session.stat())[0]:
            return _Listed([], [])
        try:
            rows = await session.uidl()
        except NotSupported as error:
            return await self._without_names(session, error)
        numbers, names = [number for number, _ in rows], [name for _, name in rows]
        if len(set(names)) < len(names):  # forbidden (RFC 1939, 7), and seen: the names say nothing then
            double = NotSupported(f"{session.server.label} gives several messages the same name.")
            return await self._without_names(session, double)
        return _Listed(numbers, names)

    async def _without_names(self, session: Session, error: NotSupported) -> "_Listed":
        """A server that gives no names that last: mail that is deleted at once needs none, else its header is one."""
        sizes = await session.sizes()
        numbers = [number for number, _ in sizes]
        if self._leave_days == 0:
            return _Listed(numbers, [], made_of=BY_OCTETS)
        if session.capability and "TOP" not in session.capability:
            raise NotSupported(
                f"{error.message} Mail that stays there would come again and again.",
                cure='Set leave_on_server = "no".',
            )
        names: list[bytes] = []
        async for head in session.tops(numbers):
            if head.data is None:
                raise NotSupported(f"{error.message} It does not tell the headers either.")
            names.append(_fingerprint(BY_HEADER, head.data + b"%d" % sizes[len(names)][1]))
        trouble = ""
        if self._leave_days is not None:
            trouble = f"{error.message} So nothing is deleted there."
        return _Listed(numbers, names, made_of=BY_HEADER, trouble=trouble)

    async def _take(self, session: Session, listed: "_Listed", compared: Compared) -> None:
        places = compared.new[::-1] if compared.is_first else compared.new
        total = len(places)
        first = await self._local.reserve(self._account, total)
        uids = {place: Uid(first + order) for order, place in enumerate(compared.new)}
        fetched = session.retrieve((listed.numbers[place] for place in places), MAX_MESSAGE)
        refused: list[str] = []
        too_large: list[bytes] = []
        filing: asyncio.Task[int] | None = None
        done = 0
        try:
            order = iter(places)
            async for batch in _batches(fetched):
                arrivals = []
                for each in batch:
                    place = next(order)
                    done += 1
                    if each.data is not None:
                        arrivals.append(await self._arrival(listed, place, uids[place], each.data))
                    elif each.refusal is not None:
                        refused.append(each.refusal.text)
                    else:
                        too_large.append(listed.names[place])
                if filing is not None:
                    listed.taken += await filing
                filing = asyncio.create_task(self._file(arrivals, fresh=not compared.is_first))
                if total > BATCH:
                    self._progress(done, total)
        finally:  # what came before a line was lost is kept
            if filing is not None:
                listed.taken += await filing
        if too_large:
            await self._local.pass_by(self._account, too_large)
        listed.trouble = " ".join(filter(None, (listed.trouble, _told(refused, len(too_large)))))

    async def _arrival(self, listed: "_Listed", place: int, uid: Uid, data: bytes) -> Arrival:
        if listed.made_of == BY_OCTETS:
            name = listed.names[place] = await asyncio.to_thread(_fingerprint, BY_OCTETS, data)
        else:
            name = listed.names[place]
        received, message_id = arrival(data, self._clock())
        return Arrival(name, uid, NewMessage(data, received, message_id=message_id))

    async def _file(self, arrivals: Sequence[Arrival], fresh: bool) -> int:
        if not arrivals:
            return 0
        new = await self._local.take_in(self._account, arrivals)
        await self._filed(new, fresh)
        return len(new)

    async def _delete(self, session: Session, listed: "_Listed", again: set[bytes]) -> int:
        """Have the server delete what is due, and what it was told before and still has; leave."""
        due: set[bytes] = set()
        if self._leave_days is not None and listed.made_of != BY_HEADER:
            due = again | await self._local.due(self._account, self._clock() - self._leave_days * DAY)
        wanted = {number: name for number, name in zip(listed.numbers, listed.names, strict=True) if name in due}
        if not wanted:
            await session.leave()
            return 0
        marked = await session.delete(wanted)
        await session.quit()
        await self._local.deleted(self._account, [wanted[number] for number in marked])
        return len(marked)


class _Listed:
    """What the server has.

    Attributes:
        numbers, names: of each message, in this session and for ever.
        made_of: what names are made of where the server gives none; b"" where it does.
        taken: messages that are here now.
        trouble: what could not be done.
    """

    def __init__(self, numbers: list[int], names: list[bytes], *, made_of: bytes = b"", trouble: str = "") -> None:
        self.numbers = numbers
        # names made of the octets are known when these are here; until then no two are alike, and none is known
        self.names = names if made_of != BY_OCTETS else [b"\n%d" % number for number in numbers]
        self.made_of = made_of
        self.taken = 0
        self.trouble = trouble


Filed = Callable[[Sequence[Arrival], bool], Awaitable[None]]


async def _batches(fetched: AsyncIterator[Fetched]) -> AsyncIterator[list[Fetched]]:
    """Gather what is to be committed together; at the end of the line too, before it is told."""
    loop = asyncio.get_running_loop()
    batch: list[Fetched] = []
    octets, began = 0, loop.time()
    try:
        async for each in fetched:
            if not batch:
                began = loop.time()
            batch.append(each)
            octets += len(each.data or b"")
            if len(batch) >= BATCH or octets >= BATCH_OCTETS or loop.time() - began > BATCH_SECONDS:
                yield batch
                batch, octets = [], 0
    except MailError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _fingerprint(kind: bytes, data: bytes) -> bytes:
    return kind + hashlib.sha256(data).hexdigest().encode()


def _told(refused: Sequence[str], too_large: int) -> str:
    sentences: list[str] = []
    if refused:
        said = f": {refused[0]}" if refused[0] else ""
        sentences.append(f"{_mails(len(refused))} could not be taken{said.rstrip('.')}.")
    if too_large:
        sentences.append(f"{_mails(too_large)} of more than {MAX_MESSAGE // 2**20} MB stay on the server.")
    return " ".join(sentences)


def _mails(count: int) -> str:
    return f"{count:,} mail{'' if count == 1 else 's'}"
