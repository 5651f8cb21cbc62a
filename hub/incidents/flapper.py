"""Which places flap (pure; the rule is `hub/health/flapping.py`): then that is the trouble, not each outage.

Each outage of its own counts two changes; one that a greater place explains is not its own. While a place flaps, no
outage of it is told; when it stops, whatever is down then is told as any other.
"""

from collections.abc import Callable, Sequence

from hub.health.flapping import Flaps, at_peace, changed, resumed, run_on
from hub.incidents.ledger import Leaf, Ledger, Open
from hub.incidents.trouble import Node, Trouble


class Flapper:
    """Owns the outages of the last while, by place."""

    def __init__(self, ledger: Ledger, below: Callable[[Node], Sequence[Leaf]]) -> None:
        """Take where troubles stand, and what tells the villages of a place."""
        self._ledger, self._below = ledger, below
        self._flaps: dict[Node, Flaps] = {}
        self._flapping: dict[Node, Open] = {}
        self._down: set[Node] = set()

    def resume(self, entry: Open, at_ms: int) -> None:
        """Take over a place that flapped under an earlier hub."""
        self._flaps[entry.trouble.node] = resumed(at_ms)
        self._flapping[entry.trouble.node] = entry

    def flaps(self, node: Node) -> bool:
        """Say whether a place flaps now."""
        return node in self._flapping

    def outage(self, node: Node, entry: Open | None, at_ms: int, since_ms: int | None = None) -> None:
        """Count an outage that is over, told as `entry` or too short to be; if the place flaps now, that absorbs it."""
        flaps = self._flaps[node] = changed(self._flaps.get(node) or at_peace(at_ms), at_ms, times=2)
        if not flaps.flapping or node in self._flapping or (entry is not None and entry.trouble.kind == "flapping"):
            return
        # A village with a trouble of its own below a town that flaps keeps it.
        explained = [leaf for leaf in self._below(node) if leaf.by.get("down") in (None, entry)]
        began_ms = at_ms if since_ms is None else since_ms
        self._flapping[node] = self._ledger.begin(
            Trouble("flapping", node),
            explained,
            at_ms,
            since_ms=began_ms if entry is None else entry.since_ms,
            shown_ms=at_ms,
            reason="changes",
            note=f"{flaps.percent:.0f} %",
            absorbs=() if entry is None else (entry,),
        )

    def went_down(self, node: Node) -> None:
        """Take that a town or county that flaps is down again."""
        self._down.add(node)

    def came_back(self, node: Node, at_ms: int) -> None:
        """Take that it is up again."""
        if node in self._down:
            self._down.discard(node)
            self.outage(node, None, at_ms)

    def quiet(self, at_ms: int) -> list[Leaf]:
        """End what flaps no more; return its villages, which are judged again."""
        freed: list[Leaf] = []
        for node in sorted(self._flapping):
            self._flaps[node] = run_on(self._flaps[node], at_ms)
            if not self._flaps[node].flapping:
                entry = self._flapping.pop(node)
                del self._flaps[node]
                self._down.discard(node)
                freed += entry.leaves
                self._ledger.end(entry, at_ms, "steady")
        return freed

    def stepped(self, by_ms: int) -> None:
        """Move along with the clock."""
        self._flaps = {node: flaps._replace(at_ms=flaps.at_ms + by_ms) for node, flaps in self._flaps.items()}
