"""Labels: read back from what is printed, minted once, cut at any write, and worthless when revoked."""

import datetime as dt
import json
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from firmware_config.errors import ProvisionError
from firmware_config.inventory import wifi
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from firmware_config.labels import minting
from firmware_config.labels.drawing import Drawn
from station.identity.token_box import open_with_token
from tests.cutting import CutError, disk
from tests.firmware_config.commanded import Run, runner
from tests.wire.authorities import authority
from wire.certificates import Chain, fingerprint
from wire.enrolment import Label, read_label, shown_token, token_digest

NOW = dt.datetime.now(dt.UTC)
ONE, TWO = "999999101001", "999999101002-12"
LONG = "很长的村名" * 12 + "末"


@pytest.fixture(scope="module")
def root() -> Chain:
    return Chain(authority(NOW).root)


@pytest.fixture
def inventory(tmp_path: Path, root: Chain) -> Inventory:
    (tmp_path / "county").mkdir()
    (tmp_path / "county" / "ca.crt").write_bytes(root.pem)
    inventory = Inventory.open(tmp_path / "county")
    wifi.keep_secret(inventory.folder, "office", "secret 123")
    with inventory.changing("import") as draft:
        draft.entries[ONE] = Entry(ONE, "测试一村", "测试镇", wifi_ssid="office")
        draft.entries[TWO] = Entry(TWO, LONG, "#set page(1) *镇* $x$")
    return inventory


@pytest.fixture
def run(inventory: Inventory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, inventory.folder)


def codes_in(picture: np.ndarray) -> set[Label]:
    """Return the labels in a picture, looked at as it is and a little blurred, as a camera sees it.

    OpenCV's detector misses some two in a hundred codes that are drawn without any blur.
    """
    looks = [picture, *(cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in (0.8, 1.5))]
    found = set[str]()
    for look in looks:
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            found.update(detector.detectAndDecodeMulti(look)[1])
        found.add(cv2.QRCodeDetector().detectAndDecode(look)[0])
    return {read_label(text) for text in found if text}


def pages_of(pdf: Path, dpi: int) -> list[np.ndarray]:
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-png", pdf, pdf.with_suffix("")], check=True)
    pages = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    return [cv2.imdecode(np.frombuffer(page.read_bytes(), np.uint8), cv2.IMREAD_GRAYSCALE) for page in pages]


@pytest.mark.parametrize("days", [-9000, 9000])
def test_a_clock_that_is_wrong_mints_no_labels_that_are_dead(inventory: Inventory, days: int) -> None:
    with pytest.raises(ProvisionError, match=r"^E-PRO-11 .*校准时间"):
        minting.mint(inventory, inventory.all(), NOW + dt.timedelta(days=days), days=90)
    assert [entry.token for entry in inventory.all()] == [None, None]
    assert not list((inventory.folder / "labels").glob("*"))


