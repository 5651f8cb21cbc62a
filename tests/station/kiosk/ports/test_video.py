"""The program for video calls: when it ends, by itself or not, and that nothing of it is left."""

import queue
import time
from pathlib import Path

import pytest

from station.kiosk.events import Event, Signal
from station.kiosk.ports import video
from station.kiosk.ports.video import VideoProgram
from tests.station.kiosk.ports.programs import HANG, Programs, programs_first
from tests.waiting import wait_for

Ends = queue.SimpleQueue[Event]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return programs_first(tmp_path / "bin", monkeypatch)


def begun(programs: Programs, *command: str) -> tuple[VideoProgram, Ends]:
    ends = Ends()
    call = VideoProgram(command, ends.put)
    call.start()
    wait_for(lambda: programs.pids(command[0]), "begun")
    return call, ends


def test_the_end_of_the_program_is_told_once(programs: Programs) -> None:
    programs.put("call", "exit 1")
    _, ends = begun(programs, "call", "--room", "county")
    assert ends.get(timeout=10) is Signal.VIDEO_ENDED
    assert programs.arguments("call") == ["--room county"]
    wait_for(programs.gone, "no zombie is left")
    assert ends.empty()


def test_one_call_at_a_time_and_another_after_it(programs: Programs) -> None:
    programs.put("call", HANG)
    call, ends = begun(programs, "call")
    call.start()
    call.stop()
    ends.get(timeout=10)
    assert len(programs.pids("call")) == 1
    wait_for(lambda: not call._call or not call._call.is_alive(), "over")
    call.start()
    wait_for(lambda: len(programs.pids("call")) == 2, "begun again")
    call.close()
    ends.get(timeout=10)
    wait_for(programs.gone, "no process is left")


@pytest.mark.parametrize(
    ("does", "what"),
    [
        (HANG, "a program that hangs"),
        ("trap '' TERM; call-child & while :; do sleep 0.05; done", "one that does not listen, and its child"),
    ],
    ids=["hangs", "does not listen"],
)
def test_closing_ends_the_program_and_all_it_started(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, does: str, what: str
) -> None:
    monkeypatch.setattr(video, "GRACE_S", 0.2)
    programs.put("call-child", f"trap '' TERM; {HANG}")
    programs.put("call", does)
    call, ends = begun(programs, "call")
    if "child" in does:
        wait_for(lambda: programs.pids("call-child"), "its child runs")
    call.close()
    ends.get(timeout=10)
    wait_for(programs.gone, f"nothing is left of {what}")


def test_what_a_program_leaves_behind_ends_with_it(programs: Programs) -> None:
    programs.put("call-child", HANG)
    programs.put("call", f'call-child & while [ ! -s "{programs.folder}/call-child.pids" ]; do sleep 0.01; done')
    _, ends = begun(programs, "call")
    ends.get(timeout=10)
    wait_for(programs.gone, "the child too")


def test_a_call_that_nobody_ends_is_ended(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(video, "LONGEST_S", 0.2)
    programs.put("call", HANG)
    _, ends = begun(programs, "call")
    ends.get(timeout=10)
    assert "E-VIDEO-02" in caplog.text
    wait_for(programs.gone, "no process is left")


@pytest.mark.parametrize("command", [[], ["no-such-program-for-calls"]], ids=["none set up", "not installed"])
def test_without_a_program_the_call_is_over_at_once(command: list[str], caplog: pytest.LogCaptureFixture) -> None:
    ends = Ends()
    call = VideoProgram(command, ends.put)
    began = time.monotonic()
    call.start()
    assert time.monotonic() - began < 0.1, "the screen does not wait"
    ends.get(timeout=10)
    assert call.available is bool(command)
    assert ("E-VIDEO-01" in caplog.text) is bool(command)
    call.close()
