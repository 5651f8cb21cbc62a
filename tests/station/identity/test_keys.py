"""The station's key and certificate: drawn here, replaced together, whole after a cut anywhere."""

import datetime as dt
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from station.errors import TrustError
from station.identity.keys import (
    CERTIFICATE,
    KEY,
    finish_install,
    install_certificate,
    load_identity,
    pending_key,
    request_pem,
)
from tests.cutting import CutError, disk
from tests.station.identity.ground import NOW, STATION, County, county, enrolled
from wire.errors import WireError


@pytest.fixture(scope="module")
def of() -> County:
    return county()


def test_the_key_is_private_stays_the_same_until_it_has_its_certificate_and_is_new_thereafter(
    tmp_path: Path, of: County
) -> None:
    first = pending_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "station.key.next").stat().st_mode) == 0o600
    assert pending_key(tmp_path).public_key() == first.public_key()
    install_certificate(tmp_path, of.issue(request_pem(first, STATION)), of.root_pem, STATION, NOW)
    assert load_identity(tmp_path).key.public_key() == first.public_key()
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == [CERTIFICATE, KEY]
    assert pending_key(tmp_path).public_key() != first.public_key()


def test_the_same_certificate_is_taken_twice(tmp_path: Path, of: County) -> None:
    chain = of.issue(request_pem(pending_key(tmp_path), STATION))
    for _ in range(2):
        install_certificate(tmp_path, chain, of.root_pem, STATION, NOW)
    assert load_identity(tmp_path).station == STATION


@pytest.mark.parametrize(
    ("what", "code"),
    [
        pytest.param("another station's", "E-IDENT-05", id="another station's"),
        pytest.param("another key's", "E-IDENT-05", id="another key's"),
        pytest.param("another county's", "E-CERT-02", id="another county's"),
        pytest.param("expired", "E-CERT-04", id="expired"),
        pytest.param("nothing", "E-CERT-01", id="no certificate at all"),
    ],
)
def test_a_certificate_that_is_not_ours_is_not_taken(tmp_path: Path, of: County, what: str, code: str) -> None:
    enrolled(tmp_path, of)
    before = (tmp_path / CERTIFICATE).read_bytes(), (tmp_path / KEY).read_bytes()
    request = request_pem(pending_key(tmp_path), STATION)
    chain = {
        "another station's": lambda: of.issue(request, "999999101002"),
        "another key's": lambda: of.issue_for(ec.generate_private_key(ec.SECP256R1()).public_key()),
        "another county's": lambda: county().issue(request),
        "expired": lambda: of.issue(request, now=NOW - dt.timedelta(days=900)),
        "nothing": lambda: b"garbage",
    }[what]()
    with pytest.raises((TrustError, WireError)) as refused:
        install_certificate(tmp_path, chain, of.root_pem, STATION, NOW)
    assert refused.value.code == code
    finish_install(tmp_path)
    assert ((tmp_path / CERTIFICATE).read_bytes(), (tmp_path / KEY).read_bytes()) == before


@pytest.mark.parametrize("first", [True, False], ids=["first certificate", "renewal"])
def test_a_cut_at_every_write_leaves_the_old_pair_or_the_new_one_and_the_next_run_finishes(
    tmp_path: Path, of: County, first: bool
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    if not first:
        enrolled(before, of)
    old = None if first else load_identity(before).key.public_key()

    def work(folder: Path) -> None:
        finish_install(folder)
        request = request_pem(pending_key(folder), STATION)
        install_certificate(folder, of.issue(request), of.root_pem, STATION, NOW)

    done: list[str] = []
    for cut_at in range(1, 100):
        folder = tmp_path / f"cut-{cut_at}"
        shutil.copytree(before, folder)
        with disk(cut_at) as watched:
            try:
                work(folder)
            except CutError:
                pass
            else:
                done = watched.done
                break
        finish_install(folder)
        if (folder / CERTIFICATE).exists() or not first:
            load_identity(folder)  # a whole pair, whichever
        work(folder)
        assert load_identity(folder).key.public_key() != old
        assert sorted({one.name for one in folder.iterdir()} - {"ca.crt"}) == [CERTIFICATE, KEY]
    assert len(done) > 8


def test_a_damaged_or_missing_pair_is_said(tmp_path: Path, of: County) -> None:
    with pytest.raises(TrustError, match="E-IDENT-01"):
        load_identity(tmp_path)
    enrolled(tmp_path, of)
    (tmp_path / KEY).write_bytes(b"half a k")
    with pytest.raises(TrustError, match="E-IDENT-01"):
        load_identity(tmp_path)
