"""Reader, cameras and printer: the twins that ship, looked at by the doctor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.clock import Clock
from station.devices.reader.simulated import Misbehaviour, SimulatedReader
from station.doctor import devices, trust
from station.doctor.devices import aim_saved
from station.doctor.exclusive import paused
from station.settings import CameraSettings, ReaderSettings
from station.store.presence import KioskPresence, Presence, VisitPresence
from station.store.spool import FILE_NAME, Spool
from station.vision.doctor import Doctor
from station.vision.scenes import at, draw
from tests.station.doctor.ground import Asked, Site, told
from wire.life import DeviceState


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[SimulatedReader]:
    twin = SimulatedReader(link=tmp_path / "reader")
    twin.start()
    yield twin
    twin.close()


def test_a_reader_tells_its_module_and_a_card_leaves_no_trace(site: Site, twin: SimulatedReader) -> None:
    twin.place()
    talk = Asked()
    ground = site.ground(reader=ReaderSettings(twin.path), talk=talk, interactive=True)
    module, card = devices.reader(ground)
    assert (module.state, card.state) == ("ok", "ok")
    assert twin.module is not None
    assert "05.01" in module.zh
    assert talk.said == ["请在读卡器上放一张身份证"]
    assert not any(sign.isdigit() for sign in card.zh + card.en)


def test_without_anybody_there_no_card_is_asked_for(site: Site, twin: SimulatedReader) -> None:
    assert told(devices.reader(site.ground(reader=ReaderSettings(twin.path)))) == [
        ("ok", None),
        ("skipped", "E-SITE-03"),
    ]


def test_a_silent_or_broken_reader_is_told(site: Site, twin: SimulatedReader) -> None:
    assert told(devices.reader(site.ground(reader=ReaderSettings("/nowhere/tty")))) == [("bad", "E-SITE-01")]
    twin.misbehave(Misbehaviour.SELF_TEST_FAILED)
    assert told(devices.reader(site.ground(reader=ReaderSettings(twin.path)))) == [("bad", "E-SITE-02")]


def test_while_the_kiosk_has_the_reader_its_word_counts(site: Site) -> None:
    ground = site.ground(reader=ReaderSettings("/dev/ttyUSB9"))
    spool = Spool.open(ground.state / FILE_NAME)
    spool.put_device(DeviceState("reader", "ok"))
    kiosk = KioskPresence(ground.state)
    try:
        assert told(devices.reader(ground)) == [("ok", None), ("skipped", "E-SITE-03")]
        spool.put_device(DeviceState("reader", "failed"))
        assert told(devices.reader(ground))[0] == ("bad", "E-SITE-01")
    finally:
        kiosk.close()
        spool.close()


def test_a_camera_is_looked_through_and_its_picture_kept(site: Site) -> None:
    pictures: dict[str, bytes] = {}
    cameras = [CameraSettings("hall", "simulated:"), CameraSettings("yard", "/nowhere/camera.mp4")]
    ground = site.ground(cameras=cameras, keep_picture=pictures.__setitem__, watch_s=2.5)
    found = devices.cameras(ground)
    assert [(one.subject, one.code) for one in found] == [
        ("hall", "E-SITE-08"),
        ("yard", "E-SITE-05"),
        ("", "E-SITE-38"),
    ], "who watches for less than a cover takes to be told says so"
    assert list(pictures) == ["hall"]
    assert pictures["hall"].startswith(b"\xff\xd8")


def test_while_the_agent_has_a_webcam_its_word_counts(site: Site) -> None:
    ground = site.ground(cameras=[CameraSettings("hall", "/dev/video0")])
    spool, agent = Spool.open(ground.state / FILE_NAME), Presence(ground.state)
    try:
        spool.put_device(DeviceState("camera/hall", "failed", code="E-CAM-01"))
        assert told(devices.cameras(ground)) == [("bad", "E-SITE-05")]
    finally:
        agent.close()
        spool.close()


def test_an_aim_is_saved_once_it_was_learnt_for_a_minute(tmp_path: Path) -> None:
    file = tmp_path / "hall.bin"
    assert not aim_saved(file)
    scene, doctor = draw("office", 1, 320, 180), Doctor()
    for look in range(45):
        doctor.look(at(scene, 1.9 * look), 1.9 * look)
        if look == 20:
            file.write_bytes(doctor.background())
            assert not aim_saved(file)
    file.write_bytes(doctor.background())
    assert aim_saved(file)


def test_the_printer_is_asked_of_cups(site: Site) -> None:
    assert told(devices.printer(site.ground())) == [("ok", None)]
    assert told(devices.printer(site.ground(printer="office"))) == [("bad", "E-SITE-12")]
    site.program("lpstat", "echo 'office accepting requests since x'; echo 'printer office is idle.  enabled'")
    assert told(devices.printer(site.ground(printer="office"))) == [("ok", None)]


def test_what_was_paused_runs_again_whatever_happens(site: Site) -> None:
    called, ground = site.program("systemctl", "echo active"), site.ground()
    site.program("systemd-run", "")

    def fail() -> None:
        with paused(ground) as stopped:
            assert stopped
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    acts = [line for line in called.read_text().splitlines() if not line.startswith("is-active")]
    names = " ".join(trust.UNITS)
    assert acts == [f"stop {names}", f"start {names}", "stop cuncuntong-doctor-rescue.timer"]


def test_nobody_is_driven_from_the_kiosk(site: Site) -> None:
    called, ground = site.program("systemctl", "echo active"), site.ground()
    somebody = VisitPresence(ground.state)
    somebody.here(True)
    try:
        with paused(ground) as stopped:
            assert not stopped
    finally:
        somebody.close()
    assert not called.exists()


def test_the_hubs_time_is_known_where_the_agent_was_told_it(site: Site) -> None:
    ground = site.ground()
    spool, agent = Spool.open(ground.state / FILE_NAME), Presence(ground.state)
    try:
        spool.put_note("clock", f"{Clock().kernel_boot} 1700000000000")
        assert devices.clock_of(ground).mono_to_utc_ms == 1_700_000_000_000
        spool.put_note("clock", "ffffffffffffffff 1700000000000")
        assert devices.clock_of(ground).mono_to_utc_ms is None
    finally:
        agent.close()
        spool.close()
