"""Which place is to be named: the county, a town, or a village by itself (pure; the test is `hub/health/tree.py`).

One of these works for villages that are down, one for lines that are bad. Top-down: if the county's own line explains
what is seen (`look.py`), it is named and nothing below it; else each town; else the villages one by one. Whoever turns
bad below a place that is named joins it at once, and a young trouble of a part of it is absorbed. Kiosks of one
village are named together, after the first of them that was certain.

Patience. The first that shows a cut is not named at once: another of the same cause may show it later, by how much
depends on how it shows (`hub/health/judge.py`, `apart_ms`). So a village waits as long as its siblings might take, and
is not named while its town is about to be. A town waits the same for its county, but hardly when it is sure: in a
county that is cut the other towns would look no better by then. After a place came back its villages have the time a
station takes to connect again: who is down below it until then still belongs to its trouble.

Probes alone. A town whose probes stopped is named before anybody there is offline, if nobody speaks where they stopped
and the other towns' still come. Where the whole county's stop it may be the hub that is deaf to them: then at least
three must be offline.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import inf
from typing import Final

from hub.health.judge import FAREWELL_MS, PROBES_APART_MS, SUMMARY_EVERY_MS, WILLS_APART_MS, Judged, apart_ms
from hub.health.station import GRACE_MS
from hub.health.tree import (
    COUNTY_DOWN,
    COUNTY_LINE,
    LEAST_BAD,
    TOWN_DOWN,
    TOWN_LINE,
    Finding,
    Odds,
    Tally,
    counts_as_down,
    find,
)
from hub.incidents.flapper import Flapper
from hub.incidents.ledger import RESPECT, SIGN_OF, Leaf, Ledger, Open
from hub.incidents.look import Town, first_ms, lines_within, look, no_chance, offline, probes_unheard, stopped, young
from hub.incidents.reasons import TOGETHER
from hub.incidents.trouble import Kind, Node, Trouble

ALONE_MS: Final = 3_000
"""A village by itself is in no hurry: it waits until its siblings' probes, if they send any, would have stopped too."""
SUMMARIES_APART_MS: Final = SUMMARY_EVERY_MS * 3 // 2
LEANS: Final = 0.25
"""A place leans to being bad with so much of what would make it: it is not named yet, but those below may wait."""
LEANS_SLOWLY: Final = 0.05
"""The same where it shows slowly: a small town may by luck be far ahead of the county that is cut with it."""
COUNTY: Final = Node("county")
ODDS: Final[Mapping[str, tuple[Odds, Odds]]] = {"down": (TOWN_DOWN, COUNTY_DOWN), "line": (TOWN_LINE, COUNTY_LINE)}


