"""The backup of each night: one a day, the newest stay, a failure is said and tried again."""

import logging
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.errors import HubError
from hub.ingest.backing_up import AGAIN_MS, NightlyBackups
from hub.local_time import UNIT_MS, day_ms
from hub.settings import BackupSettings
from hub.view import View
from tests.hub.web.made_up import MadeUpCounty, settings_in

NIGHT = day_ms(20_785) + 2 * UNIT_MS["h"]


class Night:
    """A county's backups, made by a pen that may break."""

    def __init__(self, folder: Path, keep: int = 3) -> None:
        self.folder = folder / "backups"
        self.broken = False
        self.made: list[str] = []
        self.view = View(MadeUpCounty([]).figures())
        settings = replace(settings_in(folder), backup=BackupSettings(str(self.folder), keep))
        self.chore = NightlyBackups(settings, self.view, self._make)

    def _make(self, path: Path, _now_ms: int) -> None:
        if self.broken:
            raise HubError("E-BAK-02", "no")
        path.write_text("x")
        self.made.append(path.name)

    def at(self, now_ms: int) -> None:
        self.chore.round(now_ms, connected=True)
        self.chore.wait(5)


def test_one_a_day_and_the_newest_stay(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.folder.mkdir()
    (night.folder / "somebodys.zip").write_text("x")
    for hour in range(5 * 24):
        night.at(NIGHT + hour * UNIT_MS["h"])
    assert len(night.made) == 5
    names = sorted(path.name for path in night.folder.iterdir())
    assert names == [*night.made[-3:], "somebodys.zip"], "only our own are forgotten"
    assert night.view.backed_up_ms() is not None


def test_before_two_the_night_is_of_the_day_before_and_a_restart_makes_no_second(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.at(NIGHT - 1)
    assert night.made == ["cuncuntong-999999-2026-11-27.zip"]
    again = Night(tmp_path)
    again.at(NIGHT - 1)
    assert again.made == []
    assert again.view.backed_up_ms() == night.view.backed_up_ms(), "a hub that starts knows of those there are"
    again.at(NIGHT)
    assert again.made == ["cuncuntong-999999-2026-11-28.zip"]


def test_one_that_failed_is_said_and_tried_again_in_an_hour(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    night = Night(tmp_path)
    night.broken = True
    with caplog.at_level(logging.WARNING):
        night.at(NIGHT)
    assert "E-BAK-07" in caplog.text
    assert night.view.backed_up_ms() == 0, "a county that wants backups and has none is told of it"
    night.broken = False
    night.at(NIGHT + AGAIN_MS - 1)
    assert night.made == []
    night.at(NIGHT + AGAIN_MS)
    assert len(night.made) == 1


def test_without_a_folder_none_is_made(tmp_path: Path) -> None:
    view = View(MadeUpCounty([]).figures())
    chore = NightlyBackups(settings_in(tmp_path), view)
    chore.round(NIGHT, connected=True)
    chore.wait(1)
    assert list(tmp_path.glob("**/*.zip")) == []
