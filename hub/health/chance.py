"""Whether what was counted can be chance (pure): exact, so that one packet of thirty is judged as what it is."""

import math


def at_least(bad: int, of: int, share: float) -> float:
    """Return how likely `bad` or more of `of` are, each alone with the probability `share` (binomial, exact).

    It is below α exactly where the lower Clopper-Pearson bound of `bad`/`of` at 1-α lies above `share`.
    """
    if bad <= 0:
        return 1.0
    if bad > of or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    if bad - 1 < of * share:  # the other side is the shorter sum, and the more exact one
        return max(0.0, 1.0 - sum(_exactly(k, of, share) for k in range(bad)))
    total = 0.0
    for k in range(bad, of + 1):
        more = _exactly(k, of, share)
        total += more
        if more < total * 1e-12:
            break
    return min(1.0, total)


def at_most(bad: int, of: int, share: float) -> float:
    """Return how likely `bad` or fewer of `of` are."""
    return at_least(of - bad, of, 1 - share)


def loss_error(lost: int, of: int) -> float:
    """Return the standard error of a counted loss; none lost of a few is not known to be none (rule of succession)."""
    if of <= 0:
        return 1.0
    share = (lost + 1) / (of + 2)
    return math.sqrt(share * (1 - share) / of)


def _exactly(k: int, of: int, share: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1)
    return math.exp(ways + k * math.log(share) + (of - k) * math.log1p(-share))
