"""Whose probes come and whose stopped (pure): a village cut off shows within seconds, before MQTT can tell.

`silent` is said once nothing came for three intervals and a second. While nothing comes from the whole county the
reflector itself is suspected (its port shut, its machine asleep): then everything stays as it was, and when it hears
again every village has its full time anew. A county whose only probing village stops therefore never says so.
"""

from collections.abc import Mapping

from hub.health.seen import Probes


class Hearing:
    """Owns when each village was last heard, on the hub's clock."""

    def __init__(self, interval_ms: int) -> None:
        """Begin deaf; stations probe every `interval_ms`."""
        self._silent_after_ms = 3 * interval_ms + 1_000
        # Less than what is left to a village heard an interval before the rest: none is blamed for a deaf reflector.
        self._deaf_after_ms = 2 * interval_ms + 500
        self._marks: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._silent: set[str] = set()
        self._newest_ms = self._now_ms = 0
        self._since_ms: int | None = None

    def begin(self, station: str) -> None:
        """Forget a village that was given a new session: nothing was heard of that yet."""
        self._marks.pop(station, None)
        self._heard.pop(station, None)
        self._silent.discard(station)

    def hear(self, marks: Mapping[str, int], now_ms: int) -> None:
        """Take what was heard by `now_ms`: a mark per village that changes whenever a probe of it comes.

        When it changed is noted, not what it says: it is of another clock.
        """
        if now_ms < self._now_ms:
            self._set_back(now_ms)
        self._now_ms = now_ms
        fresh = {station: mark for station, mark in marks.items() if self._marks.get(station) != mark}
        if fresh:
            self._marks |= fresh
            self._heard |= dict.fromkeys(fresh, now_ms)
            if self._since_ms is None:
                self._since_ms = now_ms
            self._newest_ms = now_ms
        elif now_ms - self._newest_ms >= self._deaf_after_ms:
            self._since_ms = None
        if self._since_ms is not None:
            late_ms = now_ms - self._silent_after_ms
            if self._since_ms > late_ms:
                self._silent.difference_update(fresh)
            else:
                self._silent = {station for station, at_ms in self._heard.items() if at_ms <= late_ms}

    def probes(self, station: str) -> Probes:
        """Return whether a village's probes come."""
        if station not in self._heard:
            return "none"
        return "silent" if station in self._silent else "coming"

    def heard_ms(self) -> Mapping[str, int]:
        """Return when the last probe of each village was noticed (UTC ms, as coarse as `hear` is called)."""
        return self._heard.copy()

    def _set_back(self, now_ms: int) -> None:
        """Bring what would lie ahead of a clock that was set back to now."""
        self._heard = {station: min(at_ms, now_ms) for station, at_ms in self._heard.items()}
        self._newest_ms = min(self._newest_ms, now_ms)
        self._since_ms = None if self._since_ms is None else min(self._since_ms, now_ms)
