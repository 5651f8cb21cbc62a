"""Hysteresis: a kind is raised when most looks over its hold say so, cleared when most say the contrary."""

from collections import deque
from typing import NamedTuple

from station.vision import limits


class Look(NamedTuple):
    """One judged look."""

    at_s: float
    score: float


class Hold:
    """One kind of fault."""

    def __init__(self, hold_s: float) -> None:
        """Begin without a fault."""
        self.hold_s = hold_s
        self.raised = False
        self.since_s = 0.0
        self.worst = 0.0
        self.sureness = 0.0
        self._looks: deque[Look] = deque()

    def take(self, at_s: float, score: float) -> bool:
        """Take a score (1 is the limit) and say whether the state changed."""
        self._looks.append(Look(at_s, score))
        span_s = limits.CLEAR_S if self.raised else self.hold_s
        while len(self._looks) > 1 and self._looks[1].at_s <= at_s - span_s:
            self._looks.popleft()
        return self._clears(at_s) if self.raised else self._raises(at_s)

    def skip(self, at_s: float) -> None:
        """Another fault hides this one: what was seen before says nothing any more."""
        if not self.raised:
            self.take(at_s, 0.0)

    def clear(self) -> None:
        """Forget the fault."""
        self.raised = False
        self._looks.clear()

    def adopt(self, other: "Hold") -> None:
        """Be raised because another way of looking at the same fault is."""
        self.raised, self.since_s, self.worst, self.sureness = True, other.since_s, other.worst, other.sureness
        self._looks.clear()

    def _raises(self, at_s: float) -> bool:
        hits = [look for look in self._looks if look.score >= 1]
        if not hits or self._looks[-1].score < 1 or at_s - self._looks[0].at_s < self.hold_s:
            return False
        if len(hits) < limits.HOLD_SHARE * len(self._looks):
            return False
        self.raised, self.since_s = True, hits[0].at_s
        self.worst = max(look.score for look in hits)
        self.sureness = len(hits) / len(self._looks)
        self._looks.clear()
        return True

    def _clears(self, at_s: float) -> bool:
        self.worst = max(self.worst, self._looks[-1].score)
        good = sum(look.score < limits.CLEAR_AT for look in self._looks)
        if at_s - self._looks[0].at_s < limits.CLEAR_S or good < limits.HOLD_SHARE * len(self._looks):
            return False
        self.clear()
        return True
