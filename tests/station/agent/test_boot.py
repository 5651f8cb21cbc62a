import time
from pathlib import Path

import pytest

from station.agent.boot import next_boot
from station.errors import StoreError


def test_every_start_counts_one(tmp_path: Path) -> None:
    first = next_boot(tmp_path / "boot")
    assert [next_boot(tmp_path / "boot") for _ in range(3)] == [first + 1, first + 2, first + 3]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="a new card"),
        pytest.param(b"", id="an empty file"),
        pytest.param(b"12\x0034", id="a torn file"),
        pytest.param(b"\xff\xff", id="no text at all"),
        pytest.param(b"9" * 40, id="an absurd count"),
        pytest.param(b"0", id="nought"),
    ],
)
def test_a_lost_count_goes_on_above_every_honest_one(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "boot").write_bytes(content)
    assert time.time() - 5 <= next_boot(tmp_path / "boot") <= time.time() + 5


def test_a_disk_that_takes_no_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(StoreError, match="E-AGENT-01"):
        next_boot(tmp_path / "state" / "boot")
