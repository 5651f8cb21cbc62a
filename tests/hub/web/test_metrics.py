"""What Prometheus reads."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.made_up import MadeUpCounty


def scraped(client: Caller) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = client.get("/metrics").text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(client: Caller, name: str, **labels: str) -> float:
    return scraped(client)[f"cuncuntong_{name}", frozenset(labels.items())]


def test_the_county_and_its_stations_are_measured(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "offline", since_ms=1_795_545_000_500)
    made_up.set(SECOND, "online", video="fault")
    made_up.set(THIRD, "unknown")
    got = scraped(stranger)

    def one(name: str, **labels: str) -> float:
        return got[f"cuncuntong_{name}", frozenset(labels.items())]

    assert [one("stations", state=s) for s in ("online", "offline", "unknown", "maintenance")] == [6, 1, 1, 0]
    assert [one("videos", state=s) for s in ("ok", "fault", "unknown")] == [5, 1, 2]
    assert [one("station_state", station=FIRST, state=s) for s in ("online", "offline", "unknown")] == [0, 1, 0]
    assert one("station_video", station=SECOND, state="fault") == 1
    assert one("station_state_since_timestamp_seconds", station=FIRST) == 1_795_545_000.5
    assert one("station_clock_skew_seconds", station=FIRST) == -0.04
    assert one("station_outbox_records", station=FIRST) == 2
    assert one("camera_frame_rate_hertz", station=SECOND, camera="main") == 14.9
    assert one("camera_last_frame_age_seconds", station=SECOND, camera="main") == 0.041
    assert one("visits_today") == 57
    assert one("records_stored_total") == 600
    assert one("commit_seconds_total") == 4.5
    stations = {dict(labels).get("station") for _, labels in got} - {None}
    assert stations == {code for code, _, _ in VILLAGES}


def test_the_hubs_own_troubles_are_measured(stranger: Caller, made_up: MadeUpCounty) -> None:
    assert (value(stranger, "broker_connected"), value(stranger, "storage_ok")) == (1, 1)
    made_up.connected, made_up.storage_trouble, made_up.quarantined = False, "E-STORE-03", 4
    made_up.tell()
    assert (value(stranger, "broker_connected"), value(stranger, "storage_ok")) == (0, 0)
    assert value(stranger, "quarantine_size") == 4


def test_names_follow_the_conventions(stranger: Caller) -> None:
    families = list(text_string_to_metric_families(stranger.get("/metrics").text))
    for family in families:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name)
        assert family.documentation
        assert not re.search(r"_(ms|millis|kib|percent)(_|$)", family.name), "base units only"
        if family.name.startswith("cuncuntong_"):
            assert (family.type == "counter") == all(sample.name.endswith("_total") for sample in family.samples)
    assert len({family.name for family in families}) == len(families)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("", "text/plain"), ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")],
)
def test_it_speaks_the_format_asked_for(stranger: Caller, accept: str, kind: str) -> None:
    answer = stranger.get("/metrics", headers=stranger.headers | {"Accept": accept})
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-type"].count("charset") == 1


def test_faults_of_pictures_are_counted_by_kind(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "online", video="fault", fault="E-VQD-03")
    made_up.set(SECOND, "online", video="fault", fault="E-VQD-03")
    said = stranger.get("/metrics").text
    assert 'cuncuntong_video_faults{kind="black"} 2.0' in said
    assert "cuncuntong_answers_unknown_total 0.0" in said


def test_alerts_are_counted_by_port_and_end(stranger: Caller, made_up: MadeUpCounty) -> None:
    made_up.view.count_letter("mail", "sent")
    made_up.view.count_letter("mail", "sent")
    made_up.view.count_letter("webhook", "given_up")
    made_up.view.show_queue({"mail": 3})
    assert value(stranger, "alerts_total", port="mail", outcome="sent") == 2
    assert value(stranger, "alerts_total", port="webhook", outcome="given_up") == 1
    assert value(stranger, "alerts_total", port="webhook", outcome="sent") == 0
    assert value(stranger, "alerts_queued", port="mail") == 3
    assert value(stranger, "alerts_queued", port="webhook") == 0
