"""The frame decoder: every damage a line can do, at every way of cutting it up."""

from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.reader.frames import (
    BAUDS,
    HEADER_BYTES,
    MAX_BUFFER_BYTES,
    MAX_LENGTH,
    PREAMBLE,
    BadFrame,
    Command,
    Frame,
    FrameDecoder,
    Meaning,
    Reply,
    build,
    module_id,
    reply_to,
    request,
    set_baud_request,
)

FOUND = build(bytes.fromhex("00009F00000000"))
NO_CARD = build(bytes.fromhex("000080"))
BAD_FOUND = FOUND[:-1] + b"\x01"
CHUNKS = [pytest.param(size, id=f"{size} at a time") for size in (1, 3, 99)]


def decode(stream: bytes, chunk: int, *, silence: bool = False) -> list[Frame | BadFrame]:
    decoder = FrameDecoder()
    events: list[Frame | BadFrame] = []
    for start in range(0, len(stream), chunk):
        decoder.feed(stream[start : start + chunk])
        events += decoder.events()
    if silence:
        events += decoder.silence()
    return events


def frame_of(raw: bytes) -> Frame:
    return Frame(raw[HEADER_BYTES:-1])


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize(
    ("stream", "events"),
    [
        pytest.param(FOUND, [frame_of(FOUND)], id="one frame"),
        pytest.param(FOUND + NO_CARD, [frame_of(FOUND), frame_of(NO_CARD)], id="two frames in a row"),
        pytest.param(b"\x00\xff\x13" + FOUND + b"\x42", [frame_of(FOUND)], id="stray bytes around it"),
        pytest.param(b"\xaa" + FOUND, [frame_of(FOUND)], id="one AA more than there should be"),
        pytest.param(PREAMBLE[:4] + FOUND, [frame_of(FOUND)], id="a preamble cut short before it"),
        pytest.param(
            bytes.fromhex("AA00AAAA9669000C0000900000000000009C") + NO_CARD,
            [frame_of(NO_CARD)],
            id="a frame whose preamble lost a byte, then a good one",
        ),
        pytest.param(BAD_FOUND, [BadFrame("checksum")], id="a wrong checksum"),
        pytest.param(
            BAD_FOUND + FOUND, [BadFrame("checksum"), frame_of(FOUND)], id="a wrong checksum, then a good one"
        ),
        pytest.param(PREAMBLE + b"\x00\x02\x02", [BadFrame("length")], id="a length too small to be one"),
        pytest.param(PREAMBLE + b"\x10\x01" + FOUND, [BadFrame("length"), frame_of(FOUND)], id="a length too large"),
        pytest.param(
            PREAMBLE + b"\x00\x03" + FOUND,
            [BadFrame("checksum"), frame_of(FOUND)],
            id="a false header that claims the beginning of a good frame",
        ),
        pytest.param(
            PREAMBLE + b"\x00\x0a" + PREAMBLE + b"\x00\x0b" + FOUND,
            [BadFrame("checksum"), BadFrame("checksum"), frame_of(FOUND)],
            id="two false headers inside one another",
        ),
        pytest.param(FOUND[:9], [], id="a frame that has not come whole"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_frames_are_found_whatever_is_around_them(stream: bytes, events: list[object], chunk: int) -> None:
    assert decode(stream, chunk) == events


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("body_bytes", [2, 3, 4, MAX_LENGTH - 1])
def test_the_smallest_and_the_largest_frame_are_taken(body_bytes: int, chunk: int) -> None:
    body = bytes(place % 256 for place in range(body_bytes))
    assert decode(build(body), chunk) == [Frame(body)]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_good_frame_behind_a_header_that_promised_more_is_found_when_the_line_falls_silent(chunk: int) -> None:
    stream = PREAMBLE + b"\x0f\xff" + b"\x00" * 20 + FOUND
    assert decode(stream, chunk) == []
    assert decode(stream, chunk, silence=True) == [BadFrame("cut"), frame_of(FOUND)]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_silence_in_the_middle_of_a_frame_loses_nothing_of_it(chunk: int) -> None:
    decoder = FrameDecoder()
    decoder.feed(FOUND[:10])
    assert [*decoder.events(), *decoder.silence()] == []
    decoder.feed(FOUND[10:])
    assert list(decoder.events()) == [frame_of(FOUND)]


def every_frame_of(stream: bytes) -> list[Frame]:
    """Say slowly and plainly what frames a stream holds: what the decoder must find."""
    frames, at = [], 0
    while at + HEADER_BYTES <= len(stream):
        length = int.from_bytes(stream[at + 5 : at + 7], "big")
        whole = stream[at : at + HEADER_BYTES + length]
        sound = (
            stream.startswith(PREAMBLE, at)
            and 3 <= length <= MAX_LENGTH
            and len(whole) == HEADER_BYTES + length
            and reduce(xor, whole[5:]) == 0
        )
        if sound:
            frames.append(Frame(whole[HEADER_BYTES:-1]))
        at += len(whole) if sound else 1
    return frames


NOISE = st.lists(
    st.one_of(
        st.binary(max_size=12),
        st.sampled_from([b"\xaa", PREAMBLE[:3], PREAMBLE, PREAMBLE + b"\x00\x03", PREAMBLE + b"\x00\x20", BAD_FOUND]),
    ),
    max_size=6,
).map(b"".join)
GOOD = st.binary(min_size=2, max_size=40).map(build)


@given(pieces=st.lists(st.one_of(NOISE, GOOD), max_size=6), chunk=st.integers(1, 99))
def test_exactly_the_frames_that_are_there_are_found(pieces: list[bytes], chunk: int) -> None:
    stream = b"".join(pieces)
    found = [event for event in decode(stream, chunk, silence=True) if isinstance(event, Frame)]
    assert found == every_frame_of(stream)


@given(noise=st.binary(max_size=300), good=GOOD, chunk=st.integers(1, 99))
def test_a_good_frame_after_noise_is_never_lost(noise: bytes, good: bytes, chunk: int) -> None:
    if PREAMBLE in noise + good[:4]:
        noise = noise.replace(b"\xaa", b"\x00")
    assert frame_of(good) in decode(noise + good, chunk)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_make_it_raise_and_it_always_knows_how_many_to_read_next(chunks: list[bytes]) -> None:
    decoder = FrameDecoder()
    for chunk in chunks:
        decoder.feed(chunk)
        list(decoder.events())
        list(decoder.silence())
        assert 0 < decoder.missing_bytes() <= HEADER_BYTES + MAX_LENGTH
        assert len(decoder) < HEADER_BYTES + MAX_LENGTH


def test_its_memory_is_bounded_when_nobody_takes_the_events() -> None:
    decoder = FrameDecoder()
    for _ in range(100):
        decoder.feed(b"\x55" * 4096)
    assert len(decoder) <= MAX_BUFFER_BYTES
    decoder.feed(FOUND)
    assert list(decoder.events()) == [frame_of(FOUND)]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(request(Command.RESET), "AAAAAA9669000310FFEC", id="reset"),
        pytest.param(request(Command.STATUS), "AAAAAA9669000311FFED", id="status"),
        pytest.param(request(Command.SAM_ID), "AAAAAA9669000312FFEE", id="SAM id"),
        pytest.param(request(Command.FIND), "AAAAAA96690003200122", id="find"),
        pytest.param(request(Command.SELECT), "AAAAAA96690003200221", id="select"),
        pytest.param(request(Command.READ), "AAAAAA96690003300132", id="read"),
        pytest.param(request(Command.READ_WITH_FINGERPRINT), "AAAAAA96690003301023", id="read with fingerprint"),
        pytest.param(request(Command.READ_ADDED_ADDRESS), "AAAAAA96690003300330", id="added address"),
        pytest.param(set_baud_request(9600), "AAAAAA96690003600467", id="set the rate"),
        pytest.param(build(bytes.fromhex("000090")), "AAAAAA9669000400009094", id="the good answer to status"),
    ],
)
def test_frames_are_built_byte_for_byte(frame: bytes, expected: str) -> None:
    assert frame.hex().upper() == expected


def test_30_05_is_never_asked_and_every_rate_has_its_number() -> None:
    assert bytes.fromhex("3005") not in {command.value for command in Command}
    assert [set_baud_request(baud)[8] for baud in BAUDS] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("sw3", "meaning"),
    [
        *((sw3, Meaning.DAMAGED) for sw3 in (0x10, 0x11)),
        *((sw3, Meaning.WRONG_ORDER) for sw3 in (0x21, 0x23, 0x24)),
        *((sw3, Meaning.NOT_AUTHENTICATED) for sw3 in (0x31, 0x32, 0x33)),
        *((sw3, Meaning.READ_FAILED) for sw3 in (0x41, 0x47)),
        *((sw3, Meaning.NO_CARD) for sw3 in (0x80, 0x81)),
        (0x40, Meaning.NOT_AN_ID_CARD),
        (0x60, Meaning.SELF_TEST_FAILED),
        (0x66, Meaning.NOT_LICENSED),
        (0x91, Meaning.ABSENT),
        (0x90, Meaning.OK),
        (0x9F, Meaning.FOUND),
        (0x77, Meaning.UNKNOWN),
    ],
)
def test_an_answer_is_judged_by_sw3_alone(sw3: int, meaning: Meaning) -> None:
    assert Reply(bytes([0x12, 0x34, sw3]), b"").meaning is meaning


