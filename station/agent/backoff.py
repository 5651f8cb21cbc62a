"""How long to wait before the next try to connect. Pure."""

from random import Random

FIRST_S = 0.5


class Backoff:
    """Doubles from FIRST_S to `most_s`; each wait is drawn between nothing and that (full jitter).

    Jitter is what keeps a county that lost its broker from coming back in one instant.
    """

    def __init__(self, most_s: float, random: Random) -> None:
        """Begin as if just connected."""
        self._most_s = most_s
        self._random = random
        self._next_s = min(FIRST_S, most_s)

    def wait_s(self) -> float:
        """Return how long to wait now; the next wait may be twice as long."""
        wait_s = self._random.uniform(0, self._next_s)
        self._next_s = min(self._next_s * 2, self._most_s)
        return wait_s

    def succeeded(self) -> None:
        """Begin anew."""
        self._next_s = min(FIRST_S, self._most_s)