class Localiser:
    """Names places for one kind of trouble."""

    def __init__(self, kind: Kind, towns: Mapping[str, Sequence[Leaf]], ledger: Ledger, flapper: Flapper) -> None:
        """Begin with all towns to be looked at."""
        self._kind, self._respect = kind, RESPECT[kind]
        self._town_odds, self._county_odds = ODDS[kind]
        self._towns, self._ledger, self._flapper = towns, ledger, flapper
        self._now = {town: Town(find(Tally(0, 0, 0), self._town_odds)) for town in towns}
        self._news = set(towns)
        self._bad = self._known = 0
        """Of all villages that are evidence about the county."""
        self._unheard: Sequence[int] | None = None
        """Of the county, in the decision under way; None until somebody asks."""
        self._waiting: set[str] = set()
        """Where somebody is not named yet, or grows old: time alone may change what is to be said."""

    def touch(self, town: str) -> None:
        """Take that something changed in a town."""
        self._news.add(town)

    def decide(self, at_ms: int) -> None:
        """Name what can be named by now; costs time only for towns with news, or where something is not yet named."""
        if not (self._news or self._waiting):
            return
        self._unheard = None
        self._look(self._news | {town for town in self._waiting if self._now[town].ages}, at_ms)
        self._waiting |= self._news
        self._news.clear()
        if not self._county(at_ms):
            for town in sorted(self._waiting):
                self._town(town, at_ms)
        self._waiting = {town for town in self._waiting if self._now[town].ages or self._unexplained(town)}

    def _look(self, towns: Iterable[str], at_ms: int) -> None:
        for town in towns:
            self._now[town] = look(self._towns[town], self._respect, self._town_odds, at_ms, self._probes_unheard)

    def _probes_unheard(self) -> Sequence[int]:
        if self._unheard is None:
            self._unheard = probes_unheard(chain(*self._towns.values()))
        return self._unheard

    def _unexplained(self, town: str) -> list[Leaf]:
        return [leaf for leaf in self._now[town].bad if self._respect not in leaf.by]

    # --- the county ---

    def _county(self, at_ms: int) -> bool:
        """Decide on the county; say whether it leaves nothing to be decided below."""
        towns = [
            now for town, now in self._now.items() if now.finding.tally.judged and not self._explained(town, at_ms)
        ]
        self._bad = sum(now.finding.tally.bad for now in towns)
        self._known = sum(now.finding.tally.known for now in towns)
        looks = [counts_as_down(now.finding, self._town_odds) for now in towns]
        finding = find(Tally(looks.count(True), len(looks) - looks.count(None), len(looks)), self._county_odds)
        if finding.down:
            bad = [leaf for now in towns for leaf in now.bad]
            self._place(COUNTY, bad, finding, self._county_patience_ms(bad), at_ms)
        elif self._over(COUNTY, at_ms):
            self._waiting.update(self._towns)
            self._look(self._towns, at_ms)
        return finding.down

    def _county_patience_ms(self, bad: Sequence[Leaf]) -> float:
        """Return how long the county waits: for ever on probes alone, since the hub may be deaf to all of them."""
        sure = self._kind == "line" or offline(bad) >= LEAST_BAD
        return WILLS_APART_MS if sure else inf

    def _explained(self, town: str, at_ms: int) -> bool:
        """Say whether a town is down for an older cause of its own."""
        entry = self._ledger.find(Trouble(self._kind, Node("town", town)))
        return entry is not None and not young(entry.shown_ms, self._respect, self._towns[town][0].judged, at_ms)

    # --- towns ---

    def _town(self, town: str, at_ms: int) -> None:
        now = self._now[town]
        if self._kind == "down" and now.finding.down and offline(now.bad) < len(now.bad):
            self._look([town], at_ms)  # whom else the same befell may have spoken since
            now = self._now[town]
        if now.finding.down:
            self._place(Node("town", town), now.bad, now.finding, self._town_patience_ms(town, at_ms), at_ms)
            return
        if self._over(Node("town", town), at_ms):
            self._look([town], at_ms)
        unexplained = self._unexplained(town)
        for node in (Node("town", town), COUNTY):
            entry = self._just_over(node, at_ms)
            if entry is not None and unexplained:
                self._take_in(entry, unexplained, at_ms)
                return
        for leaf in unexplained:
            if self._respect not in leaf.by:  # another kiosk of its village may just have been named with it
                self._village(leaf, self._now[town], at_ms)

    def _town_patience_ms(self, town: str, at_ms: int) -> float:
        """Return how long a town waits for its county."""
        now = self._now[town]
        if self._kind == "line":
            return SUMMARIES_APART_MS
        if stopped(now.bad):
            return FAREWELL_MS
        leans = self._others_lean(now)
        if not offline(now.bad) and (leans or not no_chance(now.bad, chain(*self._towns.values()), at_ms)):
            return inf
        if not leans:
            if now.finding.sure:
                return WILLS_APART_MS
        elif any(one.mute for one in self._now.values()):
            # It may be the county, and those elsewhere that send no probes show it later.
            return max(leaf.judged.silence_apart_ms for leaf in now.bad)
        return max(apart_ms(leaf.judged) for leaf in now.bad if leaf.judged.cut.way != "farewell")

    def _others_lean(self, town: Town) -> bool:
        here = town.finding.tally
        wills = all(leaf.judged.cut.way == "will" for leaf in town.bad)
        share = LEANS if wills else LEANS_SLOWLY
        return (self._bad - here.bad) * here.known > share * here.bad * (self._known - here.known)

    # --- villages ---

    def _village(self, leaf: Leaf, town: Town, at_ms: int) -> None:
        sign = leaf.judged.down if self._kind == "down" else leaf.judged.line
        shown_ms = leaf.sign(self._respect).shown_ms
        if sign.standing != "bad" or not sign.hard(at_ms):
            return
        of_village = self._trouble_of_village(leaf, at_ms)
        if of_village is not None:
            self._take_in(of_village, [leaf], at_ms)
            return
        if at_ms - shown_ms < self._village_patience_ms(leaf.judged, town):
            return
        kiosks = [leaf, *(other for other in leaf.others if other in town.bad and self._respect not in other.by)]
        self._ledger.begin(
            Trouble(self._kind, Node("station", leaf.station)),
            kiosks,
            at_ms,
            since_ms=sign.since_ms,
            shown_ms=shown_ms,
            reason=sign.reason,
            note=f"town {town.finding.note}",
            absorbs=lines_within(kiosks, kiosks) if self._kind == "down" else (),
        )

    def _trouble_of_village(self, leaf: Leaf, at_ms: int) -> Open | None:
        """Return the trouble of another kiosk of this village that this one may be part of."""
        for other in leaf.others:
            entry = other.by.get(self._respect)
            if entry is not None and entry.own:
                same = entry.trouble.kind == "flapping" or entry.trouble.node.place == leaf.station
                if same or young(entry.shown_ms, self._respect, leaf.judged, at_ms):
                    return entry
        return None

    def _village_patience_ms(self, judged: Judged, town: Town) -> int:
        """Return how long a village waits for its siblings."""
        if self._kind == "down" and judged.cut.way == "farewell":
            return FAREWELL_MS
        if self._kind == "down" and (judged.cut.way == "will" or not town.mute):
            return max(ALONE_MS, PROBES_APART_MS)
        # A sibling without probes shows a cut as late as silence does; where many did already, beats got lost before.
        longest_ms = SUMMARIES_APART_MS if self._kind == "line" else judged.silence_apart_ms
        return longest_ms * (2 if _leans(town.finding.tally) else 1)

    # --- a place, county or town ---

    def _place(self, node: Node, bad: Sequence[Leaf], finding: Finding, patience_ms: float, at_ms: int) -> None:
        """Act on a place that is bad itself: name it, or have it explain those that turned bad since."""
        entry = self._ledger.find(Trouble(self._kind, node))
        fresh = [leaf for leaf in bad if self._respect not in leaf.by]
        if self._kind == "down" and self._flapper.flaps(node):
            self._flapper.went_down(node)
        elif entry is not None:
            entry.over_ms = None
            self._take_in(entry, fresh, at_ms)
        elif at_ms - first_ms(fresh or bad, self._respect) >= patience_ms:  # one that was told before is no measure
            self._name(node, bad, finding, at_ms)

    def _name(self, node: Node, bad: Sequence[Leaf], finding: Finding, at_ms: int) -> None:
        sign_of = SIGN_OF[self._respect]
        parts = {leaf.by[self._respect] for leaf in bad if self._respect in leaf.by}
        lines = lines_within(bad, bad) if self._kind == "down" else set()
        self._ledger.begin(
            Trouble(self._kind, node),
            bad,
            at_ms,
            # A quarter knew it by then: one that was down just before does not date it.
            since_ms=sorted([sign_of(leaf).since_ms for leaf in bad])[len(bad) // 4],
            shown_ms=first_ms(bad, self._respect),
            reason="stopped_together" if self._kind == "down" and stopped(bad) else TOGETHER[self._kind],
            note=finding.note,
            absorbs=parts | lines,
        )

    def _take_in(self, entry: Open, leaves: Sequence[Leaf], at_ms: int) -> None:
        if not leaves:
            return
        self._ledger.join(entry, leaves)
        if self._kind == "down":
            for line in sorted(lines_within(leaves, entry.leaves), key=lambda line: line.trouble.key):
                self._ledger.absorb(line, entry, at_ms)

    def _just_over(self, node: Node, at_ms: int) -> Open | None:
        """Return the trouble of a place that came back just now, with some still to come: who falls again is its."""
        entry = self._ledger.find(Trouble(self._kind, node))
        just = entry is not None and entry.over_ms is not None and at_ms - entry.over_ms <= GRACE_MS
        return entry if just else None

    def _over(self, node: Node, at_ms: int) -> bool:
        """Take that a place itself is well: what is left of its trouble is kept for those still bad. Say if it was."""
        if self._kind == "down" and self._flapper.flaps(node):
            self._flapper.came_back(node, at_ms)
            return False
        entry = self._ledger.find(Trouble(self._kind, node))
        if entry is None or entry.over_ms is not None:
            return False
        entry.over_ms = at_ms
        if self._kind == "down":
            self._flapper.outage(node, entry, at_ms)
        return True


def _leans(tally: Tally) -> bool:
    return tally.bad > 1 and tally.bad > LEANS * tally.known
