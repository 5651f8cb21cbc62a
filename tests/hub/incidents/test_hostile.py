"""One station of the county says whatever it likes of itself: nobody else is told bad, and nothing real is hidden."""

import random
from typing import Final

import pytest

from demo.villages import made_up_county
from hub.health.station import Born, Died, Heard
from hub.incidents.trouble import Began, Node
from hub.view import Cause
from tests.hub.incidents.world import EPOCH, Break, World

TOWNS: Final = {village.code: village.town for village in made_up_county()}
BLACK: Final = Cause("front", "failed", "E-VQD-03", "black", None)
BEATS: Final = ((30, 30.0), (3_600, 3_600.0), (1, 0.001))
NAMED_WITHIN_MS: Final = 60_000


class Liar:
    """Tells anything at any time, as a station can that has its certificate and nobody else's."""

    def __init__(self, world: World, code: str, draw: random.Random) -> None:
        self.world, self.draw, self.village = world, draw, world.villages[code]
        self.say()

    def say(self) -> None:
        world, draw, village = self.world, self.draw, self.village
        world.after(draw.choice((200, 500, 1_000, 3_000, 9_000)), self.say)
        match draw.randrange(7):
            case 0:
                world._hear(village, Died(village.known.boot + draw.randrange(2), draw.random() < 0.5, False))
            case 1:
                world._hear(village, Born(village.known.boot + 1, EPOCH, *draw.choice(BEATS), False))
            case 2:
                world._hear(village, Heard())
            case 3:
                village.probes = draw.choice(("coming", "silent", "none"))
            case 4:
                village.leg = (draw.choice(("ok", "degraded", "lost")), world.now)
            case 5:
                village.cause = draw.choice((None, BLACK))
        world._changed.add(village.code)


@pytest.mark.parametrize("how", ["announced", "timed_out", "silent"])
@pytest.mark.parametrize("seed", range(4))
def test_a_station_that_lies_hurts_only_itself(seed: int, how: Break) -> None:
    draw = random.Random(seed)
    world = World(TOWNS, seed, lost_beats=0.0)
    code = draw.choice(sorted(TOWNS))
    world.run(30_000)
    Liar(world, code, draw)
    world.run(330_000)
    assert {told.trouble.node for _, told in world.began()} <= {Node("station", code)}
    cut_ms, before = world.now, len(world.told)
    its_town = world.codes(TOWNS[code])
    its_town.remove(code)
    world.cut(its_town, how)
    world.run(cut_ms + 120_000)
    places = [
        (at_ms, told.trouble.node)
        for at_ms, told in world.told[before:]
        if isinstance(told, Began) and told.trouble.node != Node("station", code)
    ]
    assert [node for _, node in places] == [Node("town", TOWNS[code])]
    assert places[0][0] - cut_ms < NAMED_WITHIN_MS
