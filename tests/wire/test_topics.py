"""Topics: built and read back, and everything else refused without a word of it repeated."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import topics
from wire.errors import WireError

stations = st.from_regex(r"[1-9][0-9]{11}(-[1-9][0-9]?)?", fullmatch=True)


@given(station=stations)
def test_every_topic_of_every_station_is_read_back(station: str) -> None:
    assert topics.is_station_id(station)
    for family in get_args(topics.Upward):
        assert topics.parse_up(topics.up(station, family)) == (station, family)
    for family in get_args(topics.Downward):
        assert topics.parse_down(topics.down(station, family)) == (station, family)
    assert topics.parse_down(topics.library(station, "notary_guide")) == (station, "library")


def test_the_names_are_those_of_the_contract() -> None:
    assert topics.up("999999101001", "records") == "v1/999999101001/up/records"
    assert topics.down("999999101001-2", "receipt") == "v1/999999101001-2/down/receipt"
    assert topics.health("999999101001") == "v1/health/999999101001"
    assert topics.incident("inc-1") == "v1/incident/inc-1"
    assert (topics.HUB_STATE, topics.COUNTY_HEALTH) == ("v1/hub/state", "v1/health")
    assert topics.every_up() == "v1/+/up/#"
    assert topics.every_down("999999101001") == "v1/999999101001/down/#"
    assert topics.county_of("320925100201-2") == "320925"


S = "999999101001"
HOSTILE = [
    pytest.param("", id="nothing"),
    pytest.param(f"v1/{S}/up/", id="no family"),
    pytest.param(f"v1/{S}/up/secrets", id="no family of ours"),
    pytest.param(f"v1/{S}/up/Records", id="capitals"),
    pytest.param(f"v1/{S}/up/records/", id="a slash too many"),
    pytest.param(f"v1/{S}/up/records\n", id="a line end"),
    pytest.param(f"v1/{S}/up/records\x00", id="a zero byte"),
    pytest.param(f"/v1/{S}/up/records", id="a slash before"),
    pytest.param(f"v2/{S}/up/records", id="another version"),
    pytest.param(f"v1/{S}/down/records", id="up under down"),
    pytest.param(f"v1/{S}/up/receipt", id="down under up"),
    pytest.param("v1/+/up/records", id="a wildcard for the station"),
    pytest.param(f"v1/{S}/up/#", id="a wildcard for the family"),
    pytest.param("v1/hub/up/records", id="the hub is no station"),
    pytest.param("v1/monitor/up/records", id="a monitor is no station"),
    pytest.param(f"v1/{S}/up/../down/receipt", id="a way back"),
    pytest.param(f"v1/{S}\n/up/records", id="a line end in the station"),
    pytest.param("v1/９９9999101001/up/records", id="wide digits"),
    pytest.param("v1/٣٢0925100201/up/records", id="digits of another script"),
    pytest.param(f"v1/{S}/up/" + "a" * 60_000, id="a very long family"),
    pytest.param("v1/" + "9" * 60_000 + "/up/beat", id="a very long station"),
    pytest.param("v1/hub/state", id="the hub's state"),
]


@pytest.mark.parametrize("topic", HOSTILE)
def test_a_topic_that_is_none_of_ours_is_refused_both_ways(topic: str) -> None:
    for parse in (topics.parse_up, topics.parse_down):
        with pytest.raises(WireError) as refusal:
            parse(topic)
        assert refusal.value.code == "E-WIRE-01"
        assert len(str(refusal.value)) < 80, "a topic is not repeated"


def test_up_and_down_are_not_taken_for_each_other() -> None:
    with pytest.raises(WireError):
        topics.parse_up(topics.down(S, "receipt"))
    with pytest.raises(WireError):
        topics.parse_down(topics.up(S, "records"))


@given(topic=st.text(max_size=60) | st.from_regex(r"v1/.{0,20}/up/.{0,10}", fullmatch=True))
def test_what_is_read_is_exactly_what_would_be_built(topic: str) -> None:
    try:
        read = topics.parse_up(topic)
    except WireError:
        return
    assert topics.up(read.station, read.family) == topic
