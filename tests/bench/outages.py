"""A thousand outages on the tree of 建湖: is the right place named, once, and soon; and how long a tick takes."""

import csv
import itertools
import os
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from demo.villages import made_up_county
from hub.health.seen import Seen
from hub.incidents.watch import Watch
from tests.bench.table import Figure
from tests.hub.incidents.scenarios import outage
from tests.hub.incidents.verdict import Verdict, verdict_on

OUTAGES = 1_000
REAL = Path(__file__).parents[3] / "shared" / "villages" / "jianhu_villages.csv"
"""The real tree lies beside the project; without it the demo's made-up county of the same shape is used."""
STATIONS, TOWNS = 20_000, 400
TRIES = 3


def measure(folder: Path) -> list[Figure]:
    """Run the outages, say which went wrong, and time the ticks."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        verdicts = list(pool.map(run_one, range(OUTAGES), chunksize=20))
    for verdict in verdicts:
        if not verdict.right or verdict.false_places:
            sys.stderr.write(f"  seed {verdict.seed}: {verdict}\n")
    return [*judged_right(verdicts), *delays(verdicts), *_speed()]


def towns() -> dict[str, str]:
    """Return the town of every village."""
    if REAL.exists():
        with REAL.open(encoding="utf-8", newline="") as lines:
            return {row["code"]: row["town"] for row in csv.DictReader(lines)}
    return {village.code: village.town for village in made_up_county()}


def run_one(seed: int) -> Verdict:
    """Return what came of the outage of this seed."""
    return verdict_on(outage(towns(), seed), seed)


def judged_right(verdicts: Sequence[Verdict]) -> list[Figure]:
    """Return how often what was right."""
    causes = sum(verdict.causes for verdict in verdicts)
    wrong = sum(not verdict.right for verdict in verdicts)
    incidents = sum(verdict.incidents for verdict in verdicts)
    restarts = [verdict for verdict in verdicts if "restart" in verdict.kind]
    how = f"{len(verdicts)} seeded outages, {causes} causes"
    return [
        Figure("outages not told as they were", 100 * wrong / len(verdicts), "%", 1, f"{how}; each is told above"),
        Figure("causes not named", 100 * sum(len(one.missing) for one in verdicts) / causes, "%", 1, how),
        Figure("false towns and counties", sum(len(one.false_places) for one in verdicts), "", 0, f"{how}; named ever"),
        Figure("incidents per cause", round(incidents / causes, 2), "", 1, f"{incidents} that stand, to hundredths"),
        Figure("incidents absorbed", 100 * sum(one.absorbed for one in verdicts) / causes, "%", None, "of the causes"),
        Figure(
            "letters in any 10 min", max(one.letters for one in verdicts), "", 10, "one operator for all; the worst"
        ),
        Figure(
            "begun in any 10 min", max(one.began for one in verdicts), "", None, "the worst: 25 villages in a storm"
        ),
        Figure(
            "false offline after a restart",
            sum(one.false_offline for one in restarts),
            "stations",
            0,
            f"{len(restarts)} restarts of the hub, of which half in the middle of a town's cut",
        ),
    ]


def delays(verdicts: Sequence[Verdict]) -> list[Figure]:
    """Return how long each kind of cause took until it was named, from when the first of them began.

    Villages of a storm go one after the other for five minutes, scattered ones for twenty seconds.
    """
    by_kind = defaultdict(list)
    for verdict in verdicts:
        by_kind[verdict.kind] += [delay_ms / 1000 for delay_ms in verdict.delays_ms]
    figures = []
    for kind, taken_s in sorted(by_kind.items()):
        if taken_s:
            taken_s.sort()
            late_s = taken_s[min(len(taken_s) - 1, len(taken_s) * 95 // 100)]
            how = f"p50 {statistics.median(taken_s):.1f} s, p95 {late_s:.1f} s of {len(taken_s)}; max is measured"
            target_s = 5 if kind.startswith("town, announced") else None
            figures.append(Figure(f"{kind}: named after", taken_s[-1], "s", target_s, how))
    return figures


def _speed() -> list[Figure]:
    """Time ticks of one watch over 20,000 stations: the worst of some tries of each."""
    codes = [f"{number:012d}" for number in range(STATIONS)]
    watch = Watch({code: f"{number % TOWNS}" for number, code in enumerate(codes)}, 0)
    clock = itertools.count(1_000, 1_000)
    online = Seen("online", 0, "born", silent_after_ms=52_500)
    _taken(watch, codes, online, clock)
    few = random.Random(5).sample(codes, STATIONS // 20)
    quiet = max(_taken(watch, [], online, clock)[1] for _ in range(20))
    some_see, some = _up_and_down(watch, few, clock)
    all_see, whole = _up_and_down(watch, codes, clock)
    how = f"{STATIONS} stations in {TOWNS} towns; slowest of 11 ticks, median of {2 * TRIES} tries; processor time"
    return [
        Figure("tick, nothing changed", quiet, "ms", 50, f"{STATIONS} stations in {TOWNS} towns, worst of 20"),
        Figure(f"tick, {len(few)} changed", some, "ms", 50, how),
        Figure(f"taking what {len(few)} changed", some_see, "ms", 50, "before the tick, as it arrives"),
        Figure("tick, all changed", whole, "ms", 50, how),
        Figure("taking what all changed", all_see, "ms", None, "before the tick, as it arrives"),
    ]


def _up_and_down(watch: Watch, codes: Sequence[str], clock: "itertools.count[int]") -> tuple[float, float]:
    """Return how long taking and the slowest tick after it took: the median of the tries, each down and up."""
    taking_ms, ticks_ms = [], []
    for _ in range(TRIES):
        for state, reason in (("offline", "died"), ("online", "born")):
            seen = Seen(state, next(clock), reason, silent_after_ms=52_500)  # type: ignore[arg-type]
            took = [_taken(watch, codes, seen, clock), *(_taken(watch, [], seen, clock) for _ in range(10))]
            taking_ms.append(took[0][0])
            ticks_ms.append(max(tick_ms for _, tick_ms in took))
            for _ in range(120):
                watch.tick(next(clock))
    return statistics.median(taking_ms), statistics.median(ticks_ms)


def _taken(watch: Watch, codes: Sequence[str], seen: Seen, clock: "itertools.count[int]") -> tuple[float, float]:
    """Return how many ms of processor it took to take what is seen of these, and to decide."""
    now = next(clock)
    began = time.thread_time()
    for code in codes:
        watch.see(code, seen, now)
    taken = time.thread_time()
    watch.tick(now)
    return 1000 * (taken - began), 1000 * (time.thread_time() - taken)
