"""Whether a village can be seen."""

import pytest

from hub.health.video import cause_of, video_of
from hub.view import Cause
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


def bad(name: str, state: StateWord, code: str | None, since_ms: int | None = 1_000) -> DeviceState:
    return DeviceState(f"camera/{name}", state, since_ms, code)


@pytest.mark.parametrize(
    ("state", "devices", "cause"),
    [
        pytest.param("online", [camera("hall", "ok")], None, id="all is well"),
        pytest.param("online", [camera("hall", "unknown")], None, id="not known is no fault"),
        pytest.param(
            "online",
            [bad("hall", "failed", "E-VQD-03")],
            Cause("hall", "failed", "E-VQD-03", "black", 1_000),
            id="a fault of the picture is told by its kind",
        ),
        pytest.param(
            "online",
            [bad("hall", "failed", "E-XYZ-99", None)],
            Cause("hall", "failed", "E-XYZ-99", None, None),
            id="a code that is no fault of the picture has no kind",
        ),
        pytest.param(
            "online",
            [bad("hall", "degraded", "E-VQD-11"), bad("door", "failed", "E-VQD-12")],
            Cause("door", "failed", "E-VQD-12", "covered", 1_000),
            id="the worst camera first",
        ),
        pytest.param(
            "online",
            [bad("hall", "failed", "E-VQD-07"), bad("door", "failed", "E-VQD-12")],
            Cause("hall", "failed", "E-VQD-07", "frozen", 1_000),
            id="of those equally bad the first",
        ),
        pytest.param(
            "online", [bad("hall", "failed", "E-VQD-03"), camera("hall", "ok")], None, id="said twice: the later"
        ),
        pytest.param("offline", [bad("hall", "failed", "E-VQD-03")], None, id="an old word is not now"),
        pytest.param("online", [DeviceState("reader", "failed")], None, id="a reader is no camera"),
    ],
)
def test_cause(state: State, devices: list[DeviceState], cause: Cause | None):
    assert cause_of(state, devices) == cause
    assert (video_of(state, [], devices) == "fault") is (cause is not None)
