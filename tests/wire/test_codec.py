"""The codec against hostile bytes: bounded, never escaping with anything but WireError, never repeating the payload."""

import json
import traceback
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import codec
from wire.asking import CaseStep
from wire.asyncapi import CHANNELS
from wire.codec import MAX_PAYLOAD_BYTES, decode, decode_trusted_size, encode
from wire.errors import WireError
from wire.examples import KEY
from wire.life import Beat, DeviceState, HubState, Life
from wire.orders import Document, Library
from wire.person import Mask, Person, Words, mask
from wire.probe import ProbeSession
from wire.records import Batch, Record, Urgent, Visit

KINDS = [*(kind for channel in CHANNELS.values() for kind in channel.messages), Record, Visit, Life]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: getattr(kind, "__name__", "Life"))


class DecoderReachedError(Exception):
    pass


@pytest.fixture
def no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(_kind: object) -> None:
        raise DecoderReachedError

    monkeypatch.setattr(codec, "_decoder", reached)


@pytest.mark.usefixtures("no_decoder")
@each_kind
def test_one_byte_too_many_is_refused_before_decoding(kind: type) -> None:
    with pytest.raises(WireError) as refusal:
        decode(b" " * (MAX_PAYLOAD_BYTES + 1), kind)
    assert refusal.value.code == "E-WIRE-02"
    with pytest.raises(DecoderReachedError):
        decode(b" " * MAX_PAYLOAD_BYTES, kind)


def filled(size: int) -> bytes:
    """Return a HubState of exactly `size` bytes, filled up with a key of the future."""
    frame = b'{"online":true,"since_ms":1,"x":"%s"}'
    return frame % (b"x" * (size - len(frame) + 2))


def test_a_payload_of_exactly_64_kib_is_read() -> None:
    payload = filled(MAX_PAYLOAD_BYTES)
    assert len(payload) == 64 * 1024
    assert decode(payload, HubState) == HubState(online=True, since_ms=1)


def test_nothing_over_64_kib_is_built() -> None:
    def library(characters: int) -> Library:
        texts = ("x" * (characters // 2), "x" * (characters - characters // 2))
        return Library(version=1, documents=[Document("a", 1, "0" * 64, text) for text in texts])

    room = MAX_PAYLOAD_BYTES - len(encode(library(0)))
    assert len(encode(library(room))) == MAX_PAYLOAD_BYTES
    with pytest.raises(WireError) as refusal:
        encode(library(room + 1))
    assert refusal.value.code == "E-WIRE-02"


NO_JSON = [
    pytest.param(b"", id="nothing at all"),
    pytest.param(b"\x00" * 100, id="zero bytes"),
    pytest.param(b'{"online":true,"since_ms":1', id="cut off"),
    pytest.param(b'{"online":true,"since_ms":1} {}', id="something after the end"),
    pytest.param(b'{"online":true,"since_ms":1,"note":"\xff\xfe"}', id="no UTF-8"),
    pytest.param(b'{"online":true,"since_ms":1,"note":"\xed\xa0\x80"}', id="half a surrogate pair as bytes"),
    pytest.param(b'{"online":true,"since_ms":1,"note":"\\ud800"}', id="half a surrogate pair as an escape"),
    pytest.param(b'{"online":true,"since_ms":1,"x":NaN}', id="no number"),
    pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
    pytest.param(b"[" * MAX_PAYLOAD_BYTES, id="64 Ki lists in each other"),
    pytest.param(b'{"x":' * 13_000, id="13,000 tables in each other"),
    pytest.param(b'{"x":' + b"[" * 65_000, id="deep under a key nobody knows"),
    pytest.param(b'{"online":true,"since_ms":1,"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", id="deep and well formed"),
]


@pytest.mark.parametrize("payload", NO_JSON)
@each_kind
def test_what_is_no_message_is_refused_and_nothing_else_happens(payload: bytes, kind: type) -> None:
    with pytest.raises(WireError) as refusal:
        decode(payload, kind)
    assert refusal.value.code == "E-WIRE-03"


def test_a_record_nested_too_deep_is_refused_with_its_batch() -> None:
    deep = b'{"epoch":"00c0ffee00c0ffee","after":0,"records":[{"seq":1,"body":' + b"[" * 20_000 + b"]" * 20_000 + b"}]}"
    with pytest.raises(WireError):
        decode(deep, Batch)


@given(payload=st.binary(max_size=300))
def test_no_bytes_make_anything_but_a_message_or_a_wire_error(payload: bytes) -> None:
    for kind in KINDS:
        refusal = refused(payload, kind)
        assert refusal is None or refusal.code == "E-WIRE-03"


def refused(payload: bytes, kind: Any) -> WireError | None:
    """Return the refusal, or None for a message."""
    try:
        decode(payload, kind)
    except WireError as error:
        return error
    return None


# The secret is of letters that neither our texts nor Python's hold.
SECRET_LETTERS = "张三李四王五秘密甲乙丙丁ζξψ"
secrets = st.text(SECRET_LETTERS, min_size=3, max_size=30)
leaves = secrets | st.builds("x - at `$.{}`".format, secrets)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(leaves, inner, max_size=3),
    max_leaves=6,
)
KNOWN = {"life", "kind", *(name for kind in KINDS for name in getattr(kind, "__struct_fields__", ()))}
messages = st.dictionaries(st.sampled_from(sorted(KNOWN)) | leaves, values, max_size=6)


@given(payload=values | messages, kind=st.sampled_from(KINDS))
def test_a_refusal_never_repeats_what_was_refused(payload: object, kind: type) -> None:
    for text in (json.dumps(payload, ensure_ascii=False), json.dumps(payload)):
        refusal = refused(text.encode(), kind)
        if refusal is None:
            continue
        told = "".join(traceback.format_exception(refusal)) + repr(refusal)
        assert not set(SECRET_LETTERS) & set(told)
        assert refusal.__context__ is None, "the library's exception carries the payload"


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        pytest.param(b'{"device":"disk","state":"ZH ANG"}', "`$.state`", id="a word that is no code"),
        pytest.param(b'{"device":"disk","state":"Z - at `$.ZHANG`"}', "`$.state`", id="a word that looks like a place"),
        pytest.param(b'{"device":"disk","state":"ok","measures":{"ZH ANG":1}}', "`key` in `$.measures`", id="a key"),
        pytest.param(b'{"device":"disk","state":"ok","measures":{"ZHANG":"a"}}', "`$.measures[...]`", id="under a key"),
        pytest.param(b'["ZHANG"]', "`$`", id="the whole"),
    ],
)
def test_a_refusal_says_where(payload: bytes, place: str) -> None:
    with pytest.raises(WireError) as refusal:
        decode(payload, DeviceState)
    assert str(refusal.value) == f"E-WIRE-03 not a valid DeviceState at {place}"


