"""A villager with a card before a kiosk: the whole way with number keys, step by step."""

import re
from collections.abc import Iterator

from tests.terminal import Terminal

F9 = "\x1b[20~"
"""Places or lifts the simulated reader's card (only with `--demo`)."""

WAY = (
    ("wait", "", "请刷身份证"),
    ("identity", F9, "是您本人吗"),
    ("notice", "1", "隐私告知"),
    ("consent", "1", "[V]"),
    ("services", "3", "请选择要办的事"),
    ("advice", "1", "留言咨询"),
    ("question", "1", "是哪方面的事"),
    ("words", "2", "您想问什么"),
    ("written", "1", "对方欠钱不还"),
    ("phone", "\r", "您的电话"),
    ("confirm", "\r", "没错就提交"),
    ("agreed", "1", "[V]"),
    ("saved", "2", "受理编号"),
    ("rating", "1", "这次服务您满意吗"),
    ("thanks", "1", "谢谢您"),
)
"""Step, the key that leads to it, and what the screen then shows."""
MESSAGE = WAY[5:12]
"""From the menu to a message that only waits for 确认; without a card it is the same."""


class Villager:
    """Walks one visit with a card: legal advice by a message, identity consented to, very satisfied."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.number = ""

    def steps(self) -> Iterator[str]:
        """Give the name of each step once its screen is shown."""
        for step, key, shown in WAY:
            if key:
                self.terminal.press(key)
            screen = self.terminal.wait_for(shown)
            if step == "saved":
                self.number = re.findall(r"\d\d-\d{5,9}-\d", screen)[0]
            yield step
        self.terminal.press(F9)
        self.terminal.press("1")
        self.terminal.wait_for("请刷身份证")

    def visit(self, county_within_s: float = 10.0) -> str:
        """Walk to the end, waiting on the saved screen until the county has it; return the 受理编号."""
        for step in self.steps():
            if step == "saved":
                self.terminal.wait_for("县里已收到", within_s=county_within_s)
        return self.number
