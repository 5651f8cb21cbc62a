"""One message in, values out: whatever a station, or somebody with a station's certificate, sends."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.health.station import Born, Died, Heard
from hub.ingest.handle import NOT_ENROLLED, UNREADABLE_KIND, Arrived, Handled, handle
from wire.codec import encode
from wire.life import Beat, Birth, Death, OutboxDepth
from wire.records import Batch, DeviceEvent, Emergency, Rating, Record, Undated, Urgent, Visit

STATION, STRANGER = "999999101001", "999999101999"
EPOCH = "a" * 16
NOW = 1_795_000_000_000
VISIT = Visit("12-00001-1", "legal_advice", "anonymous", "zh")


def arrive(family: str, payload: bytes | msgspec.Struct, *, station: str = STATION, retain: bool = False) -> Handled:
    if isinstance(payload, msgspec.Struct):
        payload = encode(payload)
    return handle(Arrived(f"v1/{station}/up/{family}", payload, retain, 1, 1, 1, NOW), {STATION})


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(value if isinstance(value, bytes) else msgspec.json.encode(value))


def batch(*records: Any, after: int = 0) -> Batch:
    return Batch(EPOCH, after, [raw(record) for record in records])


def test_a_batch_gives_its_records_as_they_were_sent():
    handled = arrive("records", batch(Record(4, VISIT, at_ms=NOW), Record(5, Rating(4, 5), at_ms=NOW), after=3))
    assert (handled.station, handled.epoch, handled.after) == (STATION, EPOCH, 3)
    assert [(record.seq, record.kind, record.item) for record in handled.records] == [
        (4, "visit", VISIT),
        (5, "rating", Rating(4, 5)),
    ]
    assert handled.records[0].body == msgspec.json.encode(VISIT)
    assert handled.events == (Heard(),)
    assert not handled.unreadable


def test_an_undated_record_keeps_its_running_count():
    handled = arrive("records", batch(Record(1, VISIT, undated=Undated("b" * 16, 77))))
    assert handled.records[0].at_ms is None
    assert handled.records[0].undated == b'{"kernel_boot":"bbbbbbbbbbbbbbbb","mono_ms":77}'


def test_lives_and_beats_become_events():
    birth = Birth(3, EPOCH, "x", 30, 20.0)
    assert arrive("life", birth).events == (Born(3, EPOCH, 30, 20.0, False),)
    assert arrive("life", birth).epoch == EPOCH
    assert arrive("life", birth, retain=True).events == (Born(3, EPOCH, 30, 20.0, True),)
    assert arrive("life", birth, retain=True).epoch is None
    assert arrive("life", Death(3)).events == (Died(3, False, False),)
    assert arrive("life", Death(3, orderly=True), retain=True).events == (Died(3, True, True),)
    assert arrive("beat", Beat(3, 1, OutboxDepth(0, 0))).events == (Heard(3),)
    assert arrive("life", b"") == Handled(NOW, STATION, (Heard(),))


def test_an_urgent_record_is_one_record_ahead_of_its_turn():
    handled = arrive("urgent", Urgent(EPOCH, raw(Record(9, Emergency("call-1"), at_ms=NOW))))
    assert handled.urgent
    assert [record.seq for record in handled.records] == [9]


BAD_RECORDS = [
    pytest.param({"seq": 2, "body": {"kind": "hologram"}}, id="a kind of a later version"),
    pytest.param({"seq": 2, "body": 5}, id="a body that is a number"),
    pytest.param({"seq": 2}, id="no body"),
    pytest.param({"seq": 2, "body": {"kind": "rating", "visit": "1", "grade": 9}}, id="wrong types within the body"),
    pytest.param({"seq": 2, "at_ms": 10**17, "body": {"kind": "rating", "visit": 1, "grade": 5}}, id="year 3 million"),
    pytest.param({"seq": 2, "at_ms": -1, "body": {"kind": "rating", "visit": 1, "grade": 5}}, id="before 1970"),
    pytest.param({"seq": "2", "body": {}}, id="its place is text"),
    pytest.param({"seq": 0, "body": {}}, id="its place is no place"),
    pytest.param({"seq": 2**60, "body": {}}, id="its place is beyond all"),
    pytest.param([], id="a list"),
    pytest.param(None, id="nothing"),
    pytest.param(b"[" * 300 + b"]" * 300, id="300 deep"),
]


@pytest.mark.parametrize("bad", BAD_RECORDS)
def test_one_record_that_cannot_be_read_spoils_no_other_and_keeps_its_place(bad: Any):
    handled = arrive("records", batch(Record(1, VISIT), bad, Record(3, VISIT)))
    assert [(record.seq, record.kind) for record in handled.records] == [
        (1, "visit"),
        (2, UNREADABLE_KIND),
        (3, "visit"),
    ]
    (aside,) = handled.unreadable
    assert aside.reason == "E-WIRE-03"
    assert aside.payload == bytes(raw(bad))
    assert handled.epoch == EPOCH


def test_when_the_neighbours_disagree_no_place_is_guessed():
    handled = arrive("records", batch(Record(1, VISIT), {"seq": "x"}, Record(9, VISIT)))
    assert [record.seq for record in handled.records] == [1, 9]
    assert len(handled.unreadable) == 1


BAD_PAYLOADS = [
    pytest.param("records", b"", id="an empty batch"),
    pytest.param("records", b"\xff\xfe", id="not utf-8"),
    pytest.param("records", b'{"epoch":"\xff"}', id="bad utf-8 within"),
    pytest.param("records", b"{", id="cut off"),
    pytest.param("records", b"[" * 60_000, id="60000 deep"),
    pytest.param("records", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, id="10000 objects deep"),
    pytest.param("records", json.dumps({"epoch": EPOCH, "after": 0, "records": [0] * 51}).encode(), id="51 records"),
    pytest.param("records", json.dumps({"epoch": EPOCH, "after": 1e300, "records": []}).encode(), id="after 1e300"),
    pytest.param("records", b'{"epoch":"%s","after":%s,"records":[]}' % (b"a" * 16, b"9" * 5_000), id="5000 digits"),
    pytest.param("records", json.dumps({"epoch": "A" * 16, "after": 0, "records": []}).encode(), id="no epoch"),
    pytest.param("records", b"x" * 70_000, id="over 64 KiB"),
    pytest.param("life", b'{"life":"ghost","boot":1}', id="a life of no kind"),
    pytest.param("life", b'{"life":"death","boot":true}', id="a boot that is true"),
    pytest.param("beat", b'{"boot":1,"seq":1,"outbox":{"records":-1,"bytes":0}}', id="less than no records held"),
    pytest.param("urgent", b'{"epoch":"aaaaaaaaaaaaaaaa"}', id="an emergency without its record"),
    pytest.param("ask", b"{}", id="a question without anything"),
    pytest.param("answer", b"null", id="an answer of nothing"),
]


@pytest.mark.parametrize(("family", "payload"), BAD_PAYLOADS)
def test_a_payload_that_cannot_be_read_goes_whole_to_the_quarantine(family: str, payload: bytes):
    handled = arrive(family, payload)
    (aside,) = handled.unreadable
    assert aside.payload == payload
    assert aside.reason in {"E-WIRE-02", "E-WIRE-03"}
    assert handled.epoch is None
    assert not handled.records
    assert handled.events == (Heard(),), "it was alive to send it"


@pytest.mark.parametrize("topic", ["v1/999999101001/up/diary", "v1/abc/up/life", "v2/x", "", "v1/+/up/#"])
def test_a_topic_of_nobody_is_set_aside(topic: str):
    handled = handle(Arrived(topic, b"{}", False, 1, 1, 1, NOW), {STATION})
    assert [aside.reason for aside in handled.unreadable] == ["E-WIRE-01"]
    assert handled.station is None


def test_records_of_a_station_not_in_the_list_are_kept_but_not_receipted():
    handled = arrive("records", batch(Record(1, VISIT)), station=STRANGER)
    assert [aside.reason for aside in handled.unreadable] == [NOT_ENROLLED]
    assert handled.station is None
    assert handled.epoch is None
    assert arrive("beat", Beat(1, 1, OutboxDepth(0, 0)), station=STRANGER) == Handled(NOW, refused=NOT_ENROLLED)


def test_the_same_unreadable_thing_is_one_thing_and_another_is_another():
    def keys(*payloads: bytes) -> set[bytes]:
        return {arrive("records", payload).unreadable[0].hash for payload in payloads}

    assert len(keys(b"{", b"{")) == 1
    assert len(keys(b"{", b"[")) == 2
    beats = {arrive("beat", payload).unreadable[0].hash for payload in (b"1", b"2")}
    assert len(beats) == 1, "of unreadable beats one example is kept"


def test_a_record_larger_than_usual_but_readable_is_stored():
    event = Record(1, DeviceEvent("spool", "x", note="长" * 200))
    assert arrive("records", batch(event)).records[0].kind == "device"


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(["life", "beat", "records", "urgent", "ask", "answer"]), st.binary(max_size=200))
def test_no_bytes_raise(family: str, payload: bytes):
    arrive(family, payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True)
@given(st.lists(json_values, max_size=5), st.integers(0, 100))
def test_no_batch_raises_and_nothing_of_it_is_lost(values: list[Any], after: int):
    payload = json.dumps({"epoch": EPOCH, "after": after, "records": values}).encode()
    handled = arrive("records", payload)
    if handled.epoch == EPOCH:
        assert len(handled.unreadable) == len(values)
        assert all(record.kind == UNREADABLE_KIND for record in handled.records)
    else:
        assert [aside.payload for aside in handled.unreadable] == [payload]
