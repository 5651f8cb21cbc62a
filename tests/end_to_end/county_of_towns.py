"""A county whose towns are one process each, so that killing it is a town's cut."""

import signal
from collections.abc import Sequence
from pathlib import Path

from demo.processes import tool
from firmware_config.county import Village
from tests.county import VILLAGES, County
from tests.end_to_end.small_county import Part
from tests.hub_api import HubApi


class CountyOfTowns:
    """Broker, hub and a fleet for each town, each of which can be killed and started again."""

    def __init__(
        self, folder: Path, villages: Sequence[Village] = VILLAGES, *, keepalive_s: int = 10, beat_every_s: float = 1.0
    ) -> None:
        self.county = County(folder, villages)
        log = folder / "log"
        for index in range(len(self.county.villages)):
            self.county.station(
                index,
                keepalive_s=keepalive_s,
                beat_every_s=beat_every_s,
                reconnect_max_s=1.0,
                rebirth_spread_s=0.2,
            )
        self.towns: dict[str, list[str]] = {}
        for village in self.county.villages:
            self.towns.setdefault(village.town, []).append(village.code)
        self.fleets = {town: Part(log / f"fleet-{town}.log", *self._fleet(town)) for town in self.towns}
        self.hub = Part(log / "hub.log", tool("hub"), "run", "--config", self.county.hub_config)
        self.url = f"http://127.0.0.1:{self.county.ports.web}"
        self.api = HubApi(self.url, self.county.api_token)

    def up(self) -> None:
        self.county.start_broker()
        self.hub.up()
        self.api.wait_healthy()
        for fleet in self.fleets.values():
            fleet.up()
        self.wait_online(len(self.county.villages))

    def down(self) -> None:
        for part in (*self.fleets.values(), self.hub):
            part.down()
        self.county.stop_broker()

    def cut(self, town: str) -> None:
        """Take a whole town's power: its kernel says nothing more, the broker hears its connections close."""
        self.fleets[town].signal(signal.SIGKILL)

    def wait_online(self, number: int, within_s: float = 30.0) -> None:
        self.api.wait_for("/api/v1/summary", lambda answer: answer["stations"]["online"] == number, within_s)

    def _fleet(self, town: str) -> list[object]:
        others = [code for name, codes in self.towns.items() if name != town for code in codes]
        command: list[object] = [tool("station"), "fleet", "--county-dir", self.county.folder]
        for code in others:
            command += ["--except", code]
        return [*command, "--visits-per-hour", "0"]
