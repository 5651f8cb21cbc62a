"""Whether the hub sees enough to decide anything (pure).

While it is blind (the broker away, the hub itself not there) that is the one trouble there is: its own, told after a
short hold-down, since a broker that restarts is back in seconds. When sight is back, every station is unknown until it
is heard or its grace is over (`hub/health/station.py`): until then a few known ones would speak for all, so nothing
begins and nothing ends before none is awaited any more.
"""

from typing import Final

from hub.health.seen import Seen
from hub.health.station import UNTOLD_SILENT_AFTER_MS
from hub.incidents.ledger import Ledger
from hub.incidents.trouble import Kind, Node, Trouble

HOLD_MS: Final = 5_000
SETTLED_AFTER_MS: Final = UNTOLD_SILENT_AFTER_MS + 15_000
"""The longest grace there is, and some rounds: later nothing is waited for, whatever is unknown still."""
HERE: Final = Node("hub")
KINDS: Final[dict[Kind, str]] = {"broker": "broker_away", "hub": "hub_away"}


class Sight:
    """Owns the hub's own troubles, and whether others may be decided."""

    def __init__(self, stations: int, at_ms: int) -> None:
        """Begin seeing, with all stations awaited."""
        self._awaited = stations
        self._known = 0
        self._sees_ms = at_ms
        self._settled = False
        self._blind: dict[Kind, tuple[int, int]] = {}
        self._back: set[Kind] = set()
        """What was away and is back; one that an earlier hub told of is back when this one has settled."""

    def blind(self, kind: Kind, since_ms: int | None, at_ms: int) -> None:
        """Take that the hub cannot see since, or None: it can again."""
        if since_ms is not None:
            self._blind.setdefault(kind, (since_ms, at_ms))
            self._settled = False
        elif self._blind.pop(kind, None) is not None:
            self._sees_ms = at_ms
            self._back.add(kind)

    def turned(self, was: Seen, seen: Seen) -> None:
        """Count who is awaited, and who is known."""
        if was.state == "unknown" or seen.state == "unknown":
            self._awaited += _awaited(seen) - _awaited(was)
            self._known += (was.state == "unknown") - (seen.state == "unknown")

    def own(self, ledger: Ledger, at_ms: int) -> None:
        """Begin and end the hub's own troubles."""
        for kind, reason in KINDS.items():
            trouble = Trouble(kind, HERE)
            entry = ledger.find(trouble)
            blind = self._blind.get(kind)
            if blind is None and entry is not None and (kind in self._back or self.settled(at_ms)):
                ledger.end(entry, self._sees_ms)
            elif blind is not None and entry is None and at_ms - min(blind) >= HOLD_MS:
                ledger.begin(trouble, (), at_ms, since_ms=blind[0], shown_ms=blind[1], reason=reason)
        self._back.clear()

    def settled(self, at_ms: int) -> bool:
        """Say whether enough is known to decide."""
        if self._blind:
            return False
        if not self._settled:
            # A hub that knows nobody at all has not seen its broker yet, however long ago it started.
            late = self._known > 0 and at_ms - self._sees_ms >= SETTLED_AFTER_MS
            self._settled = self._awaited == 0 or late
        return self._settled

    def stepped(self, by_ms: int) -> None:
        """Move along with the clock."""
        self._sees_ms += by_ms
        self._blind = {kind: (since_ms, at_ms + by_ms) for kind, (since_ms, at_ms) in self._blind.items()}


def _awaited(seen: Seen) -> bool:
    return seen.state == "unknown" and seen.reason != "never_seen"
