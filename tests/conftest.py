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
