"""What came of a simulated outage, held against the truth."""

from typing import NamedTuple

from hub.incidents.trouble import Absorbed, Began, Trouble
from tests.hub.incidents.scenarios import Outage

PERIOD_MS = 600_000


class Verdict(NamedTuple):
    """One outage."""

    seed: int
    kind: str
    causes: int
    missing: tuple[str, ...]
    """Causes that were not named."""
    extra: tuple[str, ...]
    """What was named, is no part of anything greater, and is no cause."""
    false_places: tuple[str, ...]
    """Of all that was ever named: towns and the county's line that were no cause."""
    incidents: int
    """What was named and is no part of anything greater."""
    absorbed: int
    alerts: int
    """The most that began in any ten minutes."""
    false_offline: int
    """Villages called down that never were."""
    delays_ms: tuple[int, ...]
    """From the cut to each cause named."""

    @property
    def right(self) -> bool:
        return not (self.missing or self.extra)


def verdict_on(outage: Outage, seed: int) -> Verdict:
    """Compare what was told with the truth."""
    world = outage.world
    news = world.told[outage.began_with :]
    began = [(at_ms, told) for at_ms, told in news if isinstance(told, Began)]
    absorbed = {told.trouble for _, told in news if isinstance(told, Absorbed)}
    named = {told.trouble for _, told in began}
    stand = named - absorbed
    expected = outage.causes | outage.allowed
    first: dict[Trouble, int] = {}
    for at_ms, told in began:
        first.setdefault(told.trouble, at_ms)
    down = {code for _, told in began if told.trouble.kind == "down" for code in told.stations}
    return Verdict(
        seed,
        outage.kind,
        len(outage.causes),
        _keys(outage.causes - stand),
        _keys(stand - expected),
        _keys({one for one in named - expected if one.node.scope in {"town", "county"}}),
        len(stand - outage.allowed),
        len(absorbed),
        _most_in_a_period([at_ms for at_ms, _ in began]),
        sum(not world.villages[code].ever_down for code in down),
        tuple(at_ms - outage.cut_ms for trouble, at_ms in first.items() if trouble in outage.causes),
    )


def _keys(troubles: frozenset[Trouble] | set[Trouble]) -> tuple[str, ...]:
    return tuple(sorted(trouble.key for trouble in troubles))


def _most_in_a_period(times_ms: list[int]) -> int:
    return max((sum(0 <= other - first < PERIOD_MS for other in times_ms) for first in times_ms), default=0)
