"""What a source is, and what a decoder may do with it."""

import pytest

from station.devices.camera.reports import Order
from station.devices.camera.sources import Twin, decoder_options, file_of, kind_of, twin_of


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("/dev/video0", "v4l2"),
        ("/dev/v4l/by-id/usb-cam-index0", "v4l2"),
        ("rtsp://admin:secret@10.0.0.9:554/h264?channel=1", "rtsp"),
        ("RTSPS://10.0.0.9/", "rtsp"),
        ("http://10.0.0.9/video.mjpg", "http"),
        ("https://10.0.0.9/video.mp4", "http"),
        ("clips/room.mp4", "file"),
        ("/srv/clips/a:b.mp4", "file"),
        ("file:///srv/clips/room.mp4", "file"),
        ("pipe:0", "file"),
        ("simulated:", "simulated"),
        ("simulated:?fault=hang&after_s=3", "simulated"),
    ],
)
def test_a_source_tells_its_kind(source: str, kind: str) -> None:
    assert kind_of(source) == kind


def test_a_file_is_taken_from_where_we_are_and_never_as_a_protocol() -> None:
    assert file_of("file:///srv/a.mp4").as_posix() == "/srv/a.mp4"
    assert file_of("pipe:0").is_absolute()


@pytest.mark.parametrize(
    ("source", "twin"),
    [
        ("simulated:", Twin()),
        ("simulated:?fault=hang&after_s=3", Twin("hang", 3.0)),
        ("simulated:?after_s=0.5&fault=swell", Twin("swell", 0.5)),
    ],
)
def test_a_twin_is_told_what_to_do_wrong(source: str, twin: Twin) -> None:
    assert twin_of(source) == twin


@pytest.mark.parametrize("asked", ["?fault=hangs", "?after_s=-1", "?after_s=soon", "?size=3", "?fault"])
def test_a_twin_refuses_what_it_cannot_do(asked: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - float and parse_qs say it in their own words
        twin_of(f"simulated:{asked}")


def test_streams_have_a_time_limit_and_files_may_open_nothing_else() -> None:
    assert decoder_options("rtsp", 5.0) == "rtsp_transport;tcp|timeout;5000000"
    assert "timeout;2500000" in decoder_options("http", 2.5)
    assert "protocol_whitelist;file|" in decoder_options("file", 5.0)
    assert "file" not in decoder_options("http", 5.0).split("|")[1]


def test_an_order_shows_no_password() -> None:
    assert "secret" not in repr(Order("rtsp://admin:secret@10.0.0.9/", 1, 1, 1.0, 1.0, 1.0, 1.0))
