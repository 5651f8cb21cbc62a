"""Outages as they happen, each with what a person who knew the truth would call its causes (seeded)."""

import random
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from hub.incidents.trouble import Node, Trouble
from hub.view import Cause
from tests.hub.incidents.world import Break, World, station, town

CALM_MS: Final = 90_000
"""Before anything happens, the county is calm for so long."""
BLACK: Final = Cause("front", "failed", "E-VQD-03", "black", None)
COUNTY_DOWN: Final = Trouble("down", Node("county"))
BROKER: Final = Trouble("broker", Node("hub"))
WAYS: Final[tuple[tuple[Break, float], ...]] = (
    ("announced", 1.0),
    ("announced", 0.0),
    ("timed_out", 1.0),
    ("timed_out", 0.0),
    ("timed_out", 0.5),
    ("silent", 1.0),
    ("silent", 0.0),
)
"""How the broker learns of a cut, and which share of the stations sends probes."""


class Outage(NamedTuple):
    """One simulated outage, over."""

    kind: str
    world: World
    causes: frozenset[Trouble]
    cut_ms: int
    allowed: frozenset[Trouble] = frozenset()
    """What may be told besides: true, but not looked for."""
    began_with: int = 0
    """How many troubles were told before the outage."""


Scenario = Callable[[Mapping[str, str], int, random.Random], Outage]


def _world(towns: Mapping[str, str], seed: int, draw: random.Random, probes: float) -> tuple[World, list[str]]:
    """Return a calm county in which up to three villages are down for long, each told already; and who they are."""
    world = World(towns, seed, probes=probes)
    old = draw.sample(sorted(towns), draw.randint(0, 3))
    world.run(5_000)
    world.cut(old)
    world.run(5_000 + CALM_MS + 60_000)
    return world, old


def _way(draw: random.Random) -> tuple[Break, float]:
    return draw.choice(WAYS)


def _some_town(world: World, draw: random.Random) -> str:
    return draw.choice(sorted(set(world.towns.values())))


