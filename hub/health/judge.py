"""What one village's signs say: is it down, its line bad, its picture bad, and is it evidence of a cut (pure).

Four signs are kept of each village. Each stands good, bad or unknown, with since when and why, and is soft at first
and hard once two of three looks agree (`hub/health/confirm.py`):

- **down**: the hub says offline. A will is borne out by the pulse after it, a farewell is its own word, and silence
  where the probes stopped too is told by both: these are hard at once. Silence alone is one beat that did not come;
  the second look is the beat after it.
- **cut**: what it says about its town. Bad when it is offline, and already when its probes stopped while it has not
  spoken since: MQTT will call it silent only half a minute later, each village at a moment of its own. A village that
  still speaks while its probes are gone is good evidence: something eats the probes, the line is there. Suspicion is
  evidence for the town only, never a reason to call the village down; and where nobody is offline yet, only once it
  is no chance any more that all of them were just between two beats (`no_chance_ms`).
- **line**: its leg is degraded or lost while the village is online. What was lost in an outage is the outage's, so a
  village that came back is not judged for three minutes, which is as long as a leg's figures look back.
- **video**: its camera says a fault.

Unknown is never bad: while the hub is blind, and of what was never seen, nothing is said. A line and a picture of a
village that is not online are unknown too.

How far apart two villages of one cause may show it (`apart_ms`) follows from how they show it. A broker that lost
its connections says all their wills within 0.1 s (measured). Probes come each second, and are held for 1.5 of them.
Silence is noticed a fixed time after the last beat, and last beats lie up to one beat interval apart; the same holds
of a will that the broker said because of silence, which comes long after the last word. A farewell is somebody's own
act, often a restart: it has two minutes, as long as a reboot takes at most.
"""

from collections.abc import Callable, Sequence
from math import exp, log
from typing import Final, Literal, NamedTuple

from hub.health.confirm import KEPT, NEEDED, Looks, again, look, wanting
from hub.health.seen import Seen
from hub.health.station import SILENT_AFTER_KEEPALIVES

Standing = Literal["good", "bad", "unknown"]
Way = Literal["", "will", "probes", "silence", "farewell"]
"""How a village showed that it is cut."""

LOOK_EVERY_MS: Final = 1_000
SUMMARY_EVERY_MS: Final = 30_000
"""A station sums its line up so often: a leg's state can be looked at no more often."""
LEG_LOOKS_BACK_MS: Final = 180_000
WILLS_APART_MS: Final = 500
PROBES_APART_MS: Final = 1_500
FAREWELL_MS: Final = 120_000
SILENCE_MARGIN_MS: Final = 2_000
"""For beats that are sent a little late, and for the round in which silence is noticed."""
CHANCE: Final = 0.001
LEG_REASONS: Final = {"ok": "", "degraded": "leg_degraded", "lost": "leg_lost"}
TIMED_OUT: Final = 0.8
"""A will that comes after so much of the time of silence is the broker's own time-out: it waits 1.5 keep-alives."""


class Sign(NamedTuple):
    """One thing that may be wrong with a village."""

    standing: Standing
    shown_ms: int
    """Since when the judge sees it so."""
    since_ms: int
    """Since when it is so."""
    reason: str
    hard_ms: int
    """From when it is hard, if it goes on standing so."""
    looks: Looks = Looks()
    way: Way = ""

    def hard(self, at_ms: int) -> bool:
        """Say whether it is certain by now."""
        return at_ms >= self.hard_ms


class Judged(NamedTuple):
    """One village, judged."""

    seen: Seen
    down: Sign
    cut: Sign
    line: Sign
    video: Sign
    quiet_ms: int | None = None
    """Since when its probes are silent."""
    due_ms: int | None = None
    """When to judge it again though nothing new is seen."""

    @property
    def silence_apart_ms(self) -> int:
        """Return how far apart two of one cause fall silent; for nobody is waited longer than for who said farewell."""
        return min(beat_ms(self.seen) + SILENCE_MARGIN_MS, FAREWELL_MS)


def unseen(at_ms: int) -> Judged:
    """Return a village of which nothing was told yet."""
    nothing = Sign("unknown", at_ms, at_ms, "", at_ms)
    return Judged(Seen("unknown", at_ms, "not_told_yet"), nothing, nothing, nothing, nothing)


def beat_ms(seen: Seen) -> int:
    """Return a station's beat interval, or its keep-alive if that is longer."""
    return round(seen.silent_after_ms / SILENT_AFTER_KEEPALIVES)


def judge(was: Judged, seen: Seen, at_ms: int) -> Judged:
    """Return what a village's signs say after `seen` at `at_ms`."""
    quiet_ms = None if seen.probes != "silent" else at_ms if was.quiet_ms is None else was.quiet_ms
    settled_ms = seen.since_ms + LEG_LOOKS_BACK_MS
    early = seen.state == "online" and seen.leg != "unmeasured" and at_ms < settled_ms
    judged = Judged(
        seen,
        _down(was.down, seen, quiet_ms, at_ms),
        _cut(was.cut, seen, quiet_ms, at_ms),
        _line(was.line, seen, at_ms, early=early),
        _video(was.video, seen, at_ms),
        quiet_ms,
        settled_ms if early else None,
    )
    return _shown_anew(judged, at_ms) if was.seen.excused and not seen.excused else judged


def apart_ms(judged: Judged) -> int:
    """Return how long after this village's cut showed, another village of the same cause may show it."""
    match judged.cut.way:
        case "will":
            return WILLS_APART_MS
        case "probes":
            return PROBES_APART_MS
        case "farewell":
            return FAREWELL_MS
        case _:
            return judged.silence_apart_ms


