"""Which pair of villages is measured next: all in turn by the circle method, some more often (pure).

The circle method (as tournaments are drawn): of N villages, N-1 rounds, in each of which every village meets one
other; after them every pair met once. With N odd one village rests in each round. A pass over 500 villages is 124,750
tests; each tells both directions, and who probes whom alternates from pass to pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

Pair = tuple[str, str]
"""Who probes, and who answers."""

MOST_LOOKED_AT: Final = 500
"""Pairs passed over in one call because one of the two is away."""
MOST_PUT_OFF: Final = 500
"""Pairs that wait because one of the two is at another test."""
AGAIN_MS: Final = 600_000
"""A pair of special interest is measured again after so long at the earliest."""
HARD_TO_REACH: Final = 3
"""A village that so many others in a row did not reach directly stands behind something that lets nobody in."""
HARD_EVERY: Final = 10
"""Of the tests that could only go to such villages, one in so many is tried."""


class Circle:
    """Every pair of villages, by number."""

    def __init__(self, codes: Sequence[str]) -> None:
        """Take the villages, each once."""
        self.codes = tuple(codes)
        self._seats = len(codes) + len(codes) % 2

    def __len__(self) -> int:
        """Return how many pairs a pass has, with those of the empty seat."""
        return self._seats // 2 * (self._seats - 1) if self._seats else 0

    def pair(self, number: int) -> Pair | None:
        """Return pair `number` of a pass, from 0, round by round; None where one of the two is the empty seat."""
        round_, slot = divmod(number, self._seats // 2)
        turning = self._seats - 1
        one = turning if slot == 0 else (round_ + slot) % turning
        other = round_ if slot == 0 else (round_ - slot) % turning
        if max(one, other) >= len(self.codes):
            return None
        return self.codes[one], self.codes[other]


class Rotation:
    """Says whom to measure next; remembers where it is and who could not be reached."""

    def __init__(self, circle: Circle) -> None:
        """Begin at the first pair."""
        self._circle = circle
        self._number = self._turn = self._hard_turn = 0
        self._passes = 0
        self._put_off: dict[Pair, None] = {}
        """Pairs whose turn came while one of the two was at another test: their turn is not lost."""
        self._tried: dict[frozenset[str], int] = {}
        self._partner: dict[str, int] = {}
        self._unreached: dict[str, set[str]] = {}
        self._served: dict[str, int] = {}
        """The turn in which a village that was troubled was measured last."""

    def next(
        self,
        now_ms: int,
        *,
        ready: Callable[[str], bool],
        reflects: Callable[[str], bool],
        busy: Callable[[str], bool] = lambda _: False,
        odd: Iterable[Pair] = (),
        troubled: Iterable[str] = (),
    ) -> Pair | None:
        """Return who is to probe whom, or None when nobody can now.

        `ready` says who can take part at all, `reflects` who can answer probes, `busy` who is at another test. Every
        second turn is for `odd` pairs, which part from their prediction, and for villages that are `troubled`: have
        an open incident.
        """
        self._turn += 1
        if self._turn % 2 == 0:
            special = self._special(now_ms, lambda code: ready(code) and not busy(code), reflects, odd, troubled)
            if special is not None:
                self._tried[frozenset(special)] = now_ms
                return special
        return self._in_turn(ready, busy, reflects)

    def saw(self, pair: Pair, *, reached: bool) -> None:
        """Take whether the village that answers was reached."""
        if reached:
            self._unreached.pop(pair[1], None)
        else:
            self._unreached.setdefault(pair[1], set()).add(pair[0])

    def is_hard_to_reach(self, code: str) -> bool:
        """Say whether others do not reach this village directly; what one of them says again and again is one word."""
        return len(self._unreached.get(code, ())) >= HARD_TO_REACH

    def _special(
        self,
        now_ms: int,
        ready: Callable[[str], bool],
        reflects: Callable[[str], bool],
        odd: Iterable[Pair],
        troubled: Iterable[str],
    ) -> Pair | None:
        """Return the one that waited longest; a moment when time is up for none, or all are away, is the circle's."""
        self._tried = {pair: at_ms for pair, at_ms in self._tried.items() if 0 <= now_ms - at_ms < AGAIN_MS}
        for pair in odd:
            if frozenset(pair) not in self._tried and all(map(ready, pair)) and reflects(pair[1]):
                return pair
        # Who had the last turn comes last: one village has many others to meet, and must not take all turns.
        for code in sorted(troubled, key=lambda code: self._served.get(code, 0)):
            if not ready(code):
                continue
            for other in self._partners(code):
                turned = self._turned((code, other), reflects)
                if ready(other) and turned is not None and frozenset(turned) not in self._tried:
                    self._served[code] = self._turn
                    return turned
        return None

    def _partners(self, code: str) -> Iterator[str]:
        """Yield up to ten others to test a village against, going on where the last call ended."""
        codes = self._circle.codes
        for _ in range(min(10, len(codes))):
            place = self._partner.get(code, 0)
            self._partner[code] = (place + 1) % len(codes)
            if codes[place] != code:
                yield codes[place]

    def _in_turn(
        self, ready: Callable[[str], bool], busy: Callable[[str], bool], reflects: Callable[[str], bool]
    ) -> Pair | None:
        waited = self._waited(ready, busy, reflects)
        if waited is not None:
            return waited
        for _ in range(min(MOST_LOOKED_AT, len(self._circle)) + 1):
            pair = self._advance()
            if pair is None or not all(map(ready, pair)):
                continue
            if not any(map(busy, pair)):
                turned = self._turned(pair, reflects)
                if turned is not None:
                    return turned
            elif len(self._put_off) < MOST_PUT_OFF:
                self._put_off[pair] = None
        return None

    def _advance(self) -> Pair | None:
        """Return the next pair of the pass; None for one with the empty seat, and between two passes."""
        if self._number == len(self._circle):
            if not self._put_off:
                self._number = 0
                self._passes += 1
            return None
        pair = self._circle.pair(self._number)
        self._number += 1
        return pair if pair is None or self._passes % 2 == 0 else pair[::-1]

    def _waited(
        self, ready: Callable[[str], bool], busy: Callable[[str], bool], reflects: Callable[[str], bool]
    ) -> Pair | None:
        """Return the first of those put off whose time has come."""
        for pair in list(self._put_off):
            there = all(map(ready, pair))
            if there and any(map(busy, pair)):
                continue
            del self._put_off[pair]
            if there and (turned := self._turned(pair, reflects)) is not None:
                return turned
        return None

    def _turned(self, pair: Pair, reflects: Callable[[str], bool]) -> Pair | None:
        """Return the pair so that the one that answers can be reached; where neither can, only now and then."""
        ways = [way for way in (pair, pair[::-1]) if reflects(way[1])]
        easy = [way for way in ways if not self.is_hard_to_reach(way[1])]
        if easy or not ways:
            return easy[0] if easy else None
        self._hard_turn += 1
        return ways[0] if self._hard_turn % HARD_EVERY == 0 else None
