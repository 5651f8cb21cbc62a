"""The interface as a script of the county uses it."""

import pytest

from hub.store.engine import StoreError
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import TOKEN, MadeUpCounty, a_visit, sealed

NOT_READ = StoreError("E-STORE-05", "cannot be read")


def test_the_summary_is_the_county_in_figures(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "offline", reason="died")
    made_up.set(SECOND, "online", video="fault")
    made_up.set(THIRD, "unknown")
    made_up.visits.rows = [a_visit(2, FIRST), a_visit(1, FIRST)]
    made_up.quarantined = 3
    made_up.tell()
    answer = script.get("/api/v1/summary").json()
    since_ms, at_ms = answer["hub"].pop("since_ms"), answer.pop("at_ms")
    assert 0 < since_ms <= at_ms + 1_000
    assert answer == {
        "county": "999999",
        "county_name": "测试县",
        "hub": {"broker": "connected", "storage": None},
        "stations": {"total": 8, "online": 6, "offline": 1, "unknown": 1, "maintenance": 0},
        "video": {"ok": 5, "fault": 1, "unknown": 2},
        "visits": {"today": 57, "total": 2},
        "quarantined": 3,
    }


def test_the_summary_says_since_when_the_broker_is_away(script: Caller, made_up: MadeUpCounty) -> None:
    before = script.get("/api/v1/summary").json()["hub"]
    made_up.connected = False
    made_up.tell()
    after = script.get("/api/v1/summary").json()["hub"]
    assert (before["broker"], after["broker"]) == ("connected", "away")
    assert after["since_ms"] >= before["since_ms"]
    assert script.get("/api/v1/summary").json()["hub"] == after, "the same outage has one beginning"


def test_the_summary_stands_while_the_database_does_not(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.trouble = NOT_READ
    made_up.storage_trouble = "E-STORE-03"
    made_up.tell()
    answer = script.get("/api/v1/summary").json()
    assert answer["visits"] == {"today": 57, "total": None}
    assert answer["hub"]["storage"] == "E-STORE-03"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        pytest.param("", [code for code, _, _ in VILLAGES], id="all, by code"),
        pytest.param("?state=offline", [SECOND], id="of a state"),
        pytest.param("?state=maintenance", [], id="of a state nobody is in"),
        pytest.param("?town=测试2镇", [code for code, _, _ in VILLAGES[4:]], id="of a town"),
        pytest.param("?town=测试1镇&state=online", [FIRST, THIRD, VILLAGES[3][0]], id="of both"),
        pytest.param("?town=没有的镇", [], id="of a town that is not there"),
    ],
)
def test_stations_are_listed(script: Caller, made_up: MadeUpCounty, query: str, codes: list[str]) -> None:
    made_up.set(SECOND, "offline")
    assert [row["station"] for row in script.get(f"/api/v1/stations{query}").json()["stations"]] == codes


def test_a_station_tells_what_is_known_of_it(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "online", video="fault", since_ms=1_795_545_000_000)
    answer = script.get(f"/api/v1/stations/{FIRST}").json()
    assert {key: answer[key] for key in ("station", "name", "town", "state", "since_ms", "reason", "video")} == {
        "station": FIRST,
        "name": "测试1第1村",
        "town": "测试1镇",
        "state": "online",
        "since_ms": 1_795_545_000_000,
        "reason": "born",
        "video": "fault",
    }
    camera = answer["devices"][0]
    assert (camera["device"], camera["state"], camera["code"]) == ("camera/main", "failed", "E-CAM-03")
    assert camera["measures"]["frames_per_s"] == 14.9
    assert answer["outbox"]["records"] == 2
    assert {"software", "boot", "epoch", "skew_ms", "keepalive_s", "visits_today", "stored_to"} <= answer.keys()


