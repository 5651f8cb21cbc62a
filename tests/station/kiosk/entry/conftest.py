"""One index for all tests here: of the likelier words only, so that it is built in two seconds."""

from pathlib import Path

import pytest

from station.kiosk.entry.build_pinyin import build
from station.kiosk.entry.pinyin_file import PinyinFile

RAREST_IN_TESTS = 600
PLACES = ("上冈镇", "测试村")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pinyin") / "pinyin.sqlite3"
    assert build(path, PLACES, RAREST_IN_TESTS)
    return path


@pytest.fixture(scope="session")
def pinyin(index: Path) -> PinyinFile:
    return PinyinFile(index, rebuild=lambda path: pytest.fail(f"{path} was found damaged"))
