"""The made-up line of each simulated village: what its packets suffer on their way. Pure, seeded."""

from random import Random
from typing import Final, NamedTuple

RTT_MS: Final = (5.0, 60.0)
LOSS: Final = (0.0, 0.003)
"""Each way, of an ordinary village."""
WORSE_SHARE: Final = 0.04
"""Of the villages: at the end of an old cable."""
WORSE_RTT_MS: Final = (80.0, 220.0)
WORSE_LOSS: Final = (0.01, 0.06)
SPREAD: Final = 0.08
"""How much of the delay comes and goes: the mean of what is added to each packet."""


class LineFault(NamedTuple):
    """What a script adds to a line: shares that are lost each way, and ms of delay there and back."""

    loss_up: float = 0.0
    loss_down: float = 0.0
    delay_ms: float = 0.0


class VillageLine:
    """One village's line to the county; everything is drawn from its own source of chance."""

    def __init__(self, seed: str) -> None:
        """Draw what it is like at its best."""
        self._random = random = Random(f"line {seed}")
        worse = random.random() < WORSE_SHARE
        self.rtt_ms = random.uniform(*(WORSE_RTT_MS if worse else RTT_MS))
        self.loss_up = random.uniform(*(WORSE_LOSS if worse else LOSS))
        self.loss_down = random.uniform(*(WORSE_LOSS if worse else LOSS))
        self.fault = LineFault()
        self.has_power = True

    def loses_up(self) -> bool:
        """Say whether the next packet from the village is lost."""
        return not self.has_power or self._lost(self.loss_up, self.fault.loss_up)

    def loses_down(self) -> bool:
        """Say whether the next packet to the village is lost."""
        return not self.has_power or self._lost(self.loss_down, self.fault.loss_down)

    def delay_ns(self) -> int:
        """Return how long the next packet takes there and back."""
        ms = self.rtt_ms * (1 + self._random.expovariate(1 / SPREAD)) + self.fault.delay_ms
        return round(ms * 1e6)

    def _lost(self, usual: float, more: float) -> bool:
        return self._random.random() < 1 - (1 - usual) * (1 - more)
