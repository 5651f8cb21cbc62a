"""What the station's user could do to root, should agent, kiosk or setup screen be taken over: nothing."""

from pathlib import Path

from station.firstboot import label
from station.layout import Layout
from tests.station.firstboot.county import COUNTY, STATION, TOKEN, County, Told, county, written_card
from wire.certificates import fingerprint


def test_another_authority_in_the_stations_folder_is_not_whom_root_trusts(tmp_path: Path) -> None:
    layout = written_card(tmp_path, county().bundle(), token=None)
    assert not Told(layout).run()
    (layout.station / "ca.crt").write_bytes(County(COUNTY).ca.cert_pem)
    (layout.run / "answers").mkdir(parents=True)
    label.give(layout, label.Answer(TOKEN, STATION, fingerprint(county().ca.issuer.certificate)))
    told = Told(layout)
    assert not told.run()
    assert told.state("label") == ("failed", "E-FIRST-13")
    assert not (layout.etc / "ca.crt").exists()


def test_a_link_in_the_stations_folder_leads_no_file_of_a_bundle_elsewhere(tmp_path: Path) -> None:
    layout, elsewhere = Layout(tmp_path / "root"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    layout.station.mkdir(parents=True)
    (layout.station / "prompts").symlink_to(elsewhere)
    written_card(layout.root, county().bundle(more={"station/prompts/zh/hello.wav": b"RIFF"}))
    told = Told(layout)
    assert not told.run()
    assert told.state("bundle") == ("failed", "E-FIRST-03")
    assert list(elsewhere.iterdir()) == []


def test_a_link_that_comes_after_the_staging_leads_none_elsewhere(tmp_path: Path) -> None:
    layout, elsewhere = Layout(tmp_path / "root"), tmp_path / "elsewhere"
    first = county().bundle(more={"station/prompts/hello.wav": b"RIFF"})
    written_card(layout.root, first, token=None)
    assert not Told(layout).run()
    elsewhere.mkdir()
    (elsewhere / "hello.wav").write_bytes(b"root's own")
    (layout.station / "prompts").rename(layout.station / "aside")
    (layout.station / "prompts").symlink_to(elsewhere)
    (layout.card / "station.ccb").write_bytes(county().bundle(sequence=2))  # without it: it would be taken away
    assert not Told(layout).run()
    assert (elsewhere / "hello.wav").read_bytes() == b"root's own"


def test_a_folder_in_place_of_the_answer_uses_up_no_descriptors(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    (layout.run / "answers" / "label.json").mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert [label.take(layout) for _ in range(9)] == [None] * 9
    assert len(list(Path("/proc/self/fd").iterdir())) == before
