"""The loop of a camera's process: frame after frame, a look of the doctor about twice a second, requests between."""

import time
from pathlib import Path
from typing import Any, Final

from station.devices.camera.background_file import SAVE_EVERY_S, BackgroundFile
from station.devices.camera.card_finder import CardFinder
from station.devices.camera.codes import NO_FRAMES
from station.devices.camera.complaints import DecoderErrors
from station.devices.camera.feed import Feed, FeedError
from station.devices.camera.reporter import Reporter
from station.devices.camera.reports import FaultNow, FindCard, Looked, Order, Picture, Relearn, Request, TakeStill, Word
from station.vision import pictures
from station.vision.doctor import Doctor
from wire.video import FaultKind

UNEVEN: Final = (0.9, 1.1, 0.8, 1.2, 1.0, 0.7, 1.3)
"""Steps between looks, so that a lamp that flickers at a multiple of their rate does not seem to stand still."""
THUMBNAIL_BYTES: Final = 20_000
THUMBNAIL_PX: Final = 480
STILL_MAX_BYTES: Final = 250_000
"""In base64 it fits the longest line a supervisor reads."""
PREVIEW_MAX_PX: Final = 320


class LookTimes:
    """When to look: about `per_s` times a second, unevenly, without hurrying after a pause."""

    def __init__(self, per_s: float) -> None:
        """Begin with a look that is due at once."""
        self._per_s = per_s
        self._due_s: float | None = None
        self._looks = 0

    def due(self, now_s: float) -> bool:
        """Say whether to look now, and if so reckon the next."""
        if self._due_s is not None and now_s < self._due_s:
            return False
        late = self._due_s is None or now_s - self._due_s > 1 / self._per_s
        begin_s = now_s if late or self._due_s is None else self._due_s
        self._due_s = begin_s + UNEVEN[self._looks % len(UNEVEN)] / self._per_s
        self._looks += 1
        return True


class Looking:
    """The doctor of one camera at work: what it is shown, what is told of it, what is kept of it."""

    def __init__(self, order: Order, kept: BackgroundFile) -> None:
        """Begin with the background that was kept."""
        self._preview_px = min(order.preview_px, PREVIEW_MAX_PX)
        self._kept = kept
        self._doctor = Doctor(learn_s=order.learn_s, background=kept.load())
        self._learning = self._doctor.verdict().learning
        self._saved_s: float | None = None

    def look(self, frame: Any, at_s: float, *, corrupted: bool) -> list[Word]:
        """Look at a frame, None for one that cannot be decoded; return what is to be said."""
        changes = self._doctor.look(frame, at_s, corrupted=corrupted)
        words: list[Word] = [self._looked(frame, at_s)]
        raised: list[FaultKind] = [change.kind for change in changes if change.state == "raised"]
        if raised and (picture := picture_of(frame, at_s, THUMBNAIL_PX, THUMBNAIL_BYTES, raised[0])) is not None:
            words.append(picture)
        self._keep(at_s)
        return words

    def relearn(self, at_s: float) -> None:
        """Take what is seen from now on as right; what was kept must not come back with the next start."""
        self._doctor.relearn(at_s)
        self._learning = True
        self._save(at_s)

    def end(self) -> None:
        """Keep what was learnt, if all is well."""
        verdict = self._doctor.verdict()
        if not verdict.learning and not verdict.raised:
            self._kept.save(self._doctor.background())

    def _looked(self, frame: Any, at_s: float) -> Looked:
        verdict = self._doctor.verdict()
        faults = [
            FaultNow(fault.kind, fault.since_s, round(fault.severity, 3), round(fault.confidence, 3))
            for fault in verdict.faults
        ]
        if not self._preview_px:
            return Looked(at_s, faults, verdict.learning, verdict.light)
        shown = pictures.preview(frame, self._preview_px)
        scores: dict[str, float] = dict(verdict.scores.items())
        return Looked(at_s, faults, verdict.learning, verdict.light, verdict.measures, scores, *shown)

    def _keep(self, at_s: float) -> None:
        verdict = self._doctor.verdict()
        learnt = self._learning and not verdict.learning
        self._learning = verdict.learning
        if self._saved_s is None:
            self._saved_s = at_s
        is_time = at_s - self._saved_s >= SAVE_EVERY_S and not verdict.learning and not verdict.raised
        if learnt or is_time:
            self._save(at_s)

    def _save(self, at_s: float) -> None:
        self._saved_s = at_s
        self._kept.save_soon(self._doctor.background())


def picture_of(
    frame: Any, at_s: float, max_width_px: int, max_bytes: int, fault: FaultKind | None = None
) -> Picture | None:
    """Return the frame as a JPEG within both bounds; None when there is none."""
    if frame is None:
        return None
    still = pictures.still(frame, max_width_px, min(max_bytes, STILL_MAX_BYTES))
    return None if still is None else Picture(*still, at_s, fault)


def watch(feed: Feed, order: Order, reporter: Reporter, errors: DecoderErrors) -> None:
    """Take frames until stopped.

    Raises FeedError when there are none.
    """
    looking = Looking(order, BackgroundFile(None if order.background_file is None else Path(order.background_file)))
    times = LookTimes(order.looks_per_s)
    cards = CardFinder()
    begun = False
    try:
        reporter.streaming(feed.expected_frames_per_s)
        while not reporter.stopped.is_set():
            if not feed.grab():
                raise FeedError(NO_FRAMES)
            now_s = time.monotonic()
            if begun:
                corrupted = errors.take(now_s)
            else:
                errors.forget(now_s)
                begun, corrupted = True, False
            reporter.frame(*feed.told(), errors.lines)
            asked = list(reporter.requests())
            is_look = times.due(now_s) or bool(asked)
            if not (is_look or cards.due(now_s)):
                continue
            reporter.looking = True
            frame = feed.picture()
            if frame is not None:
                reporter.size(frame.shape[1], frame.shape[0])
            _answer(asked, looking, cards, frame, now_s, reporter)
            for word in looking.look(frame, now_s, corrupted=corrupted) if is_look else ():
                reporter.say(word)
            if cards.due(now_s) and (card := cards.look(frame)) is not None:
                reporter.say(card)
            reporter.looking = False
    finally:
        feed.close()
        looking.end()


def _answer(
    asked: list[Request], looking: Looking, cards: CardFinder, frame: Any, now_s: float, reporter: Reporter
) -> None:
    for request in asked:
        match request:
            case Relearn():
                looking.relearn(now_s)
            case TakeStill():
                picture = picture_of(frame, now_s, request.max_width_px, request.max_bytes)
                if picture is not None:
                    reporter.say(picture)
            case FindCard():
                cards.ask(request, now_s)
