"""The kiosk as a program, everything around it real: printed, opened by staff, killed, full, ended."""

import json
import os
import re
import signal
import subprocess
from contextlib import closing
from itertools import count

import pytest

from demo.processes import tool
from station.store.spool import FILE_NAME, Spool
from tests.end_to_end.kiosk.town import ENTER, ESC, F1, F12, Town, number_on, walk
from tests.end_to_end.kiosk.villager import (
    CHINESE,
    ID_NUMBER,
    NAME,
    OTHER_PARTY,
    SERVICE_CARD,
    WORDS,
    identify,
    leave_message,
)
from tests.station.kiosk.ports.private_cups import private_cups
from tests.terminal import Terminal
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ENDS_WITHIN_S = 5.0
PIN, WRONG_PIN, STARS = "246813", "135792", "* * * * * *"
WRONG_PINS = 5


def test_a_receipt_as_a_code_where_there_is_no_printer_and_on_paper_where_there_is(town: Town) -> None:
    with town.kiosk() as kiosk:
        walk(kiosk, (("1", "请选择要办的事"),))
        number = leave_message(kiosk, CHINESE, WORDS)
        assert "打印回执" not in kiosk.text()
        walk(kiosk, (("2", "存下编号"), (ESC, number)))
    with private_cups() as cups, town.kiosk('printer = "village"', env={"CUPS_SERVER": str(cups.socket)}) as kiosk:
        walk(kiosk, (("1", "请选择要办的事"),))
        leave_message(kiosk, CHINESE, WORDS)
        walk(kiosk, (("", "打印回执"), ("2", "已送打印机")))
        assert wait_for(lambda: cups.paper("village"), "paper").startswith(b"%PDF")


def test_the_staff_page_opens_by_pin_and_is_shut_after_five_wrong_ones(town: Town) -> None:
    file = town.folder / "staff.pin"
    command = [tool("station"), "staff-pin", "set", "--file", str(file), "--stdin"]
    subprocess.run(command, input=f"{PIN}\n", text=True, check=True, timeout=20, capture_output=True)
    assert PIN.encode() not in file.read_bytes()
    with town.kiosk('staff_pin_file = "staff.pin"') as kiosk:
        walk(kiosk, ((F12, "请输入工作人员密码"), (PIN, STARS)))
        assert PIN not in kiosk.text()
        kiosk.press(ENTER)
        shown = kiosk.wait_for("待上报", "camera/main", "reader", "县平台")
        pages = [shown]
        while not re.search(r"([0-9])/\1 ", pages[-1]):
            kiosk.press("9")
            pages.append(turned(kiosk, pages[-1]))
        whole = "\n".join(pages)
        assert "内容版本" in whole
        assert not any(personal in whole for personal in (NAME, ID_NUMBER, SERVICE_CARD, OTHER_PARTY, WORDS))
        walk(kiosk, (("0", "请刷身份证"), (F12, "请输入工作人员密码")))
        for wrong in count(1):
            kiosk.press(WRONG_PIN)
            kiosk.wait_for(STARS)
            kiosk.press(ENTER)
            shown = kiosk.wait_until(lambda now: STARS not in now and ("不对" in now or "太多" in now), "an answer")
            if "输错太多次" in shown:
                break
            assert wrong < WRONG_PINS
        walk(kiosk, ((PIN, STARS),))
        kiosk.press(ENTER)
        kiosk.wait_until(lambda now: STARS not in now and "输错太多次" in now, "the right one is not asked for either")


def turned(kiosk: Terminal, page: str) -> str:
    """Return the page after `page`."""
    return kiosk.wait_until(lambda now: now != page, "the next page")


def test_killed_in_a_form_nothing_is_left_and_killed_after_confirming_nothing_is_lost(town: Town) -> None:
    before = town.visits().keys()
    with town.kiosk() as kiosk:
        identify(town, kiosk, CHINESE)
        walk(kiosk, (("1", "怎么问"), ("1", "是哪方面的事"), ("2", "您想问什么"), (WORDS, WORDS)))
        os.killpg(kiosk.process.pid, signal.SIGKILL)
        kiosk.process.wait()
    town.lift()
    with town.kiosk() as kiosk:
        assert NAME not in kiosk.text()
        identify(town, kiosk, CHINESE)
        number = leave_message(kiosk, CHINESE, WORDS)
        os.killpg(kiosk.process.pid, signal.SIGKILL)
        kiosk.process.wait()
    town.lift()
    town.visit(number)
    assert town.visits().keys() - before == {number}
    with town.kiosk() as kiosk:
        second = subprocess.run(town.command(), capture_output=True, text=True, timeout=20, check=False)
        assert second.returncode == 1
        assert "E-KIOSK-04" in second.stderr
        walk(kiosk, (("1", "请选择要办的事"),))


@pytest.mark.parametrize("how", ["SIGTERM", "its terminal vanishes"])
def test_the_kiosk_ends_within_seconds(town: Town, how: str) -> None:
    with town.kiosk() as kiosk:
        if how == "SIGTERM":
            os.kill(kiosk.process.pid, signal.SIGTERM)
        else:
            kiosk.vanish()
        assert kiosk.process.wait(ENDS_WITHIN_S) == 0, kiosk.text()


def test_a_full_spool_refuses_a_form_with_words_and_takes_a_call_for_help(town: Town) -> None:
    with town.kiosk(first=("spool_limit_bytes = 1000000",)) as kiosk:
        kiosk.wait_for("(+) 在线")
        identify(town, kiosk, CHINESE)
        walk(kiosk, (("1", "怎么问"), ("1", "是哪方面的事"), ("2", "您想问什么"), (WORDS, WORDS)))
        with closing(Spool.open(town.folder / "state" / FILE_NAME)) as spool:
            spool.put_note("filler", "x" * 1_100_000)
            walk(kiosk, ((ENTER, "您的电话"), (ENTER, "没错就提交"), ("1", "[V]"), ("2", "没有办成：本机已存满")))
            kiosk.wait_for("这次没有保存")
            walk(kiosk, ((F1, "要紧急求助吗"), ("1", "县里已收到您的求助"), ("0", "没有办成")))
            spool.put_note("filler", "")
        kiosk.press("2")
        number = number_on(kiosk.wait_for("受理编号", "县里已收到"))
        town.lift()
    assert WORDS in json.dumps(town.opened(number)["words"], ensure_ascii=False)
