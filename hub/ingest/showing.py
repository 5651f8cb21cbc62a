"""Bringing the view and the monitoring topics up to what the county is."""

from hub.health.county import County
from hub.ingest.outward import Outward
from hub.view import Counters, View
from wire.health import StationHealth


class Showing:
    """Knows what was shown last of each station, so that only what a viewer would notice counts as a change."""

    def __init__(self, view: View, outward: Outward) -> None:
        """Take where to show."""
        self.outward = outward
        self._view = view
        self._shown: dict[str, object] = {}

    def show(self, county: County, counters: Counters, now_ms: int, *, connected: bool, trouble: str | None) -> None:
        """Show everything told of the county since the last call."""
        details = []
        changed: list[StationHealth] = []
        for member in county.take_touched():
            health = member.health()
            county.note_video(health)
            look = _look(health)
            visible = self._shown.get(health.station) != look
            if visible:
                self._shown[health.station] = look
                changed.append(health)
            details.append((member.detail(health), visible))
        figures = county.figures(now_ms)
        self._view.update(
            county=figures, details=details, counters=counters, connected=connected, storage_trouble=trouble
        )
        self.outward.station_changed(changed)
        if connected:
            self.outward.round(figures)

    def tell_all_again(self, county: County) -> None:
        """Have monitoring devices told of every station: a broker that was restarted may have forgotten them."""
        self.outward.station_changed(member.health() for member in county.members.values())


def _look(health: StationHealth) -> object:
    """Return what a viewer sees of a station: a new figure alone is no change."""
    devices = tuple((device.device, device.state, device.code) for device in health.devices)
    return health.state, health.since_ms, health.reason, health.video, devices
