"""What came of a simulated outage, held against the truth."""

from typing import NamedTuple

from hub.incidents.alerting import Audience, Budget, decide
from hub.incidents.lifecycle import priority
from hub.incidents.trouble import Absorbed, Began, Ended, Told, Trouble
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
    began: int
    """The most that began in any ten minutes."""
    letters: int
    """The most letters that the one operator of the county had in any ten minutes (`hub/incidents/alerting.py`)."""
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
    nodes = {one.node for one in expected}
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
        _keys({one for one in named if one.node.scope in {"town", "county"} and one.node not in nodes}),
        len(stand - outage.allowed),
        len(absorbed),
        _most_in_a_period([at_ms for at_ms, _ in began]),
        _most_in_a_period(_letters(news)),
        sum(not world.villages[code].ever_down for code in down),
        tuple(at_ms - outage.cut_ms for trouble, at_ms in first.items() if trouble in outage.causes),
    )


def _keys(troubles: frozenset[Trouble] | set[Trouble]) -> tuple[str, ...]:
    return tuple(sorted(trouble.key for trouble in troubles))


def _most_in_a_period(times_ms: list[int]) -> int:
    return max((sum(0 <= other - first < PERIOD_MS for other in times_ms) for first in times_ms), default=0)


def _letters(news: list[tuple[int, Told]]) -> list[int]:
    """Return when the operator had a letter: of what began and ended, and a digest of the rest in each period."""
    sent: list[tuple[int, bool]] = []
    told_of: dict[Trouble, bool] = {}

    for at_ms, told in news:
        lately = [("operator", digest) for then_ms, digest in sent if at_ms - then_ms < PERIOD_MS]
        budget = Budget(lately)
        knows = {("mail", "operator"): told_of[told.trouble]} if told.trouble in told_of else {}
        audience = Audience(["operator"], [], knows)
        if isinstance(told, Began):
            decisions = decide("opened", priority(told.trouble, len(told.stations)), audience, budget)
            told_of[told.trouble] = any(decision.how == "now" for decision in decisions)
        elif isinstance(told, Ended):
            decisions = decide("recovered", 2, audience, budget)
        else:
            continue
        if any(decision.how == "now" for decision in decisions):
            sent.append((at_ms, False))
        elif any(decision.how == "collect" for decision in decisions) and budget.has_room_for_digest("operator"):
            sent.append((at_ms, True))
    return [at_ms for at_ms, _ in sent]
