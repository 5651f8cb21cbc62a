"""One county and one system's image for all tests of cards; whoever changes the county takes a copy."""

import shutil
from pathlib import Path

import pytest

from tests.firmware_config.card import cards


@pytest.fixture(scope="session")
def kept_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cards.make(tmp_path_factory.mktemp("county") / "测试县")


@pytest.fixture
def county(kept_county: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept_county, tmp_path / "county"))


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cards.system_image(tmp_path_factory.mktemp("image") / "raspios.img")


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    return cards.boot_folder(tmp_path / "bootfs")
