"""Whatever comes in whatever order: no trouble begins twice, none ends that never began, nobody is told twice."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.health.seen import Seen
from hub.incidents.trouble import Told
from hub.incidents.watch import Watch
from hub.view import Cause
from tests.hub.incidents.book import Book

TOWNS = {f"{town}{unit}": town for town, size in (("a", 1), ("b", 2), ("c", 3), ("d", 6)) for unit in range(size)}
TOWNS |= {"999999101001": "d", "999999101001-1": "d", "999999102001": "e", "999999102001-1": "e", "999999102001-2": "e"}
CODES = sorted(TOWNS)
STATES = [
    ("online", "born"),
    ("offline", "died"),
    ("offline", "silent"),
    ("offline", "stopped"),
    ("unknown", "hub_blind"),
]
BLACK = Cause("front", "failed", "E-VQD-03", "black", None)

seens = st.builds(
    lambda state, probes, leg, cause, excused: Seen(*state, probes, leg, 0, cause, excused, None, 52_500),
    st.sampled_from([(state, 0, reason) for state, reason in STATES]),
    st.sampled_from(["none", "coming", "silent"]),
    st.sampled_from(["unmeasured", "ok", "degraded"]),
    st.sampled_from([None, None, None, BLACK]),
    st.sampled_from([False, False, False, True]),
)
of_some = st.tuples(st.sampled_from([*sorted(set(TOWNS.values())), "all", *CODES]), seens)
waits = st.sampled_from([250, 500, 2_000, 10_000, 60_000, 300_000])
steps = st.one_of(
    st.tuples(st.just("see"), of_some),
    st.tuples(st.just("see"), of_some),
    st.tuples(st.just("wait"), waits),
    st.tuples(st.just("wait"), waits),
    st.tuples(st.sampled_from(["blind", "back", "restart", "clock"]), st.none()),
)


class Story:
    """A watch, what it was shown, and a book that refuses what cannot be told."""

    def __init__(self) -> None:
        self.now = 0
        self.book = Book()
        self.told: list[Told] = []
        self.watch = Watch(TOWNS, 0)
        self.seen = dict.fromkeys(CODES, Seen("online", 0, "born", silent_after_ms=52_500))
        self.see(CODES)

    def see(self, codes: list[str]) -> None:
        for code in codes:
            self.watch.see(code, self.seen[code], self.now)

    def show(self, whom: str, seen: Seen) -> None:
        codes = [code for code in CODES if whom in ("all", code, TOWNS[code])]
        self.seen.update(dict.fromkeys(codes, seen._replace(since_ms=self.now, leg_since_ms=self.now)))
        self.see(codes)

    def happen(self, what: str) -> None:
        if what == "restart":
            self.watch = Watch(TOWNS, self.now)
            self.watch.resume(self.book.kept())
            self.see(CODES)
        elif what == "clock":
            self.watch.stepped(-86_400_000)
            self.now -= 86_400_000
        else:
            self.watch.blind("broker", self.now if what == "blind" else None, self.now)

    def tick(self, wait_ms: int = 0) -> None:
        self.now += wait_ms
        for told in self.watch.tick(self.now):
            self.book.keep(told)
            self.told.append(told)
        assert [one[::2] for one in self.watch.open_troubles()] == [one[::2] for one in self.book.kept()]
        assert self.watch.tick(self.now) == [], "told once"


def run(history: list[tuple[str, object]]) -> Story:
    story = Story()
    for what, detail in history:
        if what == "see":
            story.show(*detail)  # type: ignore[misc]
        elif what != "wait":
            story.happen(what)
        story.tick(detail if isinstance(detail, int) else 0)
    # All is well again and stays so.
    story.happen("back")
    story.show("all", Seen("online", 0, "born", "coming", "ok", silent_after_ms=52_500))
    for _ in range(30):
        story.tick(60_000)
    return story


@settings(max_examples=120, deadline=None)
@given(st.lists(steps, max_size=40))
def test_any_order(history: list[tuple[str, object]]) -> None:
    assert run(history).book.kept() == [], "everything ended when all was well"


@settings(max_examples=20, deadline=None)
@given(st.lists(steps, max_size=30))
def test_the_same_is_told_each_time(history: list[tuple[str, object]]) -> None:
    assert run(history).told == run(history).told
