"""What a village's signs say, when they are hard, and what they tell of its town."""

import pytest

from hub.health.judge import (
    FAREWELL_MS,
    LEG_LOOKS_BACK_MS,
    PROBES_APART_MS,
    SUMMARY_EVERY_MS,
    WILLS_APART_MS,
    Judged,
    apart_ms,
    judge,
    moved,
    no_chance_ms,
    unseen,
)
from hub.health.seen import Seen, seen_of
from hub.health.station import Known
from hub.view import Cause

SILENT_MS = 52_500  # 1.75 of 30 s
WELL = Seen("online", 0, "born", "coming", silent_after_ms=SILENT_MS)
MUTE = WELL._replace(probes="none")
DIED = Seen("offline", 90_000, "died", "none", heard_ms=80_000, silent_after_ms=SILENT_MS)
TIMED_OUT = DIED._replace(heard_ms=42_000)
SILENT = DIED._replace(reason="silent", heard_ms=37_500)
STOPPED = DIED._replace(reason="stopped")
SUSPECT = WELL._replace(probes="silent", heard_ms=80_000)
UNKNOWN = Seen("unknown", 90_000, "hub_blind", silent_after_ms=SILENT_MS)


def after(*seen: Seen, at_ms: int = 100_000) -> Judged:
    """Return a village that was well for long, then seen so, a second apart."""
    judged = judge(unseen(0), WELL, 0)
    for number, each in enumerate(seen):
        judged = judge(judged, each, at_ms + 1_000 * number)
    return judged


@pytest.mark.parametrize(
    ("seen", "down", "hard_ms", "cut", "way"),
    [
        pytest.param(WELL, "good", 1_000, "good", "", id="well"),
        pytest.param(DIED, "bad", 100_000, "bad", "will", id="a will borne out is hard at once"),
        pytest.param(STOPPED, "bad", 100_000, "bad", "farewell", id="a farewell is its own word"),
        pytest.param(SILENT, "bad", 130_000, "bad", "silence", id="silence is hard a beat later"),
        pytest.param(
            SILENT._replace(probes="silent"),
            "bad",
            100_000,
            "bad",
            "probes",
            id="silence that the probes share is hard",
        ),
        pytest.param(
            TIMED_OUT, "bad", 100_000, "bad", "silence", id="a will of the broker's time-out shows as silence"
        ),
        pytest.param(SUSPECT, "good", 1_000, "bad", "probes", id="suspected: evidence for its town, not down itself"),
        pytest.param(UNKNOWN, "unknown", 100_000, "unknown", "", id="unknown is never bad"),
    ],
)
def test_down_and_cut(seen: Seen, down: str, hard_ms: int, cut: str, way: str) -> None:
    judged = after(seen)
    assert (judged.down.standing, judged.down.hard_ms) == (down, hard_ms)
    assert (judged.cut.standing, judged.cut.way) == (cut, way)


def test_who_speaks_while_its_probes_are_gone_is_no_suspect() -> None:
    judged = after(SUSPECT, SUSPECT._replace(heard_ms=100_500))
    assert judged.cut.standing == "good"
    assert judge(judged, SUSPECT._replace(heard_ms=130_500), 131_000).cut.standing == "good", "nor any more later"


def test_the_way_is_the_one_by_which_it_first_showed() -> None:
    judged = after(SUSPECT, SILENT._replace(probes="silent"))
    assert (judged.cut.way, judged.cut.shown_ms) == ("probes", 100_000)


def test_a_blip_is_forgotten_and_blindness_too() -> None:
    assert after(SILENT, WELL).down.standing == "good"
    assert after(SILENT, UNKNOWN, SILENT).down.hard_ms == 102_000 + 30_000, "it counts from anew"


def test_probes_that_were_eaten_long_ago_share_no_silence() -> None:
    judged = after(SUSPECT, SUSPECT._replace(heard_ms=100_500), SILENT._replace(probes="silent", heard_ms=100_500))
    assert not judged.down.hard(102_000)


def test_silence_is_hard_when_the_probes_stop_later() -> None:
    assert after(SILENT._replace(probes="coming"), SILENT._replace(probes="silent", since_ms=91_000)).down.hard(101_000)


@pytest.mark.parametrize(
    ("seen", "ms"),
    [
        pytest.param(DIED, WILLS_APART_MS, id="wills come together"),
        pytest.param(SUSPECT, PROBES_APART_MS, id="probes 1.5 of their interval apart"),
        pytest.param(SILENT, 32_000, id="silences a beat apart"),
        pytest.param(TIMED_OUT, 32_000, id="time-outs too"),
        pytest.param(SILENT._replace(silent_after_ms=105_000), 62_000, id="with slower beats longer"),
    ],
)
def test_how_far_apart_two_of_one_cause_show_it(seen: Seen, ms: int) -> None:
    assert apart_ms(after(seen)) == ms


