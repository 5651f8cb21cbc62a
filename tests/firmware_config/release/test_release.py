"""`firmware-config release`: from one source the same bytes, with what a station needs and nothing else."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from firmware_config.errors import ProvisionError
from firmware_config.release.building import Wish, build
from firmware_config.release.lock import Pinned, Target, station_lock, wheels_for
from firmware_config.release.looking import verified
from firmware_config.release.source import Source, build_wheel
from tests.firmware_config.release.county import CHECKOUT, MADE_S, make_folder, release_command
from tests.station.update.releases import wheel
from wire.archive import Path as ArchivePath
from wire.certificates import Chain, read_chain
from wire.release import WHEELS

PI = Target("3.13", "aarch64")
Run = Callable[..., tuple[int, str, str]]

PROJECT = """
[build-system]
requires = ["setuptools>=80"]
build-backend = "setuptools.build_meta"
[project]
name = "cuncuntong"
version = "0.1.0"
[project.scripts]
agent = "station:agent"
[tool.setuptools]
packages = ["station"]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out a county, and a small checkout beside it; build release 0.2.0 once."""
    folder = tmp_path_factory.mktemp("county")
    make_folder(folder)
    source = folder / "source"
    (source / "station").mkdir(parents=True)
    (source / "pyproject.toml").write_text(PROJECT)
    (source / "station/__init__.py").write_text("def agent(): ...\n")
    for name in ("README.md", "LICENSE", "requirements.lock"):
        shutil.copyfile(CHECKOUT / name, source / name)
    code, out, err = release_command("build", "--source", source, "--version", "0.2.0", "--days", 3650, folder=folder)
    assert (code, err[:6]) == (0, "Python")
    assert "#1795860000 新 new" in out
    return folder


def archive(made: Path) -> Path:
    return made / "releases" / "cuncuntong-0.2.0.ccr"


def root(made: Path) -> Chain:
    return Chain(read_chain((made / "ca.crt").read_bytes()).leaf)


def test_the_same_source_gives_the_same_bytes_under_any_umask(made: Path) -> None:
    before = archive(made).read_bytes()
    for place in (made / "source").rglob("*"):
        place.chmod(0o700 if place.is_dir() else 0o600)
    code, out, _ = release_command(
        "build", "--source", made / "source", "--version", "0.2.0", "--days", 3650, folder=made
    )
    assert (code, out.split()[-1]) == (0, "unchanged")
    assert archive(made).read_bytes() == before
    assert not (made / "source" / "build").exists()
    assert not list((made / "source").glob("*.egg-info"))


def test_another_release_of_the_same_name_is_not_made(made: Path) -> None:
    code, _, err = release_command(
        "build", "--source", made / "source", "--version", "0.2.0", "--sequence", 7, folder=made
    )
    assert (code, err[:8]) == (3, "E-BLD-06")
    assert not list((made / "releases").glob("*.part"))


def test_a_station_takes_it_and_a_tampered_one_is_refused(made: Path, tmp_path: Path) -> None:
    incoming = verified(archive(made), root(made))
    assert (incoming.release.version, incoming.release.wheels, incoming.release.arch) == ("0.2.0", False, "any")
    assert incoming.wheel.path == "wheel/cuncuntong-0.2.0-py3-none-any.whl"
    data = bytearray(archive(made).read_bytes())
    data[-1] ^= 1
    tampered = tmp_path / "tampered.ccr"
    tampered.write_bytes(data)
    code, out, err = release_command("verify", tampered, folder=made)
    assert (code, out, err[:8]) == (6, "", "E-ARC-03")
    code, _, err = release_command("verify", tmp_path / "none.ccr", folder=made)
    assert (code, err[:8]) == (3, "E-BLD-08")


def test_what_is_in_it_is_told_to_people_and_programs(made: Path) -> None:
    told = json.loads(release_command("inspect", archive(made), "--json", folder=made)[1])
    assert told["sha256"] == hashlib.sha256(archive(made).read_bytes()).hexdigest()
    assert [one["path"].partition("/")[0] for one in told["files"]] == ["release.json", "requirements.lock", "wheel"]
    listed = json.loads(release_command("list", "--json", folder=made)[1])
    assert (told["schema"], listed["schema"]) == (1, 1), "as every command's"
    assert [one["release"] for one in listed["releases"]] == ["0.2.0"]
    assert "0.2.0" in release_command("list", folder=made)[1]


def test_only_what_a_station_needs_is_locked() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text("utf-8")
    text, needed = station_lock(lock, PI)
    names = {one.name for one in needed}
    assert {"textual", "paho-mqtt", "opencv-python-headless", "cryptography"} <= names
    assert not {"sqlalchemy", "pytest", "uvicorn", "colorama", "cuncuntong"} & names
    assert text == station_lock(lock, PI)[0]
    assert all(one.hashes for one in needed)
    with pytest.raises(ProvisionError, match="E-BLD-03"):
        station_lock(lock.replace("\ntextual==", "\nother=="), PI)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        pytest.param("part-2.0-py3-none-any.whl", True, id="for every machine"),
        pytest.param("part-2.0-cp313-cp313-manylinux_2_28_aarch64.whl", True, id="for this one"),
        pytest.param("part-2.0-cp311-abi3-manylinux_2_28_aarch64.whl", True, id="for its Python and later ones"),
        pytest.param("part-2.0-cp313-cp313-manylinux_2_28_x86_64.whl", False, id="for another machine"),
        pytest.param("part-2.0-cp311-cp311-manylinux_2_28_aarch64.whl", False, id="for another Python"),
    ],
)
def test_wheels_inside_are_those_of_the_stations(tmp_path: Path, name: str, fits: bool) -> None:
    content = wheel("2.0", name="part", body="")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "pip-24.0-py3-none-any.whl").write_bytes(b"")
    needed = [Pinned("part", "2.0", frozenset({hashlib.sha256(content).hexdigest()}))]
    if fits:
        assert set(wheels_for(needed, tmp_path, PI)) == {name, "pip-24.0-py3-none-any.whl"}
        with pytest.raises(ProvisionError, match=r"E-BLD-04.*part==2\.0"):
            wheels_for([Pinned("part", "2.0", frozenset({"0" * 64}))], tmp_path, PI)
    else:
        with pytest.raises(ProvisionError, match=r"E-BLD-04.*part==2\.0"):
            wheels_for(needed, tmp_path, PI)


def test_names_as_long_as_wheels_have_them_fit_into_a_release() -> None:
    system = "manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64"
    name = f"{WHEELS}sqlalchemy_something-2026.11.19-cp313-cp313-{system}.whl"
    assert msgspec.convert(name, ArchivePath) == name


def test_what_is_no_checkout_is_refused(made: Path, tmp_path: Path) -> None:
    code, _, err = release_command("build", "--source", tmp_path, folder=made)
    assert (code, err[:8]) == (3, "E-BLD-01")


def test_a_release_that_nobody_would_take_any_more_is_not_made(made: Path) -> None:
    wish = Wish(Source(made / "source", "0.3", MADE_S, dirty=False), Target("3.11", "x86_64"), 1, days=1)
    with pytest.raises(ProvisionError, match="E-BLD-05"):
        build(wish, made, dt.datetime.fromtimestamp(MADE_S, dt.UTC) + dt.timedelta(days=1))


def test_a_wheel_that_cannot_be_built_says_why(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made / "source", tmp_path / "source")
    (tmp_path / "source/pyproject.toml").write_text(PROJECT.replace('packages = ["station"]', 'packages = ["nowhere"]'))
    with pytest.raises(ProvisionError, match=r"E-BLD-02.*nowhere"):
        build_wheel(Source(tmp_path / "source", "0.2.0", MADE_S, dirty=False), tmp_path)
