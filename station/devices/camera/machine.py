"""What a camera's stream is, and when its process is started or killed: events and time in, decisions out. Pure."""

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from station.devices.camera.codes import CANNOT_OPEN, CRASHED, HANGS, NO_FRAMES, OVER_MEMORY, SLOW
from station.devices.camera.port import CameraStatus
from station.devices.camera.reports import Failure, FaultNow, Looked, Report, Word
from wire.video import FAULTS

SLOW_SHARE: Final = 0.5
GOOD_SHARE: Final = 0.6
"""A rate that hovers about half of what is expected must not change the state every second."""
UNSEEN_MAX_S: Final = 3.0
"""Frames that came this long after the doctor's last look make its word an old one."""


class Limits(NamedTuple):
    """Deadlines and bounds of one camera."""

    start_within_s: float = 30.0
    """From its start to the first word of a worker: OpenCV comes off a slow card."""
    open_within_s: float = 10.0
    no_frame_after_s: float = 5.0
    hang_after_s: float = 10.0
    late_after_s: float = 2.0
    """A last frame older than this is degraded, before it is failed."""
    judge_rate_after_s: float = 3.0
    settled_after_s: float = 10.0
    """A stream that ran this long is tried again with the shortest delay when it fails."""
    retry_min_s: float = 1.0
    retry_max_s: float = 60.0
    memory_bytes: int = 450_000_000
    """A 4K stream with five reference frames takes 280 MB (measured), a substream 70 MB."""
    report_every_s: float = 0.5
    look_every_s: float = 0.25


class Heard(NamedTuple):
    """The worker said something."""

    word: Word


class Garbled(NamedTuple):
    """The worker said what is no word of ours: its memory cannot be trusted."""


class Ended(NamedTuple):
    """The worker is gone."""


class Tick(NamedTuple):
    """Time passed; what the worker holds in memory."""

    memory_bytes: int


Event = Heard | Garbled | Ended | Tick


class Action(Enum):
    """What is to be done with the process."""

    NOTHING = 0
    START = 1
    KILL = 2


class Phase(Enum):
    """Where the process is."""

    WAITING = 0
    RUNNING = 1
    ENDING = 2
    """Killed, but not gone yet: no other is started beside one that still holds the device."""


