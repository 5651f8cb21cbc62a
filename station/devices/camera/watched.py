"""A camera as a technician watches it: the agent's own, that also keeps the newest words of its process."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import msgspec

from station.devices.camera.machine import Event, Heard
from station.devices.camera.reports import Looked, Report
from station.devices.camera.supervisor import ProcessCamera
from station.devices.camera.typed import exactly


class Newest(NamedTuple):
    """The newest words; None before the first, and of a process that ended."""

    report: Report | None = None
    looked: Looked | None = None


class WatchedCamera(ProcessCamera):
    """Learns for as long as the technician says, knows that over restarts of its process only, and counts looks."""

    def __init__(self, source: str, learn_s: float, preview_px: int = 0) -> None:
        """Take the source; nothing runs before `start`."""
        self._folder = tempfile.TemporaryDirectory(prefix="camera-")
        super().__init__(exactly(source, "camera"), background_file=Path(self._folder.name) / "background")
        self._order = msgspec.structs.replace(self._order, learn_s=learn_s, preview_px=preview_px)
        self.newest = Newest()
        self.looks = 0
        self._errors_before = 0

    @property
    def decoder_errors(self) -> int:
        """Return how often the decoder complained, over all its processes."""
        report = self.newest.report
        return self._errors_before + (report.decoder_errors if report is not None else 0)

    def close(self) -> None:
        """Stop, and forget what was learnt."""
        super().close()
        self._folder.cleanup()

    def _take(self, event: Event) -> None:
        super()._take(event)
        match event:
            case Heard(Looked() as looked):
                self.looks += 1
                self.newest = self.newest._replace(looked=looked)
            case Heard(Report() as report):
                if (before := self.newest.report) is not None and report.frames < before.frames:
                    self._errors_before += before.decoder_errors
                self.newest = self.newest._replace(report=report)
