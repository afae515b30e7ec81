"""One half of an account as a column of lamps: what the doctor looked at, and how it stands."""

from collections.abc import Mapping, Sequence

from textual.content import Content
from textual.widget import Widget

from tui.config.model import AccountConfig, Protocol, Server
from tui.mail.noun import dataclass
from tui.mail.width import cut, pad
from tui.setup.check import LABELS, Check, Half, Status, steps
from tui.widgets.plain import marks_of, say

RECEIVING = (("dns",), ("tcp", "service"), ("tls",), ("greeting", "capabilities"), ("secret", "login"))
RECEIVING_REST = (("inbox",), ("idle",), ("mailboxes",))
SENDING = (("dns",), ("tcp", "service"), ("tls",), ("ehlo",), ("secret", "login"), ("envelope",), ("domain",))
SENDING_REST = (("sent_copy",),)
"""Steps of the doctor that share a lamp; the first of them gives it its name, unless another one failed."""
NAMED_BY_LAST = ("login",)
TIMED = ("dns", "tcp")
"""Steps whose time is told."""
LEAST_LABEL = 19
"""Cells of a lamp's name."""
ROLES = {Status.OK: "good", Status.WARN: "warn", Status.FAIL: "bad", Status.SKIPPED: "muted"}


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp.

    Attributes:
        label: its name.
        status: None while its steps are not through.
        is_asking: one of its steps is under way.
        brief: a few words behind it, cleaned.
    """

    label: str
    status: Status | None = None
    is_asking: bool = False
    brief: str = ""


def lamps(
    half: Half, protocol: Protocol, checks: Mapping[tuple[Half, str], Check], asking: str = ""
) -> tuple[Lamp, ...]:
    """Return the lamps of a half.

    Args:
        half: which.
        protocol: how mail is received.
        checks: what is known so far, by half and step.
        asking: the step that is under way, "" for none.
    """
    groups = (*RECEIVING, *RECEIVING_REST) if half is Half.RECEIVING else (*SENDING, *SENDING_REST)
    known = steps(half, protocol)
    grouped = {id for group in groups for id in group}
    rest = ((id,) for id in known if id not in grouped)
    told = [group for group in rest if _worst(half, group, checks) in (Status.WARN, Status.FAIL)]
    wanted = [group for group in groups if group[-1] in known]
    return tuple(_lamp(half, group, checks, asking) for group in (*wanted, *told))


def _worst(half: Half, group: Sequence[str], checks: Mapping[tuple[Half, str], Check]) -> Status | None:
    found = {checks[half, id].status for id in group if (half, id) in checks}
    order = (Status.FAIL, Status.WARN, Status.SKIPPED, Status.OK)
    return next((status for status in order if status in found), None)


def _lamp(half: Half, group: tuple[str, ...], checks: Mapping[tuple[Half, str], Check], asking: str) -> Lamp:
    label = LABELS[group[-1] if group[-1] in NAMED_BY_LAST else group[0]]
    worst = _worst(half, group, checks)
    mine = [checks[half, id] for id in group if (half, id) in checks]
    if worst is Status.FAIL or (worst in (Status.WARN, Status.SKIPPED) and len(mine) == len(group)):
        shown = next(check for check in mine if check.status is worst)
        named = LABELS[shown.id] if worst is Status.FAIL else label
        return Lamp(named, worst, brief=shown.brief if worst is not Status.SKIPPED else "not tried")
    if len(mine) < len(group):
        return Lamp(label, is_asking=asking in group)
    last = mine[0 if group[0] == "greeting" else -1]
    brief = f"{last.brief}, {last.seconds * 1000:.0f} ms" if last.id in TIMED and last.brief else last.brief
    return Lamp(label, Status.OK, brief=brief)


class HalfLamps(Widget):
    """The lamps of one half, below what it is and where its server stands.

    Args:
        half: which.

    Attributes:
        checks: what is known, by half and step.
        asking: the step under way, "" for none.
    """

    def __init__(self, half: Half) -> None:
        super().__init__(id=f"setup-{half.value}")
        self.half = half
        self.account: AccountConfig | None = None
        self.checks: Mapping[tuple[Half, str], Check] = {}
        self.asking = ""
        self.only_title = False

    @property
    def server(self) -> Server | None:
        """Whose lamps these are, None where there is none."""
        if self.account is None:
            return None
        return self.account.receive if self.half is Half.RECEIVING else self.account.send

    def show(self, account: AccountConfig | None, checks: Mapping[tuple[Half, str], Check]) -> None:
        """Show what is known of this account now."""
        self.account, self.checks = account, checks
        rows = 0 if self.only_title else len(self.lamps)
        self.styles.height = 2 + rows
        self.refresh()

    @property
    def lamps(self) -> tuple[Lamp, ...]:
        """What is shown of the half, or would be if not only the title was."""
        if self.server is None:
            return ()
        protocol = self.account.protocol if self.account is not None else Protocol.IMAP
        return lamps(self.half, protocol, self.checks, self.asking)

    def render(self) -> Content:
        """Return title, rule and lamps."""
        width = max(20, self.size.width)
        server = self.server
        where = f"{server.host} {server.port} {server.security.value}" if server is not None else ""
        if server is None and self.account is not None:
            where = "not configured"
        pinned = ", pinned" if server is not None and server.pin else ""
        name = self.half.value.capitalize()
        lines = [
            Content.assemble(
                (pad(name, 9), "$bright bold"), "  ", (say(self, cut(f"{where}{pinned}", width - 11)), "$muted")
            ),
            Content.styled(marks_of(self).rule * width, "$faint"),
        ]
        if not self.only_title:
            lines += [self._row(lamp, width) for lamp in self.lamps]
        return Content("\n").join(lines)

    def _row(self, lamp: Lamp, width: int) -> Content:
        marks = marks_of(self)
        signs = {Status.OK: marks.passed, Status.WARN: "!", Status.FAIL: marks.failed}
        sign = signs.get(lamp.status, marks.untried) if lamp.status is not None else marks.untried
        role = ROLES.get(lamp.status, "muted") if lamp.status is not None else "muted"
        if lamp.is_asking:
            sign, role = marks.asking, "accent"
        failed = lamp.status is Status.FAIL
        quiet = lamp.status is None or lamp.status is Status.SKIPPED
        brief = say(self, cut(lamp.brief, max(0, width - LEAST_LABEL - 3)))
        return Content.assemble(
            (f"{sign} ", f"${role}"),
            (
                pad(cut(lamp.label, LEAST_LABEL), LEAST_LABEL),
                "$bright bold" if failed else "$muted" if quiet else "$text",
            ),
            (f" {brief}", f"${role}" if failed or lamp.status is Status.WARN else "$muted"),
        )
