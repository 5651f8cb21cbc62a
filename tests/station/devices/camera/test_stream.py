"""The stream without its pixels: what is measured of its clock, keyframes and bytes, frame by frame."""

import socket
import struct

import pytest

from station.devices.camera.received import Received, bytes_received
from station.devices.camera.stream import KeyframeMeter, MediaClock, StreamMeter


@pytest.mark.parametrize(
    ("frames", "every_s"),
    [
        pytest.param("I", None, id="one keyframe tells nothing"),
        pytest.param("IPPPPI", 0.5, id="five frames apart"),
        pytest.param("IPPPPIPI", 0.2, id="the last two count"),
        pytest.param("PPIPPPPI", 0.5, id="joined between two"),
        pytest.param("IIII", None, id="every frame is one, as in MJPEG"),
        pytest.param("IPPIII", None, id="became MJPEG"),
    ],
)
def test_keyframes_are_so_far_apart(frames: str, every_s: float | None) -> None:
    meter = KeyframeMeter()
    for number, kind in enumerate(frames):
        meter.take(number / 10, is_key=kind == "I")
    assert meter.every_s == every_s


@pytest.mark.parametrize(
    ("times", "passed_s"),
    [
        pytest.param([5.0], 0.0, id="the first frame's time is a beginning"),
        pytest.param([5.0, 5.5, 6.0], 1.0, id="goes on"),
        pytest.param([5.0, 5.0, 5.0], 0.0, id="stands still"),
        pytest.param([5.0, 5.5, 0.0, 0.5], 1.0, id="begins again, as a file does"),
        pytest.param([5.0, 5.5, 99_999.0, 99_999.5], 1.0, id="jumps, as a camera whose time is set"),
        pytest.param([5.0, 15.0], 10.0, id="on the limit of a jump"),
        pytest.param([5.0, 15.1], 0.0, id="past the limit of a jump"),
    ],
)
def test_a_streams_own_time_passes_whatever_its_clock_does(times: list[float], passed_s: float) -> None:
    clock = MediaClock()
    for time_s in times:
        clock.take(time_s)
    assert clock.passed_s == pytest.approx(passed_s)


def test_rates_are_those_of_the_last_seconds() -> None:
    meter = StreamMeter()
    assert meter.media_rate(0.0) is None
    seen = []
    for second in range(1, 9):
        for frame in range(25):
            meter.frame((second - 1) * 0.5 + frame / 50, is_key=None)
        seen.append((meter.media_rate(float(second)), meter.bits_per_s(second * 50_000, float(second))))
    rate, bits = seen[-1]
    assert rate == pytest.approx(0.5, abs=0.02)
    assert bits == 400_000


def test_what_a_source_does_not_tell_is_not_made_up() -> None:
    meter = StreamMeter()
    meter.frame(None, None)
    meter.frame(None, None)
    assert (meter.media_rate(1.0), meter.bits_per_s(None, 1.0), meter.keyframe_every_s) == (None, None, None)
    assert Received("v4l2").total_bytes() is None
    assert Received("simulated").total_bytes() is None


def test_bytes_of_a_connection_are_those_the_kernel_counts() -> None:
    received = Received("rtsp")
    before = received.total_bytes()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            accepted.sendall(b"x" * 70_000)
            left = 70_000
            while left:
                left -= len(client.recv(left))
            assert before is not None
            assert received.total_bytes() == before + 70_000
    assert received.total_bytes() == before + 70_000, "a connection that is closed has still brought what it brought"


def test_a_kernel_that_tells_less_counts_nothing() -> None:
    assert bytes_received(b"\0" * 104) == 0
    assert bytes_received(b"\0" * 128 + struct.pack("=Q", 77)) == 77


def test_bytes_of_a_file_are_those_this_process_read() -> None:
    received = Received("file")
    before = received.total_bytes()
    with open("/dev/zero", "rb", buffering=0) as file:  # noqa: PTH123 - unbuffered, and no path of ours
        file.read(50_000)
    after = received.total_bytes()
    assert before is not None
    assert after is not None
    assert after - before >= 50_000