def test_the_more_keep_silent_the_sooner_it_is_no_chance() -> None:
    suspect = after(SUSPECT)
    waits_s = [round(no_chance_ms([suspect] * many) / 1000) for many in (1, 3, 8, 22, 45)]
    assert waits_s == [30, 27, 17, 8, 4]
    assert (1 - no_chance_ms([suspect] * 22) / 30_000) ** 22 == pytest.approx(0.001, rel=0.01), "by chance 1 in 1,000"


@pytest.mark.parametrize("says_ms", [1, 6_300_000])
def test_one_station_that_tells_a_story_of_its_beats_keeps_no_town_waiting(says_ms: int) -> None:
    usual, odd = after(SUSPECT), after(SUSPECT._replace(silent_after_ms=says_ms))
    assert no_chance_ms([usual, usual, odd]) == no_chance_ms([usual] * 3)
    assert odd.silence_apart_ms <= FAREWELL_MS


# --- lines ---

POOR = WELL._replace(leg="degraded", leg_since_ms=400_000)


def test_a_line_is_hard_a_summary_later() -> None:
    judged = judge(judge(judge(unseen(0), WELL, 0), WELL._replace(leg="ok"), 300_000), POOR, 400_000)
    assert (judged.line.standing, judged.line.reason, judged.line.since_ms) == ("bad", "leg_degraded", 400_000)
    assert judged.line.hard_ms == 400_000 + SUMMARY_EVERY_MS


def test_what_was_lost_in_an_outage_is_not_its_lines() -> None:
    back = POOR._replace(since_ms=390_000)
    judged = judge(unseen(0), back, 400_000)
    assert judged.line.standing == "unknown"
    assert judged.due_ms == 390_000 + LEG_LOOKS_BACK_MS
    assert judge(judged, back, judged.due_ms).line.standing == "bad", "but what goes on being lost is"


@pytest.mark.parametrize("seen", [DIED, UNKNOWN, WELL], ids=["offline", "unknown", "never measured"])
def test_a_line_that_nobody_measures_is_unknown(seen: Seen) -> None:
    assert judge(unseen(0), seen, 10**6).line.standing == "unknown"


# --- pictures ---

BLACK = Cause("front", "failed", "E-VQD-03", "black", 95_000)


@pytest.mark.parametrize(
    ("cause", "since_ms", "reason"),
    [
        pytest.param(BLACK, 95_000, "E-VQD-03", id="its code is the reason"),
        pytest.param(BLACK._replace(since_ms=10**9), 100_000, "E-VQD-03", id="a clock that runs ahead dates nothing"),
        pytest.param(BLACK._replace(since_ms=None), 100_000, "E-VQD-03", id="nor does one that nobody trusts"),
        pytest.param(BLACK._replace(code=None, state="absent"), 95_000, "camera_absent", id="without a code its state"),
    ],
)
def test_a_picture(cause: Cause, since_ms: int, reason: str) -> None:
    video = after(WELL._replace(cause=cause)).video
    assert (video.standing, video.since_ms, video.reason) == ("bad", since_ms, reason)


def test_a_picture_that_nobody_can_see_is_unknown() -> None:
    assert after(WELL._replace(cause=BLACK), DIED).video.standing == "unknown"


# --- planned times and clocks ---


def test_after_a_planned_time_what_is_bad_counts_from_now() -> None:
    judged = after(DIED._replace(excused=True), at_ms=100_000)
    judged = judge(judged, DIED, 900_000)
    assert (judged.down.shown_ms, judged.cut.shown_ms) == (900_000, 900_000)
    assert judged.down.since_ms == DIED.since_ms


def test_a_clock_that_is_set_moves_what_is_measured_and_not_what_is_dated() -> None:
    judged = moved(after(SILENT), 3_600_000)
    assert judged.down.hard_ms == 130_000 + 3_600_000
    assert judged.down.since_ms == SILENT.since_ms


def test_a_healthy_village_tells_nothing_new_when_it_beats() -> None:
    known = Known("online", 0, "born", heard_ms=1_000)
    assert seen_of(known) == seen_of(Known("online", 0, "born", heard_ms=31_000))
    assert seen_of(known, probes="silent").heard_ms == 1_000
    assert seen_of(Known("offline", 9, "silent", heard_ms=5)).heard_ms == 5
