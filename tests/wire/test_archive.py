"""Signed archives: what was signed comes out, and nothing else is taken."""

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.wire.authorities import COUNTY, Authority, authority
from wire.archive import Head, Opened, Signer, contents, open_archive, pack, why_not_for, write_archive
from wire.errors import WireError
from wire.revoked import is_newer

NOW = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
NOW_MS = int(NOW.timestamp() * 1000)
FILES = {"station/station.toml": b'station = "320925100001"\n', "etc/udev/rules.d/70.rules": b"", "a": b"x" * 3_000_000}


@pytest.fixture(scope="module")
def county() -> Authority:
    return authority(NOW)


def packed(signer: Signer, files: Mapping[str, bytes] = FILES, **changed: object) -> bytes:
    given: dict[str, object] = {
        "kind": "station",
        "county": COUNTY,
        "subject": "320925100001",
        "sequence": 7,
        "made_ms": NOW_MS,
        "not_after_ms": NOW_MS + 86_400_000,
    }
    return pack(signer, files, **(given | changed))  # type: ignore[arg-type]


def opened(data: bytes, root: x509.Certificate, at: dt.datetime | None = NOW, revoked: bytes = b"") -> Opened:
    return open_archive(io.BytesIO(data), len(data), root, at=at, revoked=revoked)


def why(data: bytes, root: x509.Certificate, at: dt.datetime | None = NOW, revoked: bytes = b"") -> str:
    try:
        found = opened(data, root, at, revoked)
        list(contents(io.BytesIO(data), found))
    except WireError as error:
        return error.code
    return ""


def test_what_was_packed_comes_out(county: Authority) -> None:
    data = packed(county.signer)
    found = opened(data, county.root)
    assert {one.path: content for one, content in contents(io.BytesIO(data), found)} == FILES
    assert (found.head.subject, found.head.sequence) == ("320925100001", 7)


def test_the_same_content_is_the_same_bytes(county: Authority) -> None:
    assert packed(county.signer) == packed(county.signer, dict(reversed(FILES.items())))


def test_a_stolen_laptop_signs_no_archive(county: Authority) -> None:
    """Its authority may issue certificates, so a thief could make one for signing; `made_ms` is the thief's too."""
    assert why(packed(county.delegated_signer), county.root) == "E-ARC-04"


def test_who_was_revoked_is_believed_by_nobody_who_saw_the_list(county: Authority) -> None:
    gone = county.list_of(county.signer.chain.leaf)
    stolen = packed(county.signer)
    assert why(stolen, county.root, revoked=gone) == "E-ARC-04"
    assert why(packed(county.signer._replace(revoked=gone)), county.root) == "E-ARC-04"
    next_one = county.with_another_signer(NOW, gone).signer
    assert opened(packed(next_one), county.root, revoked=gone).head.revoked == gone.decode()


def test_a_list_that_the_root_did_not_sign_counts_for_nothing(county: Authority) -> None:
    other = authority(NOW)
    for lie in (
        other.list_of(county.signer.chain.leaf),
        b"",
        b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
    ):
        assert why(packed(county.signer._replace(revoked=lie)), county.root, revoked=lie) == ""


def test_the_newest_list_is_kept(county: Authority) -> None:
    old, new = county.list_of(number=7), county.list_of(county.signer.chain.leaf, number=8)
    assert is_newer(new, old, county.root)
    assert is_newer(old, b"", county.root)
    assert is_newer(old, authority(NOW).list_of(number=9), county.root), "another county's is none"
    assert not is_newer(old, new, county.root)
    assert not is_newer(b"", old, county.root)
    assert not is_newer(authority(NOW).list_of(number=9), old, county.root)


@pytest.mark.parametrize("at", [0, 9, 40, 900, -1, -2_000_000])
def test_one_changed_byte_is_noticed(county: Authority, at: int) -> None:
    data = bytearray(packed(county.signer))
    data[at] ^= 1
    assert why(bytes(data), county.root) in {"E-ARC-01", "E-ARC-02", "E-ARC-03", "E-ARC-04"}


@pytest.mark.parametrize("cut", [0, 5, 12, 500, -1])
def test_a_short_file_is_noticed_and_so_is_a_long_one(county: Authority, cut: int) -> None:
    data = packed(county.signer)
    assert why(data[:cut], county.root) == "E-ARC-01"
    assert why(data + b"x", county.root) == "E-ARC-01"


def test_nobody_elses_signature_counts(county: Authority) -> None:
    other = authority(NOW)
    assert why(packed(other.signer), county.root) == "E-ARC-04"
    assert why(packed(Signer(Ed25519PrivateKey.generate(), county.signer.chain)), county.root) == "E-ARC-03"
    assert why(packed(Signer(county.signer.key, county.client)), county.root) == "E-ARC-04", "no signer's certificate"


def test_an_expired_one_is_refused_unless_somebody_only_looks(county: Authority) -> None:
    data, later = packed(county.signer), NOW + dt.timedelta(days=2)
    assert why(data, county.root, later) == "E-ARC-05"
    assert why(data, county.root, None) == ""


@pytest.mark.parametrize("path", ["../etc/passwd", "/etc/passwd", "a//b", "a/./b", "a/..", "", "ä", "a\n"])
def test_a_path_that_leads_elsewhere_is_never_made_nor_taken(county: Authority, path: str) -> None:
    with pytest.raises(WireError, match="E-ARC-02"):
        packed(county.signer, {path: b""})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"kind": "release"}, "E-ARC-07", id="another kind"),
        pytest.param({"county": "320924"}, "E-ARC-07", id="another county's"),
        pytest.param({"subject": "320925100002"}, "E-ARC-07", id="another station's"),
        pytest.param({"sequence": 6}, "E-ARC-06", id="older than installed"),
        pytest.param({"sequence": 7}, None, id="the one installed"),
        pytest.param({"sequence": 8}, None, id="newer"),
    ],
)
def test_a_station_takes_only_its_own_and_none_older(
    county: Authority, changed: dict[str, object], code: str | None
) -> None:
    head = opened(packed(county.signer, **changed), county.root).head
    error = why_not_for(head, kind="station", county=COUNTY, subject="320925100001", floor=7)
    assert (error and error.code) == code


def test_files_on_the_disk_make_the_same_archive_as_their_contents(county: Authority, tmp_path: Path) -> None:
    for path, content in FILES.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    head = Head("station", COUNTY, "320925100001", 7, NOW_MS, NOW_MS + 86_400_000, "", [])
    whole, told = io.BytesIO(), list[int]()
    write_archive(whole, county.signer, head, {path: tmp_path / path for path in FILES}, tell=told.append)
    assert whole.getvalue() == packed(county.signer)
    assert sum(told) == sum(map(len, FILES.values()))


def test_a_file_that_changes_while_it_is_packed_is_told(county: Authority, tmp_path: Path) -> None:
    """The first byte written comes after every file was listed."""
    (tmp_path / "a").write_bytes(b"x")
    head = Head("station", COUNTY, "320925100001", 7, NOW_MS, NOW_MS + 86_400_000, "", [])

    class Changes(io.BytesIO):
        def write(self, data: object) -> int:
            (tmp_path / "a").write_bytes(b"y")
            return super().write(data)  # type: ignore[arg-type]

    with pytest.raises(WireError, match="E-ARC-08"):
        write_archive(Changes(), county.signer, head, {"a": tmp_path / "a"})
