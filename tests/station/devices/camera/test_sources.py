"""What a source is, and what a decoder may do with it."""

import pytest

from station.devices.camera.reports import Order
from station.devices.camera.sources import Twin, decoder_options, file_of, kind_of, substream_of, twin_of


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
        ("simulated:?card=state/card.txt", Twin(card="state/card.txt")),
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


CAMERA = "rtsp://admin:subtype=0/stream1@10.0.0.9:554"
"""Its password looks like what is looked for."""


@pytest.mark.parametrize(
    ("main", "small"),
    [
        pytest.param("/Streaming/Channels/101", "/Streaming/Channels/102", id="Hikvision"),
        pytest.param("/Streaming/Channels/1601?transportmode=unicast", "/Streaming/Channels/1602?transportmode=unicast",
                     id="Hikvision, channel 16"),
        pytest.param("/h264/ch1/main/av_stream", "/h264/ch1/sub/av_stream", id="Hikvision, old"),
        pytest.param("/cam/realmonitor?channel=1&subtype=0", "/cam/realmonitor?channel=1&subtype=1", id="Dahua"),
        pytest.param("/cam/realmonitor?subtype=0&channel=1", "/cam/realmonitor?subtype=1&channel=1", id="turned"),
        pytest.param("/unicast/c1/s0/live", "/unicast/c1/s1/live", id="Uniview"),
        pytest.param("/media/video1", "/media/video2", id="Uniview, camera"),
        pytest.param("/stream1", "/stream2", id="TP-Link"),
        pytest.param("/h264Preview_01_main", "/h264Preview_01_sub", id="Reolink"),
        pytest.param("/videoMain", "/videoSub", id="Foscam"),
        pytest.param("/user=a&password=b&channel=1&stream=0.sdp?", "/user=a&password=b&channel=1&stream=1.sdp?",
                     id="Xiongmai"),
        pytest.param("/Streaming/Channels/102", None, id="is the small one already"),
        pytest.param("/cam/realmonitor?channel=1&subtype=1", None, id="Dahua, the small one already"),
        pytest.param("/cam/realmonitor?channel=1&subtype=01", None, id="no such number"),
        pytest.param("/live/main.sdp", None, id="nobody's scheme"),
        pytest.param("", None, id="no path"),
    ],
)  # fmt: skip
def test_the_small_stream_is_where_the_maker_puts_it(main: str, small: str | None) -> None:
    assert substream_of(CAMERA + main) == (None if small is None else CAMERA + small)


@pytest.mark.parametrize(
    ("source", "setting", "small"),
    [
        pytest.param("rtsp://10.0.0.9/stream1", "off", None, id="off"),
        pytest.param("rtsp://10.0.0.9/stream1", "rtsp://10.0.0.9/small", "rtsp://10.0.0.9/small", id="as set"),
        pytest.param("/dev/video0", "", None, id="a webcam has none"),
        pytest.param("http://10.0.0.9/stream1", "", None, id="not over HTTP"),
        pytest.param("RTSP://10.0.0.9/Streaming/channels/101", "", "RTSP://10.0.0.9/Streaming/channels/102", id="loud"),
    ],
)
def test_a_setting_goes_before_the_scheme(source: str, setting: str, small: str | None) -> None:
    assert substream_of(source, setting) == small


def test_a_simulated_camera_can_have_any_fault_of_the_picture() -> None:
    assert twin_of("simulated:?fault=covered&after_s=9") == Twin("covered", 9.0)
