"""How fast the real screen follows: from the start to the first screen, from a key to the picture it leads to.

Frames are taken from the compositor one after the other, 15 to 30 ms each, which also takes a good part of one
processor: times are too long by a frame or two. They begin before the key is pressed, so what
the virtual keyboard takes is in them, and end with the whole screen.
"""

import time
from collections.abc import Iterator, Sequence

from tests.end_to_end.villager import F9, WAY
from tests.pictures.real_screen import RealScreen

WITHIN_S, STILL_S = 15.0, 0.3


def measure(command: Sequence[str], size_px: tuple[int, int], times: int = 3) -> Iterator[str]:
    """Yield, as lines, how long each of `times` starts took, and each key of the villager's way."""
    for _ in range(times):
        with RealScreen(command, size_px=size_px) as screen:
            _, whole_s = times_s(screen, WAY[0][2])
            cpu_ms = screen.cpu_s() * 1000
            yield f"{'start':12} {whole_s * 1000:6.0f} ms to the first screen, {cpu_ms:.0f} ms of it the kiosk computed"
            for step, key, shown in WAY[1:]:
                at_s = screen.now_s()
                before = screen.frame()
                screen.press(key)
                pressed_s = screen.now_s()
                first_s, whole_s = times_s(screen, shown, before)
                parts = (pressed_s - at_s, first_s - at_s, whole_s - at_s)
                yield "{:12} {:6.0f} ms pressed, {:6.0f} ms first change, {:6.0f} ms whole".format(
                    step, *(part * 1000 for part in parts)
                )
            screen.press(F9)
            screen.press("1")
            screen.wait_for(WAY[0][2])


def times_s(screen: RealScreen, shown: str, before: bytes = b"") -> tuple[float, float]:
    """Return when the picture first was another than `before`, and when it had all that goes with the words `shown`."""
    until = time.monotonic() + WITHIN_S
    first_s, since_s, last = None, 0.0, before
    while time.monotonic() < until:
        said = shown in screen.text()
        frame = screen.frame()
        at_s = screen.now_s()
        if first_s is None and frame != before:
            first_s = at_s
        if frame != last:
            last, since_s = frame, at_s
        elif said and first_s is not None and at_s - since_s > STILL_S:
            return first_s, since_s
    raise AssertionError(f"not shown within {WITHIN_S} s: {shown}; the screen:\n{screen.text()}")
