"""Certificates that end soon: told once each, while there is time to do something about them."""

import time
from collections.abc import Callable

from tui.config.tls import warning
from tui.mail.ids import AccountName
from tui.sync.events import AlertReceived, Event


class CertificateEnds:
    """Tells what the servers of one account will be refused for one day.

    Args:
        account: whose servers.
        emit: told, as of any other word of theirs.
    """

    def __init__(self, account: AccountName, emit: Callable[[Event], None]) -> None:
        self._account = account
        self._emit = emit
        self._told: set[str] = set()

    def mind(self, label: str, end: float) -> None:
        """Take note of a certificate.

        Args:
            label: of the server.
            end: seconds since 1970 UTC, 0.0 where that is not known.
        """
        words = warning(label, end, time.time())
        if words and words not in self._told:
            self._told.add(words)
            self._emit(AlertReceived(self._account, words))
