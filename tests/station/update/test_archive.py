"""Whatever comes instead of a release is refused with a code, and never by a traceback."""

import io

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.errors import TrustError
from station.update.archive import copied, read_release
from tests.station.update.releases import COUNTY, NOW, release
from tests.wire.authorities import authority
from wire.archive import pack
from wire.certificates import Chain
from wire.release import Release

OURS, THEIRS = authority(NOW), authority(NOW)
GOOD = release(OURS, "1.1", 2)


def why(archive: bytes, floor: int = 1, county: str | None = COUNTY) -> str:
    try:
        incoming = read_release(io.BytesIO(archive), Chain(OURS.root), county, floor)
        for one in incoming.opened.head.files:
            copied(incoming, one, io.BytesIO())
    except TrustError as error:
        return error.code
    return ""


def test_a_release_of_ours_is_read() -> None:
    assert why(GOOD) == ""
    assert why(GOOD, county=None) == ""
    assert why(GOOD, floor=2) == ""


def test_what_is_not_for_this_station_is_refused() -> None:
    assert why(GOOD, floor=3) == "E-ARC-06"
    assert why(GOOD, county="111111") == "E-ARC-07"
    assert why(release(THEIRS, "1.1", 2)) == "E-ARC-04"
    about = {"county": COUNTY, "subject": "1.1", "sequence": 2, "made_ms": int(NOW.timestamp() * 1000)}
    empty = {**about, "not_after_ms": 2 * about["made_ms"]}  # type: ignore[operator]
    assert why(pack(OURS.signer, {"a": b""}, kind="station", **empty)) == "E-ARC-07"  # type: ignore[arg-type]
    assert why(pack(OURS.signer, {"a": b""}, kind="release", **empty)) == "E-UPD-02"  # type: ignore[arg-type]
    wrong = {"release.json": b"{}", "requirements.lock": b"", "wheel/a.whl": b""}
    assert why(pack(OURS.signer, wrong, kind="release", **empty)) == "E-UPD-02"  # type: ignore[arg-type]


@pytest.mark.parametrize("lie", [{"version": "1.2"}, {"sequence": 9}, {"lock": "0" * 64}, {"wheels": True}])
def test_a_release_that_says_what_is_not_in_it_is_none(lie: dict[str, object]) -> None:
    said = {"version": "1.1", "sequence": 2, "python_from": "3.11", "python_below": "3.14", "wheels": False}
    said |= {"lock": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    files = {
        "release.json": msgspec.json.encode(Release(**(said | lie))),  # type: ignore[arg-type]
        "requirements.lock": b"",
        "wheel/a.whl": b"",
    }
    made_ms = int(NOW.timestamp() * 1000)
    archive = pack(
        OURS.signer,
        files,
        kind="release",
        county=COUNTY,
        subject="1.1",
        sequence=2,
        made_ms=made_ms,
        not_after_ms=2 * made_ms,
    )
    assert why(archive) == "E-UPD-02"


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_release_is_refused_with_a_code(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(0, 9))
        damaged[begin : begin + length] = data.draw(st.binary(max_size=9))
    if bytes(damaged) != GOOD:
        assert why(bytes(damaged)) in {"E-ARC-01", "E-ARC-02", "E-ARC-03", "E-ARC-04"}
