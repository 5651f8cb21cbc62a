"""The technician's screen: right at every size, in both languages, and a terminal left as it was."""

import signal
import termios
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.text import Text

from demo.processes import tool
from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import FaultNow, Looked, Report
from station.devices.camera.watch_screen import BARS, gauge, picture, screen, sparkline
from station.devices.camera.watch_view import Gathered, View
from station.devices.camera.watch_words import Language, duration
from station.devices.camera.watched import Newest
from station.vision.kinds import KINDS
from tests.terminal import Terminal

SIZES = [(60, 20), (80, 24), (120, 36), (200, 50), (40, 12)]
WELL = CameraStatus("camera", "ok", None, 24.9, 1920, 1080, 40, 2, 5000)
REPORT = Report("streaming", 5000, 24.9, 25.0, 1920, 1080, 40, 3, 412_000.0, 2.0, 1.0)
FAULTS = [FaultNow("white", 900.0, 1.0, 1.0), FaultNow("stripes", 950.0, 0.2, 0.8)]


def looked(*, learning: bool = False, at_s: float = 999.5) -> Looked:
    scores = {kind: number / 7 for number, kind in enumerate(KINDS)}
    preview = bytes(range(240)) * (96 * 54 * 3 // 240 + 1)
    return Looked(at_s, [], learning, "day", {"lost_share": 0.01}, scores, preview[: 96 * 54 * 3], 96, 54)


def view_of(state: str) -> View:
    gathered = Gathered("rtsp", 30.0)
    match state:
        case "opening":
            unknown = WELL._replace(state="unknown", width_px=0, height_px=0, last_frame_age_ms=None)
            return gathered.view(unknown, [], Newest(), 0, 1000.0)
        case "lost":
            lost = WELL._replace(state="failed", code="E-CAM-03", last_frame_age_ms=65_000)
            old = Newest(REPORT, looked(at_s=935.0))
            return gathered.view(lost, [FaultNow("no_frames", 935.0, 1.0, 1.0)], old, 3, 1000.0)
        case "learning":
            before = WELL._replace(reconnects=0)
            gathered.view(before, [], Newest(REPORT, looked(learning=True, at_s=960.0)), 3, 960.5)
            gathered.view(WELL, [], Newest(REPORT, looked(learning=True, at_s=984.0)), 3, 985.0)
            return gathered.view(WELL, [], Newest(REPORT, looked(learning=True)), 3, 1000.0)
        case "faults":
            return gathered.view(WELL, FAULTS, Newest(REPORT, looked()), 3, 1000.0)
    return gathered.view(WELL, [], Newest(REPORT, looked()), 3, 1000.0)


def shown(state: str, size: tuple[int, int], language: Language) -> Text:
    return screen(view_of(state), *size, language)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("state", ["opening", "lost", "learning", "faults", "well"])
def test_the_screen_fills_its_terminal_and_no_line_is_too_wide(
    state: str, size: tuple[int, int], language: Language
) -> None:
    lines = shown(state, size, language).plain.split("\n")
    assert len(lines) == size[1]
    assert max(map(cell_len, lines)) <= size[0]


@pytest.mark.parametrize(
    ("state", "language", "words"),
    [
        ("opening", "zh", ["正 在 打 开"]),
        ("learning", "zh", ["学 习 中  50%", "█", "░"]),
        ("learning", "en", ["L E A R N I N G  50%"]),
        ("well", "zh", ["正 常", "412 kbit/s", "关键帧 2.0 s", "解码错误 3", "最近一帧 40 ms", "重连 2"]),
        ("well", "en", ["I N   O R D E R", "24.9 frames/s", "keyframe 2.0 s", "decoder errors 3", "last frame 40 ms"]),
        ("faults", "zh", ["过 曝", "起于 1 min 40 s 前", "严重度 100%", "另有 条纹", "请检查供电与线缆干扰"]),
        ("faults", "en", ["O V E R E X P O S E D", "since 1 min 40 s", "also striped", "check power and cable"]),
        ("lost", "en", ["N O   V I D E O", "since 1 min 05 s", "E-CAM-03"]),
    ],
)
def test_the_verdict_and_the_stream_stand_in_words(state: str, language: Language, words: list[str]) -> None:
    text = shown(state, (120, 36), language).plain
    assert [word for word in words if word not in text] == []


def test_the_limit_is_marked_and_what_passes_it_is_red() -> None:
    assert gauge(0.0, 9).plain == "──────┃──"
    assert gauge(1.4, 9).plain.startswith("━━━━━━┃━")
    line = sparkline([0.0, 0.5, 0.99, 1.0, 9.9], 6)
    assert (line.plain[0], line.plain[1], line.plain[-1]) == (" ", BARS[0], BARS[-1])
    colours = [str(span.style) for span in line.spans]
    assert colours[0] == colours[1] != colours[3] == colours[4]


def test_the_picture_keeps_its_shape_and_has_two_pixels_a_cell() -> None:
    drawn = picture(looked(), 64, 30)
    assert (len(drawn), drawn[0].cell_len) == (18, 64)
    low = picture(looked(), 64, 9)
    assert (len(low), low[0].cell_len) == (9, 32)
    assert picture(None, 64, 30) == []


def test_an_old_picture_is_not_shown_as_if_it_were_there() -> None:
    assert "▀" not in shown("lost", (120, 36), "zh").plain
    assert "暂无画面" in shown("lost", (120, 36), "zh").plain


def test_relearning_begins_the_scores_anew() -> None:
    gathered = Gathered("file", 10.0)
    assert list(gathered.view(WELL, [], Newest(REPORT, looked()), 0, 1000.0).scores["cast"]) == [13 / 7]
    gathered.relearn()
    view = gathered.view(WELL, [], Newest(REPORT, looked(learning=True, at_s=1001.0)), 0, 1001.0)
    assert len(view.scores["cast"]) == 1
    assert view.learnt_share == 0.0


@pytest.mark.parametrize(("seconds", "text"), [(5.4, "5 s"), (65, "1 min 05 s"), (7260, "2 h 01 min")])
def test_a_duration_is_read_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.slow
@pytest.mark.parametrize("how", ["q", "Ctrl-C"])
def test_a_technician_sees_the_fault_and_gets_the_terminal_back(how: str) -> None:
    command = [tool("station"), "camera", "watch", "simulated:?fault=black", "--learn", "5"]
    with Terminal(command, columns=100, rows=30) as terminal:
        terminal.wait_for("▀", *(["黑 屏", "严重度"] if how == "q" else ["帧/秒"]), within_s=20)
        assert not termios.tcgetattr(terminal._master)[3] & (termios.ICANON | termios.ECHO)
        if how == "q":
            terminal.press("q")
        else:
            terminal.process.send_signal(signal.SIGINT)  # this pty is nobody's controlling terminal
        assert terminal.process.wait(10) == 0
        assert termios.tcgetattr(terminal._master)[3] & termios.ICANON
        assert termios.tcgetattr(terminal._master)[3] & termios.ECHO


@pytest.mark.slow
def test_the_new_view_is_learnt_on_r() -> None:
    command = [tool("station"), "camera", "watch", "simulated:", "--learn", "2", "--language", "en"]
    with Terminal(command) as terminal:
        terminal.wait_for("I N   O R D E R", within_s=25)
        terminal.press("r")
        terminal.wait_for("L E A R N I N G", within_s=20)
        terminal.wait_for("I N   O R D E R", within_s=20)
