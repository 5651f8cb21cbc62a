"""Every message family: the bytes on the wire are frozen, and what is read back is what was said."""

import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from wire.asyncapi import CHANNELS
from wire.codec import decode, decode_trusted_size, encode
from wire.errors import WireError
from wire.examples import BODIES, EXAMPLES, RECORDS
from wire.health import Incident
from wire.life import Beat, Birth, Death, Life
from wire.orders import Answer, Command, Receipt, Reply
from wire.records import Batch, Body, RawRecord, Record, RecordHead, Urgent, Visit

GOLDEN = Path(__file__).parent / "golden"
"""Bytes as version 1 sends them. A difference here is a change of the contract: old stations speak the old bytes."""

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example).__name__)


def golden(kind: type[msgspec.Struct]) -> bytes:
    return (GOLDEN / f"{kind.__name__.lower()}.json").read_bytes()


@each_example
def test_a_message_becomes_its_golden_bytes(example: msgspec.Struct) -> None:
    assert encode(example).decode() == golden(type(example)).decode()


@each_example
def test_golden_bytes_become_the_message_again(example: msgspec.Struct) -> None:
    assert decode(golden(type(example)), type(example)) == example


def test_every_family_of_the_contract_has_golden_bytes_and_no_others_lie_about() -> None:
    of_the_contract = {kind.__name__.lower() for channel in CHANNELS.values() for kind in channel.messages}
    assert {path.stem for path in GOLDEN.glob("*.json")} == of_the_contract
    assert {type(example).__name__.lower() for example in EXAMPLES} == of_the_contract


def test_the_golden_batch_holds_every_kind_of_record_dated_and_undated() -> None:
    batch = decode(golden(Batch), Batch)
    records = [decode_trusted_size(raw, Record) for raw in batch.records]
    assert tuple(records) == RECORDS
    assert {type(record.body) for record in records} == set(get_args(Body)) == {type(body) for body in BODIES}
    assert {record.at_ms is None for record in records} == {True, False}


def test_an_urgent_record_is_the_same_record_as_in_its_turn() -> None:
    urgent = decode(golden(Urgent), Urgent)
    assert decode_trusted_size(urgent.record, Record) == RECORDS[2]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.seq}-{type(record.body).__name__}")
def test_a_record_stored_as_bytes_goes_out_as_it_would_whole(record: Record) -> None:
    stored = msgspec.Raw(msgspec.json.encode(record.body))
    passed_on = RawRecord(seq=record.seq, body=stored, at_ms=record.at_ms, undated=record.undated)
    assert encode(passed_on) == encode(record)


def test_birth_and_death_are_told_apart_on_their_one_topic() -> None:
    assert isinstance(decode(golden(Birth), Life), Birth)  # type: ignore[arg-type]
    assert isinstance(decode(golden(Death), Life), Death)  # type: ignore[arg-type]


@each_example
def test_keys_of_a_newer_version_are_ignored_at_every_depth(example: msgspec.Struct) -> None:
    from_the_future = with_new_keys(json.loads(encode(example)))
    read = decode(json.dumps(from_the_future).encode(), type(example))
    if isinstance(read, Batch):
        assert [decode_trusted_size(raw, Record) for raw in read.records] == list(RECORDS)
    elif isinstance(read, Urgent):
        assert decode_trusted_size(read.record, Record) == RECORDS[2]
    else:
        assert read == example


OPEN_MAPS = {"measures", "arguments", "library"}


