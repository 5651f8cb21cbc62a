"""What the rules do when something is wrong, and that the story they tell always makes sense."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.reader.frames import BAUDS, Command, Reply
from station.devices.reader.module import Refusing, Resting
from station.devices.reader.port import CardGone, CardPlaced, ReaderTrouble, Trouble
from station.devices.reader.rules import RETRY_LONGEST_S, TIMEOUT_S, Rules
from station.devices.reader.steps import Ask, Open, Outcome, Rest, Shut, Tell
from tests.station.devices.reader.bench import BOTH, TODAY, Bench, looking, names


@pytest.mark.parametrize(
    ("refusing", "trouble"),
    [
        pytest.param(Refusing.NOT_AUTHENTICATED, "PLACE_AGAIN", id="card and module do not authenticate"),
        pytest.param(Refusing.MOVED, "PLACE_AGAIN", id="moved too early"),
        pytest.param(Refusing.NOT_AN_ID_CARD, "NOT_AN_ID_CARD", id="a bank card"),
    ],
)
def test_a_card_that_cannot_be_read_is_told_once_per_placing(refusing: Refusing, trouble: str) -> None:
    bench = looking()
    bench.module.refusing = refusing
    bench.module.place("resident")
    assert names(bench.run(10)) == [trouble]
    bench.module.place(None)
    bench.run(2)
    bench.module.place("resident")
    assert names(bench.run(10)) == [trouble]
    bench.module.refusing = None
    assert names(bench.run(2)) == ["resident"]


@pytest.mark.parametrize(
    ("refusing", "trouble"),
    [
        pytest.param(Refusing.SELF_TEST_FAILED, "MODULE_FAULT", id="self-test failed"),
        pytest.param(Refusing.NOT_LICENSED, "NOT_LICENSED", id="not licensed"),
    ],
)
@pytest.mark.parametrize("wanted", [True, False], ids=["while looking", "while nobody looks"])
def test_a_module_fault_is_told_once_and_its_end_too(refusing: Refusing, trouble: str, wanted: bool) -> None:
    bench = looking()
    bench.rules.wanted = wanted
    bench.run(5)
    bench.module.refusing = refusing
    assert names(bench.run(20)) == [trouble]
    bench.module.refusing = None
    assert names(bench.run(8)) == ["ReaderReady"]


def test_a_self_test_that_a_reset_cures_is_not_told() -> None:
    bench = looking()
    failures = iter([Reply(b"\x00\x00\x60", b"")])
    bench.spoil = lambda command: next(failures, None) if command is Command.FIND else None
    assert bench.run(5) == []
    assert bench.asked(Command.RESET) == 1


def test_a_self_test_that_fails_again_after_the_reset_is_told() -> None:
    bench = looking()
    bench.spoil = lambda command: Reply(b"\x00\x00\x60", b"") if command is Command.FIND else None
    assert names(bench.run(5)) == ["MODULE_FAULT"]


@pytest.mark.parametrize("said", [0x10, 0x11], ids=["10", "11"])
def test_a_frame_damaged_on_the_way_to_the_module_is_sent_again_once(said: int) -> None:
    bench = looking()
    bench.module.place("resident")
    answers = iter([Reply(bytes([0, 0, said]), b"")])
    bench.spoil = lambda command: next(answers, None) if command is Command.READ else None
    assert names(bench.run(1)) == ["resident"]
    assert bench.asked(Command.READ) == 2


def test_a_frame_damaged_on_the_way_back_is_asked_for_once_more_and_no_more() -> None:
    bench = looking()
    bench.module.place("resident")
    bench.done.clear()
    bench.spoil = lambda command: Outcome.DAMAGED if command is Command.READ else None
    for _ in range(40):
        bench.turn()
        if bench.told:
            break
    assert names(bench.told) == ["PLACE_AGAIN"]
    assert bench.asked(Command.READ) == 2


def after_mute(bench: Bench) -> list[object]:
    """Return what is done from the third silence on, until trouble is told."""
    bench.done.clear()
    while not bench.told:
        bench.turn()
    return [step.command if isinstance(step, Ask) else type(step) for step in bench.done if not isinstance(step, Rest)]


def test_a_mute_module_is_asked_three_times_then_status_then_reset_then_opened_again_at_every_rate() -> None:
    bench = looking()
    bench.spoil = lambda _: Outcome.NOTHING
    done = after_mute(bench)
    assert done == [
        *[Command.FIND] * 3,
        Command.STATUS,
        Command.RESET,
        Shut,
        *[Open, Command.STATUS] * len(BAUDS),
        Tell,
    ]
    assert names(bench.told) == ["NO_READER"]


def test_a_module_that_wakes_up_by_status_or_reset_is_not_reported() -> None:
    for wakes in (Command.STATUS, Command.RESET):
        bench = looking()
        asleep = iter([Outcome.NOTHING] * (3 if wakes is Command.STATUS else 4))
        bench.spoil = lambda _, asleep=asleep: next(asleep, None)
        assert bench.run(10) == []
        bench.module.place("resident")
        assert names(bench.run(2)) == ["resident"]


def test_a_module_that_says_it_is_well_and_never_finds_is_a_fault() -> None:
    bench = looking()
    bench.spoil = lambda command: Outcome.NOTHING if command is Command.FIND else None
    assert names(bench.run(60)) == ["MODULE_FAULT"]
    bench.spoil = lambda _: None
    assert names(bench.run(10)) == ["ReaderReady"]


def test_a_reader_that_comes_back_after_such_a_fault_is_well() -> None:
    bench = looking()
    bench.spoil = lambda command: Outcome.NOTHING if command is Command.FIND else None
    bench.run(60)
    bench.rules.wanted = False
    bench.spoil = lambda _: Outcome.NOTHING
    assert names(bench.run(60))[-1] == "NO_READER"
    bench.spoil = lambda _: None
    assert names(bench.run(10)) == ["ReaderReady"]


def test_an_unplugged_reader_is_told_once_tried_ever_more_slowly_and_found_again() -> None:
    bench = looking()
    bench.plugged = False
    assert names(bench.run(60)) == ["NO_READER"]
    rests = [step.seconds for step in bench.done if isinstance(step, Rest)][-12:]
    assert rests[-5:] == [RETRY_LONGEST_S] * 5
    assert sorted(rests) == rests
    bench.plugged = True
    assert names(bench.run(6)) == ["ReaderReady"]
    bench.module.place("hmt")
    assert names(bench.run(1)) == ["hmt"]


def test_a_card_that_rests_while_the_reader_is_replugged_is_not_told_again() -> None:
    bench = looking("9F")
    bench.module.place("resident")
    bench.run(3)
    bench.plugged = False
    assert names(bench.run(3)) == ["NO_READER"]
    bench.plugged = True
    assert names(bench.run(10)) == ["ReaderReady"]
    bench.module.place(None)
    assert names(bench.run(3)) == ["CardGone"]


def test_a_card_read_when_nobody_wants_it_any_more_is_forgotten() -> None:
    bench = looking()
    bench.module.place("resident")

    def no_longer(command: Command) -> None:
        bench.rules.wanted = bench.rules.wanted and command is not Command.READ

    bench.spoil = no_longer
    assert bench.run(10) == []
    assert bench.asked(Command.READ) == 1


def test_the_rules_keep_nothing_of_the_person() -> None:
    bench = looking()
    bench.module.place("resident")
    bench.run(3)
    bench.told.clear()
    bench.done.clear()
    kept = repr(vars(bench.rules)) + repr(bench._steps.gi_frame.f_locals)
    assert "测试" not in kept
    assert "110105" not in kept


OK, FAILED = Reply(b"\x00\x00\x90", b""), Reply(b"\x00\x00\x60", b"")
OUTCOMES = st.sampled_from(
    ["answer", "answer", "answer", "nothing", "damaged", "lost", "place", "swap", "lift", "look"]
)


def disturbances(script: list[str], bench: Bench) -> Iterator[Reply | Outcome | None]:
    for word in script:
        match word:
            case "nothing":
                yield Outcome.NOTHING
            case "damaged":
                yield Outcome.DAMAGED
            case "lost":
                yield Outcome.LOST
            case "place" | "swap" | "lift":
                bench.module.place({"place": "resident", "swap": "hmt", "lift": None}[word])
            case "look":
                bench.rules.wanted = not bench.rules.wanted
        yield None


@given(script=st.lists(OUTCOMES, max_size=60), resting=st.sampled_from(BOTH))
def test_whatever_happens_the_story_told_makes_sense_and_it_recovers(script: list[str], resting: Resting) -> None:
    bench = looking(resting)
    happening = disturbances(script, bench)
    bench.spoil = lambda _: next(happening, None)
    bench.run(60)
    lying: str | None = None
    for event in bench.told:
        if isinstance(event, CardPlaced):
            assert lying is None, "a second card was told before the first was gone"
            lying = event.card.kind
        elif isinstance(event, CardGone):
            assert lying is not None, "a card was gone that was never told"
            lying = None
    for before, after in zip(bench.told, bench.told[1:], strict=False):
        assert not isinstance(after, ReaderTrouble) or before != after, "trouble was told twice"
    bench.spoil = lambda _: None
    bench.rules.wanted = True
    bench.module.place(None)
    bench.run(10)
    bench.told.clear()
    bench.module.place("foreign_2023")
    assert names(bench.run(2)) == ["foreign_2023"]


@given(
    cycle=st.lists(st.sampled_from([Outcome.DAMAGED, Outcome.LOST, OK, FAILED]), min_size=1, max_size=8),
    wanted=st.booleans(),
)
def test_it_never_spins(cycle: list[Reply | Outcome], wanted: bool) -> None:
    rules = Rules(9600, lambda: TODAY)
    rules.wanted = wanted
    steps, since_rest = rules.steps(), 0
    step = next(steps)
    for outcome in itertools.islice(itertools.cycle(cycle), 300):
        since_rest = 0 if isinstance(step, Rest) else since_rest + 1
        assert since_rest < 40, "no rest between so many steps"
        step = steps.send(outcome if isinstance(step, Ask) else Outcome.DONE)


def test_every_command_the_rules_ask_has_a_deadline() -> None:
    assert TIMEOUT_S[Command.SELECT] == 1.0
    assert TIMEOUT_S[Command.READ] == 3.0
    assert all(0 < timeout_s <= 3.0 for timeout_s in TIMEOUT_S.values())
    assert Trouble.NO_READER.value == "E-READER-30"
