"""What an update does next: each limit just before it, on it, and the reason that is given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.update import rules
from station.update.rules import Machine, Seen, Step, Taking, Waiting, Watch
from wire.release import KEPT, Release

LOCK = "a" * 64
MACHINE = Machine((3, 13), "aarch64", {LOCK}, 10**9)
RELEASE = Release("1.1", 7, "3.11", "3.14", LOCK)
UP = Seen(agent=10, kiosk=11, says=True, welcomed=True)


def taking(release: Release = RELEASE, floor: int = 7, **changed: object) -> Taking:
    return Taking(release, 10**6, 0, floor)._replace(**changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "machine", "why"),
    [
        pytest.param(taking(), MACHINE, None, id="the same again"),
        pytest.param(taking(floor=8), MACHINE, "E-ARC-06", id="older than what ran"),
        pytest.param(taking(failed={7}), MACHINE, None, id="failed before, brought by hand"),
        pytest.param(taking(failed={7}, by_order=True), MACHINE, "E-UPD-06", id="failed before, ordered"),
        pytest.param(taking(), MACHINE._replace(python=(3, 14)), "E-UPD-01", id="Python at the upper bound"),
        pytest.param(taking(), MACHINE._replace(python=(3, 11)), None, id="Python at the lower bound"),
        pytest.param(taking(), MACHINE._replace(python=(3, 10)), "E-UPD-01", id="Python below"),
        pytest.param(
            taking(Release("1.1", 7, "3.11", "3.14", LOCK, "x86_64", True)), MACHINE, "E-UPD-01", id="another machine"
        ),
        pytest.param(taking(), MACHINE._replace(locks=()), "E-UPD-04", id="packages neither here nor inside"),
        pytest.param(taking(), MACHINE._replace(free_bytes=rules.RESERVE_BYTES + 4 * 10**6), None, id="just room"),
        pytest.param(
            taking(), MACHINE._replace(free_bytes=rules.RESERVE_BYTES + 4 * 10**6 - 1), "E-UPD-03", id="a byte short"
        ),
    ],
)
def test_what_a_machine_takes(asked: Taking, machine: Machine, why: str | None) -> None:
    assert rules.why_not_take(asked, machine) == why


def waited(*busy: tuple[float, bool]) -> Step:
    waiting, step = Waiting(0.0), Step.WAIT
    for at_s, is_busy in busy:
        waiting, step = rules.wait(waiting, at_s, busy=is_busy)
    return step


def test_the_moment_comes_when_nobody_was_there_for_a_while() -> None:
    assert waited((0, False), (29.9, False)) is Step.WAIT
    assert waited((0, False), (30, False)) is Step.SWITCH
    assert waited((0, False), (20, True), (40, False), (69, False)) is Step.WAIT
    assert waited((0, False), (20, True), (40, False), (70, False)) is Step.SWITCH
    assert waited((0, True), (3_599, True)) is Step.WAIT
    assert waited((0, True), (3_600, True)) is Step.GIVE_UP


def watched(*seen: tuple[float, Seen], needs_hub: bool = True) -> str | None:
    watch, found = Watch(0.0), None
    for at_s, one in seen:
        watch = rules.watch(watch, at_s, one)
        found = rules.verdict(watch, at_s, needs_hub=needs_hub)
    return found


def test_it_is_kept_once_both_run_steadily_and_the_hub_has_answered() -> None:
    assert watched((5, UP), (19.9, UP)) is None
    assert watched((5, UP), (20, UP)) == KEPT
    assert watched((5, UP), (15, UP._replace(kiosk=12)), (20, UP._replace(kiosk=12))) is None
    assert watched((5, UP), (15, UP._replace(kiosk=12)), (30, UP._replace(kiosk=12))) == KEPT
    alone = UP._replace(welcomed=False)
    assert watched((5, alone), (239, alone)) is None
    assert watched((5, alone), (20, alone), needs_hub=False) == KEPT


def test_it_is_taken_back_for_the_first_thing_that_is_missing() -> None:
    nothing = Seen(None, None, says=False, welcomed=False)
    assert watched((0, nothing), (240, nothing)) == rules.AGENT_FAILS
    assert watched((0, UP), (240, UP._replace(kiosk=None))) == rules.KIOSK_FAILS
    assert watched((0, UP), (240, UP._replace(says=False))) == rules.AGENT_FAILS
    assert watched((0, UP), (240, UP._replace(welcomed=False))) == rules.HUB_SILENT
    falls = [(float(n), UP._replace(agent=None, agent_starts=7 + n)) for n in range(4)]
    assert watched(*falls[:3]) is None
    assert watched(*falls) == rules.AGENT_FAILS
    dark = [(float(n), UP._replace(kiosk=None, kiosk_starts=n)) for n in range(4)]
    assert watched(*dark) == rules.KIOSK_FAILS  # in seconds: the screen is dark meanwhile


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(
            Seen,
            agent=st.sampled_from([None, 1, 2]),
            kiosk=st.sampled_from([None, 3, 4]),
            says=st.booleans(),
            welcomed=st.booleans(),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_every_trial_ends_in_time_and_none_is_kept_that_is_not_whole_at_that_moment(looks: list[Seen]) -> None:
    watch = Watch(0.0)
    for at_s in range(0, 241, 5):
        now = looks[at_s // 5 % len(looks)]
        watch = rules.watch(watch, float(at_s), now)
        found = rules.verdict(watch, float(at_s), needs_hub=True)
        if found is not None:
            assert (found == KEPT) <= (now.agent is not None and now.kiosk is not None and now.says and now.welcomed)
            return
    pytest.fail("no verdict within the trial's time")


@pytest.mark.parametrize(
    ("verdict", "switched", "boots", "step"),
    [
        pytest.param(None, False, 0, Step.FORGET, id="cut before the link"),
        pytest.param(None, True, 0, Step.COUNT_BOOT, id="first boot"),
        pytest.param(None, True, 1, Step.COUNT_BOOT, id="second boot"),
        pytest.param(None, True, 2, Step.TAKE_BACK, id="two have failed"),
        pytest.param(KEPT, True, 1, Step.KEEP, id="cut while it was being kept"),
        pytest.param("E-UPD-11", True, 0, Step.TAKE_BACK, id="cut while it was being taken back"),
        pytest.param("E-UPD-11", False, 0, Step.TAKE_BACK, id="cut after the link went back"),
    ],
)
def test_a_boot_in_the_middle_of_a_trial(verdict: str | None, switched: bool, boots: int, step: Step) -> None:
    assert rules.at_boot(verdict, switched=switched, boots=boots)[0] is step
