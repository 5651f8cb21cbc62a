"""Ending when asked, when the terminal is gone, and when the loop stands still."""

import asyncio
import os
import pty
import signal
import threading
from collections.abc import Iterator

import pytest

from station.kiosk import ending
from station.kiosk.ending import Ending


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    before = {sign: signal.getsignal(sign) for sign in ending.SIGNALS}
    yield
    for sign, handler in before.items():
        signal.signal(sign, handler)


async def ended(act: object, terminal: int) -> None:
    left = asyncio.Event()
    Ending(left.set, lambda _: None).watch(asyncio.get_running_loop(), terminal)
    act()  # type: ignore[operator]
    await asyncio.wait_for(left.wait(), 5)


@pytest.mark.parametrize("sign", ending.SIGNALS)
def test_a_signal_ends_the_app(sign: signal.Signals) -> None:
    master, slave = pty.openpty()
    asyncio.run(ended(lambda: os.kill(os.getpid(), sign), slave))
    os.close(master)
    os.close(slave)


def test_a_terminal_that_vanishes_ends_the_app() -> None:
    master, slave = pty.openpty()
    asyncio.run(ended(lambda: os.close(master), slave))
    os.close(slave)


def test_a_loop_that_stands_still_ends_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PATIENCE_S", 0.05)
    killed, codes = threading.Event(), []

    def end_process(code: int) -> None:
        codes.append(code)
        killed.set()

    async def stand_still() -> None:
        end = Ending(lambda: None, end_process)
        master, slave = pty.openpty()
        end.watch(asyncio.get_running_loop(), slave)
        os.kill(os.getpid(), signal.SIGTERM)
        assert killed.wait(5)  # the loop is kept from running meanwhile
        os.close(master)
        os.close(slave)

    asyncio.run(stand_still())
    assert codes == [1]
