from pathlib import Path

import pytest

from tests.hub.web.caller import Caller
from tests.hub.web.made_up import TOKEN, MadeUpCounty

VILLAGES = [
    (f"99999910{town}00{unit}", f"测试{town}第{unit}村", f"测试{town}镇") for town in (1, 2) for unit in range(1, 5)
]
FIRST, SECOND, THIRD = (code for code, _, _ in VILLAGES[:3])


@pytest.fixture
def made_up() -> MadeUpCounty:
    return MadeUpCounty(VILLAGES)


@pytest.fixture
def stranger(made_up: MadeUpCounty, tmp_path: Path) -> Caller:
    """Someone without the token."""
    return Caller(made_up.app(tmp_path))


@pytest.fixture
def script(stranger: Caller) -> Caller:
    """A script of the county, with the token."""
    stranger.headers["Authorization"] = f"Bearer {TOKEN}"
    return stranger