def test_a_clock_that_is_wrong_dates_no_change(run: Run, inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    class FlatBattery(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(2000, 1, 1, tzinfo=tz)

    monkeypatch.setattr("firmware_config.inventory.inventory.dt.datetime", FlatBattery)
    told = run("station", "set", ONE, "note=x")
    assert (told.code, told.err.splitlines()[-1][:8]) == (3, "E-PRO-11")
    assert inventory.get(ONE).note == ""


def test_what_is_printed_is_read_back_by_camera_and_by_eye(run: Run, inventory: Inventory, root: Chain) -> None:
    told = run("label", "mint", "--all", "--form", "a4", "--form", "roll", "--form", "png")
    assert told.code == 0
    assert "不能补印" in told.err
    folder = Path(told.out.strip())
    labels = {read for page in pages_of(folder / "labels-roll.pdf", 150) for read in codes_in(page)}
    assert {label.station for label in labels} == {ONE, TWO}
    assert {label.fingerprint for label in labels} == {fingerprint(root.leaf)}
    (sheet,) = pages_of(folder / "labels-a4.pdf", 150)
    assert codes_in(sheet) == labels
    for label in labels:
        picture = cv2.imdecode(np.frombuffer((folder / f"{label.station}.png").read_bytes(), np.uint8), 0)
        assert codes_in(picture) == {label}
        token = inventory.get(label.station).token
        assert token is not None
        assert token.digest == token_digest(label.token)
        assert label.token not in (inventory.folder / "inventory.json").read_text()
        assert label.token not in told.out + told.err
    words = subprocess.run(
        ["pdftotext", "-layout", folder / "labels-a4.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    shown = fingerprint(root.leaf).upper()
    groups = " ".join(shown[at : at + 4] for at in range(0, 16, 4))
    until = (NOW + dt.timedelta(days=90)).astimezone().strftime("%Y-%m-%d")
    for said in ("测试一村", "#set page(1) *镇* $x$", groups, until, *(shown_token(one.token)[:9] for one in labels)):
        assert said in words, said
    assert "末" in words, "the longest name is whole"
    assert [path for path in folder.iterdir() if path.stat().st_mode & 0o077 and "labels-" not in path.name] == []


def test_a_label_is_minted_once_and_again_only_when_asked(run: Run, inventory: Inventory) -> None:
    run("label", "mint", ONE, "--form", "png")
    first = inventory.get(ONE).token
    told = run("label", "mint", ONE, "--form", "png")
    assert (told.code, told.out) == (0, "")
    assert ONE in told.err
    assert inventory.get(ONE).token == first
    assert run("label", "mint", ONE, "--again", "--days", "7", "--form", "png").code == 0
    second = inventory.get(ONE).token
    assert second is not None
    assert first is not None
    assert second.digest != first.digest
    assert second.expires_ms - second.made_ms == 7 * 86_400_000


def test_the_wifi_is_sealed_by_the_token_of_the_label(inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = spied(monkeypatch)
    minting.mint(inventory, [inventory.get(ONE)], NOW, days=90)
    token = "".join(seen[-1]["token"].split("-"))
    (sealed,) = inventory.get(ONE).sealed
    assert b"psk=secret 123" in open_with_token(token, sealed.box)
    assert "secret 123" not in (inventory.folder / "inventory.json").read_text()
    inventory.change(ONE, wifi_ssid="other")
    with pytest.raises(ProvisionError, match=r"E-WIFI-03 .*other"):
        minting.mint(inventory, inventory.all(), NOW, days=90)
    assert inventory.get(TWO).token is None, "nothing is minted when one cannot be"


def test_a_revoked_label_is_worthless_and_another_can_be_minted(run: Run, inventory: Inventory) -> None:
    assert run("label", "revoke", ONE).err.startswith("E-LAB-03")
    run("label", "mint", ONE, "--form", "png")
    assert run("label", "revoke", ONE).code == 0
    (told,) = json.loads(run("station", "export").out)["tokens"]
    assert told["revoked_ms"] > told["made_ms"], "the hub is to know of it"
    assert "label" in run("station", "list", "--json").out
    assert run("label", "mint", ONE, "--form", "png").code == 0


def test_another_secret_of_a_network_names_the_labels_that_seal_the_old_one(run: Run) -> None:
    run("label", "mint", "--all", "--form", "png")
    assert ONE not in run("station", "wifi", "office", given="secret 123").err, "the same"
    told = run("station", "wifi", "office", given="secret 456")
    assert ONE in told.err
    assert TWO not in told.err


def test_wrong_use_is_told(run: Run, inventory: Inventory) -> None:
    assert run("label", "mint").code == 2
    assert run("label", "mint", ONE, "--all").code == 2
    assert run("label", "mint", "--town", "无此镇").code == 2
    assert run("label", "mint", "--all", "--form", "a5").code == 2
    assert run("label", "mint", "999999101009").err.startswith("E-INV-07")
    (inventory.folder / "ca.crt").unlink()
    assert run("label", "mint", ONE).err.startswith("E-LAB-02")


def spied(monkeypatch: pytest.MonkeyPatch) -> list[Drawn]:
    """Have labels drawn by nobody; return what would have been drawn."""
    seen = list[Drawn]()

    class NoPress:
        def pdf(self, labels: list[Drawn], _form: str) -> bytes:
            seen.extend(labels)
            return b"%PDF"

        def pictures(self, labels: list[Drawn]) -> list[bytes]:
            return [b"PNG" for _ in labels]

    monkeypatch.setattr(minting, "Press", NoPress)
    return seen


def test_a_cut_at_any_write_leaves_no_digest_without_a_label(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = spied(monkeypatch)
    at, counted = 0, set()
    while True:
        at += 1
        inventory.change(ONE, token=None)
        seen.clear()
        try:
            with disk(at):
                minting.mint(inventory, [inventory.get(ONE)], NOW, days=90)
        except CutError:
            pass
        else:
            break
        counts = inventory.get(ONE).token
        counted.add(counts is not None)
        minting.recover(inventory)
        folders = [path for path in (inventory.folder / "labels").glob("*") if path.is_dir()]
        assert not [path for path in folders if path.name.endswith(".part")]
        if counts is None:
            assert folders == [], "labels that are worth nothing are not left to be printed"
        else:
            assert counts.digest == token_digest("".join(seen[-1]["token"].split("-")))
            assert [(folders[0] / name).is_file() for name in ("labels-a4.pdf", f"{ONE}.png")] == [True, True]
            for path in folders[0].iterdir():
                path.unlink()
            folders[0].rmdir()
    assert counted == {False, True}
    assert at > 20
