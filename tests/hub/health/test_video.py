"""Whether a village can be seen."""

import pytest

from hub.health.video import video_of
from wire.health import State, Video
from wire.life import CameraInfo, DeviceState, StateWord


def camera(name: str, state: StateWord) -> DeviceState:
    return DeviceState(f"camera/{name}", state)


HALL, DOOR = CameraInfo("hall", "v4l2"), CameraInfo("door", "rtsp")


@pytest.mark.parametrize(
    ("state", "cameras", "devices", "video"),
    [
        pytest.param("online", [HALL], [camera("hall", "ok")], "ok", id="its one camera is ok"),
        pytest.param("online", [HALL, DOOR], [camera("hall", "ok"), camera("door", "ok")], "ok", id="all are ok"),
        pytest.param("online", [HALL, DOOR], [camera("hall", "ok")], "unknown", id="of one nothing was said"),
        pytest.param(
            "online", [HALL, DOOR], [camera("hall", "ok"), camera("door", "degraded")], "fault", id="one is degraded"
        ),
        pytest.param("online", [HALL], [camera("hall", "failed")], "fault", id="failed"),
        pytest.param("online", [HALL], [camera("hall", "absent")], "fault", id="pulled out"),
        pytest.param("online", [HALL], [camera("hall", "unknown")], "unknown", id="the station does not know"),
        pytest.param("online", [], [], "unknown", id="it has no camera"),
        pytest.param("online", [], [DeviceState("reader", "failed")], "unknown", id="a reader is no camera"),
        pytest.param("online", [], [camera("hall", "ok")], "ok", id="the birth was missed, the beat tells"),
        pytest.param("offline", [HALL], [camera("hall", "ok")], "unknown", id="an old good word is not now"),
        pytest.param("unknown", [HALL], [camera("hall", "failed")], "unknown", id="nor is an old bad one"),
    ],
)
def test_video(state: State, cameras: list[CameraInfo], devices: list[DeviceState], video: Video):
    assert video_of(state, cameras, devices) == video
