"""Releases and roll-outs in the browser's forms, by commands, and as stations fetch them."""

import datetime as dt
import hashlib
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from starlette.applications import Starlette

from hub.desks.rolling_out import take_in
from hub.errors import HubError
from hub.settings import EnrolmentSettings, RolloutSettings, Settings
from hub.store.engine import writing
from hub.store.rollouts import RolloutsReader
from tests.hub.logged import logged
from tests.hub.web.caller import Caller
from tests.hub.web.made_up import MadeUpCounty, settings_in
from tests.hub.web.signed_in import signed_in
from tests.wire.authorities import authority
from wire.archive import Signer, pack

NOW = dt.datetime.now(dt.UTC)
COUNTY = "999999"


@pytest.fixture(scope="module")
def county() -> tuple[bytes, Signer, Signer]:
    """Return this county's authority, its signer, and a signer of nobody."""
    ours, other = authority(NOW), authority(NOW)
    return ours.root.public_bytes(serialization.Encoding.PEM), ours.signer, other.signer


def a_release(folder: Path, signer: Signer, number: int = 7, county: str = COUNTY, kind: str = "release") -> Path:
    now_ms = int(NOW.timestamp() * 1000)
    file = folder / f"r{number}.ccr"
    file.write_bytes(
        pack(
            signer, {"release.json": b"{}" * 5000}, kind=kind, county=county, subject=f"r{number}", sequence=number,  # type: ignore[arg-type]
            made_ms=now_ms, not_after_ms=now_ms + 86_400_000,
        )
    )  # fmt: skip
    return file


@pytest.fixture
def settings(tmp_path: Path, county: tuple[bytes, Signer, Signer]) -> Settings:
    (tmp_path / "ca.crt").write_bytes(county[0])
    found = settings_in(tmp_path)
    broker = msgspec.structs.replace(found.broker, ca_file=str(tmp_path / "ca.crt"))
    return msgspec.structs.replace(found, broker=broker, rollout=RolloutSettings(str(tmp_path / "releases")))


@pytest.fixture
def app(made_up: MadeUpCounty, tmp_path: Path, settings: Settings) -> Starlette:
    return made_up.app(tmp_path, settings=settings)


def taken_in(made_up: MadeUpCounty, settings: Settings, file: Path) -> str:
    release, doing = take_in(settings, file, "测试修", 1)
    with writing(made_up.database) as connection:
        doing.change(connection)
    return release.sha256


def test_a_release_is_begun_paused_and_ended_on_the_page_and_each_act_is_logged(
    made_up: MadeUpCounty, app: Starlette, settings: Settings, tmp_path: Path, county: tuple[bytes, Signer, Signer]
) -> None:
    taken_in(made_up, settings, a_release(tmp_path, county[1]))
    person = signed_in(made_up.database, app, "technician")
    form = {"release": "r7", "waves": "1,50%", "soak": "24h", "most_failed": "0", "reason": "修好摄像机重连"}
    wrong = person.post("/rollouts", form | {"waves": "50%,1"})
    assert (wrong.status_code, "各批应递增" in wrong.text, 'value="50%,1"' in wrong.text) == (422, True, True)
    made = person.post("/rollouts", form)
    assert (made.status_code, made.headers["location"]) == (303, "/rollouts/1?done=rollout_begun")
    assert "等待" in person.get("/rollouts/1").text
    assert "E-ROLL-02" in person.post("/rollouts", form).text, "one at a time"
    first = RolloutsReader(made_up.database.reader).parts(1)[0].station
    acts = [("leave_out", first), ("pause", ""), ("resume", ""), ("ahead", ""), ("cancel", "")]
    for act, station in acts:
        told = person.post("/rollouts/1", {"act": act, "station": station, "reason": "测试"})
        assert told.headers.get("location") == f"/rollouts/1?done=rollout_{act}", told.text
    assert "E-ROLL-07" in person.post("/rollouts/1", {"act": "pause", "station": "", "reason": "晚了"}).text
    assert [what for (what,) in logged(made_up.database, "act") if what.startswith("rollout.")] == [
        "rollout.begin", *(f"rollout.{act}" for act, _ in acts)
    ]  # fmt: skip
    assert "已终止" in person.get("/rollouts").text


def test_it_goes_through_all_towns_so_whoever_has_some_may_look_only(
    made_up: MadeUpCounty, app: Starlette, settings: Settings, tmp_path: Path, county: tuple[bytes, Signer, Signer]
) -> None:
    taken_in(made_up, settings, a_release(tmp_path, county[1]))
    person = signed_in(made_up.database, app, "technician", "测试1镇")
    assert person.get("/rollouts").status_code == 200
    form = {"release": "r7", "waves": "1", "soak": "24h", "most_failed": "0", "reason": "测试"}
    assert person.post("/rollouts", form).status_code == 403


def test_a_station_fetches_a_release_in_pieces_until_it_is_withdrawn(
    made_up: MadeUpCounty, app: Starlette, settings: Settings, tmp_path: Path, county: tuple[bytes, Signer, Signer]
) -> None:
    file = a_release(tmp_path, county[1])
    sha256 = taken_in(made_up, settings, file)
    station = Caller(app)
    piece = station.get(f"/station/release/{sha256}", {"Range": "bytes=100-199"})
    assert (piece.status_code, piece.content) == (206, file.read_bytes()[100:200])
    whole = station.get(f"/station/release/{sha256}").content
    assert hashlib.sha256(whole).hexdigest() == sha256
    for other in ("0" * 64, "../hub.toml", "x"):
        assert station.get(f"/station/release/{other}").status_code == 404
    with writing(made_up.database) as connection:
        connection.exec_driver_sql("UPDATE release SET withdrawn_ms = 1")
    assert station.get(f"/station/release/{sha256}").json()["code"] == "E-REL-16"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"county": "999998"}, "E-ARC-07", id="another county's"),
        pytest.param({"kind": "station"}, "E-ARC-07", id="a station's bundle"),
        pytest.param({"signer": 2}, "E-ARC-04", id="signed by a stranger"),
    ],
)
def test_what_is_no_release_of_this_county_is_not_handed_out(
    settings: Settings, tmp_path: Path, county: tuple[bytes, Signer, Signer], changed: dict[str, object], code: str
) -> None:
    given = dict(changed)
    signer = county[int(given.pop("signer", 1))]  # type: ignore[arg-type, call-overload]
    file = a_release(tmp_path, signer, **given)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=f"E-REL-15.*{code}"):
        take_in(settings, file, "测试修", 1)
    assert not (tmp_path / "releases").exists()


def test_a_release_altered_on_its_way_is_refused(
    settings: Settings, tmp_path: Path, county: tuple[bytes, Signer, Signer]
) -> None:
    file = a_release(tmp_path, county[1])
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(Exception, match=r"E-REL-15.*E-ARC-03"):
        take_in(settings, file, "测试修", 1)


def test_what_a_revoked_signer_signed_is_not_handed_out(settings: Settings, tmp_path: Path) -> None:
    ours = authority(NOW)
    (tmp_path / "ca.crt").write_bytes(ours.root.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "ca.crl").write_bytes(ours.list_of(ours.signer.chain.leaf))
    settings = msgspec.structs.replace(settings, enrolment=EnrolmentSettings(str(tmp_path), str(tmp_path)))
    with pytest.raises(HubError, match="E-ARC-04"):
        take_in(settings, a_release(tmp_path, ours.signer), "测试修", 1)
