"""Writing never waits: what a terminal does not take is kept, and it is told when all is gone."""

import asyncio
import os
import tty

from tui.terminal.outlet import MOST_WAITING, Outlet


async def read_all(fd: int) -> bytes:
    os.set_blocking(fd, False)
    got = b""
    for _ in range(200):
        try:
            got += os.read(fd, 65536)
        except BlockingIOError:
            await asyncio.sleep(0.005)
    return got


async def test_a_terminal_that_does_not_read() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    drained: list[bool] = []
    outlet = Outlet(slave, lambda: drained.append(True), lambda: None)
    outlet.write("x" * 100_000)
    outlet.write("end")
    assert (outlet.is_clear, drained) == (False, [])
    got = await read_all(master)
    assert len(got) == 100_003
    assert got.endswith(b"end")
    assert drained == [True]
    assert outlet.is_clear
    outlet.close("bye", 0.1)
    assert await read_all(master) == b"bye"
    for fd in (master, slave):
        os.close(fd)


async def test_what_waits_is_bounded_and_given_up_at_the_end() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    outlet = Outlet(slave, lambda: None, lambda: None)
    for _ in range(100):
        outlet.write("x" * 10_000)
    outlet.close("restored", 0.05)
    got = await read_all(master)
    assert got.endswith(b"\x18\x1b\\restored")
    assert len(got) < MOST_WAITING
    for fd in (master, slave):
        os.close(fd)


async def test_a_terminal_that_is_gone_is_told_once() -> None:
    master, slave = os.openpty()
    lost: list[bool] = []
    outlet = Outlet(slave, lambda: None, lambda: lost.append(True))
    os.close(master)
    outlet.write("x")
    outlet.write("y")
    outlet.close("z", 0.05)
    assert lost == [True]
    os.close(slave)
