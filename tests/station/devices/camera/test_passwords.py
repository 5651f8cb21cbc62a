"""A camera's password comes from its file, into the address by which it is opened or asked, and nowhere else."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.agent.line_desk import rtsp_addresses
from station.devices.camera.passwords import address_to_open
from station.devices.camera.sources import substream_of, user_of, with_password
from station.devices.camera.supervisor import ProcessCamera
from station.errors import DeviceError
from station.probe.rtsp_words import address_of
from station.settings import CameraSettings
from tests.station.devices.camera.streams import Behaviour, Mjpeg, served
from tests.station.devices.camera.watching import QUICK, is_ok, living, wait_until

PASSWORD = "p@ss:/w%3A?#秘"


@given(password=st.text(st.characters(codec="utf-8", min_codepoint=0x20), min_size=1, max_size=32))
@settings(max_examples=60, deadline=None)
def test_whatever_is_in_a_password_the_probe_reads_it_back(password: str) -> None:
    address = address_of(with_password("rtsp://admin@10.1.2.9:8554/a?b=c@d", password) or "")
    assert address is not None
    assert (address.user, address.password) == ("admin", password)
    assert address.url == "rtsp://10.1.2.9:8554/a?b=c@d"


@pytest.mark.parametrize(
    ("source", "user"),
    [
        ("rtsp://admin@10.1.2.9/a", "admin"),
        ("HTTP://root@[fd00::1]:8080/v.mjpg", "root"),
        ("rtsp://10.1.2.9/a@b", None),
        ("rtsp://admin:old@10.1.2.9/a", None),
        ("/dev/v4l/by-id/a@b", None),
        ("simulated:", None),
    ],
)
def test_whether_an_address_lacks_its_password(source: str, user: str | None) -> None:
    assert user_of(source) == user


def test_the_small_stream_has_it_too_and_the_address_set_by_hand_stays(tmp_path: Path) -> None:
    file = tmp_path / "camera-yard"
    file.write_text("secret\n")
    yard = CameraSettings("yard", "rtsp://admin@10.1.2.9/Streaming/Channels/101", password_file=str(file))
    small = substream_of(yard.source)
    assert small is not None
    assert address_to_open(yard, small) == "rtsp://admin:secret@10.1.2.9/Streaming/Channels/102"
    assert address_to_open(CameraSettings("old", "rtsp://a:b@10.1.2.9/"), "rtsp://a:b@10.1.2.9/") == (
        "rtsp://a:b@10.1.2.9/"
    )


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_password_that_is_not_there_is_that_cameras_trouble(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "camera-yard"
    if content is not None:
        file.write_bytes(content)
    yard = CameraSettings("yard", "rtsp://admin@10.1.2.9/a", password_file=str(file))
    with pytest.raises(DeviceError, match=r"^E-CAM-09 "):
        address_to_open(yard, yard.source)
    asked = rtsp_addresses([yard, CameraSettings("desk", "/dev/video0")])
    assert list(asked) == ["yard"]
    assert asked["yard"]() is None
    file.write_text(f"{PASSWORD}\n")
    address = asked["yard"]()
    assert address is not None
    assert (address.user, address.password) == ("admin", PASSWORD), "as soon as it is there"


class Locked(Mjpeg):
    """Shows itself to whoever signs in (Basic, RFC 7617)."""

    def do_GET(self) -> None:  # noqa: N802  # the name that http.server calls
        wanted = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        self.end_headers()


@pytest.mark.slow
def test_a_camera_is_opened_with_it_as_soon_as_it_is_there_and_it_is_seen_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    file = tmp_path / "camera-main"
    picture = cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1].tobytes()
    with served(Locked, Behaviour(picture)) as port:
        source = f"http://admin@127.0.0.1:{port}/video.mjpg"
        camera = ProcessCamera(CameraSettings("main", source, password_file=str(file)), QUICK)
        camera.start()
        try:
            assert wait_until(camera, lambda status: status.state == "failed").code == "E-CAM-09"
            file.write_text(f"{PASSWORD}\n")
            wait_until(camera, is_ok)
            seen = [" ".join([*child.cmdline(), *child.environ().values()]) for child in living()]
            seen += [repr(vars(camera)), repr(camera.device_state()), caplog.text]
        finally:
            camera.close()
    assert "E-CAM-09" in caplog.text
    assert not any("p@ss" in each or "p%40ss" in each for each in seen)
