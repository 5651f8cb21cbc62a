"""Root's doctor in another user's folder: nothing is left that the agent cannot read, no link leads elsewhere."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.doctor.owner import foreign_files, give_back
from wire.durable import write_atomically
from wire.owner import as_owner

USER = 54321

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder of another user, in one that everybody may enter."""
    outer = Path(tempfile.mkdtemp(prefix="owner-"))
    outer.chmod(0o755)
    folder = outer / "station"
    folder.mkdir(mode=0o700)
    os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(outer)


def test_what_is_written_is_the_owners(folder: Path) -> None:
    with as_owner(folder):
        (folder / "state").mkdir()
        write_atomically(folder / "state/record", b"x", mode=0o600)
    assert (os.geteuid(), (folder / "state/record").stat().st_uid) == (0, USER)
    assert foreign_files(folder, "", "state") == []


def test_a_link_leads_no_further_than_its_owner_could_go(folder: Path, tmp_path: Path) -> None:
    roots = tmp_path / "shadow"
    roots.write_text("root's own")
    (folder / "record").symlink_to(roots)
    with pytest.raises(PermissionError), as_owner(folder):
        (folder / "record").write_text("planted")
    assert (roots.read_text(), os.geteuid()) == ("root's own", 0)


def test_files_of_root_are_found_and_given_back(folder: Path, tmp_path: Path) -> None:
    (folder / "spool").write_text("made by root")
    (folder / "link").symlink_to(tmp_path)
    assert foreign_files(folder, "") == [folder / "spool"]
    give_back(folder / "spool", folder)
    assert foreign_files(folder, "") == []


def test_root_gives_away_nothing_but_the_stations_own_files(folder: Path, tmp_path: Path) -> None:
    """A taken-over agent lays links, names other files in its settings, and waits for root's `doctor --fix`."""
    roots = tmp_path / "etc"
    roots.mkdir()
    (roots / "shadow").write_text("root's own")
    (folder / "state").symlink_to(roots)
    (folder / "station.crt").symlink_to(roots / "shadow")
    (folder / "station.key").hardlink_to(roots / "shadow")
    assert foreign_files(folder, "state") == []
    for named in ("state/shadow", "station.crt", "station.key", "../etc/shadow", str(roots / "shadow")):
        with pytest.raises(OSError, match="Errno"):
            give_back(folder / named, folder)
    assert (roots / "shadow").stat().st_uid == 0