def with_new_keys(value: object) -> object:
    if isinstance(value, list):
        return [with_new_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    deeper = {key: item if key in OPEN_MAPS else with_new_keys(item) for key, item in value.items()}
    return {"key_of_2031": {"a": [1, {"b": None}]}, **deeper}


def test_what_may_be_left_out_is_left_out() -> None:
    assert encode(Death(boot=1)) == b'{"life":"death","boot":1}'
    bare = Visit(number="42-00001-7", service="disclosure", who="anonymous", language="en")
    assert b"person" not in encode(bare)
    assert decode(encode(bare), Visit) == bare


def test_a_record_needs_only_its_seq_to_be_receipted() -> None:
    unreadable = b'{"seq":9,"body":{"kind":"kind_of_2031","x":[1,2]}}'
    assert decode(unreadable, RecordHead).seq == 9
    with pytest.raises(WireError) as refusal:
        decode(unreadable, Record)
    assert refusal.value.code == "E-WIRE-03"


PICTURE = {"key": "0" * 16, "box": "QUJD", "camera": "front", "width_px": 1, "height_px": 1}
STRICT = [
    pytest.param(Receipt, "seq", "7", id="a number is not a text"),
    pytest.param(Receipt, "seq", 7.0, id="a whole number has no fraction"),
    pytest.param(Receipt, "seq", True, id="true is not one"),
    pytest.param(Receipt, "seq", None, id="null is not nothing"),
    pytest.param(Receipt, "seq", -1, id="nothing before the first"),
    pytest.param(Receipt, "seq", 2**53, id="no number JSON readers would round"),
    pytest.param(Receipt, "epoch", "00C0FFEE00C0FFEE", id="an epoch is in small letters"),
    pytest.param(Receipt, "epoch", "00c0ffee00c0ffee\n", id="an epoch has no line end"),
    pytest.param(Receipt, "epoch", "0" * 17, id="an epoch is 16 long"),
    pytest.param(Receipt, "at_ms", 253_402_300_800_000, id="no year 10000"),
    pytest.param(Receipt, "urgent", {}, id="a list is not a table"),
    pytest.param(Receipt, "urgent", [1] * 51, id="at most 50 urgent seqs"),
    pytest.param(Birth, "boot", 0, id="boots count from one"),
    pytest.param(Birth, "software", "", id="a name is not empty"),
    pytest.param(Birth, "software", "x" * 65, id="a name has at most 64 characters"),
    pytest.param(Birth, "keepalive_s", 0, id="keep-alive cannot be off"),
    pytest.param(Birth, "beat_every_s", 0, id="beats cannot be endless"),
    pytest.param(Birth, "cameras", [{"name": "a", "kind": "v4l2"}] * 17, id="at most 16 cameras"),
    pytest.param(Birth, "cameras", [{"name": "a", "kind": "a telescope"}], id="a kind of camera is a code"),
    pytest.param(Birth, "life", "rebirth", id="no third kind of life"),
    pytest.param(Beat, "skew_ms", 10**30, id="no skew a database could not hold"),
    pytest.param(Beat, "devices", [{"device": "disk", "state": "ok"}] * 65, id="at most 64 devices"),
    pytest.param(Beat, "devices", [{"device": "dis k", "state": "ok"}], id="a code has no space"),
    pytest.param(Beat, "devices", [{"device": "disk\n", "state": "ok"}], id="a code has no line end"),
    pytest.param(Beat, "devices", [{"device": "d" * 41, "state": "ok"}], id="a code has at most 40 characters"),
    pytest.param(Beat, "devices", [{"device": "disk", "state": "ok", "measures": {"x": None}}], id="null is no figure"),
    pytest.param(Command, "reason", "x" * 201, id="a line has at most 200 characters"),
    pytest.param(Command, "arguments", {"a": [1]}, id="an argument is one value"),
    pytest.param(Reply, "box", "not base64!", id="a box is base64"),
    pytest.param(Reply, "box", "QUJD\n", id="base64 has no line end"),
    pytest.param(Reply, "box", "A" * 21_848, id="a box holds at most 16 KiB"),
    pytest.param(Answer, "picture", {**PICTURE, "box": "A" * 60_080}, id="a picture holds at most 44 KiB"),
    pytest.param(Batch, "records", [{}] * 51, id="at most 50 records a batch"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "value"), STRICT)
def test_a_value_of_the_wrong_kind_or_size_is_refused(kind: type[msgspec.Struct], field: str, value: object) -> None:
    message = json.loads(golden(kind))
    decode(json.dumps(message).encode(), kind)
    with pytest.raises(WireError) as refusal:
        decode(json.dumps({**message, field: value}).encode(), kind)
    assert refusal.value.code == "E-WIRE-03"


@each_example
def test_a_message_without_one_of_its_needed_keys_is_refused(example: msgspec.Struct) -> None:
    message = json.loads(encode(example))
    for field in msgspec.structs.fields(example):
        if field.required:
            with pytest.raises(WireError):
                decode(json.dumps({k: v for k, v in message.items() if k != field.name}).encode(), type(example))


NO_STATIONS = [
    pytest.param("32092510020", id="eleven digits"),
    pytest.param("3209251002011", id="thirteen digits"),
    pytest.param("020925100201", id="no county begins with 0"),
    pytest.param("320925100201-0", id="no kiosk zero"),
    pytest.param("320925100201-100", id="no hundredth kiosk"),
    pytest.param("320925100201\n", id="a line end"),
    pytest.param("３20925100201", id="a wide digit"),
]


def incident_at(station: str) -> bytes:
    words = {"id": "i", "kind": "k", "scope": "s", "where": "w", "state": "open"}
    incident = words | {"priority": 1, "since_ms": 1, "at_ms": 1, "stations": [station]}
    return json.dumps(incident).encode()


@pytest.mark.parametrize("station", NO_STATIONS)
def test_what_is_no_station_id_is_refused(station: str) -> None:
    with pytest.raises(WireError):
        decode(incident_at(station), Incident)


@pytest.mark.parametrize("station", ["320925100201", "320925100201-1", "320925100201-99"])
def test_a_station_id_is_twelve_digits_and_the_number_of_a_further_kiosk(station: str) -> None:
    assert decode(incident_at(station), Incident).stations == [station]
