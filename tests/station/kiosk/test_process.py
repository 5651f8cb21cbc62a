"""The real process on a real terminal, with the real spool and the simulated reader."""

import base64
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psutil
import pyte
import pytest

from station.devices.reader.simulated import SimulatedReader
from station.number import visit_number
from station.settings import Settings
from station.store.presence import Presence, somebody_is_there
from station.store.spool import FILE_NAME, Spool
from tests.few_words import give_few_words
from tests.station.kiosk.fakes import HUB_KEY, opened
from tests.terminal import Terminal
from tests.waiting import wait_for
from wire.codec import decode
from wire.person import Person
from wire.records import Rating, Visit
from wire.settings import load_settings

NAME, ID_NUMBER, WORDS = "测试甲", "11010519491231002X", "田埂往东挪了两尺"  # the simulated reader's fictional resident
CARD_TO_NAME_S = 3.0
"""Far above what was measured: a shared machine may be busy. `./run bench` holds the figure."""
RESIDENT_MB = 120


@pytest.fixture
def reader() -> Iterator[SimulatedReader]:
    with closing(SimulatedReader()) as twin:
        twin.start()
        yield twin


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def config(tmp_path: Path, state_dir: Path, reader: SimulatedReader) -> Path:
    (tmp_path / "seal.pub").write_bytes(base64.b64encode(bytes(HUB_KEY.public_key)))
    file = tmp_path / "station.toml"
    file.write_text(
        f"""station = "999999101001"
name = "测试村"
town = "测试镇"
state_dir = "{state_dir}"
seal_key_file = "seal.pub"
[broker]
host = "localhost"
ca_file = "ca.crt"
cert_file = "station.crt"
key_file = "station.key"
[reader]
port = "{reader.path}"
""",
        "utf-8",
    )
    give_few_words(load_settings(file, Settings))
    return file


@pytest.fixture(autouse=True)
def whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a line also while half of a wide character is overwritten: pyte's own `display` fails there."""

    def display(screen: pyte.Screen) -> list[str]:
        return ["".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)]

    monkeypatch.setattr(pyte.Screen, "display", property(display))


@pytest.fixture
def kiosk(config: Path) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-m", "station", "kiosk", "--config", str(config)]) as terminal:
        terminal.wait_for("请刷身份证", within_s=30)
        yield terminal


def test_noise_from_the_terminal_ends_no_visit(kiosk: Terminal, state_dir: Path) -> None:
    assert not somebody_is_there(state_dir)
    kiosk.press("1")
    kiosk.wait_for("请选择要办的事")
    assert somebody_is_there(state_dir)  # nothing restarts the kiosk now
    os.write(kiosk._master, b"\xff\xc3(\x80")
    wait_for(lambda: "E-KIOSK-05" in (state_dir / "kiosk.log").read_text("utf-8"), "the noise is told")
    kiosk.press("1")
    kiosk.wait_for("留言咨询")
    kiosk.press("\x1b")
    kiosk.wait_for("请选择要办的事")


def traces(state_dir: Path) -> list[str]:
    """Return the files of the station that hold the person, as UTF-8, UTF-16 or escaped JSON."""
    private = [
        form
        for text in (NAME, ID_NUMBER, WORDS)
        for form in (text.encode(), text.encode("utf-16-le"), text.encode("unicode_escape"))
    ]
    return [
        file.name
        for file in state_dir.rglob("*")
        if file.is_file() and any(form in file.read_bytes() for form in private)
    ]


def test_a_card_becomes_a_sealed_visit_and_leaves_no_trace(
    kiosk: Terminal, reader: SimulatedReader, state_dir: Path
) -> None:
    reader.place("resident")
    began = time.monotonic()
    kiosk.wait_for(NAME, "110105********002X")
    assert time.monotonic() - began < CARD_TO_NAME_S
    kiosk.press("1")
    kiosk.wait_for("隐私告知")
    kiosk.press("1")
    kiosk.wait_for("[V] 同意")
    kiosk.press("3")
    kiosk.wait_for("请选择要办的事")
    for key, what in (("1", "怎么问"), ("1", "是哪方面的事"), ("2", "您想问什么"), (WORDS, WORDS), ("\r", "您的电话")):
        kiosk.press(key)
        kiosk.wait_for(what)
    kiosk.press("\r")
    kiosk.wait_for("没错就提交", WORDS, NAME)
    kiosk.press("1")
    kiosk.wait_for("[V] 同意")
    kiosk.press("2")
    shown = kiosk.wait_for("受理编号", "已保存在本机，联网后自动上报")
    with closing(Spool.open(state_dir / FILE_NAME)) as spool:
        ((visit_seq, visit),) = [
            (record.seq, body)
            for record in spool.pending(0, most=50, most_bytes=60_000)
            if isinstance(body := msgspec.json.decode(record.body, type=Visit | Rating), Visit)
        ]
        assert visit.number == visit_number(spool.epoch, visit_seq)
        assert visit.number in shown
        assert (visit.who, visit.service, visit.consents) == ("card", "legal_advice", ["identity", "words"])
        assert visit.person is not None
        person = decode(opened(visit.person.identity), Person)
        assert (person.name, person.id_number, person.address) == (NAME, ID_NUMBER, "")
        with closing(Presence(state_dir)):  # as the agent that notes it
            spool.put_note("hub", "online")
            spool.trim(visit_seq)
            kiosk.wait_for("县里已收到", "在线")
        kiosk.wait_for("离线")
        kiosk.press("1")
        kiosk.wait_for("非常满意")
        kiosk.press("2")
        kiosk.wait_for("谢谢您", "请取走身份证")
        (rating,) = [
            msgspec.json.decode(record.body, type=Rating)
            for record in spool.pending(visit_seq, most=50, most_bytes=60_000)
        ]
        assert rating == Rating(visit=visit_seq, grade=4)
        assert {state.device: state.state for state in spool.devices()} == {"reader": "ok", "screen": "ok"}
    reader.lift()
    kiosk.press("1")
    kiosk.wait_for("请刷身份证")
    assert traces(state_dir) == []
    assert psutil.Process(kiosk.process.pid).memory_info().rss / 2**20 < RESIDENT_MB


def test_a_villager_cannot_leave_the_kiosk_and_sigterm_can(kiosk: Terminal, state_dir: Path) -> None:
    for keys in ("\x03", "\x11", "\x10", "\x1a", "\x1c", "\x04", "\x1b", "\x1b[20~", "q", "f"):
        kiosk.press(keys)
    kiosk.press("1")
    kiosk.wait_for("请选择要办的事")
    kiosk.press("0")
    kiosk.wait_for("请刷身份证")
    assert kiosk.process.poll() is None
    os.kill(kiosk.process.pid, signal.SIGTERM)
    assert kiosk.process.wait(10) == 0
    with closing(Spool.open(state_dir / FILE_NAME)) as spool:
        assert {state.device: state.state for state in spool.devices()}["screen"] == "absent"


def test_a_reader_that_goes_away_is_said_and_the_way_without_card_stays_open(
    kiosk: Terminal, reader: SimulatedReader
) -> None:
    reader.close()
    kiosk.wait_for("读卡器故障", "E-READER-30", within_s=20)
    kiosk.press("1")
    kiosk.wait_for("请选择要办的事", "匿名办理")
