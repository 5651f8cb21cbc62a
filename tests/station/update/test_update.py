"""A release comes to a machine: kept when it works, taken back by itself when not, refused when it may not come."""

import errno
import hashlib
import io
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from station.errors import StationError
from station.store.handover import put_told, read_outcomes, read_told
from station.store.presence import VisitPresence
from station.update.kept import Trial, Wanted, failed_sequences, floor_of, kept
from station.update.run import only_one
from station.update.trying import begin, go_back, resume, settle
from station.update.watching import busy
from tests.station.update.releases import NOW, Place, release, wheel

OUTCOME = {"agent crashes": "E-UPD-11", "kiosk crashes": "E-UPD-12", "hub silent": "E-UPD-13"}


def told(place: Place) -> list[tuple[str, str]]:
    return [(one.code, one.release) for one in read_outcomes(place.layout.software)]


def refused(place: Place, archive: bytes) -> str:
    with pytest.raises(StationError) as error:
        place.bring(archive)
    return error.value.code


def test_a_good_release_is_kept_and_told(place: Place) -> None:
    place.install()
    assert place.bring(release(place.county, "1.1", 2)) == "kept"
    assert place.current == "1.1"
    assert (place.layout.software / "previous").readlink().name == "1.0"
    assert (place.layout.software / "updater").readlink().name == "1.1"
    assert floor_of(place.layout) == 2
    assert told(place) == [("kept", "1.1")]
    assert (place.layout.software / "slots/1.1/share/cuncuntong/systemd/a.service").exists()
    assert place.bring(release(place.county, "1.2", 3)) == "kept"
    assert sorted(slot.name for slot in (place.layout.software / "slots").iterdir()) == ["1.1", "1.2"]


@pytest.mark.parametrize("trait", OUTCOME)
def test_a_bad_release_is_taken_back_by_itself_and_not_tried_by_order_again(place: Place, trait: str) -> None:
    place.install()
    assert place.bring(release(place.county, "1.1", 2, trait=trait)) == OUTCOME[trait]
    assert place.current == "1.0"
    assert place.services.agent() is not None
    assert place.services.kiosk() is not None
    assert failed_sequences(place.layout) == {2}
    assert floor_of(place.layout) == 1
    assert told(place) == [(OUTCOME[trait], "1.1")]
    assert kept(place.layout, Trial) is None


def test_a_line_that_broke_during_the_trial_is_not_the_releases_fault(place: Place) -> None:
    place.install()
    (place.state / "line is down").touch()
    assert place.bring(release(place.county, "1.1", 2)) == "E-UPD-16"
    assert (place.current, failed_sequences(place.layout)) == ("1.0", frozenset())
    with pytest.raises(StationError, match="E-UPD-17"):
        place.updater().go_on()
    (place.state / "line is down").unlink()
    (place.state / "told").unlink()
    place.services.restart()
    place.wait_online()
    assert place.updater().go_on() == "kept"  # by itself, as soon as the line is back
    assert told(place) == [("E-UPD-16", "1.1"), ("E-UPD-17", "1.1"), ("kept", "1.1")]


def test_without_the_hub_nothing_begins_but_by_somebody_on_site(place: Place) -> None:
    place.bring(release(place.county, "1.0", 1))
    (place.state / "line is down").touch()
    place.services.restart()
    place.wait_online()
    archive = release(place.county, "1.1", 2)
    assert refused(place, archive) == "E-UPD-17"
    assert place.current == "1.0"
    assert place.bring(archive, offline=True) == "kept"
    assert place.current == "1.1"


def test_what_may_not_come_is_refused_and_changes_nothing(place: Place) -> None:
    place.install(sequence=5)
    good = release(place.county, "1.1", 6)
    assert refused(place, good[:-1]) == "E-ARC-01"
    assert refused(place, good[:-1] + bytes([good[-1] ^ 1])) == "E-ARC-03"
    assert refused(place, good[:200] + bytes([good[200] ^ 1]) + good[201:]) in {"E-ARC-02", "E-ARC-03", "E-ARC-04"}
    assert refused(place, release(place.county, "0.9", 4)) == "E-ARC-06"
    assert refused(place, release(place.county, "1.1", 6, arch="riscv64")) == "E-UPD-01"
    assert refused(place, release(place.county, "1.1", 6, python_from="3.12", python_below="3.13")) == "E-UPD-01"
    assert refused(place, release(place.county, "1.1", 6, lock=b"other")) == "E-UPD-04"
    assert refused(place, release(place.county, "1.1", 6, own=b"no wheel")) == "E-UPD-02"
    assert refused(place, release(place.county, "1.0", 6)) == "E-UPD-21"
    assert (place.current, told(place), place.services.restarts) == ("1.0", [], 1)
    assert [slot.name for slot in (place.layout.software / "slots").iterdir()] == ["1.0"]


class Usage(NamedTuple):
    free: int


