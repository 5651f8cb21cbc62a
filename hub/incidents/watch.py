"""One cause, one incident: from what is seen of every village to the troubles that explain it (pure).

The hub tells it what changed; it answers with what began, spread and ended. It takes time as an argument, so that a
thousand outages can be tried in a minute (`tests/bench/outages.py`).
"""

from collections.abc import Iterable, Mapping

from hub.health.seen import Seen
from hub.incidents.trouble import Told, Trouble


class Watch:
    """Owns which troubles are open, and which stations each affects."""

    def __init__(self, towns: Mapping[str, str], at_ms: int) -> None:
        """Begin with nothing known; `towns` names the town of every station."""
        raise NotImplementedError

    def resume(self, open_ones: Iterable[tuple[Trouble, int, tuple[str, ...]]]) -> None:
        """Take over what an earlier hub had open: each with since when and its stations. It ends as any other does."""
        raise NotImplementedError

    def see(self, station: str, seen: Seen, at_ms: int) -> None:
        """Take what is known of one station now; cheap, nothing is decided here."""
        raise NotImplementedError

    def blind(self, kind: str, since_ms: int | None, at_ms: int) -> None:
        """Take that the hub lost the broker (`broker`) since, or None: it is back."""
        raise NotImplementedError

    def tick(self, at_ms: int) -> list[Told]:
        """Decide: at least twice a second. Everything told is told once."""
        raise NotImplementedError
