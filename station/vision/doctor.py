"""The doctor of one camera: looks at a frame about twice a second and says what changed. Time comes in."""

from typing import Any, Final, Literal, cast

import numpy as np

from station.vision import judge, limits
from station.vision.background import Backgrounds, Base
from station.vision.compare import Compared, compare
from station.vision.features import Features, colourfulness, gradient_likeness, measure, plain
from station.vision.hold import Hold
from station.vision.kinds import KINDS, SUPPRESSED_BY, Change, Raised, Verdict
from station.vision.rhythm import Rhythm
from wire.video import FaultKind, Light

LEARN_S: Final = 60.0
LONGEST_STEP_S: Final = 2.0
"""A longer pause between looks counts as this much learning."""
LIGHT_AFTER: Final = 3
"""Looks in a row before another light is believed."""
PART: Final = "covered_part"


class Doctor:
    """One camera's picture: what it was learnt to be, what is wrong with it and since when."""

    def __init__(self, learn_s: float = LEARN_S, background: bytes | None = None) -> None:
        """Begin with what was stored, or learn for `learn_s`. A damaged background is learnt anew."""
        self._learn_s = learn_s
        self._backgrounds = Backgrounds()
        if background is not None:
            try:
                self._backgrounds = Backgrounds.from_bytes(background)
            except ValueError:
                self._backgrounds = Backgrounds()
        self._begin()

    def _begin(self) -> None:
        self._light: Light = "day" if self._backgrounds.lights["day"].known or self._nothing_known() else "infrared"
        self._rhythm = Rhythm()
        self._holds = {kind: Hold(limits.HOLD_S[kind]) for kind in KINDS}
        self._part = Hold(limits.SMALL_COVER_HOLD_S)
        self._other_light = 0
        self._settled_at_s = -np.inf
        self._last_at_s: float | None = None
        self._scores: dict[FaultKind, float] = {}
        self._measures: dict[str, float] = {}

    def _nothing_known(self) -> bool:
        return not any(base.known for base in self._backgrounds.lights.values())

    # --- the interface ---

    def look(self, frame_bgr: Any, at_s: float, *, corrupted: bool = False) -> list[Change]:
        """Judge the picture at a time; `corrupted` is the decoder's word. None or no picture: no frames came."""
        at_s = float(at_s)
        frame = None if frame_bgr is None else plain(frame_bgr)
        passed_s = 0.0 if self._last_at_s is None else max(0.0, at_s - self._last_at_s)
        self._last_at_s = at_s if self._last_at_s is None else max(at_s, self._last_at_s)
        scores: dict[str, float] = {"no_frames": 2.0 * (frame is None), "corrupted": 2.0 * corrupted}
        if frame is not None:
            seen = measure(frame)
            self._rhythm.take(seen, at_s)
            scores |= self._judge(seen, at_s, min(passed_s, LONGEST_STEP_S))
        return self._hold(scores, at_s)

    def background(self) -> bytes:
        """Return what was learnt, to be given to the next doctor of this camera."""
        return self._backgrounds.to_bytes()

    def relearn(self, at_s: float) -> list[Change]:
        """Take what is seen from now on as right: an operator's word. Returns what is cleared by it."""
        raised = [kind for kind in KINDS if self._holds[kind].raised]
        changes = [self._change(kind, "cleared", at_s) for kind in raised]
        self._backgrounds = Backgrounds()
        self._begin()
        return changes

    def verdict(self) -> Verdict:
        """Return how the camera is now."""
        return Verdict(
            faults=tuple(self._raised(kind) for kind in KINDS if self._holds[kind].raised),
            learning=self._base().learnt_s < self._learn_s,
            light=self._light,
            measures=dict(self._measures),
            scores=dict(self._scores),
        )

    # --- one look ---

    def _base(self) -> Base:
        return self._backgrounds.lights[self._light]

    def _judge(self, seen: Features, at_s: float, passed_s: float) -> dict[str, float]:
        alone = judge.alone(seen, self._rhythm)
        unusable = max(alone["black"], alone["white"], alone["no_signal"]) >= 1
        if not unusable:
            self._see_light(seen, at_s)
        base = self._base()
        learning = base.learnt_s < self._learn_s
        scores: dict[str, float] = dict(alone.items())
        scores["frozen"] = judge.frozen(self._rhythm, base.stillest)
        if base.known and not unusable:
            now = compare(seen, base, self._rhythm)
            self._measures = _told(seen, now, self._rhythm)
            scores |= self._relative(seen, now, base)
            if now.lost_share > limits.FROZEN_LOST or scores["blur"] >= 1:
                scores["frozen"] = min(scores["frozen"], limits.HIDDEN)
        if at_s < self._settled_at_s:
            return {"frozen": scores["frozen"]}
        if learning:
            self._learn(base, seen, scores, passed_s, unusable=unusable)
            return {kind: scores[kind] for kind in (*alone, "frozen")}
        worst = {kind: base.worst.get(kind, 0.0) for kind in scores}
        scores = {kind: self._less_own(kind, score, worst[kind]) for kind, score in scores.items()}
        if max(scores.values()) < limits.CLEAR_AT and not self._any_raised():
            base.take(seen, self._rhythm.grain, passed_s)
        return scores

    @staticmethod
    def _less_own(kind: str, score: float, worst: float) -> float:
        """Return the score against a limit that this camera's own worst has raised."""
        if kind in {"frozen", "black", "no_signal", "white"}:
            return score
        most = limits.OWN_NOISE_MOST if kind == "noise" else limits.OWN_MOST
        return score / float(np.clip(worst + limits.OWN_MARGIN, 1, most))

    def _relative(self, seen: Features, now: Compared, base: Base) -> dict[str, float]:
        own = judge.Own(base.stillest, float(base.plane("luma").mean()))
        return cast(dict[str, float], judge.against(seen, now, self._rhythm, own))

    def _learn(self, base: Base, seen: Features, scores: dict[str, float], passed_s: float, *, unusable: bool) -> None:
        if unusable:
            return
        if base.learnt_s > self._learn_s / 3:
            for kind, score in scores.items():
                base.worst[kind] = max(base.worst.get(kind, 0.0), score)
            base.stillest = min(base.stillest, max(self._rhythm.stillness(), 0.0))
        base.take(seen, self._rhythm.grain, passed_s)

    def _see_light(self, seen: Features, at_s: float) -> None:
        """Go over to the other background when the colour went or came and the place is the same."""
        here: Light = "infrared" if seen.chroma < self._gray_below() else "day"
        if here == self._light or seen.mean < limits.LIGHT_TO_TELL or not self._same_place(seen):
            self._other_light = 0
            return
        self._other_light += 1
        self._settled_at_s = at_s + limits.SETTLE_S
        if self._other_light >= LIGHT_AFTER or not self._base().known:
            self._light, self._other_light = here, 0

    def _gray_below(self) -> float:
        day = self._backgrounds.lights["day"]
        colour = colourfulness(day.plane("red"), day.plane("blue")) if day.known else 0.0
        return float(np.clip(limits.INFRARED_OF_DAY * colour, limits.INFRARED_CHROMA, limits.INFRARED_MOST))

    def _same_place(self, seen: Features) -> bool:
        base = self._base()
        if not base.known:
            return True
        textured = base.plane("energy") > limits.TEXTURED
        if textured.sum() < 6:
            return True
        alike = gradient_likeness(seen.dx, seen.dy, base.plane("dx"), base.plane("dy"))
        return bool(np.mean(alike[textured] > limits.LIKENESS_LOST) >= limits.SAME_PLACE)

    # --- over time ---

    def _any_raised(self) -> bool:
        return any(hold.raised for hold in self._holds.values())

    def _hold(self, scores: dict[str, float], at_s: float) -> list[Change]:
        self._scores = {kind: scores[kind] for kind in KINDS if kind in scores}
        changes: list[Change] = []
        for kind in KINDS:
            hold = self._holds[kind]
            hidden = any(self._scores.get(over, 0.0) >= 1 or self._holds[over].raised for over in SUPPRESSED_BY[kind])
            if hidden or kind not in scores:
                if hold.raised and any(self._holds[over].raised for over in SUPPRESSED_BY[kind]):
                    changes.append(self._change(kind, "cleared", at_s))
                    hold.clear()
                hold.skip(at_s)
                if kind == "covered":
                    self._part.skip(at_s)
                continue
            changed = self._covers(hold, scores, at_s) if kind == "covered" else hold.take(at_s, scores[kind])
            if changed:
                changes.append(self._change(kind, "raised" if hold.raised else "cleared", at_s))
        return changes

    def _covers(self, hold: Hold, scores: dict[str, float], at_s: float) -> bool:
        """Judge covering: much of the picture soon, a part of it after longer, by what is soft and still."""
        whole, part = scores["covered"], scores[PART]
        if hold.raised:
            return hold.take(at_s, max(whole, part))
        if hold.take(at_s, whole):
            return True
        if self._part.take(at_s, part):
            hold.adopt(self._part)
            self._part.clear()
            return True
        return False

    def _raised(self, kind: FaultKind) -> Raised:
        hold = self._holds[kind]
        severity = float(np.clip((hold.worst - 1) / (judge.MOST - 1), 0, 1))
        confidence = float(np.clip(hold.sureness * min(1.0, 0.5 + 0.5 * hold.worst), 0, 1))
        return Raised(kind, severity, hold.since_s, confidence)

    def _change(self, kind: FaultKind, state: Literal["raised", "cleared"], at_s: float) -> Change:
        told = self._raised(kind)
        return Change(kind, state, told.severity, told.since_s, told.confidence, at_s)


def _told(seen: Features, now: Compared, rhythm: Rhythm) -> dict[str, float]:
    told = {name: value for name, value in now._asdict().items() if isinstance(value, float)}
    return told | {"mean": seen.mean, "high": seen.high, "stillness": rhythm.stillness(), "unrest": rhythm.unrest()}
