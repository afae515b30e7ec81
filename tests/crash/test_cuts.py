"""Lines that break after any number of octets: the account always comes back, and nothing half is kept.

``scripts/bench cuts`` does it in finer steps and at its own pace.
"""

from tests.crash.cuts import cut_all
from tests.servers.dovecot import Dovecot
from tests.sync.desk import HASTE

STEP = 139
AT_ONCE = 6


async def test_wherever_a_line_breaks_the_missed_mail_is_found() -> None:
    users = {f"u{number}@example.org": "pw" for number in range(AT_ONCE)}
    octets = range(1, 4001, STEP)
    with Dovecot(users=users) as dovecot:
        cuts = await cut_all(dovecot, list(users), octets, HASTE)
    assert [cut.after for cut in cuts] == list(octets)
    assert not [(cut.after, cut.wrong) for cut in cuts if cut.wrong]
    assert all("offline" in cut.shown for cut in cuts)
