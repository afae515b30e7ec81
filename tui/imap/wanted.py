"""Sections of one message: the question for them, and which of the answers are theirs."""

from collections.abc import Callable, Sequence

from tui.imap.arguments import section
from tui.imap.command import Order
from tui.imap.fetched import Fetch, FetchData, parse
from tui.imap.limits import MIB, Limits
from tui.imap.responses import FlagsChanged
from tui.imap.session import Session
from tui.imap.tokens import Malformed
from tui.mail.ids import ModSeq, Uid


class Wanted:
    """Sections of one message: the question for them, and what has come.

    Args:
        session, uid, sections, limit, is_cut, on_progress: as for `tui.imap.fetch.parts`.
        is_alone: no other FETCH is under way.

    Attributes:
        order: asks for them.
    """

    def __init__(
        self,
        session: Session,
        uid: Uid,
        sections: Sequence[str],
        limit: int,
        on_progress: Callable[[int], None] | None = None,
        *,
        is_alone: bool = True,
        is_cut: bool = False,
    ) -> None:
        self._session = session
        self._uid = uid
        self._limit = limit
        self._wanted = list(dict.fromkeys(sections))
        self._missing = {name.upper() for name in self._wanted}
        self._came: dict[str, bytes] = {}
        self._on_progress = on_progress
        self._is_alone = is_alone
        self._is_cut = is_cut
        items = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (section(name), limit + 1) for name in self._wanted)
        limits = Limits(line=2 * MIB, literal=limit + 1, literals=(limit + 1) * len(self._wanted) + MIB)
        arguments = (b"%d" % uid, b"(UID " + items + b")")
        self.order = Order("Reading the message", "UID FETCH", arguments, self._take, limits)

    @property
    def found(self) -> dict[str, bytes]:
        """Section → octets as transferred, of those that are there; of what is too large the beginning, or nothing."""
        came = {name: self._came.get(name.upper()) for name in self._wanted}
        return {
            name: octets[: self._limit]
            for name, octets in came.items()
            if octets is not None and (self._is_cut or len(octets) <= self._limit)
        }

    def _take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        if not Fetch.match(line) or not (self._is_alone or b"BODY[" in line):
            return False
        try:
            data = parse(line, literals)
        except Malformed:
            return self._is_alone
        if not self._is_alone and (data.uid != self._uid or not data.bodies.keys() & self._missing):
            return False  # another's, who may have asked for the same message
        self._missing.difference_update(data.bodies)
        if data.uid == self._uid and data.bodies:
            self._came.update(data.bodies)
            if self._on_progress is not None:
                self._on_progress(sum(map(len, self._came.values())))
        else:
            pass_on(self._session, data)
        return True


def pass_on(session: Session, data: FetchData) -> None:
    """Pass on what a server told of a message without being asked for it just now: its flags."""
    if data.flags is not None:
        session.deliver(FlagsChanged(data.sequence, data.uid, data.flags, ModSeq(data.modseq)))
