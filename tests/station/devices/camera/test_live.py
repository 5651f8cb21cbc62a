"""A camera diagnosed until stopped."""

import json
import signal
import subprocess
from typing import Any

import pytest

from demo.processes import tool
from station.devices.camera.live import Changes, LiveChange
from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import FaultNow

WELL = CameraStatus("camera", "ok", None, 25.0, 640, 360, 20, 0, 100)
LOST = WELL._replace(state="failed", code="E-CAM-03", last_frame_age_ms=6000)
BLUR = FaultNow("blur", 105.0, 0.4, 0.9)
NO_FRAMES = FaultNow("no_frames", 104.0, 1.0, 1.0)


def test_each_change_is_told_once_with_its_since() -> None:
    changes = Changes(100.0)
    assert list(changes.take([], WELL, 101.0)) == []
    assert list(changes.take([BLUR], WELL, 112.0)) == [LiveChange(12.0, "blur", "raised", 0.4, 5.0, 0.9)]
    assert list(changes.take([BLUR], WELL, 113.0)) == []
    assert changes.raised == ["blur"]
    assert list(changes.take([], WELL, 120.0)) == [LiveChange(20.0, "blur", "cleared", 0.4, 5.0, 0.9)]


def test_a_lost_stream_is_no_frames_with_the_code_that_says_why() -> None:
    changes = Changes(100.0)
    list(changes.take([BLUR], WELL, 105.0))
    told = list(changes.take([NO_FRAMES], LOST, 110.0))
    assert [(one.kind, one.state, one.code) for one in told] == [
        ("blur", "cleared", None),
        ("no_frames", "raised", "E-CAM-03"),
    ]


def watched_until(sign: signal.Signals, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Watch until the first change, then end it so; return the change and the summary."""
    command = [tool("station"), "camera", "diagnose", source, "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        raised = json.loads(process.stdout.readline())
        process.send_signal(sign)
        stdout, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return raised, json.loads(stdout.splitlines()[-1])["summary"]


@pytest.mark.slow
def test_a_camera_is_watched_until_ctrl_c_and_then_summed_up() -> None:
    raised, summary = watched_until(signal.SIGINT, "simulated:?fault=black")
    assert (raised["kind"], raised["state"], raised["code"]) == ("black", "raised", None)
    assert 0 <= raised["since"] <= raised["t"] < 30
    assert summary["frames"] > 0
    assert {"analysed", "decoder_errors", "cpu_s", "raised", "learning", "reconnects", "watched_s"} <= set(summary)


@pytest.mark.slow
def test_a_stream_that_ceases_is_told_while_it_is_watched() -> None:
    raised, summary = watched_until(signal.SIGTERM, "simulated:?fault=stall&after_s=1")
    assert (raised["kind"], raised["state"], raised["code"]) == ("no_frames", "raised", "E-CAM-03")
    assert raised["t"] - raised["since"] < 15
    assert summary["raised"] == ["no_frames"]
