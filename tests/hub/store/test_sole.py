"""One hub for one database."""

from pathlib import Path

import pytest

from hub.store.engine import Database, StoreError
from hub.store.sole import sole


def test_a_second_hub_is_refused_while_the_first_runs_and_no_command_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    with sole(url):
        with pytest.raises(StoreError, match=r"E-STORE-07 .*请先停止它"), sole(url):
            pass
        Database(url).stop()
    with sole(url):
        pass


@pytest.mark.parametrize("url", ["sqlite://", "postgresql://nowhere/x", "no address"])
def test_where_there_is_no_file_there_is_no_lock(url: str) -> None:
    with sole(url):
        pass


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="E-STORE-02"), sole(f"sqlite:///{tmp_path / 'gone' / 'hub.sqlite3'}"):
        pass
