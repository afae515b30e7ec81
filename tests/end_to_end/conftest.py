"""A store for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sync.desk import open_store
from tui.store.database import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path) as opened:
        yield opened
