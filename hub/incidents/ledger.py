"""Which troubles are open, whom each explains, and what has to be told of it (pure bookkeeping, decides nothing).

A village is explained by at most one trouble in each of three respects: that it is down (or flaps), its line, its
picture. So nobody is told twice of one thing, and of one key one trouble is open.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from operator import attrgetter
from typing import Final, Literal

from hub.health.judge import Judged, Sign, unseen
from hub.incidents.trouble import Absorbed, Began, Ended, Kind, Spread, Told, Trouble
from wire.topics import village_of

Respect = Literal["down", "line", "video"]
RESPECT: Final[dict[Kind, Respect]] = {"down": "down", "flapping": "down", "line": "line", "video": "video"}
ALARMS_APART_MS: Final = 60_000
"""A trouble that began twice within a minute chatters (ISA-18.2: three in a minute are too many)."""


class Open:
    """A trouble that is open."""

    def __init__(self, trouble: Trouble, since_ms: int, shown_ms: int) -> None:
        """Begin with nobody explained."""
        self.trouble = trouble
        self.own = trouble.node.scope == "station"
        """Whether it is one village's own."""
        self.since_ms = since_ms
        self.shown_ms = shown_ms
        """When its first sign was seen."""
        self.leaves: set[Leaf] = set()
        self.over_ms: int | None = None
        """Since when its place is well again, and it is kept for those that did not come back; None while it lasts."""
        self.chatters = False


class Leaf:
    """One village, or one kiosk of several there: how it is judged, and which troubles explain it."""

    __slots__ = ("by", "judged", "others", "station", "town", "village")

    def __init__(self, station: str, town: str, at_ms: int) -> None:
        """Begin with nothing known."""
        self.station = station
        self.village = village_of(station)
        self.others: list[Leaf] = []
        """The other kiosks of this village; most have none."""
        self.town = town
        self.judged: Judged = unseen(at_ms)
        self.by: dict[Respect, Open] = {}

    def sign(self, respect: Respect) -> Sign:
        """Return the sign by which it is bad in this respect, as a part of a greater cause."""
        return SIGN_OF[respect](self)


SIGN_OF: Final[Mapping[Respect, Callable[[Leaf], Sign]]] = {
    "down": attrgetter("judged.cut"),
    "line": attrgetter("judged.line"),
    "video": attrgetter("judged.video"),
}


def names(leaves: Iterable[Leaf]) -> tuple[str, ...]:
    """Return the stations, sorted."""
    return tuple(sorted(leaf.station for leaf in leaves))


class Ledger:
    """Owns the open troubles; what was told of them waits until it is taken."""

    def __init__(self) -> None:
        """Begin with none."""
        self.open: dict[str, Open] = {}
        self._told: list[Told] = []
        self._moved: dict[str, tuple[set[Leaf], set[Leaf]]] = {}
        self._began_ms: dict[str, int] = {}

    def find(self, trouble: Trouble) -> Open | None:
        """Return it if it is open."""
        return self.open.get(trouble.key)

    def resume(self, trouble: Trouble, since_ms: int, leaves: Iterable[Leaf]) -> Open:
        """Take over what an earlier hub told; a village that is explained already stays so."""
        entry = self.open[trouble.key] = Open(trouble, since_ms, since_ms)
        for leaf in leaves:
            if leaf.by.setdefault(RESPECT[trouble.kind], entry) is entry:
                entry.leaves.add(leaf)
        return entry

    def begin(
        self,
        trouble: Trouble,
        leaves: Collection[Leaf],
        at_ms: int,
        *,
        since_ms: int,
        shown_ms: int,
        reason: str,
        note: str = "",
        absorbs: Iterable[Open] = (),
    ) -> Open:
        """Open a trouble that explains `leaves` and all of those that it absorbs."""
        if trouble.key in self.open:
            raise ValueError(f"{trouble.key} is open already")
        entry = self.open[trouble.key] = Open(trouble, since_ms, shown_ms)
        last_ms = self._began_ms.get(trouble.key)
        entry.chatters = last_ms is not None and at_ms - last_ms < ALARMS_APART_MS
        self._began_ms[trouble.key] = at_ms
        swallowed = sorted(absorbs, key=lambda other: other.trouble.key)
        for leaf in leaves:
            self._explain(leaf, entry)
        told_at = len(self._told)
        for other in swallowed:
            self.absorb(other, entry, at_ms)
        self._moved.pop(trouble.key, None)
        self._told.insert(told_at, Began(trouble, since_ms, names(entry.leaves), reason, note))
        return entry

    def join(self, entry: Open, leaves: Collection[Leaf]) -> None:
        """Have an open trouble explain these too."""
        joined, left = self._moved.setdefault(entry.trouble.key, (set(), set()))
        for leaf in leaves:
            self._explain(leaf, entry)
            (left.discard if leaf in left else joined.add)(leaf)

    def leave(self, entry: Open, leaves: Collection[Leaf]) -> None:
        """Have a trouble explain these no longer."""
        joined, left = self._moved.setdefault(entry.trouble.key, (set(), set()))
        for leaf in leaves:
            entry.leaves.discard(leaf)
            del leaf.by[RESPECT[entry.trouble.kind]]
            (joined.discard if leaf in joined else left.add)(leaf)

    def absorb(self, entry: Open, into: Open, at_ms: int) -> None:
        """End a trouble in a greater one, which takes over whom it explained in the same respect."""
        if RESPECT[entry.trouble.kind] == RESPECT[into.trouble.kind]:
            self.join(into, list(entry.leaves))
        self._close(entry)
        self._told.append(Absorbed(entry.trouble, into.trouble, at_ms))

    def end(self, entry: Open, at_ms: int, reason: str = "recovered") -> None:
        """End a trouble."""
        self._close(entry)
        self._told.append(Ended(entry.trouble, max(at_ms, entry.since_ms), reason))

    def take(self, at_ms: int) -> list[Told]:
        """Return all that is to be told since the last call: each thing once, in an order that follows the events."""
        for key in sorted(self._moved):
            joined, left = (names(leaves) for leaves in self._moved[key])
            if joined or left:
                self._told.append(Spread(self.open[key].trouble, at_ms, joined, left))
        self._moved.clear()
        told, self._told = self._told, []
        return told

    def stepped(self, by_ms: int) -> None:
        """Move what is measured from an instant along with the clock."""
        for entry in self.open.values():
            entry.shown_ms += by_ms
            entry.over_ms = None if entry.over_ms is None else entry.over_ms + by_ms
        self._began_ms = {key: at_ms + by_ms for key, at_ms in self._began_ms.items()}

    def _explain(self, leaf: Leaf, entry: Open) -> None:
        respect = RESPECT[entry.trouble.kind]
        before = leaf.by.get(respect)
        if before is not None:
            before.leaves.discard(leaf)
        leaf.by[respect] = entry
        entry.leaves.add(leaf)

    def _close(self, entry: Open) -> None:
        del self.open[entry.trouble.key]
        self._moved.pop(entry.trouble.key, None)
        for leaf in entry.leaves:
            del leaf.by[RESPECT[entry.trouble.kind]]
        entry.leaves.clear()