def test_a_record_of_a_batch_is_read_from_where_it_lies() -> None:
    good = b'{"seq":6,"body":{"kind":"rating","visit":1,"grade":4}}'
    records = b'{"seq":4,"body":{"kind":"?"}}, "broken", ' + good
    batch = decode(b'{"epoch":"00c0ffee00c0ffee","after":3,"records":[' + records + b"]}", Batch)
    read: list[object] = []
    for raw in batch.records:
        try:
            read.append(decode_trusted_size(raw, Record).seq)
        except WireError as refusal:
            read.append(refusal.code)
    assert read == ["E-WIRE-03", "E-WIRE-03", 6], "one that cannot be read spoils no other"


def test_what_is_in_a_sealed_box_never_shows_in_a_repr() -> None:
    person = Person(name="甲某某", id_number="999999190001010014", address="某村1号", phone="00000000000")
    shown = f"{person!r} {mask(person)!r} {Words('我想问一下')!r} {[person]!r} {CaseStep(1, 'closed', '甲某请来')!r}"
    for hidden in ("甲", "9999", "某村", "0000", "我想"):
        assert hidden not in shown


MASKS = [
    pytest.param("甲某", "999999190001010014", Mask("甲*", "999999********0014"), id="two characters, 18 digits"),
    pytest.param("甲某某", "99999919000101002X", Mask("甲**", "999999********002X"), id="three characters, ends in X"),
    pytest.param("甲", "", Mask("甲*", ""), id="one character, no number"),
    pytest.param("欧阳某某", "A1234567", Mask("欧**", "********"), id="a short number is hidden whole"),
    pytest.param("ABDUL EXAMPLE NAME", "", Mask("A**", ""), id="a long name does not tell its length"),
    pytest.param("", "1234567890", Mask("*", "**********"), id="no name; ten digits are hidden whole"),
]


@pytest.mark.parametrize(("name", "number", "masked"), MASKS)
def test_a_list_shows_the_mask_only(name: str, number: str, masked: Mask) -> None:
    assert mask(Person(name=name, id_number=number)) == masked


def test_a_service_card_is_known_by_its_last_digits() -> None:
    assert mask(Person(name="", id_number="", service_card="12345678")) == Mask("*", "*****678")


def test_a_figure_that_is_no_number_is_refused_by_the_reader() -> None:
    """Encoding makes null of NaN: the sender must not measure so, and the hub must not believe it."""
    with pytest.raises(WireError):
        decode(msgspec.json.encode(DeviceState("disk", "ok", measures={"x": float("nan")})), DeviceState)


def test_a_record_of_the_largest_size_fits_a_batch_and_an_urgent_message() -> None:
    frame = b'{"seq":1,"body":"%s"}'
    record = msgspec.Raw(frame % (b"x" * (codec.MAX_RECORD_BYTES - len(frame) + 2)))
    assert len(bytes(record)) == codec.MAX_RECORD_BYTES
    encode(Batch(epoch=KEY, after=2**53 - 1, records=[record]))
    encode(Urgent(epoch=KEY, record=record))


def test_a_word_of_a_newer_station_does_not_cost_an_older_hub_the_whole_beat() -> None:
    lamp = b'{"device":"lamp","state":"dimmed","glow":3}'
    newer = b'{"boot":1,"seq":1,"outbox":{"records":0,"bytes":0},"devices":[' + lamp + b"]}"
    assert decode(newer, Beat).devices == [DeviceState("lamp", "dimmed")]


def test_a_sessions_key_never_shows_in_a_repr() -> None:
    assert "kkkk" not in repr(ProbeSession(8620, 5, b"k" * 32))
