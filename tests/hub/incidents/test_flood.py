"""Somebody floods the county's UDP port: most probes are lost, in no order. No town was cut, and none may seem so."""

from collections.abc import Mapping
from typing import Final

import pytest

from demo.villages import made_up_county
from hub.health.probes import Hearing
from tests.hub.incidents.world import World

TOWNS: Final = {village.code: village.town for village in made_up_county()}
LOOK_MS: Final = 250
BEGINS_MS, LASTS_MS = 30_000, 120_000


class Flooded(World):
    """Villages that probe once a second a reflector that hears a share of it only; heard as the hub hears."""

    def __init__(self, towns: Mapping[str, str], seed: int, lost: float) -> None:
        super().__init__(towns, seed, lost_beats=0.0)
        self._lost = lost
        self._hearing = Hearing(1_000)
        self._phase = {code: self.draw.randrange(0, 1_000, LOOK_MS) for code in towns}
        self._marks: dict[str, int] = {}
        self.at(0, self._listen)

    def _listen(self) -> None:
        self.after(LOOK_MS, self._listen)
        flooded = BEGINS_MS <= self.now < BEGINS_MS + LASTS_MS
        for code, village in self.villages.items():
            sends = not village.cuts and self.now % 1_000 == self._phase[code]
            if sends and not (flooded and self.draw.random() < self._lost):
                self._marks[code] = self.now
        self._hearing.hear(self._marks, self.now)
        for code, village in self.villages.items():
            probes = self._hearing.probes(code)
            if probes != village.probes:
                village.probes = probes
                self._changed.add(code)


@pytest.mark.parametrize(("seed", "lost"), [(17, 0.8), (1, 0.9), (2, 0.9), (3, 0.95), (4, 0.98), (5, 1.0)])
def test_villages_that_go_in_a_flood_are_told_and_no_town(seed: int, lost: float) -> None:
    world = Flooded(TOWNS, seed, lost)
    gone = [world.codes(town)[0] for town in sorted(set(TOWNS.values()))]
    for place, code in enumerate(gone):
        world.at(BEGINS_MS + 20_000 + 5_000 * place, lambda code=code: world.cut([code]))
    world.run(BEGINS_MS + LASTS_MS + 50_000)
    assert {(told.trouble.kind, told.trouble.node) for _, told in world.began()} == {
        ("down", ("station", code)) for code in gone
    }
