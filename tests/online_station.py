"""A county of one real station, online: broker, hub and agent, and the station's spool as its kiosk has it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from demo.processes import start, stop, tool
from station.store.spool import FILE_NAME, Spool
from tests.county import County
from tests.hub_api import HubApi


class OnlineStation(NamedTuple):
    """Its settings file, and its spool in this process."""

    config: Path
    spool: Spool


@contextmanager
def online_station(folder: Path) -> Iterator[OnlineStation]:
    """Lay the county out in `folder`, run it, and give the station once the hub calls it online."""
    county = County(folder / "county")
    config = county.station()
    with ExitStack() as stack:
        county.start_broker()
        stack.callback(county.stop_broker)
        stack.callback(stop, start([tool("hub"), "run", "--config", county.hub_config], folder / "hub.log"))
        stack.callback(stop, start([tool("station"), "agent", "--config", config], folder / "agent.log"))
        spool = Spool.open(config.parent / "state" / FILE_NAME)
        stack.callback(spool.close)
        HubApi(f"http://127.0.0.1:{county.ports.web}", county.api_token).wait_state(county.villages[0].code, "online")
        yield OnlineStation(config, spool)
