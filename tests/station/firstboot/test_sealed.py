"""What a bundle brings sealed: opened by the label's token once, kept from then on, and never in clear elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.firstboot.by_hand import apply_bundle
from station.identity.token_box import seal_with_token
from station.layout import Layout
from tests.station.firstboot.county import TOKEN, WIFI, Hub, Told, county, hub_of, written_card
from wire.enrolment import new_token

OTHER_TOKEN = new_token(bytes(range(1, 11)))
GATE, YARD = b"g@te:1\n", b"y4rd 2\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_of(county()) as running:
        yield running


def bundle(hub: Hub, sequence: int, token: str = TOKEN, **cameras: bytes) -> bytes:
    sealed = {f"sealed/camera-{name}": seal_with_token(token, password) for name, password in cameras.items()}
    return county().bundle(hub.url, sequence=sequence, token=token, more=sealed)


def opened(layout: Layout) -> dict[str, bytes]:
    """Return the passwords that are there, each readable to the station's user alone."""
    folder = layout.station / "secrets"
    files = list(folder.iterdir()) if folder.exists() else []
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * len(files)
    return {file.name: file.read_bytes() for file in files}


def wifi_of(layout: Layout) -> bytes:
    return (layout.root / "etc/NetworkManager/system-connections/cuncuntong.nmconnection").read_bytes()


def enrolled(root: Path, hub: Hub) -> Layout:
    layout = written_card(root, bundle(hub, 1, gate=GATE, yard=YARD))
    told = Told(layout)
    assert told.run(), told.lines
    assert told.state("secrets") == ("done", "")
    return layout


def test_the_token_opens_wifi_and_two_cameras_and_each_is_in_one_place(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    assert opened(layout) == {"camera-gate": GATE, "camera-yard": YARD}
    assert (layout.station / "secrets").stat().st_mode & 0o777 == 0o700
    assert wifi_of(layout) == WIFI
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    holding = [path.name for path in files if any(secret.strip() in path.read_bytes() for secret in (GATE, YARD))]
    assert sorted(holding) == ["camera-gate", "camera-yard"]


def test_a_later_bundle_with_the_same_boxes_needs_no_label(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    (layout.card / "station.ccb").write_bytes(bundle(hub, 2, gate=GATE, yard=YARD))
    for _ in range(2):
        told = Told(layout)
        assert told.run()
        assert told.state("secrets") == ("done", "")
        assert "E-" not in "".join(told.lines)
    assert opened(layout) == {"camera-gate": GATE, "camera-yard": YARD}


def test_one_with_other_boxes_keeps_what_was_opened_until_its_label_is_there(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    newer = tmp_path / "newer.ccb"
    newer.write_bytes(bundle(hub, 2, OTHER_TOKEN, gate=b"new\n", hall=b"more\n"))
    assert [line[:10] for line in apply_bundle(newer, layout, None) if "E-" in line] == ["E-FIRST-08"]
    assert (opened(layout), wifi_of(layout)) == ({"camera-gate": GATE}, WIFI), "of a camera that is gone it goes too"
    assert [line[:10] for line in apply_bundle(newer, layout, TOKEN) if "E-" in line] == ["E-IDENT-03"]
    assert (opened(layout), wifi_of(layout)) == ({"camera-gate": GATE}, WIFI)
    assert not [line for line in apply_bundle(newer, layout, OTHER_TOKEN) if "E-" in line]
    assert opened(layout) == {"camera-gate": b"new\n", "camera-hall": b"more\n"}
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and OTHER_TOKEN.encode() in path.read_bytes()]


def test_without_the_right_token_it_becomes_a_station_all_the_same(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, bundle(hub, 1, OTHER_TOKEN, gate=GATE))
    told = Told(layout)
    assert told.run(), told.lines
    assert told.state("secrets") == ("failed", "E-IDENT-03")
    assert opened(layout) == {}


def test_a_link_in_the_stations_folder_leads_root_nowhere(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path / "root", bundle(hub, 1, gate=GATE))
    layout.station.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (layout.station / "secrets").symlink_to(tmp_path / "elsewhere")
    told = Told(layout)
    assert told.run(), told.lines
    assert told.state("secrets") == ("failed", "E-FIRST-03")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert wifi_of(layout) == WIFI


@pytest.mark.parametrize("path", ["sealed/other", "sealed/camera-a/b", "station/secrets/camera-gate"])
def test_nothing_else_comes_sealed_and_no_password_in_clear(tmp_path: Path, path: str) -> None:
    told = Told(written_card(tmp_path, county().bundle(more={path: b"x"})))
    assert not told.run()
    assert told.state("bundle") == ("failed", "E-FIRST-03")
