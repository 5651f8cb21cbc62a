"""Printing, through a real cupsd of the test's own; and programs that hang, fail or are missing."""

import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.kiosk.events import Printed
from station.kiosk.ports import cups
from station.kiosk.ports.cups import CupsPrinter
from station.kiosk.ports.printer import NullPrinter, Sheet
from tests.station.kiosk.ports.pdf import text_of
from tests.station.kiosk.ports.private_cups import Cups, private_cups
from tests.station.kiosk.ports.programs import HANG, Programs, programs_first
from tests.waiting import wait_for

SHEET = Sheet("受理回执", ("姓名：测试甲乙", "受理编号 10-00042-7"), "测试村", "CCT 990105001002 10-00042-7")
READY = 'echo "village accepting requests since now"; echo "printer village is idle.  enabled since now"'


@pytest.fixture(scope="module")
def print_system() -> Iterator[Cups]:
    with private_cups() as running:
        yield running


@pytest.fixture
def running(print_system: Cups, monkeypatch: pytest.MonkeyPatch) -> Cups:
    monkeypatch.setenv("CUPS_SERVER", str(print_system.socket))
    return print_system


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = programs_first(tmp_path / "bin", monkeypatch)
    made.put("lpstat", READY)
    made.put("lp", "cat > /dev/null")
    made.put("cancel", "")
    return made


def printed(name: str, sheet: Sheet = SHEET, within_s: float = 25) -> Printed:
    """Return what is told of `sheet`."""
    printer, told = CupsPrinter(name), queue.SimpleQueue[Printed]()
    try:
        printer.print(sheet, told.put)
        return told.get(timeout=within_s)
    finally:
        printer.close()


def test_a_sheet_comes_out_on_paper_and_nothing_of_it_is_kept(running: Cups) -> None:
    printer, told = CupsPrinter("village"), queue.SimpleQueue[Printed]()
    wait_for(lambda: printer.available, "found")
    printer.print(SHEET, told.put)
    assert told.get(timeout=25) is Printed.DONE
    wait_for(lambda: running.paper("village"), "printed")
    wait_for(lambda: running.jobs("not-completed") == "", "done")
    text = text_of(running.paper("village"))
    assert [word for word in ("受理回执", "测试甲乙", "10-00042-7", "测试村") if word not in text] == []
    wait_for(lambda: running.spooled() == [], "CUPS keeps no file of it, as SECURITY.md asks for")
    assert "测试" not in running.jobs("completed")
    printer.close()
    assert not any(thread.name == "printer" for thread in threading.enumerate()), "the thread ends"


@pytest.mark.parametrize("name", ["stopped", "refusing", "nowhere"])
def test_a_printer_that_does_not_print_gets_nothing(running: Cups, name: str) -> None:
    assert printed(name) is Printed.NO_PRINTER
    assert running.jobs("not-completed") == "", "nothing waits there for whoever comes next"


@pytest.mark.slow
def test_a_sheet_that_jams_is_not_printed_for_whoever_comes_next(
    running: Cups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups, "CANCELLED_AFTER_S", 1)
    assert printed("jammed") is Printed.DONE
    wait_for(lambda: running.jobs("not-completed") == "", "cancelled by CUPS", within_s=45)
    wait_for(lambda: running.spooled() == [], "and its file gone")


def test_what_a_broken_printer_would_print_later_is_cancelled(running: Cups, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cups, "CANCELLED_AFTER_S", 1)
    monkeypatch.setattr(cups, "LOOK_EVERY_S", 0.2)
    printer, told = CupsPrinter("broken"), queue.SimpleQueue[Printed]()
    printer.print(SHEET, told.put)
    assert told.get(timeout=25) is Printed.DONE
    assert "broken-" in running.jobs("not-completed")
    wait_for(lambda: running.jobs("not-completed") == "", "cancelled by us", within_s=10)
    wait_for(lambda: running.spooled() == [], "and its file gone")
    printer.close()


def test_what_a_kiosk_left_behind_is_cancelled_by_the_next(running: Cups) -> None:
    assert printed("broken") is Printed.DONE
    assert "broken-" in running.jobs("not-completed")
    printer = CupsPrinter("broken")
    wait_for(lambda: running.jobs("not-completed") == "", "cancelled at the start")
    printer.close()


