"""Where the fault is: a village, its town, or the county's own line (pure; link.md, 'One broken town is one incident').

Villages hang on their town, towns on the county. When many below one place are bad, one of two things is so: each has
a fault of its own, or the place has. Bayes decides: the place is down when that explains what is seen better, the
rarity of both taken into account. For b bad of n known,

    pb    = pV·q1 + (1 - pV)·q0                    how often one below looks bad while the place is well
    score = ln(pP / (1 - pP)) + b·ln(q1 / pb) + (n - b)·ln((1 - q1) / (1 - pb))

and the place is down when the score is above 0. pP and pV are how often a place and one below it are down, q1 and q0
how often one that is down, or well, looks bad. Roughly: half of what hangs on it must be bad.

Against deciding on too little: three below must be bad, or all where there are fewer; of a place with one below, it is
that one; and more than half of those that are judged at all must be known, since after a blind time few are.
"""

from math import log
from typing import Final, NamedTuple

LEAST_BAD: Final = 3
LEAST_KNOWN: Final = 2
SURE: Final = log(999)
"""A score so high is as good as certain: 1 in 1,000 at most that it is not so."""


class Odds(NamedTuple):
    """How often what is so."""

    place: float
    """That the place is down."""
    below: float
    """That one of those below is, of itself."""
    seen_bad: float
    """q1: that one looks bad which is."""
    seen_bad_though_good: float
    """q0: that one looks bad which is not."""
    most_known: bool
    """Whether more than half must be known: not every village measures its line."""


TOWN_DOWN: Final = Odds(0.002, 0.01, 0.98, 0.002, most_known=True)
COUNTY_DOWN: Final = Odds(0.0005, 0.002, 0.98, 0.002, most_known=True)
"""A county's line is better kept than a town's; below it are towns, as often down as above."""
TOWN_LINE: Final = Odds(0.002, 0.01, 0.90, 0.02, most_known=False)
COUNTY_LINE: Final = Odds(0.0005, 0.002, 0.90, 0.02, most_known=False)
"""How good a line is can be told less surely than whether there is one."""


class Tally(NamedTuple):
    """Those below a place."""

    bad: int
    known: int
    judged: int
    """Known or not; without those that are planned to be away, were never there, or are down for an older cause."""


class Finding(NamedTuple):
    """Whether a place is down, and why."""

    down: bool
    score: float
    tally: Tally

    @property
    def sure(self) -> bool:
        """Say whether it is as good as certain."""
        return self.down and self.score >= SURE

    @property
    def note(self) -> str:
        """Return the figures in a line."""
        return f"{self.tally.bad}/{self.tally.known} ({self.score:+.1f})"


def score(bad: int, known: int, odds: Odds) -> float:
    """Return the logarithm of how much likelier it is that the place is down than that each is of itself."""
    looks_bad = odds.below * odds.seen_bad + (1 - odds.below) * odds.seen_bad_though_good
    return (
        log(odds.place / (1 - odds.place))
        + bad * log(odds.seen_bad / looks_bad)
        + (known - bad) * log((1 - odds.seen_bad) / (1 - looks_bad))
    )


def find(tally: Tally, odds: Odds) -> Finding:
    """Return whether a place is down, from those below it."""
    bad, known, judged = tally
    points = score(bad, known, odds)
    enough = known >= LEAST_KNOWN and bad >= min(LEAST_BAD, judged) and _known(tally, odds)
    return Finding(enough and points > 0, points, tally)


def counts_as_down(finding: Finding, odds: Odds) -> bool | None:
    """Return whether a town counts as bad below its county, or None when too little is known of it.

    A town of one village is never named itself, but hangs on the county as any other.
    """
    bad, known, judged = finding.tally
    if known == 0 or not _known(finding.tally, odds):
        return None
    return finding.down or (judged == 1 and bad == 1)


def _known(tally: Tally, odds: Odds) -> bool:
    return not odds.most_known or 2 * tally.known > tally.judged
