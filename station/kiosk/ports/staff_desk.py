"""What staff ask of the machine: PIN, how everything is, trying devices. No line of it holds anything personal."""

import importlib.metadata
import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from station.clock import Clock
from station.errors import StoreError
from station.kiosk.events import Event, PinTold, Printed, StaffTold
from station.kiosk.labels import PRINTED
from station.kiosk.ports.printer import Printer, Sheet
from station.kiosk.ports.voice import Utterance, Voice
from station.kiosk.texts import read_texts
from station.staff_pin import StaffPin
from station.store.library import look_at_shelf
from station.store.presence import agent_runs
from station.store.spool import Spool
from wire.life import CAMERA, DeviceState

logger = logging.getLogger(__name__)

LOG_FILE: Final = "kiosk.log"
LIBRARY_FILE: Final = "library.json"
TAIL_BYTES: Final = 64_000
MOST_ERRORS: Final = 8
ERROR: Final = re.compile(r"^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}):\d{2}[^\n]*?\b(E-[A-Z]+-\d+)\b", re.MULTILINE)
"""When, and which code: nothing else of a log's line leaves the log."""
STATES: Final = {
    "ok": "staff.ok",
    "degraded": "staff.degraded",
    "failed": "staff.failed",
    "absent": "staff.absent",
}

Line = tuple[str, str, str]
"""What, how, code: ids of texts, or names, figures and codes that stand for themselves."""


class Spooling(Protocol):
    """The keeper, as far as staff ask it."""

    def with_spool(self, job: Callable[[Spool], None]) -> None:
        """Do `job` with the spool, in its turn."""


class Report(NamedTuple):
    """The page in its parts, each told as soon as it is known: a disk that hangs hides only its own."""

    tried: tuple[Line, ...] = ()
    spool: tuple[Line, ...] = (("staff.outbox", "staff.store.silent", ""),)
    files: tuple[Line, ...] = ()


class StaffDesk:
    """Answers from threads; nothing here blocks."""

    def __init__(
        self,
        keeper: Spooling,
        voice: Voice,
        printer: Printer,
        pin_file: Path | None,
        state_dir: Path,
        tell: Callable[[Event], None],
    ) -> None:
        """Ask `keeper` for the spool; call `tell` from threads. No `pin_file`: the page stays shut."""
        self._keeper, self._voice, self._printer, self._tell = keeper, voice, printer, tell
        self._state_dir = state_dir
        self._pin = StaffPin(pin_file, Clock().now)
        self._report = Report()
        self._lock = threading.Lock()
        self._closed = False

    def check_pin(self, visit: int, pin: str) -> None:
        """Compare in a thread; tells PinTold of `visit`."""
        self._pin.ask(pin, lambda answer: self._tell(PinTold(visit, answer)))

    def report(self) -> None:
        """Begin the page anew; tells StaffTold, more than once."""
        self._report = Report()
        self._look()

    def test(self, device: str) -> None:
        """Try `device` out; what comes of it stands first on the page."""
        match device:
            case "reader":
                self._tried(("staff.test", "staff.place_card", ""))
            case "camera":
                self._keeper.with_spool(lambda spool: self._tried(*_cameras(spool.devices())))
            case "sound":
                self._tried(("staff.test", "staff.sound" if self._voice.available else "staff.no_sound", ""))
                sample = "staff.sound.sample"
                self._voice.say([Utterance(read_texts("zh")(sample), sample)], "zh")
            case "printer":
                self._tried(("staff.printer", PRINTED[Printed.WAITING], ""))
                say = read_texts("zh")
                sheet = Sheet(say("staff.sheet.title"), (say("staff.sheet.line"), read_texts("en")("staff.sheet.line")))
                self._printer.print(sheet, lambda printed: self._tried(("staff.printer", PRINTED[printed], "")))
        self._look()

    def close(self) -> None:
        """Tell nothing more."""
        self._closed = True

    def _look(self) -> None:
        threading.Thread(target=self._look_at_files, name="staff-desk", daemon=True).start()
        self._keeper.with_spool(self._look_at_spool)

    def _look_at_spool(self, spool: Spool) -> None:
        depth = spool.depth()
        full = "staff.outbox.full" if depth.full else ""
        online = spool.note("hub") == "online" and agent_runs(self._state_dir)  # a dead one leaves its last word
        lines: list[Line] = [
            ("staff.hub", "staff.online" if online else "staff.offline", ""),
            ("staff.outbox", str(depth.records), full),
            *(_device_line(state) for state in spool.devices()),
        ]
        self._show(spool=tuple(lines))

    def _look_at_files(self) -> None:
        lines: list[Line] = [("staff.software", importlib.metadata.version("cuncuntong"), "")]
        for part in (self._agent, self._errors, self._documents):
            try:
                lines += part()
            except (OSError, StoreError) as error:
                logger.warning("the staff's page is not whole: %s", type(error).__name__)
        self._show(files=tuple(lines))

    def _agent(self) -> list[Line]:
        return [] if agent_runs(self._state_dir) else [("staff.hub", "staff.agent.stopped", "")]

    def _errors(self) -> list[Line]:
        with (self._state_dir / LOG_FILE).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - TAIL_BYTES))
            tail = file.read().decode("utf-8", "replace")
        last = {code: at for at, code in ERROR.findall(tail)}
        newest = sorted(last.items(), key=lambda each: each[1], reverse=True)[:MOST_ERRORS]
        return [("staff.error", at, code) for code, at in newest] or [("staff.no_errors", "", "")]

    def _documents(self) -> list[Line]:
        rows = look_at_shelf(self._state_dir / LIBRARY_FILE) or []
        return sorted(("staff.document", row.name, str(row.version)) for row in rows)

    def _tried(self, *lines: Line) -> None:
        self._show(tried=lines)

    def _show(self, **parts: tuple[Line, ...]) -> None:
        with self._lock:
            self._report = self._report._replace(**parts)
            told = StaffTold((*self._report.tried, *self._report.spool, *self._report.files))
        if not self._closed:
            self._tell(told)


def _device_line(state: DeviceState) -> Line:
    return state.device, STATES.get(state.state, "staff.unknown"), state.code or ""


def _cameras(devices: list[DeviceState]) -> list[Line]:
    found = [_device_line(state) for state in devices if state.device.startswith(CAMERA)]
    return found or [("staff.test", "staff.no_camera", "")]