def test_without_a_print_system_there_is_no_printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(tmp_path / "nobody"))
    assert printed("village") is Printed.NO_PRINTER


def test_without_the_programs_there_is_no_printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert printed("village") is Printed.NO_PRINTER


def test_a_station_without_a_printer_says_so_from_another_thread() -> None:
    printer, told = NullPrinter(), queue.SimpleQueue[tuple[Printed, str]]()
    printer.print(SHEET, lambda result: told.put((result, threading.current_thread().name)))
    assert told.get(timeout=5) == (Printed.NO_PRINTER, "no-printer")
    assert not printer.available
    printer.close()


def test_a_print_system_that_hangs_is_left_alone_and_found_again(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cups, "LOOK_MAX_S", 0.2)
    monkeypatch.setattr(cups, "LOOK_EVERY_S", 0.05)
    programs.put("lpstat", HANG)
    printer = CupsPrinter("village")
    wait_for(lambda: "E-PRINT-02" in caplog.text, "told in the log")
    began = time.monotonic()
    told = queue.SimpleQueue[Printed]()
    printer.print(SHEET, told.put)
    assert time.monotonic() - began < 0.1, "the screen does not wait"
    assert told.get(timeout=5) is Printed.FAILED
    assert not printer.available
    programs.put("lpstat", READY)
    wait_for(lambda: printer.available, "found again")
    printer.close()
    wait_for(programs.gone, "no process is left")
    assert caplog.text.count("E-PRINT-02") == 1


@pytest.mark.parametrize(
    ("does", "told"), [(HANG, Printed.FAILED), ("exit 1", Printed.FAILED), ("exit 0", Printed.DONE)],
    ids=["hangs", "refuses", "takes it without reading it all"],
)  # fmt: skip
def test_what_lp_does_is_told(programs: Programs, monkeypatch: pytest.MonkeyPatch, does: str, told: Printed) -> None:
    monkeypatch.setattr(cups, "TOLD_WITHIN_S", 3.0)
    programs.put("lp", does)
    assert printed("village", within_s=5) is told
    wait_for(programs.gone, "no process is left")
    assert programs.arguments("lp") == ["-d village -t cuncuntong -o job-cancel-after=180 -"], (
        "no argument says anything of the sheet"
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [(("sleep", "60"), "E-PRINT-03"), (("false",), "E-PRINT-03"), (("sh", "-c", "exit 3"), "E-PRINT-04")],
    ids=["hangs", "fails", "finds no font"],
)
def test_a_sheet_that_is_not_set_is_told_and_goes_nowhere(
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    code: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(cups, "PDF_COMMAND", command)
    monkeypatch.setattr(cups, "PDF_MAX_S", 0.3)
    assert printed("village") is Printed.FAILED
    assert code in caplog.text
    assert programs.pids("lp") == []


def test_a_sheet_says_nothing_of_itself_in_log_or_repr(
    programs: Programs, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    too_much_for_a_code = SHEET._replace(qr="测试" * 2000)
    assert printed("village", too_much_for_a_code) is Printed.FAILED
    seen = caplog.text + "".join(capfd.readouterr()) + repr(too_much_for_a_code) + repr(cups.run(["cat"], b"x", 5))
    assert "E-PRINT-03" in seen
    assert "测试" not in seen


def test_two_sheets_behind_one_that_hangs_are_all_told_in_time(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cups, "TOLD_WITHIN_S", 1.0)
    programs.put("lp", HANG)
    printer, told = CupsPrinter("village"), queue.SimpleQueue[Printed]()
    began = time.monotonic()
    for _ in range(3):
        printer.print(SHEET, told.put)
    assert [told.get(timeout=10) for _ in range(3)] == [Printed.FAILED] * 3
    assert time.monotonic() - began < 1 + 1.5
    printer.close()


def test_this_systems_lpstat_says_what_is_looked_for(running: Cups) -> None:
    command = ["lpstat", "-a", "stopped", "-p", "stopped"]
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "CUPS_SERVER": str(running.socket), "PATH": "/usr/bin"},
    ).stdout
    assert re.search(r"^printer stopped disabled", said, re.MULTILINE)
    assert re.search(r"^stopped accepting requests", said, re.MULTILINE)