class CameraMachine:
    """One camera; times are monotonic seconds, `random` returns 0 to 1."""

    def __init__(self, name: str, limits: Limits, random: Callable[[], float], *, has_substream: bool = False) -> None:
        """Begin with a start that is due at once."""
        self.on_substream = False
        """Which of the camera's streams this run takes."""
        self._has_substream = has_substream
        self._main_next = False
        self._substream_failures = self._errors_before = 0
        self._name = name
        self._limits = limits
        self._random = random
        self._phase = Phase.WAITING
        self._due_s = float("-inf")
        self._starts = self._failures = 0
        self._code: str | None = None
        self._frames_before = 0
        self._frame_at_s: float | None = None
        self._size_px = (0, 0)
        self._looks = 0
        self._begun_first_s: float | None = None
        self._new_run(0.0)

    def _new_run(self, at_s: float) -> None:
        self._begun_s = at_s
        self._report: Report | None = None
        self._heard_s: float | None = None
        self._opening_s: float | None = None
        self._streaming_s: float | None = None
        self._first_frame_s: float | None = None
        self._slow = False
        self._looked: Looked | None = None

    def step(self, event: Event, at_s: float) -> Action:
        """Take what happened and return what is to be done; the caller does it."""
        match event:
            case Ended():
                if self._phase is Phase.RUNNING:
                    self._fail(CRASHED, at_s)
                if self._phase is Phase.ENDING:
                    self._phase = Phase.WAITING
                return Action.NOTHING
            case Tick():
                return self._tick(event.memory_bytes, at_s)
            case _ if self._phase is not Phase.RUNNING:
                return Action.NOTHING
            case Garbled():
                return self._fail(CRASHED, at_s)
            case Heard(Failure(code)):
                return self._fail(code, at_s)
            case Heard(Report() as report):
                self._hear(report, at_s)
            case Heard(Looked() as looked):
                self._looked = looked
                self._looks += 1
        return Action.NOTHING

    def _tick(self, memory_bytes: int, at_s: float) -> Action:
        if self._phase is Phase.WAITING and at_s >= self._due_s:
            self._phase = Phase.RUNNING
            self._starts += 1
            self.on_substream = self._has_substream and not self._main_next
            self._begun_first_s = at_s if self._begun_first_s is None else self._begun_first_s
            self._new_run(at_s)
            return Action.START
        if self._phase is Phase.RUNNING and (code := self._why_kill(memory_bytes, at_s)) is not None:
            return self._fail(code, at_s)
        return Action.NOTHING

    def _hear(self, report: Report, at_s: float) -> None:
        self._report, self._heard_s = report, at_s
        if self._opening_s is None:
            self._opening_s = at_s
        if self._streaming_s is None and report.stage == "streaming":
            self._streaming_s = at_s
        if report.width_px:
            self._size_px = (report.width_px, report.height_px)
        if report.last_frame_age_ms is None:
            return
        if self._first_frame_s is None:
            self._first_frame_s = at_s
        self._frame_at_s = at_s - report.last_frame_age_ms / 1000
        if at_s - self._frame_at_s <= self._limits.no_frame_after_s:
            self._code = None
        if report.expected_frames_per_s is not None and at_s - self._first_frame_s >= self._limits.judge_rate_after_s:
            share = report.frames_per_s / report.expected_frames_per_s
            self._slow = share < (GOOD_SHARE if self._slow else SLOW_SHARE)
        if at_s - self._first_frame_s >= self._limits.settled_after_s:
            self._failures = 0

    def _why_kill(self, memory_bytes: int, at_s: float) -> str | None:
        limits = self._limits
        if memory_bytes > limits.memory_bytes:
            return OVER_MEMORY
        if self._heard_s is None:
            return HANGS if at_s - self._begun_s > limits.start_within_s else None
        if at_s - self._heard_s > limits.hang_after_s:
            return HANGS
        # Judged by the time of its last word: a worker that says nothing hangs, and is not told to lack frames.
        if self._streaming_s is not None:
            since_s = max(self._streaming_s, self._frame_at_s or self._streaming_s)
            if self._heard_s - since_s <= limits.no_frame_after_s:
                return None
            return HANGS if self._report is not None and self._report.looking else NO_FRAMES
        opening_s = self._opening_s if self._opening_s is not None else self._begun_s
        return CANNOT_OPEN if self._heard_s - opening_s > limits.open_within_s else None

    def _fail(self, code: str, at_s: float) -> Action:
        self._phase = Phase.ENDING
        if self._report is not None:
            self._frames_before += self._report.frames
            self._errors_before += self._report.decoder_errors
        self._main_next = self.on_substream and self._first_frame_s is None
        if self._main_next:  # no fault yet: the main stream is tried at once
            self._substream_failures += 1
            self._due_s = at_s
            return Action.KILL
        self._code = code
        ceiling_s = min(self._limits.retry_max_s, self._limits.retry_min_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        self._due_s = at_s + max(self._limits.retry_min_s, ceiling_s * (1 + self._random()) / 2)
        return Action.KILL

    def status(self, at_s: float) -> CameraStatus:
        """Return how the stream is now, by the age of its last frame and not by what was heard last."""
        state, code = self._state(at_s)
        report = self._report if self._phase is Phase.RUNNING else None
        age_s = None if self._frame_at_s is None else max(0.0, at_s - self._frame_at_s)
        return CameraStatus(
            name=self._name,
            state=state,
            code=code,
            frames_per_s=report.frames_per_s if report is not None and self._stream_state(at_s)[0] != "failed" else 0.0,
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            last_frame_age_ms=None if age_s is None else round(age_s * 1000),
            reconnects=max(0, self._starts - 1 - self._substream_failures),
            frames=self._frames_before + (report.frames if report is not None else 0),
        )

    def measures(self, at_s: float) -> dict[str, float]:
        """Return the figures of stream and picture that are known."""
        status, looked, faults = self.status(at_s), self.looked(), self.faults(at_s)
        report = self._report if self._phase is Phase.RUNNING else None
        known: dict[str, float | None] = {
            "frames_per_s": round(status.frames_per_s, 1),
            "width_px": status.width_px,
            "height_px": status.height_px,
            "reconnects": status.reconnects,
            "last_frame_age_ms": status.last_frame_age_ms,
            "decoder_errors": self._errors_before + (report.decoder_errors if report else 0),
            "bits_per_s": report.bits_per_s if report else None,
            "keyframe_every_s": report.keyframe_every_s if report else None,
            "media_rate": report.media_rate if report else None,
            "looks": self._looks,
            "learning": looked.learning if looked else None,
            "severity": faults[0].severity if faults else None,
            "confidence": faults[0].confidence if faults else None,
            "substream": self.on_substream if self._has_substream else None,
            "substream_failures": self._substream_failures if self._has_substream else None,
        }
        return {name: float(value) for name, value in known.items() if value is not None}

    def faults(self, at_s: float) -> list[FaultNow]:
        """Return what is wrong with the picture: no frames at all, or what the doctor said last."""
        if self._stream_state(at_s)[0] == "failed":
            since_s = self._frame_at_s if self._frame_at_s is not None else self._begun_first_s
            return [FaultNow("no_frames", at_s if since_s is None else since_s, 1.0, 1.0)]
        looked = self.looked()
        return [] if looked is None else list(looked.faults)

    def looked(self) -> Looked | None:
        """Return what the doctor said last, None once frames came that it did not look at."""
        if self._looked is None or self._frame_at_s is None:
            return None
        return self._looked if self._frame_at_s - self._looked.at_mono_s <= UNSEEN_MAX_S else None

    def _state(self, at_s: float) -> tuple[str, str | None]:
        state, code = self._stream_state(at_s)
        faults = [] if state in {"failed", "unknown"} else self.faults(at_s)
        if not faults:
            return state, code
        blind = any(FAULTS[fault.kind].blind for fault in faults)
        return "failed" if blind else "degraded", FAULTS[faults[0].kind].code

    def _stream_state(self, at_s: float) -> tuple[str, str | None]:
        if self._code is not None:
            return "failed", self._code
        if self._frame_at_s is None:
            return "unknown", None
        age_s = at_s - self._frame_at_s
        if age_s > self._limits.no_frame_after_s:
            return "failed", NO_FRAMES
        if age_s > self._limits.late_after_s or self._slow:
            return "degraded", SLOW
        return "ok", None
