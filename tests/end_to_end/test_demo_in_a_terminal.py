"""`./run demo` where a person sits: the kiosk in this terminal, Ctrl-C ends everything."""

import sys
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.villager import F9
from tests.terminal import Terminal

pytestmark = pytest.mark.slow

CTRL_C = "\x03"


@pytest.mark.parametrize("language_key", ["", "\x1bOS"], ids=["in Chinese", "in English"])
def test_the_kiosk_comes_up_takes_a_card_and_ctrl_c_leaves_nothing_running(tmp_path: Path, language_key: str) -> None:
    command = [sys.executable, "-m", "demo", "--stations", "2", "--state", str(tmp_path / "state")]
    with Terminal(command, columns=100, rows=30) as terminal:
        terminal.wait_for("请刷身份证", "F9", within_s=60)
        parts = psutil.Process(terminal.process.pid).children(recursive=True)
        assert len(parts) >= 6
        terminal.press(language_key)
        terminal.wait_for("F9 card" if language_key else "F9 放卡")
        terminal.press(F9)
        terminal.wait_for("110105********002X")
        terminal.press(CTRL_C)
        terminal.wait_for("已停止", within_s=20)
        assert terminal.process.wait(10) == 0
    assert [part for part in parts if part.is_running() and part.status() != psutil.STATUS_ZOMBIE] == []