def test_a_full_disk_stops_it_before_anything_and_in_the_middle(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.install()
    archive = release(place.county, "1.1", 2)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: Usage(1_000))
        assert refused(place, archive) == "E-UPD-03"

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert refused(place, archive) == "E-UPD-03"
    assert [slot.name for slot in (place.layout.software / "slots").iterdir()] == ["1.0"]
    assert place.bring(archive) == "kept"


def test_never_while_a_villager_is_at_the_kiosk_and_tried_later_by_itself(place: Place) -> None:
    place.install()
    visit = VisitPresence(place.state)
    visit.here(True)
    assert refused(place, release(place.county, "1.1", 2)) == "E-UPD-10"
    assert (place.current, place.services.restarts) == ("1.0", 1)
    visit.close()
    assert place.updater().go_on() == "kept"
    assert place.current == "1.1"


def test_never_while_a_call_for_help_waits_to_be_sent(place: Place) -> None:
    place.install()
    told = read_told(place.state)
    assert told is not None
    assert not busy(place.state)
    put_told(place.state, replace(told, calls=True))
    assert busy(place.state)
    place.services.stop()
    assert not busy(place.state)  # an agent that is dead sends nothing: an update may be what it needs


def test_packages_are_installed_from_the_release_alone_and_once(place: Place) -> None:
    part = wheel("2.0", name="part", body="VALUE = 42\n")
    lock = f"part==2.0 --hash=sha256:{hashlib.sha256(part).hexdigest()}\n".encode()
    uses = wheel(
        "1.0", body="import part\nfrom pathlib import Path\n\ndef agent(): print(part.VALUE)\n\nkiosk = agent\n"
    )
    wheels = {"part-2.0-py3-none-any.whl": part}
    updater = place.updater()
    updater.compiled = True
    updater.bring(io.BytesIO(release(place.county, "1.0", 1, lock=lock, wheels=wheels, own=uses)))
    said = subprocess.run([place.layout.software / "current/bin/agent"], capture_output=True, text=True, check=True)
    assert said.stdout == "42\n"
    assert list((place.layout.software / "slots/1.0").rglob("*.pyc"))
    place.updater()._verified(
        io.BytesIO(release(place.county, "1.1", 2, lock=lock)), by_order=False
    )  # no wheels needed
    altered = {"part-2.0-py3-none-any.whl": wheel("2.0", name="part", body="VALUE = 6\n")}
    other = lock + b"# another\n"
    assert refused(place, release(place.county, "1.1", 2, lock=other, wheels=altered)) == "E-UPD-04"


def test_two_boots_without_a_verdict_end_the_trial(place: Place) -> None:
    place.install()
    place.updater()
    _cut_in_trial(place)
    assert place.current == "1.1"
    assert "1" in resume(place.layout)
    assert "2" in resume(place.layout)
    assert place.current == "1.1"
    resume(place.layout)
    assert place.current == "1.0"  # before agent and kiosk start
    place.services.restart()
    assert settle(place.site()) == "E-UPD-14"
    assert (failed_sequences(place.layout), told(place)) == ({2}, [("E-UPD-14", "1.1")])


def test_a_trial_that_a_boot_interrupts_is_gone_on_with(place: Place) -> None:
    place.install()
    _cut_in_trial(place)
    resume(place.layout)
    place.services.restart()
    assert place.updater().go_on() == "kept"
    assert place.current == "1.1"


def _cut_in_trial(place: Place) -> None:
    """Have release 1.1 switched to, and the power cut then."""
    visit = VisitPresence(place.state)
    visit.here(True)
    assert refused(place, release(place.county, "1.1", 2)) == "E-UPD-10"
    visit.close()
    wanted = kept(place.layout, Wanted)
    assert wanted is not None
    begin(place.site(), wanted)
    place.services.stop()


def test_somebody_on_site_goes_back_by_hand(place: Place) -> None:
    place.install()
    with pytest.raises(StationError, match="E-UPD-15"):
        go_back(place.site())
    place.bring(release(place.county, "1.1", 2))
    assert go_back(place.site()) == "1.0"
    assert (place.current, failed_sequences(place.layout)) == ("1.0", {2})
    assert told(place)[-1] == ("taken_back", "1.1")
    assert place.bring(release(place.county, "1.1", 2)) == "kept"


def test_one_update_at_a_time(place: Place) -> None:
    with only_one(place.layout), pytest.raises(StationError, match="E-UPD-05"), only_one(place.layout):
        pass


def test_a_stolen_signer_is_not_believed_once_the_countys_list_came(place: Place) -> None:
    """The list comes with whatever the county signs next, even if this station does not take that."""
    stolen = release(place.county, "9.0", 99)
    after = place.county.with_another_signer(NOW, place.county.list_of(place.county.signer.chain.leaf))
    assert refused(place, release(after, "1.1", 2, python_from="3.8", python_below="3.9")) == "E-UPD-01"
    assert refused(place, stolen) == "E-ARC-04"