@pytest.mark.parametrize("station", ["999999999999", "nonsense", f"{FIRST}-1", "%00", "测试"])
def test_a_station_that_is_not_there_is_not_found(script: Caller, station: str) -> None:
    answer = script.get(f"/api/v1/stations/{station}")
    assert (answer.status_code, answer.json()["code"]) == (404, "E-API-02")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/summary?verbose=1", id="summary knows no query"),
        pytest.param("/stations?state=broken", id="no such state"),
        pytest.param("/stations?stat=online", id="a mistyped filter would show everything"),
        pytest.param("/stations?state=online&state=offline", id="twice the same"),
        pytest.param("/visits?limit=0", id="none"),
        pytest.param("/visits?limit=501", id="too many"),
        pytest.param("/visits?limit=-1", id="less than none"),
        pytest.param("/visits?limit=ten", id="no number"),
        pytest.param("/visits?limit=٣", id="a digit of another script"),
        pytest.param("/visits?limit=", id="empty"),
        pytest.param("/visits?before=99999999999999999999999", id="no such place"),
        pytest.param("/visits?station=12", id="no station code"),
        pytest.param("/visits?station=999999101001'--", id="hardly a station code"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(script: Caller, path: str) -> None:
    answer = script.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["code"]) == (400, "E-API-03")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_visit_is_listed_with_its_identity_masked(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.rows = [a_visit(7, FIRST, person=sealed("测**", "110105********002X"))]
    answer = script.get("/api/v1/visits").json()
    assert answer == {
        "visits": [
            {
                "station": FIRST,
                "name": "测试1镇第1村",
                "town": "测试1镇",
                "number": "42-00007-7",
                "service": "legal_advice",
                "matter": None,
                "state": "received",
                "who": "card",
                "language": "zh",
                "at_ms": 1_795_545_000_007,
                "received_ms": 1_795_545_001_007,
                "rating": 5,
                "identity": {"name": "测**", "id_number": "110105********002X"},
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("name", "number", "shown"),
    [
        pytest.param("测试甲", "999999194912310021", ("测**", "999999********0021"), id="a whole resident's number"),
        pytest.param("测", "W99999999", ("测*", "*********"), id="a short number"),
        pytest.param("", "", ("*", ""), id="nothing"),
        pytest.param("测" * 500, "9" * 11, ("测**", "999999*9999"), id="far too much"),
    ],
)
def test_a_station_that_forgot_to_mask_shows_nothing_more(
    script: Caller, made_up: MadeUpCounty, name: str, number: str, shown: tuple[str, str]
) -> None:
    made_up.visits.rows = [a_visit(1, FIRST, person=sealed(name, number))]
    (visit,) = script.get("/api/v1/visits").json()["visits"]
    assert (visit["identity"]["name"], visit["identity"]["id_number"]) == shown


def test_anonymous_and_unopenable_visits_have_no_identity(script: Caller, made_up: MadeUpCounty) -> None:
    damaged = sealed("测**", "110105********002X")
    made_up.visits.rows = [
        a_visit(3, FIRST, who="anonymous"),
        a_visit(2, FIRST, person=type(damaged)(key="0" * 16, identity=b"", mask=damaged.mask)),
        a_visit(1, FIRST, person=type(damaged)(key=damaged.key, identity=b"", mask=damaged.mask[:-1] + b"?")),
    ]
    assert [visit["identity"] for visit in script.get("/api/v1/visits").json()["visits"]] == [None, None, None]


def test_visits_come_page_by_page_each_once(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.rows = [a_visit(number, FIRST) for number in range(25, 0, -1)]
    numbers, path = [], "/api/v1/visits?limit=10"
    while path:
        page = script.get(path).json()
        numbers += [visit["number"] for visit in page["visits"]]
        path = page["next"] and f"/api/v1/visits?limit=10&before={page['next']}"
    assert numbers == [f"42-{number:05d}-7" for number in range(25, 0, -1)]


def test_visits_of_one_station(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.rows = [a_visit(3, SECOND), a_visit(2, FIRST), a_visit(1, SECOND)]
    answer = script.get(f"/api/v1/visits?station={SECOND}").json()
    assert [visit["station"] for visit in answer["visits"]] == [SECOND, SECOND]


def test_visits_that_cannot_be_read_are_said_to_be_unavailable(script: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.trouble = NOT_READ
    answer = script.get("/api/v1/visits")
    assert (answer.status_code, answer.json()["code"]) == (503, "E-STORE-05")
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("spoil", "status", "said"),
    [
        pytest.param(lambda _: None, 200, {"status": "ok"}, id="all well"),
        pytest.param(
            lambda county: setattr(county, "connected", False),
            503,
            {"broker": "away", "database": "ok"},
            id="no broker",
        ),
        pytest.param(
            lambda county: setattr(county, "storage_trouble", "E-STORE-03"),
            503,
            {"database": "E-STORE-03", "writer": "alive"},
            id="the disk is full",
        ),
        pytest.param(
            lambda county: setattr(county.visits, "trouble", NOT_READ),
            503,
            {"database": "E-STORE-05"},
            id="the database cannot be read",
        ),
        pytest.param(
            lambda county: setattr(county, "behind_ms", 11_000), 503, {"writer": "silent"}, id="the writer hangs"
        ),
    ],
)
def test_health_is_said_for_a_supervisor(stranger: Caller, made_up: MadeUpCounty, spoil, status, said) -> None:
    spoil(made_up)
    made_up.tell()
    answer = stranger.get("/healthz")
    assert answer.status_code == status
    assert answer.json().items() >= said.items()


def test_the_wall_holds_nothing_of_any_person(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.visits.rows = [a_visit(1, FIRST, person=sealed("测**", "110105********002X"))]
    for path in ("/", f"/wall/stations/{FIRST}", "/metrics", "/healthz"):
        said = stranger.get(path).text
        assert "110105" not in said
        assert "42-00001-7" not in said
        assert TOKEN not in said


def test_the_detail_of_a_cell_that_is_not_there_is_not_found(stranger: Caller) -> None:
    assert stranger.get("/wall/stations/999999999999").status_code == 404
