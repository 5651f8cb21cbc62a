"""Every rule that moves a village between online, offline and unknown."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.health.station import (
    GRACE_MS,
    Born,
    ClockStepped,
    Died,
    Event,
    Flip,
    Heard,
    HubBlind,
    HubSees,
    Known,
    Tick,
    after_restart,
    never_seen,
    step,
)

EPOCH, OTHER = "a" * 16, "b" * 16
BORN = Born(5, EPOCH, 30, 30, retained=False)
LIMIT_MS = 52_500  # 1.75 of 30 s

NEW = never_seen(0)
ONLINE = Known("online", 0, "born", 5, EPOCH, LIMIT_MS, heard_ms=0, sees_ms=0)
BLIND = Known("unknown", 0, "hub_blind", 5, EPOCH, LIMIT_MS, heard_ms=0, sees_ms=None)
AWAITED = msgspec.structs.replace(BLIND, sees_ms=0)
QUICK_AWAITED = msgspec.structs.replace(AWAITED, silent_after_ms=3_500)
OFFLINE = msgspec.structs.replace(ONLINE, state="offline", reason="died", ended="died")
BLIND_BUT_LEFT = msgspec.structs.replace(BLIND, ended="stopped")
WILLED = msgspec.structs.replace(ONLINE, ended="died", will_ms=7)
AWAITED_DEAD = msgspec.structs.replace(AWAITED, ended="died")


@pytest.mark.parametrize(
    ("known", "event", "at_ms", "flip"),
    [
        pytest.param(ONLINE, Tick(), LIMIT_MS - 1, None, id="silence just inside the limit is none"),
        pytest.param(ONLINE, Tick(), LIMIT_MS, Flip(LIMIT_MS, "offline", "silent"), id="late on the limit"),
        pytest.param(
            ONLINE, Tick(), 9 * LIMIT_MS, Flip(LIMIT_MS, "offline", "silent"), id="noticed late, dated at the limit"
        ),
        pytest.param(AWAITED, Tick(), LIMIT_MS - 1, None, id="within the grace it stays unknown"),
        pytest.param(
            AWAITED, Tick(), LIMIT_MS, Flip(LIMIT_MS, "offline", "silent"), id="not back by the end of the grace"
        ),
        pytest.param(
            AWAITED, Tick(), 9 * LIMIT_MS, Flip(LIMIT_MS, "offline", "silent"), id="dated at the end of the grace"
        ),
        pytest.param(QUICK_AWAITED, Tick(), GRACE_MS - 1, None, id="a quick station too has time to connect again"),
        pytest.param(QUICK_AWAITED, Tick(), GRACE_MS, Flip(GRACE_MS, "offline", "silent"), id="and not for ever"),
        pytest.param(BLIND, Tick(), 10**9, None, id="a blind hub calls nobody offline"),
        pytest.param(
            msgspec.structs.replace(NEW, sees_ms=0), Tick(), 10**9, None, id="never seen stays unknown for ever"
        ),
        pytest.param(OFFLINE, Tick(), 10**9, None, id="offline is not noticed twice"),
        pytest.param(AWAITED, Heard(), 7, Flip(7, "online", "heard"), id="any live message brings it online"),
        pytest.param(AWAITED, Heard(4), 7, None, id="a beat of an older boot brings nothing"),
        pytest.param(AWAITED, BORN, 7, Flip(7, "online", "born"), id="a birth brings it online"),
        pytest.param(ONLINE, BORN, 7, None, id="born again while online is no change"),
        pytest.param(AWAITED, BORN._replace(retained=True), 7, None, id="a retained birth says nothing of now"),
        pytest.param(OFFLINE, BORN, 7, Flip(7, "online", "born"), id="the same boot connects again after its death"),
        pytest.param(OFFLINE, BORN._replace(boot=4), 7, None, id="a late birth of an older boot does not revive it"),
        pytest.param(
            OFFLINE,
            BORN._replace(boot=1, epoch=OTHER),
            7,
            Flip(7, "online", "born"),
            id="a replaced card counts boots anew, in another epoch",
        ),
        pytest.param(
            msgspec.structs.replace(NEW, sees_ms=0),
            BORN._replace(retained=True),
            7,
            Flip(7, "unknown", "not_heard_yet"),
            id="a retained birth of a new station: seen, not heard",
        ),
        pytest.param(ONLINE, Died(5, False, False), 7, None, id="a will may be the last word of a stopping broker"),
        pytest.param(WILLED, Tick(), 7, None, id="a pulse sent before the will proves nothing"),
        pytest.param(WILLED, Tick(), 8, Flip(7, "offline", "died"), id="a pulse after its will: it died then"),
        pytest.param(WILLED, HubBlind(), 9, Flip(9, "unknown", "hub_blind"), id="no pulse: the broker died, not it"),
        pytest.param(ONLINE, Died(5, True, False), 7, Flip(7, "offline", "stopped"), id="a farewell is said so"),
        pytest.param(ONLINE, Died(4, False, False), 7, None, id="a late death of an older boot is ignored"),
        pytest.param(
            ONLINE, Died(6, True, False), 7, Flip(7, "offline", "stopped"), id="a death whose birth was missed counts"
        ),
        pytest.param(OFFLINE, Died(5, False, False), 7, None, id="it dies once"),
        pytest.param(BLIND, Died(5, True, True), 7, None, id="a retained farewell waits until the hub sees"),
        pytest.param(BLIND_BUT_LEFT, HubSees(), 7, Flip(7, "offline", "stopped"), id="and is known as soon as it does"),
        pytest.param(AWAITED, Died(5, False, True), 7, None, id="a retained will may be of the broker's own stop"),
        pytest.param(AWAITED_DEAD, Tick(), LIMIT_MS - 1, None, id="so it has the grace to come back"),
        pytest.param(
            AWAITED_DEAD, Tick(), LIMIT_MS, Flip(LIMIT_MS, "offline", "died"), id="and after it died, not fell silent"
        ),
        pytest.param(AWAITED_DEAD, BORN, 7, Flip(7, "online", "born"), id="back after a broker's restart"),
        pytest.param(ONLINE, HubBlind(), 7, Flip(7, "unknown", "hub_blind"), id="a blind hub knows of nobody"),
        pytest.param(OFFLINE, HubBlind(), 7, Flip(7, "unknown", "hub_blind"), id="not even of who was offline"),
        pytest.param(AWAITED, HubBlind(), 7, None, id="unknown stays unknown, since before"),
        pytest.param(BLIND, HubSees(), 7, None, id="seeing again, it is unknown until heard"),
        pytest.param(BLIND, Heard(), 7, None, id="blind, even a message left in the queue makes nobody online"),
    ],
)
def test_step(known: Known, event: Event, at_ms: int, flip: Flip | None) -> None:
    after, came = step(known, event, at_ms)
    assert came == flip
    if flip is None:
        assert (after.state, after.since_ms, after.reason) == (known.state, known.since_ms, known.reason)
    else:
        assert (after.state, after.since_ms, after.reason) == (flip.state, flip.at_ms, flip.reason)


def _run(known: Known, *events: tuple[int, Event]) -> tuple[Known, list[Flip]]:
    flips = []
    for at_ms, event in events:
        known, flip = step(known, event, at_ms)
        flips += [flip] if flip else []
    return known, flips


def test_a_station_that_beats_slower_than_its_keepalive_is_given_the_time_of_its_beat():
    known, _ = step(AWAITED, BORN._replace(keepalive_s=2, beat_every_s=30), 0)
    assert step(known, Tick(), LIMIT_MS - 1)[1] is None
    assert step(known, Tick(), LIMIT_MS)[1] == Flip(LIMIT_MS, "offline", "silent")


def test_a_death_learned_before_the_hub_was_blind_does_not_count_after():
    known, flips = _run(OFFLINE, (10, HubBlind()), (20, HubSees()))
    assert known.state == "unknown"
    assert flips == [Flip(10, "unknown", "hub_blind")]


def test_silence_is_counted_from_the_last_message_not_from_the_first():
    known, flips = _run(ONLINE, (50_000, Heard()), (LIMIT_MS + 40_000, Tick()), (50_000 + LIMIT_MS, Tick()))
    assert known.state == "offline"
    assert flips == [Flip(50_000 + LIMIT_MS, "offline", "silent")]


@pytest.mark.parametrize("by_ms", [-3_600_000, 3_600_000])
def test_setting_the_hubs_clock_neither_hides_silence_nor_invents_it(by_ms: int):
    start = 10**12
    known = msgspec.structs.replace(ONLINE, heard_ms=start, sees_ms=start)
    known, _ = step(known, ClockStepped(by_ms), start + by_ms)
    assert step(known, Tick(), start + by_ms + LIMIT_MS - 1)[1] is None
    _, flip = step(known, Tick(), start + by_ms + LIMIT_MS)
    assert flip == Flip(start + by_ms + LIMIT_MS, "offline", "silent")


def test_a_state_dated_by_a_clock_that_was_ahead_is_said_again_with_its_right_date():
    ahead = msgspec.structs.replace(ONLINE, since_ms=90_000, heard_ms=95_000, sees_ms=80_000)
    known, flip = step(ahead, ClockStepped(-60_000), 40_000)
    assert flip == Flip(30_000, "online", ONLINE.reason)
    assert known.since_ms == 30_000
    assert step(known, ClockStepped(60_000), 100_000)[1] is None


def test_no_state_begins_before_the_one_it_follows():
    known, flip = step(msgspec.structs.replace(ONLINE, since_ms=1_000), HubBlind(), 900)
    assert flip == Flip(1_000, "unknown", "hub_blind")
    assert known.since_ms == 1_000


@pytest.mark.parametrize(
    ("known", "flip"),
    [
        pytest.param(ONLINE, Flip(70, "unknown", "hub_restart"), id="online is unknown since the hub was last alive"),
        pytest.param(OFFLINE, Flip(70, "unknown", "hub_restart"), id="so is offline"),
        pytest.param(AWAITED, None, id="unknown keeps its own beginning and reason"),
        pytest.param(NEW, None, id="never seen is never seen"),
    ],
)
def test_after_a_restart_nothing_is_known(known: Known, flip: Flip | None):
    after, came = after_restart(known, 70)
    assert came == flip
    assert after.state == "unknown"
    assert after.sees_ms is None


lives = st.one_of(
    st.builds(Born, st.integers(1, 4), st.sampled_from([EPOCH, OTHER]), st.just(30), st.just(30), st.booleans()),
    st.builds(Died, st.integers(1, 4), st.booleans(), st.booleans()),
    st.builds(Heard, st.one_of(st.none(), st.integers(1, 4))),
)
anything = st.one_of(
    lives,
    st.just(HubBlind()),
    st.just(HubSees()),
    st.just(Tick()),
)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 120_000), anything), max_size=60))
def test_never_offline_or_online_while_blind_and_every_flip_is_a_change(steps: list[tuple[int, Event]]):
    known, at_ms = never_seen(0), 0
    for later_ms, event in steps:
        at_ms += later_ms
        was = known
        known, flip = step(known, event, at_ms)
        if known.sees_ms is None:
            assert known.state == "unknown"
        if flip is None:
            assert (known.state, known.since_ms, known.reason) == (was.state, was.since_ms, was.reason)
        else:
            assert (known.state, known.reason) != (was.state, was.reason)
            assert was.since_ms <= flip.at_ms <= at_ms
        if isinstance(event, Tick) and known.state == "online":
            assert known.heard_ms is not None
            assert at_ms - known.heard_ms < known.silent_after_ms


def test_late_and_repeated_lives_of_older_boots_end_in_the_same_state():
    """300 random orders: whatever of older sessions comes in between, the newest session's word stands."""
    rng = random.Random(20161024)
    for round_ in range(300):
        end: list[Event] = [BORN, Heard(5)] if round_ % 2 else [BORN, Died(5, False, False)]
        older: list[Event] = []
        for boot in range(1, 5):
            older += [BORN._replace(boot=boot), Died(boot, bool(boot % 2), False)] * rng.randint(1, 2)
        before = rng.sample(older, len(older))
        late = [event for event in older if rng.random() < 0.5]
        told = [*before, *end]
        for event in late:
            told.insert(rng.randint(len(before) + 1, len(told)), event)
        if round_ % 2 == 0:
            told += [end[-1], Tick()]
        known, _ = _run(AWAITED, *((index, event) for index, event in enumerate(told)))
        assert (known.state, known.boot) == ("online" if round_ % 2 else "offline", 5)
