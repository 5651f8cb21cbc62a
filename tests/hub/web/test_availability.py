"""`/api/v1/availability` as a script of the county uses it."""

import pytest

from hub.health.availability import Camera, Said, Village
from hub.local_time import month_ms
from hub.store.engine import StoreError
from hub.store.intervals import Place
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.made_up_intervals import ALWAYS

OCTOBER = month_ms("2026-10") or (0, 0)
HOUR = 3_600_000
PATH = "/api/v1/availability"


@pytest.fixture(autouse=True)
def villages(made_up: MadeUpCounty) -> None:
    """Put in one village that is always up, and one of another town that was down for 7.44 h: one percent."""
    whole = Village([Said(0, "up")], ALWAYS, cameras={"hall": Camera([Said(0, "up")])})
    down_ms = (OCTOBER[1] - OCTOBER[0]) // 100
    begun_ms = OCTOBER[0] + 100 * HOUR
    broken = Village([Said(0, "up"), Said(begun_ms, "down"), Said(begun_ms + down_ms, "up")], ALWAYS)
    made_up.intervals.villages = [
        (Place("999999101001", "第1村", "甲镇", True), whole),
        (Place("999999102001", "第2村", "乙镇", True), broken),
    ]


def test_a_month_by_town_and_as_a_whole(script: Caller) -> None:
    told = script.get(f"{PATH}?month=2026-10").json()
    assert (told["from_ms"], told["until_ms"], told["by"], told["town"]) == (*OCTOBER, "town", None)
    one, other = sorted(told["rows"], key=lambda row: -row["online"]["rate"])
    assert (one["town"], one["online"]["rate"], one["online"]["outages"]) == ("甲镇", 1.0, 0)
    assert (other["town"], other["online"]["rate"], other["online"]["outages"]) == ("乙镇", 0.99, 1)
    assert other["intact"]["rate"] is None, "it has no camera"
    total = told["total"]
    assert (total["scope"], total["villages"], total["cameras"]) == ("county", 2, 1)
    assert total["online"]["rate"] == pytest.approx(0.995)
    assert total["online"]["coverage"] == 1.0


def test_one_town_by_camera(script: Caller) -> None:
    told = script.get(f"{PATH}?month=2026-10&by=camera&town=甲镇").json()
    (row,) = told["rows"]
    assert (row["station"], row["name"], row["camera"]) == ("999999101001", "第1村", "hall")
    assert row["intact"]["rate"] == 1.0
    assert told["total"]["scope"] == "town"


def test_times_are_chinas(script: Caller, made_up: MadeUpCounty) -> None:
    script.get(f"{PATH}?from=2026-10-01T08:00&until=2026-10-02")
    assert made_up.intervals.asked == [(OCTOBER[0] + 8 * HOUR, OCTOBER[0] + 24 * HOUR)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("month=2026-13", "E-AVL-01", id="no such month"),
        pytest.param("month=2026-10&last=7d", "E-AVL-01", id="two periods"),
        pytest.param("until=2026-10-02", "E-AVL-01", id="an end without a beginning"),
        pytest.param("last=week", "E-AVL-01", id="no length"),
        pytest.param("by=province", "E-AVL-01", id="no kind of row"),
        pytest.param("month=2099-01", "E-AVL-02", id="to come"),
        pytest.param("from=2001-01-01", "E-AVL-02", id="too long"),
        pytest.param("town=丙镇", "E-AVL-03", id="no such town"),
        pytest.param("from=soon", "E-WIN-02", id="no time"),
        pytest.param("mouth=2026-10", "E-API-03", id="a mistyped name"),
    ],
)
def test_what_cannot_be_meant_is_refused(script: Caller, query: str, code: str) -> None:
    answer = script.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_database_that_gives_nothing_is_said_so(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.intervals.trouble = StoreError("E-STORE-05", "gone")
    answer = script.get(PATH)
    assert (answer.status_code, answer.json()["code"]) == (503, "E-STORE-05")
    assert answer.headers["Retry-After"]


def test_without_the_token_nothing_is_told(stranger: Caller) -> None:
    assert stranger.get(PATH, headers={}).status_code == 401
