"""The devices of a simulated station: what they record is what they are."""

from random import Random

from station.clock import Stamp
from station.fleet.devices import Devices
from wire.life import DeviceState
from wire.records import CameraChange, CameraFault


def stamp(minute: int) -> Stamp:
    return Stamp(minute * 60_000, minute * 60_000, "a" * 16)


def camera(devices: Devices) -> DeviceState:
    return next(one for one in devices.states() if one.device == "camera/main")


def test_cameras_change_now_and_then_and_say_so_once() -> None:
    told = 0
    for seed in range(40):
        devices = Devices(Random(seed))
        state, fault = "unknown", None
        for minute in range(60):
            for body in devices.changes(stamp(minute)):
                told += 1
                if isinstance(body, CameraChange):
                    assert (body.was, body.now != state) == (state, True)
                    state = body.now
                elif isinstance(body, CameraFault):
                    assert (body.change == "raised") == (fault is None)
                    assert body.change == "raised" or body.fault == fault
                    fault = body.fault if body.change == "raised" else None
            seen = camera(devices)
            assert seen.state == state
            assert (seen.code is None) == (state == "ok")
    assert told > 40


def test_a_scripted_fault_is_shown_recorded_and_over() -> None:
    devices = Devices(Random(1))
    devices.suffer(None)
    devices.changes(stamp(0))
    devices.suffer("covered")
    assert [type(body).__name__ for body in devices.changes(stamp(1))] == ["CameraChange", "CameraFault"]
    assert (camera(devices).state, camera(devices).code) == ("failed", "E-VQD-12")
    devices.suffer(None)
    (_, cleared) = devices.changes(stamp(3))
    assert isinstance(cleared, CameraFault)
    assert (cleared.fault, cleared.change, cleared.began_ms_ago) == ("covered", "cleared", 120_000)
    assert camera(devices).state == "ok"
