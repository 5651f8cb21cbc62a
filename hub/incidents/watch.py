"""One cause, one incident: from what is seen of every village to the troubles that explain it (pure).

The hub tells it what changed; it answers with what began, spread and ended. It takes time as an argument, so that a
thousand outages can be tried in a minute (`tests/bench/outages.py`). Each tick, in this order:

1. The hub's own troubles (`sight.py`). Until it sees enough, that is all.
2. What is well again leaves the trouble that explained it, after two looks and two seconds; a trouble that explains
   nobody any more ends. One that comes and goes within a minute ends only after a minute in peace.
3. Places that flap, or no longer do (`flapper.py`).
4. Who is down, and whose line is bad: county, towns, villages (`localise.py`). Being down absorbs a poor line.
5. Pictures, each village by itself.

A village in a planned time is no evidence and opens nothing, but leaves what is open when it is well.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from heapq import heappop, heappush
from typing import Final

from hub.health.judge import Sign, judge, moved
from hub.health.seen import Seen
from hub.incidents.flapper import Flapper
from hub.incidents.ledger import ALARMS_APART_MS, RESPECT, Leaf, Ledger, Open, Respect, names
from hub.incidents.localise import Localiser
from hub.incidents.sight import KINDS, Sight
from hub.incidents.trouble import Node, Told, Trouble

WELL_FOR_MS: Final = 2_000


class Watch:
    """Owns which troubles are open, and which stations each affects."""

    def __init__(self, towns: Mapping[str, str], at_ms: int) -> None:
        """Begin with nothing known; `towns` names the town of every station."""
        self._leaves = {station: Leaf(station, towns[station], at_ms) for station in sorted(towns)}
        self._towns: dict[str, list[Leaf]] = {town: [] for town in sorted(set(towns.values()))}
        villages: dict[str, list[Leaf]] = {}
        for leaf in self._leaves.values():
            self._towns[leaf.town].append(leaf)
            kiosks = villages.setdefault(leaf.village, [])
            for other in kiosks:
                other.others.append(leaf)
            leaf.others.extend(kiosks)
            kiosks.append(leaf)
        self._ledger = Ledger()
        self._sight = Sight(len(towns), at_ms)
        self._flapper = Flapper(self._ledger, self._below)
        self._places = {
            respect: Localiser(respect, self._towns, self._ledger, self._flapper) for respect in ("down", "line")
        }
        self._dim: set[Leaf] = set()
        self._well: dict[int, list[tuple[Leaf, Respect]]] = {}
        """By when they may, who is to leave what explains it; somebody may stand here twice."""
        self._back: list[tuple[Leaf, int]] = []
        """Who came back online since the last tick, and since when it had been down."""
        self._due: list[tuple[int, str]] = []
        self._seen_ms = at_ms

    def resume(self, open_ones: Iterable[tuple[Trouble, int, tuple[str, ...]]]) -> None:
        """Take over what an earlier hub had open: each with since when and its stations. It ends as any other does."""
        # The smaller first: a village that has a trouble of its own keeps it.
        order = ("station", "town", "county", "hub")
        for trouble, since_ms, stations in sorted(open_ones, key=lambda one: (order.index(one[0].node.scope), one)):
            if trouble.kind in KINDS:
                self._ledger.resume(trouble, since_ms, ())
                continue
            leaves = [self._leaves[station] for station in stations if station in self._leaves]
            entry = self._ledger.resume(trouble, since_ms, leaves)
            if trouble.kind == "flapping":
                self._flapper.resume(entry, self._seen_ms)
            elif not entry.leaves:
                self._ledger.end(entry, self._seen_ms, "gone")
            for leaf in entry.leaves:
                self._expect(leaf, RESPECT[trouble.kind], entry)

    def see(self, station: str, seen: Seen, at_ms: int) -> None:
        """Take what is known of one station now; cheap, nothing is decided here."""
        leaf = self._leaves[station]
        if seen != leaf.judged.seen:
            self._judge(leaf, seen, at_ms)

    def blind(self, kind: str, since_ms: int | None, at_ms: int) -> None:
        """Take that the hub lost the broker (`broker`), or was not there (`hub`), since; or None: it is back."""
        if kind not in KINDS:
            raise ValueError(kind)
        self._sight.blind(kind, since_ms, at_ms)

    def stepped(self, by_ms: int) -> None:
        """Take that the hub's clock was set: what is still measured from an instant moves with it."""
        for leaf in self._leaves.values():
            leaf.judged = moved(leaf.judged, by_ms)
        for part in (self._ledger, self._sight, self._flapper):
            part.stepped(by_ms)
        self._due = [(due_ms + by_ms, station) for due_ms, station in self._due]
        self._well = {due_ms + by_ms: those for due_ms, those in self._well.items()}

    def tick(self, at_ms: int) -> list[Told]:
        """Decide: at least twice a second. Everything told is told once."""
        self._seen_ms = at_ms
        self._sight.own(self._ledger, at_ms)
        while self._due and self._due[0][0] <= at_ms:
            leaf = self._leaves[heappop(self._due)[1]]
            self._judge(leaf, leaf.judged.seen, at_ms)
        if self._sight.settled(at_ms):
            self._let_go(at_ms)
            self._count_flaps(at_ms)
            for places in self._places.values():
                places.decide(at_ms)
            self._pictures(at_ms)
        return self._ledger.take(at_ms)

    def open_troubles(self) -> list[tuple[Trouble, int, tuple[str, ...]]]:
        """Return what is open as `resume` takes it."""
        entries = (self._ledger.open[key] for key in sorted(self._ledger.open))
        return [(one.trouble, one.since_ms, names(one.leaves)) for one in entries]

    def _judge(self, leaf: Leaf, seen: Seen, at_ms: int) -> None:
        was = leaf.judged
        now = leaf.judged = judge(was, seen, at_ms)
        self._sight.turned(was.seen, seen)
        if now.due_ms is not None and now.due_ms != was.due_ms:
            heappush(self._due, (now.due_ms, leaf.station))
        excused = was.seen.excused != seen.excused
        if now.cut is not was.cut or now.down is not was.down or excused:
            self._places["down"].touch(leaf.town)
            if now.down.standing == "good" and was.down.standing == "bad" and was.down.hard(at_ms):
                self._came_back(leaf, was.down.since_ms)
        if now.line is not was.line or excused:
            self._places["line"].touch(leaf.town)
        if now.video.standing == "bad" and "video" not in leaf.by and not seen.excused:
            self._dim.add(leaf)
        for respect, entry in leaf.by.items():
            if leaf.sign(respect).standing == "good" and leaf.sign(respect).shown_ms == at_ms:
                self._expect(leaf, respect, entry)

    def _expect(self, leaf: Leaf, respect: Respect, entry: Open) -> None:
        self._well.setdefault(_may_leave_ms(entry, leaf.sign(respect)), []).append((leaf, respect))

    def _came_back(self, leaf: Leaf, since_ms: int) -> None:
        """Take an outage that is over: its own, unless a greater place or a planned time explains it."""
        entry = leaf.by.get("down")
        if (entry is None or entry.own) and not leaf.judged.seen.excused:
            self._back.append((leaf, since_ms))

    def _let_go(self, at_ms: int) -> None:
        """Have those that are well again leave what explained them, and end what explains nobody any more."""
        leaving: dict[str, list[Leaf]] = {}
        for leaf, respect in [
            one for due_ms in sorted(self._well) if due_ms <= at_ms for one in self._well.pop(due_ms)
        ]:
            entry, sign = leaf.by.get(respect), leaf.sign(respect)
            if entry is None or entry.trouble.kind == "flapping" or sign.standing != "good":
                continue
            if _may_leave_ms(entry, sign) <= at_ms:
                leaving.setdefault(entry.trouble.key, []).append(leaf)
            else:  # another trouble explains it by now, or it was bad again in between
                self._expect(leaf, respect, entry)
        for key in sorted(leaving):
            self._leave(self._ledger.open[key], set(leaving[key]), at_ms)

    def _leave(self, entry: Open, leaves: Set[Leaf], at_ms: int) -> None:
        respect = RESPECT[entry.trouble.kind]
        if respect in self._places:
            for town in {leaf.town for leaf in leaves}:
                self._places[respect].touch(town)
        if len(leaves) < len(entry.leaves):
            self._ledger.leave(entry, leaves)
            return
        if entry.trouble.kind == "down" and entry.over_ms is None and not entry.own:
            self._flapper.outage(entry.trouble.node, entry, at_ms)
        if entry.trouble.key in self._ledger.open:
            self._ledger.end(entry, min(at_ms, max(leaf.sign(respect).since_ms for leaf in leaves)))

    def _count_flaps(self, at_ms: int) -> None:
        for leaf, since_ms in sorted(self._back, key=lambda back: (back[0].station, back[1])):
            self._flapper.outage(Node("station", leaf.station), leaf.by.get("down"), at_ms, since_ms)
        self._back.clear()
        for leaf in self._flapper.quiet(at_ms):
            self._places["down"].touch(leaf.town)

    def _pictures(self, at_ms: int) -> None:
        for leaf in sorted(self._dim, key=lambda leaf: leaf.station):
            sign = leaf.judged.video
            if sign.standing != "bad" or leaf.judged.seen.excused:
                self._dim.discard(leaf)
            elif sign.hard(at_ms):
                self._dim.discard(leaf)
                self._ledger.begin(
                    Trouble("video", Node("station", leaf.station)),
                    [leaf],
                    at_ms,
                    since_ms=sign.since_ms,
                    shown_ms=sign.shown_ms,
                    reason=sign.reason,
                )

    def _below(self, node: Node) -> Sequence[Leaf]:
        if node.scope == "station":
            return [self._leaves[node.place]]
        return self._towns.get(node.place, []) if node.scope == "town" else list(self._leaves.values())


def _may_leave_ms(entry: Open, sign: Sign) -> int:
    """Return when one that is well again may leave what explains it."""
    return max(sign.hard_ms, sign.shown_ms + (ALARMS_APART_MS if entry.chatters else WELL_FOR_MS))
