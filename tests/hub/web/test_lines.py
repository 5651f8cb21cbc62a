"""Lines, pairs and 村村通率 as other programs of the county read them."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.health.lines import FRESH_MS, Lines
from hub.store.lines import Summary
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, now_ms
from wire.records import LinkSummary

FOURTH = VILLAGES[3][0]


class Measured(Lines):
    """Lines that are measured as we say."""

    def leg_of(self, station: str, up: int = 0, down: int = 0, *, rtt_ms: float = 20.0, ago_ms: int = 1_000) -> None:
        at_ms = now_ms() - ago_ms
        measures = {"rtt_p50_ms": rtt_ms, "jitter_ms": 1.0}
        self.take(station, LinkSummary("county", 30_000, 300, 300 - up, 300 - up - down, measures), at_ms, at_ms)

    def test_of(self, a: str, b: str, lost: int = 0, back: int = 0, rtt_ms: float = 40.0) -> None:
        at_ms = now_ms()
        measures = {"rtt_p50_ms": rtt_ms} if lost + back < 60 else {}
        self.take(a, LinkSummary(f"pair/{b}", 6_000, 60, 60 - lost, 60 - lost - back, measures), at_ms, at_ms)


@pytest.fixture
def lines(made_up: MadeUpCounty) -> Measured:
    made_up.lines = measured = Measured()  # type: ignore[assignment]
    return measured


@pytest.fixture
def script(lines: Measured, script: Caller) -> Caller:
    return script


def got(script: Caller, path: str) -> Any:
    answer = script.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_village_has_a_line_with_its_directions(script: Caller, lines: Measured) -> None:
    lines.leg_of(FIRST, up=3, down=6)
    lines.leg_of(SECOND, ago_ms=FRESH_MS + 2_000)
    told = {line["station"]: line for line in got(script, "/lines")["lines"]}
    assert list(told) == sorted(code for code, _, _ in VILLAGES)
    first, second, third = told[FIRST], told[SECOND], told[THIRD]
    assert (first["state"], first["reason"], first["sent"], first["rtt_p50_ms"]) == ("ok", "answered", 300, 20.0)
    assert (first["loss_up"], first["loss_down"]) == (pytest.approx(0.01), pytest.approx(6 / 297))
    assert (second["state"], second["reason"], second["since_ms"]) == ("unmeasured", "not_measured", None)
    assert second["sent"] == 300, "the last that is known"
    assert (third["state"], third["at_ms"], third["loss_up"]) == ("unmeasured", None, None)


def test_a_line_has_its_history_page_by_page(script: Caller, made_up: MadeUpCounty, lines: Measured) -> None:
    lines.leg_of(FIRST)
    said = LinkSummary("county", 30_000, 30, 29, 28, {"rtt_p50_ms": 12.0})
    made_up.links.summaries = [Summary(key, FIRST, 1_000 * key, True, said) for key in (3, 2, 1)]
    page = got(script, f"/lines/{FIRST}?limit=2")
    assert (page["state"], page["next"]) == ("ok", "2000-2")
    assert page["history"][0] == {
        "id": 3, "ended_ms": 3_000, "dated": True, "lasted_ms": 30_000, "sent": 30, "reached": 29, "received": 28,
        "rtt_p50_ms": 12.0,
    }  # fmt: skip
    page = got(script, f"/lines/{FIRST}?limit=2&before={page['next']}")
    assert ([one["id"] for one in page["history"]], page["next"]) == ([1], None)


def test_a_pair_has_its_prediction_and_what_tests_of_both_saw(script: Caller, lines: Measured) -> None:
    lines.leg_of(FIRST, up=3, rtt_ms=15.0)
    lines.leg_of(SECOND, down=6, rtt_ms=25.0)
    lines.test_of(SECOND, FIRST, lost=20)
    (pair,) = got(script, f"/pairs?from={FIRST}&to={SECOND}")["pairs"]
    predicted = pair["predicted"]
    assert predicted["loss_there"] == pytest.approx(1 - 0.99 * 0.98)
    assert (predicted["loss_back"], predicted["rtt_ms"]) == (0.0, 40.0)
    assert (pair["word"], pair["estimated_mos"]) == ("can", pytest.approx(predicted["estimated_mos_there"]))
    (test,) = pair["measured"]
    assert (test["by"], test["loss_there"], test["loss_back"]) == (SECOND, 0.0, pytest.approx(1 / 3))
    assert (test["direct"], test["odd"], pair["odd"], test["reasons"]) == ("reached", True, True, ["more_loss_back"])
    (turned,) = got(script, f"/pairs?from={SECOND}&to={FIRST}")["pairs"]
    assert turned["measured"][0]["reasons"] == ["more_loss_there"]
    assert turned["predicted"]["loss_back"] == predicted["loss_there"]


def test_a_village_has_all_its_pairs_and_the_county_those_that_are_odd(script: Caller, lines: Measured) -> None:
    for code in (FIRST, SECOND, THIRD, FOURTH):
        lines.leg_of(code)
    lines.test_of(FIRST, SECOND)
    lines.test_of(FIRST, THIRD, lost=30)
    lines.test_of(FIRST, FOURTH, lost=60)
    pairs = got(script, f"/pairs?from={FIRST}")["pairs"]
    assert [pair["to"] for pair in pairs] == [code for code, _, _ in VILLAGES if code != FIRST]
    assert {pair["to"]: pair["measured"][0]["direct"] for pair in pairs if pair["measured"]} == {
        SECOND: "reached", THIRD: "reached", FOURTH: "unreachable"
    }  # fmt: skip
    assert [(pair["from"], pair["to"]) for pair in got(script, "/pairs")["pairs"]] == [(FIRST, THIRD)]


def test_the_rate_counts_what_is_known_and_says_how_much_that_is(
    script: Caller, made_up: MadeUpCounty, lines: Measured
) -> None:
    lines.leg_of(THIRD, up=30, ago_ms=2_000)  # one bad window alone says nothing yet
    for code in (FIRST, SECOND, THIRD):
        lines.leg_of(code, up=0 if code != THIRD else 30)
    made_up.set(FOURTH, "offline")
    rate = got(script, "/pairs/rate")
    known = 3 + 7  # the three with a measured line, and the one that is away with everybody
    assert (rate["can"], rate["cannot"], rate["unknown"]) == (1, known - 1, 8 * 7 // 2 - known)
    assert (rate["share"], rate["coverage"]) == (pytest.approx(1 / known), pytest.approx(known / 28))
    towns = got(script, "/pairs/towns")["towns"]
    assert [(cell["from"], cell["to"]) for cell in towns] == [
        ("测试1镇", "测试1镇"), ("测试1镇", "测试2镇"), ("测试2镇", "测试2镇")
    ]  # fmt: skip
    assert sum(cell["can"] for cell in towns) == 1
    assert THIRD in towns[0]["worst"]
    assert (towns[2]["share"], towns[2]["worst"], towns[2]["estimated_mos_median"]) == (None, None, None)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/lines/999999109999", 404, "E-API-02"),
        (f"/lines/{FIRST}?before=yesterday", 400, "E-API-03"),
        (f"/lines/{FIRST}?limit=0", 400, "E-API-03"),
        ("/lines?station=x", 400, "E-API-03"),
        (f"/pairs?to={FIRST}", 400, "E-API-03"),
        (f"/pairs?from={FIRST}&to={FIRST}", 400, "E-API-03"),
        ("/pairs?from=999999109999", 404, "E-API-02"),
        (f"/pairs?from={FIRST}&to=nobody", 404, "E-API-02"),
        ("/pairs/rate?from=x", 400, "E-API-03"),
    ],
)
def test_what_cannot_be_meant_is_refused(script: Caller, path: str, status: int, code: str) -> None:
    answer = script.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_lines_are_nothing_for_strangers(stranger: Caller) -> None:
    assert {stranger.get(f"/api/v1{path}", headers={}).status_code for path in ("/lines", "/pairs", "/pairs/rate")} == {
        401
    }


def test_monitoring_has_lines_and_pairs_of_the_county_without_a_series_per_station(
    lines: Measured, stranger: Caller
) -> None:
    def values(name: str) -> dict[str, float]:
        families = text_string_to_metric_families(stranger.get("/metrics").text)
        samples = [sample for family in families for sample in family.samples if sample.name == f"cuncuntong_{name}"]
        return {sample.labels.get("state", ""): sample.value for sample in samples}

    assert values("pairs_usable_ratio") == {}, "nothing is known"
    lines.leg_of(FIRST)
    lines.leg_of(SECOND)
    lines.leg_of(THIRD, up=30, down=30, ago_ms=2_000)
    lines.leg_of(THIRD, up=30, down=30)
    assert values("lines") == {"ok": 2, "degraded": 1, "lost": 0, "unmeasured": 5}
    assert values("pairs") == {"can": 1, "cannot": 2, "unknown": 25, "excused": 0}
    assert values("pairs_usable_ratio") == {"": pytest.approx(1 / 3)}
    assert values("pairs_known_ratio") == {"": pytest.approx(3 / 28)}
