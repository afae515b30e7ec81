"""What tests anywhere may ask for: real servers, each test its own. Where they cannot be had the test fails."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

settings.register_profile("tidings", deadline=None)  # a busy machine is no counter-example
settings.load_profile("tidings")


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot with empty mailboxes for Ada, Grace and Alan."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A Postfix that delivers into `dovecot`."""
    with Postfix(dovecot) as server:
        yield server


class CrashWatch:
    """Makes a run in which a process died by a signal fail for good: what it had before it was never run."""

    CRASHED = 3
    """Exit status; `scripts/test` tries again alone only what failed, which is 1."""

    def __init__(self) -> None:
        self.has_crashed = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self) -> None:
        self.has_crashed = True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.has_crashed:
            session.exitstatus = self.CRASHED


def pytest_configure(config: pytest.Config) -> None:
    """Watch the processes of the run."""
    config.pluginmanager.register(CrashWatch(), "crash-watch")
