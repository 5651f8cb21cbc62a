"""A loop that stands still ends the process; one that is only busy, or has ended, does not."""

import asyncio
import threading
import time
from collections.abc import Callable

from station.kiosk.standstill import Standstill


def watched(act: Callable[[threading.Event], object]) -> bool:
    """Run a watched loop that does `act`; say whether the process would have been ended."""
    ended = threading.Event()
    guard = Standstill(lambda _: ended.set(), beat_s=0.01, most_missed=5)

    async def live() -> None:
        guard.watch(asyncio.get_running_loop())
        await asyncio.sleep(0.03)
        act(ended)
        await asyncio.sleep(0.03)
        guard.close()

    asyncio.run(live())
    return ended.is_set()


def test_a_screen_that_stands_still_is_ended() -> None:
    assert watched(lambda ended: ended.wait(5))


def test_one_that_is_busy_for_a_moment_is_not() -> None:
    assert not watched(lambda _: time.sleep(0.02))


def test_one_that_has_ended_is_not() -> None:
    ended = threading.Event()
    guard = Standstill(lambda _: ended.set(), beat_s=0.01, most_missed=2)

    async def live() -> None:
        guard.watch(asyncio.get_running_loop())

    asyncio.run(live())
    guard.close()
    assert not ended.wait(0.1)
