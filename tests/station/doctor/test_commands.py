"""`station doctor` as a technician runs it: what it prints, what it ends with, what it refuses."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from tests.station.doctor.ground import Site
from tests.station.identity.ground import STATION
from wire.acceptance import CHECKS

QUICK = ("--only", "power", "--only", "temperature", "--only", "files")


@pytest.fixture
def config(site: Site) -> Path:
    file = site.folder / "station.toml"
    file.write_text(
        f'station = "{STATION}"\nname = "测试村"\ntown = "测试镇"\nstate_dir = "state"\nseal_key_file = "seal.pub"\n'
        '[broker]\nhost = "127.0.0.1"\nport = 1\nca_file = "ca.crt"\n'
        'cert_file = "station.crt"\nkey_file = "station.key"\n'
        '[hub]\nurl = "http://127.0.0.1:9"\n',
        "utf-8",
    )
    return file


def doctor(site: Site, config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["doctor", "--config", str(config), "--root", str(site.root), *words])


def test_all_well_ends_with_zero_and_something_with_one(site: Site, config: Path) -> None:
    assert doctor(site, config, *QUICK).exit_code == 0
    site.put("sys/class/thermal/thermal_zone0/temp", "91000")
    found = doctor(site, config, *QUICK)
    assert found.exit_code == 1
    assert [word in found.stdout for word in ("[XXXX] 故障", "91 °C", "下一步 E-SITE-24", "结论 不合格")] == [True] * 4


def test_json_is_one_object_and_nothing_else(site: Site, config: Path) -> None:
    (site.folder / "station.key").chmod(0o644)
    said = json.loads(doctor(site, config, "--json", "--fix", *QUICK).stdout)
    assert (said["version"], said["station"], said["verdict"]) == (1, STATION, "conditional")
    assert [one["check"] for one in said["findings"]] == ["power", "temperature", "files"]
    assert [one["failed"] for one in said["fixed"]] == [""]
    assert [one["state"] for one in said["findings"]] == ["ok"] * 3


def test_a_dry_run_says_what_it_would_do_and_does_nothing(site: Site, config: Path) -> None:
    (site.folder / "station.key").chmod(0o644)
    said = doctor(site, config, "--fix", "--dry-run", *QUICK)
    assert ("将会修复" in said.stdout, "station.key" in said.stdout, said.exit_code) == (True, True, 1)
    assert (site.folder / "station.key").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--only", "weather"], id="no such check"),
        pytest.param(["--accept"], id="nobody accepts"),
        pytest.param(["--accept", "--by", "李测试", *QUICK], id="a part is no acceptance"),
        pytest.param(["--accept", "--by", "x" * 65], id="too long a name"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_looked_at(
    site: Site, config: Path, words: Sequence[str]
) -> None:
    assert doctor(site, config, *words).exit_code == 2
    assert not (site.folder / "state/acceptance").exists()


def test_an_acceptance_is_kept_though_the_hub_is_away_and_sent_later(site: Site, config: Path, tmp_path: Path) -> None:
    accepted = doctor(
        site,
        config,
        "--json",
        "--accept",
        "--by",
        "李测试",
        "--send",
        "--line-seconds",
        "0",
        "--out",
        str(tmp_path / "out"),
    )
    said = json.loads(accepted.stdout)
    assert (accepted.exit_code, said["verdict"]) == (1, "refused")
    assert {one["check"] for one in said["findings"]} == set(CHECKS)
    assert [Path(file).is_file() for file in said["files"]] == [True] * 4
    assert ".waits." in said["files"][0]
    later = doctor(site, config, "--send")
    assert later.exception is not None
    assert "E-IDENT-04" in str(later.exception)
