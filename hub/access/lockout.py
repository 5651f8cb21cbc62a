"""How long somebody waits after wrong passwords: longer each time, never for ever (pure).

The same rule holds for names that are nobody's, so that an answer never tells whether there is such an account. Who may
be told apart from a stranger (a browser that signed in before, see `hub/web/entrance.py`) is counted by itself: whoever
guesses from elsewhere makes no one of the centre wait (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

from typing import Final, NamedTuple

FREE: Final = 5
"""So many wrong ones in a row cost nothing: people mistype."""
FIRST_MS: Final = 30_000
LONGEST_MS: Final = 15 * 60_000
FORGOTTEN_MS: Final = 24 * 3_600_000
"""After so long without a wrong one, the count begins anew."""


class Tries(NamedTuple):
    """What is known of wrong tries in a row."""

    failures: int = 0
    until_ms: int | None = None
    """When the next may be made; of the last failure, whether it made anybody wait or not."""


NONE: Final = Tries()


def wait_ms(tries: Tries, now_ms: int) -> int:
    """Return for how long no try is looked at; 0 is not at all. What the clock was set back by is not waited for."""
    left = 0 if tries.until_ms is None else tries.until_ms - now_ms
    return left if 0 < left <= LONGEST_MS else 0


def failed(tries: Tries, now_ms: int) -> Tries:
    """Return the count after one more wrong try."""
    lately = tries.until_ms is not None and now_ms - tries.until_ms < FORGOTTEN_MS
    failures = 1 + (tries.failures if lately else 0)
    cost = 0 if failures < FREE else min(LONGEST_MS, FIRST_MS << min(failures - FREE, 10))
    return Tries(failures, now_ms + cost)