def _most(codes: list[str], draw: random.Random) -> list[str]:
    """Return all, or all but a few that hang elsewhere."""
    return draw.sample(codes, len(codes) - draw.randint(0, len(codes) // 6))


def town_cut(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town loses its power, or its line: all of it, or all but a few that hang elsewhere."""
    how, probes = _way(draw)
    world, _ = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = _most(world.codes(name), draw)
    world.cut(hit, how, spread_ms=draw.choice((0, 200)))
    world.run(cut_ms + draw.randint(150, 400) * 1_000)
    world.restore(hit)
    world.run(world.now + 120_000)
    way = {1.0: "probed", 0.5: "half probed", 0.0: "unprobed"}[probes]
    return Outage(f"town, {how}, {way}", world, frozenset({town("down", name)}), cut_ms, began_with=told)


def county_cut(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """The county's own line."""
    how, probes = _way(draw)
    world, _ = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    hit = [code for code in towns if draw.random() < 0.98]
    world.cut(hit, how, spread_ms=draw.choice((0, 200)))
    world.run(cut_ms + draw.randint(150, 400) * 1_000)
    world.restore(hit)
    world.run(world.now + 120_000)
    return Outage(f"county, {how}", world, frozenset({COUNTY_DOWN}), cut_ms, began_with=told)


def scattered(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """Some villages at one time, each for a cause of its own."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    hit = draw.sample(sorted(set(towns) - set(old)), draw.randint(1, 6))
    world.cut(hit, how, spread_ms=20_000)
    world.run(cut_ms + 300_000)
    world.restore(hit)
    world.run(world.now + 60_000)
    causes = frozenset(station("down", code) for code in hit)
    return Outage("scattered villages", world, causes, cut_ms, began_with=told)


def flapping(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """One village goes and comes, some seconds up, some down."""
    world, old = _world(towns, seed, draw, 1.0)
    cut_ms, told = world.now, len(world.told)
    code = draw.choice(sorted(set(towns) - set(old)))
    for _ in range(draw.randint(8, 14)):
        world.cut([code], "announced")
        world.run(world.now + draw.randint(5, 40) * 1_000)
        world.restore([code])
        world.run(world.now + draw.randint(35, 90) * 1_000)
    world.run(world.now + 20 * 60_000)
    return Outage("flapping village", world, frozenset({station("flapping", code)}), cut_ms, began_with=told)


def restart(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """The hub restarts while a town is down; the town comes back before, during or after."""
    how, probes = _way(draw)
    world, _ = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = world.codes(name)
    world.cut(hit, how)
    world.run(cut_ms + draw.randint(5, 120) * 1_000)
    world.restart_hub(draw.randint(2, 60) * 1_000)
    world.run(world.now + draw.randint(0, 200) * 1_000)
    if draw.random() < 0.5:
        world.run(cut_ms + 400_000)
    short = world.now - cut_ms < 250_000
    world.restore(hit)
    world.run(world.now + 200_000)
    cause = frozenset({town("down", name)})
    # A cut that was over before a hub that restarted could be sure need not be told; who is late to come back may.
    late = cause | {station("down", code) for code in hit}
    return Outage("hub restart", world, frozenset() if short else cause, cut_ms, late if short else frozenset(), told)


def quiet_restart(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """The hub restarts and nothing else happens."""
    _, probes = _way(draw)
    world, _ = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    world.restart_hub(draw.randint(1, 120) * 1_000)
    world.run(world.now + 300_000)
    return Outage("quiet restart", world, frozenset(), cut_ms, began_with=told)


def broker_away(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """The broker stops, for a moment or for long."""
    _, probes = _way(draw)
    world, _ = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    away_ms = draw.choice((2_000, draw.randint(20, 200) * 1_000))
    world.stop_broker()
    world.run(world.now + away_ms)
    world.start_broker()
    world.run(world.now + 300_000)
    causes = frozenset({BROKER}) if away_ms > 10_000 else frozenset()
    return Outage("broker away", world, causes, cut_ms, began_with=told)


def poor_uplink(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town's line loses packets; each village measures it for itself, and not always."""
    world, _ = _world(towns, seed, draw, 1.0)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    world.run(world.now + 200_000)
    cut_ms = world.now
    hit = _most(world.codes(name), draw)
    world.spoil_leg(hit, bad=True)
    world.run(cut_ms + 600_000)
    world.spoil_leg(hit, bad=False)
    world.run(world.now + 300_000)
    return Outage("degraded uplink", world, frozenset({town("line", name)}), cut_ms, began_with=told)


def pictures_beside(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town is cut while cameras elsewhere turn black."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = world.codes(name)
    dark = draw.sample(sorted(set(towns) - set(old) - set(hit)), draw.randint(1, 4))
    for code in dark:
        world.spoil_picture(code, BLACK)
    world.cut(hit, how)
    world.run(cut_ms + 200_000)
    world.restore(hit)
    for code in dark:
        world.spoil_picture(code, None)
    world.run(world.now + 120_000)
    causes = frozenset({town("down", name), *(station("video", code) for code in dark)})
    return Outage("cameras beside", world, causes, cut_ms, began_with=told)


def some_stay(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town comes back but for some villages, which come later."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = world.codes(name)
    stay = draw.sample(sorted(set(hit) - set(old)), draw.randint(1, 3))
    world.cut(hit, how)
    world.run(cut_ms + 200_000)
    world.restore([code for code in hit if code not in stay])
    world.run(world.now + 300_000)
    world.restore(stay)
    world.run(world.now + 120_000)
    return Outage("some stay down", world, frozenset({town("down", name)}), cut_ms, began_with=told)


def two_causes(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """Two towns at once, or a town and villages elsewhere."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    first, second = draw.sample(sorted(set(towns.values())), 2)
    hit = world.codes(first)
    causes = {town("down", first)}
    if draw.random() < 0.5:
        hit += world.codes(second)
        causes.add(town("down", second))
    else:
        others = draw.sample(sorted(set(towns) - set(old) - set(hit)), draw.randint(1, 3))
        hit += others
        causes |= {station("down", code) for code in others}
    world.cut(hit, how, spread_ms=draw.choice((0, 2_000)))
    world.run(cut_ms + 300_000)
    world.restore(hit)
    world.run(world.now + 120_000)
    return Outage("two causes", world, frozenset(causes), cut_ms, began_with=told)


def planned(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town in maintenance is cut: nobody is told; elsewhere a station is stopped by hand."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = world.codes(name)
    world.excuse(hit, excused=True)
    world.cut(hit, how)
    stopped = draw.choice(sorted(set(towns) - set(old) - set(hit)))
    world.stop(stopped)
    world.run(cut_ms + 200_000)
    world.restore(hit)
    world.run(world.now + 60_000)
    world.excuse(hit, excused=False)
    world.restore([stopped])
    world.run(world.now + 60_000)
    return Outage("planned, and a stop", world, frozenset({station("down", stopped)}), cut_ms, began_with=told)


def storm(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """Lightning: within some minutes many villages, each for itself."""
    how, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    hit = draw.sample(sorted(set(towns) - set(old)), draw.randint(12, 25))
    world.cut(hit, how, spread_ms=300_000)
    world.run(cut_ms + 600_000)
    world.restore(hit)
    world.run(world.now + 60_000)
    return Outage("storm", world, frozenset(station("down", code) for code in hit), cut_ms, began_with=told)


def eaten_probes(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A firewall drops a town's probes: nothing is down."""
    world, _ = _world(towns, seed, draw, 1.0)
    cut_ms, told = world.now, len(world.told)
    world.eat_probes(world.codes(_some_town(world, draw)))
    world.run(cut_ms + 200_000)
    return Outage("probes eaten", world, frozenset(), cut_ms, began_with=told)


def deaf_reflector(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """The hub's own reflector hears nobody's probes any more, and all the county speaks on."""
    world, _ = _world(towns, seed, draw, draw.choice((1.0, 0.7)))
    cut_ms, told = world.now, len(world.told)
    for code in towns:
        world.after(draw.randint(0, 1_500), lambda code=code: world.eat_probes([code]))
    world.run(cut_ms + 200_000)
    return Outage("reflector deaf", world, frozenset(), cut_ms, began_with=told)


def small_town(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town of one, two or three villages is cut; of one village it is that village."""
    how, probes = _way(draw)
    size = draw.randint(1, 3)
    few = draw.sample(sorted(towns), size)
    world, old = _world({**towns, **dict.fromkeys(few, "小镇")}, seed, draw, probes)
    cut_ms, told = world.now, len(world.told)
    fresh = [code for code in few if code not in old]
    world.cut(few, how)
    world.run(cut_ms + 200_000)
    world.restore(few)
    world.run(world.now + 90_000)
    causes = {town("down", "小镇")} if len(fresh) > 1 else {station("down", code) for code in fresh}
    return Outage("town of 1-3 villages", world, frozenset(causes), cut_ms, began_with=told)


def flapping_town(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """A town's line goes and comes."""
    world, _ = _world(towns, seed, draw, 1.0)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    for _ in range(draw.randint(4, 8)):
        world.cut(world.codes(name), "announced")
        world.run(world.now + draw.randint(15, 40) * 1_000)
        world.restore(world.codes(name))
        world.run(world.now + draw.randint(40, 90) * 1_000)
    world.run(world.now + 20 * 60_000)
    return Outage("flapping town", world, frozenset({town("flapping", name)}), cut_ms, began_with=told)


def stopped_town(towns: Mapping[str, str], seed: int, draw: random.Random) -> Outage:
    """Somebody stops all stations of a town in good order; elsewhere one is only restarted."""
    _, probes = _way(draw)
    world, old = _world(towns, seed, draw, probes)
    name, cut_ms, told = _some_town(world, draw), world.now, len(world.told)
    hit = [code for code in world.codes(name) if code not in old]
    restarted = draw.choice(sorted(set(towns) - set(old) - set(hit)))
    for code in (*hit, restarted):
        world.stop(code)
    world.run(cut_ms + 70_000)
    world.restore([restarted])
    world.run(cut_ms + 300_000)
    world.restore(hit)
    world.run(world.now + 90_000)
    return Outage("town stopped by hand", world, frozenset({town("down", name)}), cut_ms, began_with=told)


SCENARIOS: Final[tuple[tuple[Scenario, int], ...]] = (
    (town_cut, 35),
    (county_cut, 10),
    (scattered, 12),
    (flapping, 5),
    (restart, 8),
    (quiet_restart, 4),
    (broker_away, 5),
    (poor_uplink, 6),
    (pictures_beside, 4),
    (some_stay, 5),
    (two_causes, 8),
    (planned, 3),
    (storm, 4),
    (eaten_probes, 3),
    (deaf_reflector, 3),
    (small_town, 6),
    (flapping_town, 3),
    (stopped_town, 3),
)
"""Each with how often of how many it happens."""


def outage(towns: Mapping[str, str], seed: int) -> Outage:
    """Run the outage of this seed."""
    draw = random.Random(seed)
    scenario = draw.choices([one for one, _ in SCENARIOS], [weight for _, weight in SCENARIOS])[0]
    return scenario(towns, seed, draw)
