"""A release that the hub ordered: fetched in pieces over a bad line, verified, tried; no order is believed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.errors import StationError
from station.store.handover import put_order, read_order, read_outcomes
from station.update.fetch import Fetching
from station.update.kept import Wanted, kept
from tests.station.update.handing import Hub, serving
from tests.station.update.releases import Place, release
from wire.release import UpdateOrder


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


def order(hub: Hub, place: Place, content: bytes, name: str = "1.1", sequence: int = 2, **changed: object) -> None:
    hub.content = content
    given = {"release": name, "sequence": sequence, "sha256": hashlib.sha256(content).hexdigest()}
    put_order(place.state, UpdateOrder(**(given | {"bytes": len(content)} | changed)))  # type: ignore[arg-type]


def go_on(place: Place, hub: Hub) -> str | None:
    updater = place.updater(hub.url)
    updater.bytes_s = 10**9
    return updater.go_on()


def told(place: Place) -> list[str]:
    return [one.code for one in read_outcomes(place.layout.software)]


def test_an_ordered_release_comes_over_a_line_that_breaks(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2)
    hub.breaks_after = 1_000
    order(hub, place, content)
    assert go_on(place, hub) == "kept"
    assert (place.current, told(place), read_order(place.state)) == ("1.1", ["kept"], None)
    assert [asked for asked in hub.asked if asked] == [f"bytes={n}-" for n in range(1_000, len(content), 1_000)]
    order(hub, place, content)  # the same once more
    assert go_on(place, hub) == "kept"
    assert (told(place), place.services.restarts) == (["kept"], 2)
    assert go_on(place, hub) is None


def test_a_hub_that_gives_nothing_is_asked_again_at_the_next_run(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2)
    order(hub, place, content)
    hub.content = b"another"
    with pytest.raises(StationError, match="E-UPD-08"):
        go_on(place, hub)
    assert len(hub.asked) == 6
    hub.content = content
    assert go_on(place, hub) == "kept"
    assert told(place) == ["E-UPD-08", "kept"]


def test_what_a_power_cut_left_of_it_is_not_believed(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2)
    order(hub, place, content)
    part = place.layout.provision / "update" / f"{hashlib.sha256(content).hexdigest()}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"\0" * 100)
    assert go_on(place, hub) == "kept"


def test_a_hub_without_ranges_begins_anew(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2)
    order(hub, place, content)
    hub.ranges = False
    part = place.layout.provision / "update" / f"{hashlib.sha256(content).hexdigest()}.part"
    part.write_bytes(content[:50])
    assert go_on(place, hub) == "kept"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"sequence": 1, "release": "0.9"}, "E-UPD-09", id="another than is in it"),
        pytest.param({"url": "http://127.0.0.1:1"}, "E-UPD-07", id="from another hub"),
    ],
)
def test_an_order_is_believed_in_nothing(place: Place, hub: Hub, changed: dict[str, object], why: str) -> None:
    place.bring(release(place.county, "1.0", 1))
    order(hub, place, release(place.county, "1.1", 2), **changed)
    if why == "E-UPD-09":
        (place.layout.software / "current").unlink()  # else it would be "runs already"
    assert go_on(place, hub) == why
    assert told(place) == [why]
    assert kept(place.layout, Wanted) is None
    assert go_on(place, hub) is None


def test_a_release_that_failed_is_ordered_in_vain(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2, trait="agent crashes")
    order(hub, place, content)
    assert go_on(place, hub) == "E-UPD-11"
    asked = len(hub.asked)
    order(hub, place, content)
    assert go_on(place, hub) == "E-UPD-06"
    assert (told(place), len(hub.asked), place.current) == (["E-UPD-11", "E-UPD-06"], asked, "1.0")


def test_a_foreign_or_older_release_of_the_hub_is_refused_and_told(place: Place, hub: Hub) -> None:
    place.install(sequence=5)
    content = bytearray(release(place.county, "1.1", 6))
    content[-1] ^= 1
    order(hub, place, bytes(content), sequence=6)
    assert go_on(place, hub) == "E-ARC-03"
    order(hub, place, release(place.county, "0.9", 4), "0.9", 4)
    assert go_on(place, hub) == "E-ARC-06"
    assert told(place) == ["E-ARC-03", "E-ARC-06"]


def test_the_villages_line_stays_usable(place: Place, hub: Hub, tmp_path: Path) -> None:
    content = release(place.county, "1.1", 2)
    hub.content = content
    slept: list[float] = []
    fetching = Fetching(hub.url, tmp_path / "ca.crt", bytes_s=1_000, sleep=slept.append)
    fetching.fetch(UpdateOrder("1.1", 2, hashlib.sha256(content).hexdigest(), len(content)), tmp_path / "part")
    assert sum(slept) == pytest.approx(len(content) / 1_000, rel=0.3)


def test_a_disk_that_is_full_is_no_bad_line(place: Place, hub: Hub) -> None:
    place.install()
    content = release(place.county, "1.1", 2)
    order(hub, place, content)
    part = place.layout.provision / "update" / f"{hashlib.sha256(content).hexdigest()}.part"
    part.symlink_to("/dev/full")
    assert go_on(place, hub) == "E-UPD-03"
    assert not part.is_symlink()
