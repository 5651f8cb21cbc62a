"""The agent as a process with a camera of its own: faults told once, pictures only sealed, and all else goes on."""

import base64
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from station.settings import CameraSettings
from tests.county import County
from tests.station.agent.processes import Make, Station
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.orders import Answer, Command
from wire.records import CameraFault

pytestmark = pytest.mark.slow

FAR_MS = 2**42


def camera(source: str) -> CameraSettings:
    return CameraSettings("main", source, width_px=320, height_px=180, frames_per_s=10.0)


def answered(hub: SmallHub, station: Station, command_id: str, name: str) -> Answer:
    hub.command(station.id, Command(command_id, name, FAR_MS))
    answers = wait_for(lambda: [one for _, one in hub.answers if one.id == command_id], f"an answer to {name}")
    assert isinstance(answers[0], Answer)
    return answers[0]


def faults(hub: SmallHub, station: Station) -> list[tuple[str, str]]:
    bodies = [record.body for record in hub.records(station.id)]
    return [(body.fault, body.change) for body in bodies if isinstance(body, CameraFault)]


def test_a_still_is_sealed_to_the_hub_and_what_was_learnt_has_its_place(county: County, stations: Make) -> None:
    station = stations(cameras=[camera("simulated:")])
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        wait_for(lambda: told(hub, 0, "camera/main", "ok"), "pictures")
        answer = answered(hub, station, "c1", "still")
        assert (answer.outcome, answer.note) == ("done", "")
        assert answer.picture is not None
        private = PrivateKey(base64.b64decode(Path(county.hub_settings().unseal_key_file).read_text()))
        assert SealedBox(private).decrypt(answer.picture.box).startswith(b"\xff\xd8\xff")
        assert (answer.picture.width_px, answer.picture.height_px) == (320, 180)
        assert answered(hub, station, "c1", "still").outcome in {"done", "repeated"}
        assert answered(hub, station, "c2", "thumbnail").note == "E-CMD-03"
    assert (station.state / "backgrounds").stat().st_mode & 0o777 == 0o700


def told(hub: SmallHub, since: int, device: str, word: str) -> bool:
    """Say whether a beat after the first `since` had this state or code of the device."""
    states = [state for _, beat in hub.beats[since:] for state in beat.devices if state.device == device]
    return any(word in {state.state, state.code} for state in states)


def test_killed_while_a_fault_stands_it_is_not_told_twice(county: County, stations: Make) -> None:
    station = stations(cameras=[camera("simulated:?fault=black&after_s=1")])
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: faults(hub, station), "the fault")
        station.kill()
        beats = len(hub.beats)
        station.start()
        wait_for(lambda: told(hub, beats, "camera/main", "E-VQD-03"), "black again", 30)
        wait_for(station.drained, "all at the hub")
        assert faults(hub, station) == [("black", "raised")]


def test_without_the_key_to_seal_with_it_only_sends_no_pictures(county: County, stations: Make) -> None:
    station = stations(cameras=[camera("simulated:?fault=black")])
    (station.config.parent / "seal.pub").unlink()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: faults(hub, station), "the fault")
        assert answered(hub, station, "c1", "still").note == "E-SEAL-01"
        assert answered(hub, station, "c2", "ping").outcome == "done"
    assert "E-SEAL-01" in station.log.read_text()
    assert not (station.state / "thumbnails").exists()
