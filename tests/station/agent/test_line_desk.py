"""What the agent's loop has of the line: records that wait for the outbox, and a camera's state explained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.agent.guard import GuardedSpool
from station.agent.line_desk import LineDesk, explained, rtsp_addresses
from station.clock import Clock
from station.probe import leg
from station.probe.rtsp import Probed
from station.settings import CameraSettings, ProbeSettings
from station.store.spool import FILE_NAME
from tests.station.agent.fake_camera import FakeCamera
from tests.station.probe.reflectors import reflecting, session
from tests.waiting import wait_for
from wire.codec import decode
from wire.life import DeviceState
from wire.orders import Command
from wire.records import Body, DeviceEvent, LinkSummary


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[GuardedSpool]:
    opened = GuardedSpool(tmp_path / FILE_NAME, 10_000_000)
    yield opened
    opened.close()


def bodies(spool: GuardedSpool) -> list[Body]:
    pending = spool.pending(0, most=100, most_bytes=10**6)
    return [decode(bytes(one.body), Body) for one in pending]  # type: ignore[arg-type]


def test_switched_off_nothing_of_it_runs(spool: GuardedSpool) -> None:
    desk = LineDesk(ProbeSettings(enabled=False), "127.0.0.1", [], {})
    desk.start()
    desk.take(session(9))
    answer = desk.carry_out(Command("one", "burst", 2**40))
    assert answer is not None
    assert (answer.outcome, answer.note) == ("failed", "E-PROBE-07")
    assert desk.answers() == []
    assert not desk.record(spool, Clock().now())
    assert desk.explained(DeviceState("camera/main", "ok"), "main") == DeviceState("camera/main", "ok")
    desk.close()


def test_what_the_outbox_does_not_take_is_recorded_later_as_of_when_it_was(
    spool: GuardedSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = LineDesk(ProbeSettings(reflect_port=0), "127.0.0.1", [], {})
    desk._troubles.tell("E-PROBE-01", "of long ago")
    then = Clock().now()
    with monkeypatch.context() as patched:
        patched.setattr(spool, "append", lambda *_: False)
        assert not desk.record(spool, then)
    assert desk.record(spool, then._replace(mono_ms=then.mono_ms + 60_000))
    (record,) = spool.pending(0, most=9, most_bytes=10**6)
    assert record.at_ms == then.at_ms or (record.undated is not None and record.undated.mono_ms == then.mono_ms)
    assert bodies(spool) == [DeviceEvent("line", "E-PROBE-01", note="of long ago")]
    assert not desk.record(spool, then)


def test_what_was_measured_is_in_the_outbox_at_the_end(spool: GuardedSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leg, "WAIT_NS", 150_000_000)
    desk = LineDesk(ProbeSettings(reflect_port=0), "127.0.0.1", [], {})
    desk.start()
    with reflecting(7) as port:
        desk.take(session(port))
        wait_for(lambda: desk.record(spool, Clock().now()), "a summary")
        desk.close()
        desk.record(spool, Clock().now())
    summaries = [body for body in bodies(spool) if isinstance(body, LinkSummary)]
    assert len(summaries) >= 2
    assert all(one.received for one in summaries[:-1])


def test_an_order_that_is_not_understood_is_answered_at_once() -> None:
    desk = LineDesk(ProbeSettings(), "127.0.0.1", [], {})
    answer = desk.carry_out(Command("one", "pair", 2**40, {"host": "x"}))
    assert answer is not None
    assert (answer.outcome, answer.note) == ("failed", "E-CMD-05")


@pytest.mark.parametrize(
    ("state", "code", "probed", "expected"),
    [
        pytest.param("failed", "E-CAM-02", Probed("unreachable", {}), "E-PROBE-11", id="nothing answers: it is dead"),
        pytest.param("failed", "E-CAM-03", Probed("no_picture", {}), "E-PROBE-12", id="it answers without a picture"),
        pytest.param("failed", "E-CAM-02", Probed("plays", {}), "E-CAM-02", id="it would play: the decoder says why"),
        pytest.param("failed", "E-CAM-06", Probed("unreachable", {}), "E-CAM-06", id="our own process hangs"),
        pytest.param("failed", "E-VQD-03", Probed("silent", {}), "E-VQD-03", id="there is a picture, and it is black"),
        pytest.param("ok", None, Probed("silent", {}), None, id="a camera that shows a picture is well"),
    ],
)
def test_why_no_picture_comes(state: str, code: str | None, probed: Probed, expected: str | None) -> None:
    assert explained(DeviceState("camera/main", state, None, code), probed).code == expected


def test_the_figures_of_its_answer_stand_beside_those_of_the_stream() -> None:
    seen = DeviceState("camera/main", "ok", None, None, {"frames_per_s": 15.0})
    state = explained(seen, Probed("answers", {"rtsp_options_ms": 4.5}))
    assert state.measures == {"frames_per_s": 15.0, "rtsp_options_ms": 4.5}


def test_cameras_that_speak_rtsp_are_asked_and_only_when_nothing_comes_in_earnest() -> None:
    cameras = [CameraSettings("yard", "rtsp://u:p@192.0.2.9/x"), CameraSettings("desk", "/dev/video0")]
    assert list(rtsp_addresses(cameras)) == ["yard"]
    yard = FakeCamera("yard")
    desk = LineDesk(ProbeSettings(), "127.0.0.1", [yard], rtsp_addresses(cameras))
    for state, code, bad in (("ok", None, False), ("failed", "E-CAM-02", True), ("failed", "E-VQD-03", False)):
        yard.state, yard.code = state, code
        assert desk._is_without_stream("yard") is bad