def no_chance_ms(suspected: Sequence[Judged]) -> int:
    """Return how long these must be silent together until it is no chance, 1 in 1,000, that their lines are there.

    With beats every I at random moments, n villages that are well all keep silent for t with (1 - t / I) to the n. Of
    three and more the longest I but one is taken: a single station that says that it speaks once an hour must not
    keep its whole town waiting.
    """
    beats = sorted(beat_ms(judged.seen) for judged in suspected)
    return round(beats[-2 if len(beats) > 2 else -1] * (1 - exp(log(CHANCE) / len(beats))))


def _down(was: Sign, seen: Seen, quiet_ms: int | None, at_ms: int) -> Sign:
    if seen.state == "unknown":
        return _turned(was, "unknown", seen.since_ms, seen.reason, at_ms)
    if seen.state == "online":
        return _turned(was, "good", seen.since_ms, seen.reason, at_ms)
    if seen.reason in {"died", "stopped"} or _silent_since(quiet_ms, seen):
        return _turned(was, "bad", seen.since_ms, seen.reason, at_ms, looks_at_once=NEEDED)
    return _turned(was, "bad", seen.since_ms, seen.reason, at_ms, every_ms=beat_ms(seen))


def _cut(was: Sign, seen: Seen, quiet_ms: int | None, at_ms: int) -> Sign:
    if seen.state == "unknown":
        return _turned(was, "unknown", seen.since_ms, seen.reason, at_ms)
    # The way is the one by which it first showed, and what comes later confirms it; but a farewell is its own word.
    keeps = was.standing == "bad" and seen.reason != "stopped"
    if seen.state == "offline":
        return _turned(was, "bad", seen.since_ms, seen.reason, at_ms, way=was.way if keeps else _way(seen))
    if _silent_since(quiet_ms, seen):
        return _turned(was, "bad", quiet_ms or at_ms, "probes_silent", at_ms, way=was.way if keeps else "probes")
    return _turned(was, "good", seen.since_ms, seen.reason, at_ms)


def _silent_since(quiet_ms: int | None, seen: Seen) -> bool:
    """Say whether its probes stopped and it did not speak since."""
    return quiet_ms is not None and (seen.heard_ms is None or seen.heard_ms <= quiet_ms)


def _way(seen: Seen) -> Way:
    if seen.reason == "stopped":
        return "farewell"
    if seen.probes == "silent":
        return "probes"
    timed_out = seen.heard_ms is not None and seen.since_ms - seen.heard_ms > TIMED_OUT * seen.silent_after_ms
    return "will" if seen.reason == "died" and not timed_out else "silence"


def _line(was: Sign, seen: Seen, at_ms: int, *, early: bool) -> Sign:
    if seen.state != "online" or seen.leg == "unmeasured" or early:
        return _turned(was, "unknown", seen.since_ms, "", at_ms)
    standing: Standing = "good" if seen.leg == "ok" else "bad"
    return _turned(was, standing, seen.leg_since_ms, LEG_REASONS[seen.leg], at_ms, every_ms=SUMMARY_EVERY_MS)


def _video(was: Sign, seen: Seen, at_ms: int) -> Sign:
    if seen.state != "online":
        return _turned(was, "unknown", seen.since_ms, "", at_ms)
    if seen.cause is None:
        return _turned(was, "good", at_ms, "", at_ms)
    # The station's clock dates it, which may be wrong: never later than now.
    since_ms = at_ms if seen.cause.since_ms is None else min(seen.cause.since_ms, at_ms)
    return _turned(was, "bad", since_ms, seen.cause.code or f"camera_{seen.cause.state}", at_ms)


def _turned(
    was: Sign,
    standing: Standing,
    since_ms: int,
    reason: str,
    at_ms: int,
    *,
    every_ms: int = LOOK_EVERY_MS,
    looks_at_once: int = 1,
    way: Way = "",
) -> Sign:
    """Return a sign as it stands now; one that stands as before keeps since when the judge sees it so."""
    if standing == was.standing:
        if standing != "bad" or (reason, since_ms, way) == (was.reason, was.since_ms, was.way):
            return was
        hard_ms = min(was.hard_ms, at_ms) if looks_at_once >= NEEDED else was.hard_ms
        return Sign("bad", was.shown_ms, since_ms, reason, hard_ms, was.looks, way)
    if standing == "unknown":
        return Sign("unknown", at_ms, since_ms, reason, at_ms)
    # While it stood as before each look said the same, as many as came until now.
    looks = again(was.looks, KEPT) if was.hard(at_ms) else was.looks
    looks = again(look(looks, standing == "bad"), looks_at_once - 1)
    return Sign(standing, at_ms, since_ms, reason, at_ms + wanting(looks) * every_ms, looks, way)


def _shown_anew(judged: Judged, at_ms: int) -> Judged:
    """Return a village whose planned time is over: what is bad now counts from now, with all others of that plan."""

    def anew(sign: Sign) -> Sign:
        return sign if sign.standing != "bad" else sign._replace(shown_ms=at_ms, hard_ms=max(sign.hard_ms, at_ms))

    return _each_sign(judged, anew)


def moved(judged: Judged, by_ms: int) -> Judged:
    """Return a village as judged when the hub's clock was set by so much."""

    def moved_sign(sign: Sign) -> Sign:
        return sign._replace(shown_ms=sign.shown_ms + by_ms, hard_ms=sign.hard_ms + by_ms)

    return _each_sign(judged, moved_sign)._replace(
        quiet_ms=None if judged.quiet_ms is None else judged.quiet_ms + by_ms,
        due_ms=None if judged.due_ms is None else judged.due_ms + by_ms,
    )


def _each_sign(judged: Judged, become: Callable[[Sign], Sign]) -> Judged:
    return judged._replace(
        down=become(judged.down), cut=become(judged.cut), line=become(judged.line), video=become(judged.video)
    )