@pytest.mark.parametrize(
    ("command", "body"),
    [
        pytest.param(Command.FIND, "2001", id="our own request, echoed"),
        pytest.param(Command.SELECT, "00009F00000000", id="a late answer to find"),
        pytest.param(Command.SELECT, "000090", id="a late answer to status"),
        pytest.param(Command.READ, "0000900000000000000000", id="a late answer to select"),
        pytest.param(Command.SAM_ID, "000090", id="a status for the SAM id"),
        pytest.param(Command.FIND, "000090", id="a status for find"),
    ],
)
def test_what_cannot_be_the_answer_is_not_taken_for_it(command: Command, body: str) -> None:
    assert reply_to(command, Frame(bytes.fromhex(body))) is None


def test_card_numbers_that_are_not_zero_are_taken() -> None:
    assert reply_to(Command.FIND, Frame(bytes.fromhex("00009F12345678"))) is not None
    assert reply_to(Command.SELECT, Frame(bytes.fromhex("0000901122334455667788"))) is not None


def test_a_frame_and_a_reply_never_show_what_they_hold() -> None:
    held = "测试甲".encode("utf-16-le")
    assert repr(Frame(held)) == "Frame(6 bytes)"
    assert repr(Reply(b"\x00\x00\x90", held)) == "Reply(00 00 90, 6 bytes)"


def test_the_module_id_is_written_as_printed_on_a_reader() -> None:
    data = bytes.fromhex("0500 0300 89C33301 39300000 01000000")
    assert module_id(data) == "05.03-20169609-0000012345-0000000001"


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("name", ["resident", "J", "I", "Y"])
def test_the_recorded_frames_are_whole(shared: Path, name: str, chunk: int) -> None:
    (frame,) = decode((shared / "reader" / f"{name}.bin").read_bytes(), chunk)
    assert isinstance(frame, Frame)
    assert reply_to(Command.READ, frame) is not None
