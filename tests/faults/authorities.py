"""The power goes at each write while authorities are made, replaced or delegated: the next run finishes."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware_config.errors import ProvisionError
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Issuer
from firmware_config.identity.lists import read_lists
from firmware_config.identity.signer import load_signer
from firmware_config.inventory.inventory import Inventory
from firmware_config.laptop import Laptop, delegate
from firmware_config.trust import authorities, lay_out_trust, revoke
from tests.cutting import CutError, disk
from tests.firmware_config.van import COUNTY, NOW, code, county_with_labels

Work = Callable[[Path], None]


def is_whole(county: Path) -> None:
    """Assert that each pair of keys belongs together, and that the broker has a list of everybody who may sign."""
    ca = CountyCa.load(county)
    load_signer(county)
    for folder in (county / "issuers", county / "hub" / "issuers"):
        for path in folder.glob("*.key"):
            assert Issuer.load(folder, path.stem).is_under(ca.issuer)
    assert (county / "hub/issuers/hub.key").read_bytes() == (county / "issuers/hub.key").read_bytes()
    signing = [one.name for one in authorities(county, NOW) if one.state == "signs"]
    assert "hub" in signing
    assert len(read_lists((county / "hub/trust/crl.pem").read_bytes())) == 1 + len(signing)


def cut_at_each(first: Path, work: Work, again: Work, every: int) -> int:
    """Run `work` in copies of `first` with the power gone at each `every`-th write, then `again`; return how often."""
    whole = _copy(first, "counted")
    with disk() as counted:
        work(whole)
    cuts = range(1, len(counted.done) + 1, every)
    for at in cuts:
        county = _copy(first, f"cut-{at}")
        with pytest.raises(CutError), disk(at):
            work(county)
        again(county)
        is_whole(county)
        shutil.rmtree(county)
    return len(cuts)


def _copy(first: Path, name: str) -> Path:
    return Path(shutil.copytree(first, first.with_name(f"{first.name}-{name}")))


def lay_out(county: Path) -> None:
    lay_out_trust(county, CountyCa.load(county), NOW)


def run_authorities(folder: Path, every: int = 1) -> list[str]:
    """Return what was cut, a line each; an AssertionError says what was left half."""
    bare = folder / "bare"
    CountyCa.create(COUNTY, NOW).save(bare)
    revoked = folder / "revoked"
    county_with_labels(revoked, [code(0)])
    labelled = _copy(revoked, "labelled")
    serial = Issuer.load(revoked / "issuers", "hub").certificate.serial_number
    revoke(revoked, CountyCa.load(revoked), serial, "superseded", NOW)
    entries = Inventory.open(labelled).all()

    def laptop(county: Path, name: str) -> None:
        delegate(county, name, county / "laptop", entries, NOW, days=3, whole_county=False)

    def another(county: Path) -> None:
        if (county / "laptop" / "laptop.key").exists():
            Laptop.open(county / "laptop", NOW)
        else:
            with pytest.raises(ProvisionError, match="E-ID-01"):
                Laptop.open(county / "laptop", NOW)
        shutil.rmtree(county / "laptop", ignore_errors=True)
        laptop(county, "van2")
        Laptop.open(county / "laptop", NOW)

    done = {
        "authority of the hub made": cut_at_each(bare, lay_out, lay_out, every),
        "authority of the hub replaced": cut_at_each(revoked, lay_out, lay_out, every),
        "laptop delegated to": cut_at_each(labelled, lambda county: laptop(county, "van1"), another, every),
    }
    return [f"{what}: {count} cuts, whole after each" for what, count in done.items()]


def main(arguments: list[str]) -> int:
    """Cut at every write."""
    parser = argparse.ArgumentParser(prog="./run faults authorities", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="cut at each so-manieth write only")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write("\n".join([*run_authorities(Path(folder), chosen.every), ""]))
    return 0
