"""``tidings`` as a script uses it: a process of its own, in folders of its own, with Dovecot and Postfix."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.schema import problems, schema_of
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tui.config.load import load
from tui.config.paths import Paths
from tui.engine.alone import Alone
from tui.engine.desk import Need
from tui.engine.service import Service
from tui.mail.noun import dataclass

PATIENCE = 60.0
OF_ACTS = {
    "outbox-act": {"--send-now", "--cancel"},
    "sieve-show": {"--show"},
    "sieve-act": {"--check", "--put", "--activate", "--deactivate", "--delete"},
}
"""Schema → the options with which a line is as it says."""
ROOT = Path(__file__).parents[2]


def folders(folder: Path) -> dict[str, str]:
    """Return the variables that have everything kept below one folder."""
    return {f"XDG_{name.upper()}_HOME": str(folder / name) for name in ("config", "data", "cache", "state")}


def paths(folder: Path) -> Paths:
    """Return where the program keeps its files then."""
    return Paths(*(folder / name / "tidings" for name in ("config", "data", "cache", "state")))


def write_config(folder: Path, dovecot: Dovecot, postfix: Postfix, *users: str, more: str = "") -> None:
    """Write config.toml for some users, who receive and send."""
    tables = [more]
    for user in users:
        name = user.partition("@")[0]
        secret = json.dumps(dovecot.users[user])
        tables.append(
            f'[accounts.{name}]\naddress = "{user}"\n'
            f'[accounts.{name}.receive]\nhost = "127.0.0.1"\nport = {dovecot.port}\nsecurity = "tls"\n'
            f'user = "{user}"\npassword = {secret}\nca_file = "{dovecot.certificate}"\n'
            f'[accounts.{name}.send]\nhost = "127.0.0.1"\nport = {postfix.port}\nsecurity = "tls"\n'
            f'user = "{user}"\npassword = {secret}\nca_file = "{dovecot.certificate}"\n'
        )
    file = paths(folder).config_file
    file.parent.mkdir(parents=True)
    file.touch(mode=0o600)
    file.write_text("".join(tables))


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


async def command(folder: Path, *words: str, data: bytes = b"") -> Ended:
    """Run ``tidings`` to its end. What it prints as JSON is as docs/schema says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tui", *words),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **folders(folder)},
        cwd=ROOT,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(data), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    assert b"Traceback" not in err, err
    ended = Ended(process.returncode, out.decode(), err.decode())
    if "--json" in words:
        schema = schema_of(next((name for name, acts in OF_ACTS.items() if acts & set(words)), words[0]))
        assert [each for row in ended.rows for each in problems(schema, row)] == [], words
    return ended


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Alone]:
    """Have a program run that has the store and serves commands."""
    where = paths(folder)
    where.make()
    alone = await Alone.open(load(where.config_file), where)
    await alone.begin(Need.LOOKING, alone.accounts, 20)
    service = Service(alone.config, alone.store, alone.accounts)
    alone.listen(service.heard)
    serving = asyncio.create_task(service.run(where.socket_file))
    try:
        while not where.socket_file.exists():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        yield alone
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await alone.close()
