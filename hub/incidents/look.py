"""What a town looks like at one moment: who counts, who is bad, and whether that is to be believed (pure).

What is explained counts no more. A village with a trouble of its own keeps it and is left out of its town's figures,
once the trouble is so old that both cannot be parts of one cause: older than silence takes to show, and a place to be
named then. A younger one is evidence like any other. Those that stayed bad when a place itself came back are left out
too; while its trouble lasts they are what it is judged by. Left out are also villages in a planned time, and those
never seen. A village of several kiosks is one: bad when each of them that is known is.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, NamedTuple

from hub.health.judge import LEG_LOOKS_BACK_MS, Judged, no_chance_ms
from hub.health.tree import Finding, Odds, Tally, find
from hub.incidents.ledger import SIGN_OF, Leaf, Open, Respect

YOUNG_MS: Final = 300_000
"""At the most, whatever a station says of how long it may be silent: else it could stand as evidence for hours."""
ONE_EPISODE_MS: Final = 10_000
"""Probes that stopped within so much of each other stopped for one cause."""
SEVERAL: Final = 2
"""So many villages anywhere that speak while their probes are gone: the reflector suffers (somebody floods its port, or
its machine is busy). One alone may be a station that wants to be believed."""


class Town(NamedTuple):
    """A town as it looks now."""

    finding: Finding
    bad: Sequence[Leaf] = ()
    """Evidence against it."""
    mute: bool = False
    """Whether one that looks well would show a cut by silence only."""
    ages: bool = False
    """Whether one counts that will not for long: with a young trouble of its own, or well already but not for sure."""


def look(
    leaves: Sequence[Leaf], respect: Respect, odds: Odds, at_ms: int, unheard: Callable[[], Sequence[int]] = tuple
) -> Town:
    """Return what a town looks like in one respect; `unheard` is asked for what `probes_unheard` says of the county."""
    judged: list[Leaf] = []
    well: list[Leaf] = []
    mute = ages = False
    bad: list[Leaf] = []
    sign_of = SIGN_OF[respect]
    for leaf in leaves:
        seen = leaf.judged.seen
        by = leaf.by.get(respect) if leaf.by else None
        if seen.excused or seen.reason == "never_seen" or (by and not _counts(by, leaf, respect, at_ms)):
            continue
        judged.append(leaf)
        sign = sign_of(leaf)
        if sign.standing == "unknown":
            continue
        # Who is explained is well again when that is hard: one good look changes nothing of what was told.
        if sign.standing == "bad" or (by and at_ms < sign.hard_ms):
            bad.append(leaf)
            ages = ages or bool(by and (by.own or sign.standing == "good"))
        else:
            well.append(leaf)
            mute = mute or seen.probes != "coming"
    known = [*well, *bad]
    if respect == "down":
        bad = _without_eaten_probes(leaves, bad, unheard)
    tally = Tally(len(bad), len(known), len(judged))
    if any(leaf.others for leaf in judged):
        tally = Tally(len(_villages(bad) - _villages(well)), len(_villages(known)), len(_villages(judged)))
    return Town(find(tally, odds), bad, mute, ages)


def _villages(leaves: Iterable[Leaf]) -> set[str]:
    return {leaf.village for leaf in leaves}


def young(shown_ms: int, respect: Respect, judged: Judged, at_ms: int) -> bool:
    """Say whether what showed then may be part of what shows now."""
    if respect == "line":
        return at_ms - shown_ms <= LEG_LOOKS_BACK_MS
    return at_ms - shown_ms <= min(judged.seen.silent_after_ms + judged.silence_apart_ms, YOUNG_MS)


def first_ms(bad: Sequence[Leaf], respect: Respect) -> int:
    """Return when the first of these showed it."""
    sign_of = SIGN_OF[respect]
    return min(sign_of(leaf).shown_ms for leaf in bad)


def stopped(bad: Sequence[Leaf]) -> bool:
    """Say whether most were stopped in good order: then nobody suspects their power."""
    return 2 * sum(leaf.judged.cut.way == "farewell" for leaf in bad) > len(bad)


def offline(bad: Sequence[Leaf]) -> int:
    """Return how many of these are offline, not only suspected."""
    return sum(leaf.judged.down.standing == "bad" for leaf in bad)


def no_chance(suspected: Sequence[Leaf], everybody: Iterable[Leaf], at_ms: int) -> bool:
    """Say whether a cut that only probes tell of is no chance: nobody spoke for long, nor does anybody so affected."""
    long = at_ms - first_ms(suspected, "down") >= no_chance_ms([leaf.judged for leaf in suspected])
    return long and not _of_episode(probes_unheard(everybody), suspected)


def lines_within(leaves: Sequence[Leaf], inside: Collection[Leaf]) -> set[Open]:
    """Return the troubles of these lines that are wholly within: who cannot be reached has no poor line."""
    lines = {leaf.by["line"] for leaf in leaves if "line" in leaf.by}
    return {entry for entry in lines if entry.leaves.issubset(inside)}


def _counts(by: Open, leaf: Leaf, respect: Respect, at_ms: int) -> bool:
    """Say whether a village that is explained is evidence: bad too shortly to be sure, or of what lasts, or anew."""
    if not by.own and by.over_ms is None:
        return True
    sign = leaf.sign(respect)
    if by.own:
        told = by.trouble.kind == respect and sign.standing == "bad"
        return told and young(sign.shown_ms, respect, leaf.judged, at_ms)
    return sign.standing != "bad" or by.over_ms is None or sign.shown_ms > by.over_ms


def probes_unheard(everybody: Iterable[Leaf]) -> Sequence[int]:
    """Return since when the probes of each village that still speaks are gone."""
    judged = (leaf.judged for leaf in everybody)
    return [one.quiet_ms for one in judged if one.quiet_ms is not None and one.cut.standing == "good"]


def _without_eaten_probes(leaves: Sequence[Leaf], bad: list[Leaf], unheard: Callable[[], Sequence[int]]) -> list[Leaf]:
    """Return the evidence without suspicions, where somebody whose probes stopped with the others still speaks.

    One of the same town is enough, or several of others.
    """
    suspected = [leaf for leaf in bad if leaf.judged.down.standing != "bad"]
    if not suspected:
        return bad
    speaks = _of_episode(probes_unheard(leaves), suspected) or _of_episode(unheard(), suspected) >= SEVERAL
    return [leaf for leaf in bad if leaf.judged.down.standing == "bad"] if speaks else bad


def _of_episode(unheard: Iterable[int], suspected: Sequence[Leaf]) -> int:
    """Return how many still speak whose probes stopped when these did: then something ate them, no line is cut."""
    shown = [leaf.judged.cut.shown_ms for leaf in suspected]
    first, last = min(shown) - ONE_EPISODE_MS, max(shown) + ONE_EPISODE_MS
    return sum(first <= quiet_ms <= last for quiet_ms in unheard)
