"""今日态势: figures that add up, a trend that shows a cut where it was and nothing where nothing is known."""

from pathlib import Path

from hub.health.availability import EVER, Camera, Said, Village
from hub.store.intervals import Place, Recorded
from hub.store.today import TodayReader
from hub.visits.day import DAY_MS, day_start_ms
from hub.web.picture import Counts, level_of
from hub.web.today import HEIGHT, STEP_MS, STEPS, fared_of, open_of, satisfied, trend_of
from tests.hub.web.acting import press
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND
from tests.hub.web.made_up import MadeUpCounty, now_ms

NOON = day_start_ms(1_795_545_000_000) + DAY_MS // 2
"""Of a day; the county's clock stands on the half hour."""


def village(*said: tuple[int, str], code: str = FIRST) -> tuple[Place, Village]:
    told = [Said(at_ms, level) for at_ms, level in said]  # type: ignore[arg-type]
    return Place(code, "测试村", "测试镇", True), Village(told, [(0, EVER)], (), {"main": Camera(told)})


def test_a_cut_of_half_the_county_is_in_the_trend_where_it_was() -> None:
    cut = (NOON - 4 * 3_600_000, "down"), (NOON - 2 * 3_600_000, "up")
    recorded = Recorded([village((0, "up")), village((0, "up"), *cut, code=SECOND)], [])
    told = fared_of(recorded, NOON)
    assert told.online.rate == (24 - 2) / 24, "today so far is twelve hours of two villages"
    assert told.intact.rate == told.online.rate
    assert told.trend.lowest is not None
    assert told.trend.lowest.rate == 50
    assert NOON - 4 * 3_600_000 <= told.trend.lowest.from_ms < NOON - 2 * 3_600_000
    assert told.trend.floor == 50
    (line,) = told.trend.lines
    heights = [float(point.split(",")[1]) for point in line.split()]
    assert heights.count(HEIGHT) == 2 * 4, "four half hours at the bottom"
    assert set(heights) == {0.0, float(HEIGHT)}
    assert len(heights) == 2 * (STEPS - 1), "the half hour that begins now has no rate yet"


def test_where_nothing_is_known_there_is_a_gap_and_no_figure() -> None:
    blind = [(NOON - 6 * 3_600_000, NOON - 3 * 3_600_000)]
    told = fared_of(Recorded([village((0, "up"))], blind), NOON)
    assert len(told.trend.lines) == 2
    assert told.online.coverage == 9 / 12
    nothing = fared_of(Recorded([], []), NOON)
    assert nothing.online.rate is None
    assert nothing.trend.lines == []
    assert nothing.trend.lowest is None


def test_a_trend_that_was_always_whole_is_no_flat_line_at_the_bottom() -> None:
    told = fared_of(Recorded([village((0, "up"))], []), NOON)
    assert told.trend.floor == 95
    assert {at_ms % (3 * 3_600_000) for _, at_ms in told.trend.hours} == {3_600_000}, "0, 3, 6 … o'clock of the county"
    assert trend_of([]).lines == []
    assert STEP_MS * STEPS == DAY_MS


def test_open_incidents_are_counted_by_rank_and_grades_from_fair_on_are_satisfied(made_up: MadeUpCounty) -> None:
    made_up.trouble("down", "town", "测试1镇", FIRST, priority=1)
    made_up.trouble("down", "station", SECOND, SECOND, priority=2, state="dispatched", deadline_ms=now_ms() - 1)
    made_up.trouble("down", "station", SECOND, SECOND, priority=3, recovered_ms=now_ms())
    told = open_of(made_up.view.incidents(), now_ms())
    assert told.by_priority == {1: 1, 2: 1, 3: 0}
    assert (told.unclaimed, told.late) == (1, 1)
    assert satisfied({5: 3, 4: 1, 3: 1, 2: 1, 1: 2}) == (5, 8)
    assert satisfied({}) == (0, 0)


def test_a_town_looks_as_its_worst_and_as_many_as_share_it() -> None:
    assert level_of(Counts(online=9), down=False) == "ok"
    assert level_of(Counts(online=8, fault=1), down=False) == "fault"
    assert level_of(Counts(online=9, offline=1), down=False) == "some"
    assert level_of(Counts(online=8, offline=1), down=False) == "many"
    assert level_of(Counts(offline=3, unknown=1), down=False) == "down"
    assert level_of(Counts(online=9, offline=1), down=True) == "down"
    assert level_of(Counts(online=1, unknown=2), down=False) == "unknown"
    assert level_of(Counts(maintenance=2), down=False) == "maintenance"
    assert level_of(Counts(), down=False) == "maintenance"


def test_what_the_day_saw_is_counted_in_the_database(stranger: Caller, made_up: MadeUpCounty) -> None:
    at_ms = now_ms()
    press(made_up, FIRST, "a")
    press(made_up, FIRST, "a", withdrawn=True)
    press(made_up, SECOND, "b")
    seen = TodayReader(made_up.database.reader).since(at_ms - 1_000)
    assert (seen.emergencies, seen.withdrawn) == (2, 1)
    assert seen.services == {}
    assert TodayReader(made_up.database.reader).since(at_ms + 60_000).emergencies == 0
    page = stranger.get("/wall/views/today?lang=zh").text
    for said in ("完好率", "录像完整率", "本系统不录像", "今日紧急求助", "误触撤回 1"):
        assert said in page


def test_a_view_that_does_not_exist_is_refused_and_no_map_is_offered_without_a_file(
    stranger: Caller, tmp_path: Path
) -> None:
    assert stranger.get("/wall/views/elsewhere").status_code == 404
    assert 'data-view="map"' not in stranger.get("/").text
    assert 'data-view="today"' in stranger.get("/?view=map").text
    assert stranger.get("/?view=map").text.count('aria-current="true"') == 1, "the grid is shown instead"
    assert stranger.get("/town/%E6%B2%A1%E6%9C%89").status_code == 404
