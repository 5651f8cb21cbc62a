"""Paper through CUPS, from a thread of its own: a print system that hangs, or is not there, costs paper only.

A sheet becomes a PDF in a process of its own and goes to `lp` by standard input: it is on no disk of ours and in no
argument. Where CUPS keeps it until it is printed stands in SECURITY.md.
"""

import json
import logging
import os
import pwd
import queue
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import Final, NamedTuple

from station.kiosk.events import Printed
from station.kiosk.ports.printer import Sheet
from station.kiosk.ports.process import run
from station.kiosk.ports.sheet_pdf import EXIT_NO_FONT

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 10.0
LOOK_MAX_S: Final = 4.0
PDF_MAX_S: Final = 15.0
TOLD_WITHIN_S: Final = 27.0
"""Of the 30 s that `Printer` promises; the rest is for ending what hangs."""
JOB_TITLE: Final = "cuncuntong"
"""Everybody who may ask CUPS for its jobs sees titles."""
CANCELLED_AFTER_S: Final = 180
"""A sheet that waits for paper or toner longer than this must not come out in front of the next villager.

CUPS itself counts only while it prints: behind another job, or while it tries a broken printer again, we cancel.
"""
REQUEST: Final = re.compile(rb"request id is (\S+-[0-9]+) ")
IN_ENGLISH: Final = {"LC_ALL": "C.UTF-8"}
PDF_COMMAND: Final = (sys.executable, "-P", "-m", "station.kiosk.ports.sheet_pdf")


class Queue(Enum):
    """How the printer's queue is, as CUPS says."""

    READY = auto()
    NONE = auto()
    """No such printer, or it is stopped, or takes no jobs, or CUPS does not run."""
    SILENT = auto()
    """CUPS hangs."""


class Job(NamedTuple):
    """A sheet on its way to paper."""

    sheet: Sheet
    told: Callable[[Printed], None]
    until: float
    """On the running count, when `told` must know."""


class CupsPrinter:
    """`Printer` of one CUPS queue."""

    def __init__(self, name: str) -> None:
        """Begin; `name` is the queue's."""
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._state = Queue.NONE
        self._given: deque[tuple[str, float]] = deque()
        """Jobs that CUPS took, and when they are cancelled."""
        self._left_over = True
        """A kiosk before this one, or an `lp` that was killed, may have left jobs of which nothing is known."""
        self._logged: str | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)
        self._thread.start()

    @property
    def available(self) -> bool:
        """Say whether the printer takes jobs, as last looked."""
        return self._state is Queue.READY

    def print(self, sheet: Sheet, told: Callable[[Printed], None]) -> None:
        """Print `sheet`; returns at once."""
        self._jobs.put(Job(sheet, told, time.monotonic() + TOLD_WITHIN_S))

    def close(self, within_s: float = 2.0) -> None:
        """End for good, but do not wait for a print system that hangs; what waits is not printed."""
        self._closing = True
        self._jobs.put(None)
        self._thread.join(within_s)

    def _run(self) -> None:
        look_at = time.monotonic()
        while not self._closing:
            if time.monotonic() >= look_at:
                self._look(LOOK_MAX_S)
                if self._state is not Queue.SILENT:
                    self._clear()
                look_at = time.monotonic() + LOOK_EVERY_S
            try:
                job = self._jobs.get(timeout=max(0.0, look_at - time.monotonic()))
            except queue.Empty:
                continue
            if job is not None:
                job.told(Printed.FAILED if self._closing else self._print(job))
            job = None  # while it waits for the next, nothing of this one is held

    def _look(self, within_s: float) -> None:
        command = ["lpstat", "-a", self._name, "-p", self._name]
        began = time.monotonic()
        looked = run(command, b"", within_s, IN_ENGLISH)
        said = looked.out.decode("utf-8", errors="replace")
        if looked.code is None and time.monotonic() - began >= within_s:
            self._log("E-PRINT-02 CUPS does not answer 打印系统无响应")
            self._state = Queue.SILENT
        elif looked.code == 0 and is_ready(said, self._name):
            self._logged = None
            self._state = Queue.READY
        else:
            self._log("E-PRINT-01 no such printer, or it is stopped 没有打印机或已停用")
            self._state = Queue.NONE

    def _clear(self) -> None:
        """Cancel what did not come out in time."""
        if self._left_over:
            self._left_over = self._cancel("-u", _account(), "-a", self._name) != 0
        while self._given and time.monotonic() >= self._given[0][1] and self._cancel(self._given[0][0]) is not None:
            self._given.popleft()

    def _cancel(self, *which: str) -> int | None:
        return run(["cancel", *which], b"", LOOK_MAX_S, IN_ENGLISH).code

    def _log(self, what: str) -> None:
        if what != self._logged:
            logger.warning(what)
        self._logged = what

    def _print(self, job: Job) -> Printed:
        # A queue that is stopped takes jobs all the same, and would print them for whoever stands there later.
        self._look(min(LOOK_MAX_S, job.until - time.monotonic()))
        if self._state is not Queue.READY:
            return Printed.NO_PRINTER if self._state is Queue.NONE else Printed.FAILED
        if self._left_over:
            self._clear()  # before this sheet is among them
        given = json.dumps(job.sheet._asdict()).encode()
        pdf = run(PDF_COMMAND, given, min(PDF_MAX_S, job.until - time.monotonic()))
        if pdf.code != 0 or not pdf.out:
            no_font = pdf.code == EXIT_NO_FONT
            self._log("E-PRINT-04 fonts-noto-cjk is missing 缺少中文字体" if no_font else PDF_FAILED)
            return Printed.FAILED
        command = ["lp", "-d", self._name, "-t", JOB_TITLE, "-o", f"job-cancel-after={CANCELLED_AFTER_S}", "-"]
        taken = run(command, pdf.out, job.until - time.monotonic(), IN_ENGLISH)
        request = REQUEST.search(taken.out)
        if request is not None:
            self._given.append((request[1].decode("ascii", "replace"), time.monotonic() + CANCELLED_AFTER_S))
        if taken.code != 0:
            self._left_over = True
            self._log("E-PRINT-05 CUPS did not take the sheet 打印系统未接收")
            return Printed.FAILED
        return Printed.DONE


def _account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # an account without a name
        return str(os.geteuid())


PDF_FAILED: Final = "E-PRINT-03 the sheet could not be set 无法排版"


def is_ready(said: str, name: str) -> bool:
    """Say whether `lpstat -a NAME -p NAME` says that the queue both takes jobs and prints them."""
    lines = said.splitlines()
    accepts = any(line.startswith(f"{name} accepting requests") for line in lines)
    prints = any(line.startswith((f"printer {name} is idle", f"printer {name} now printing")) for line in lines)
    return accepts and prints
