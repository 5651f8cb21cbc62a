"""How a reader is driven, without a port and without time: the module is the twin's, the wire is the test's."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.reader.frames import BAUDS, Command, Frame, FrameDecoder, Reply, reply_to, request
from station.devices.reader.module import Module, Refusing, Resting
from station.devices.reader.port import CardGone, CardPlaced, ReaderEvent, ReaderReady, ReaderTrouble, Trouble
from station.devices.reader.rules import RETRY_LONGEST_S, TIMEOUT_S, Rules
from station.devices.reader.steps import Ask, Open, Outcome, Rest, Shut, Step, Tell

TODAY = date(2026, 11, 24)
BOTH: list[Resting] = ["80", "9F"]


class Bench:
    """Drives the rules against the twin's module; time is counted, never waited for."""

    def __init__(self, resting: Resting = "9F", *, baud: int = 115200, module_baud: int = 115200) -> None:
        self.module = Module(module_baud, resting)
        self.rules = Rules(baud, lambda: TODAY)
        self.line_baud: int | None = None
        self.plugged = True
        self.spoil: Callable[[Command], Reply | Outcome | None] = lambda _: None
        self.now_s = 0.0
        self.done: list[Step] = []
        self.told: list[ReaderEvent] = []
        self._steps = self.rules.steps()
        self._next = next(self._steps)

    def turn(self) -> None:
        step, outcome = self._next, Outcome.DONE
        heard: Reply | Outcome = outcome
        match step:
            case Ask(command, timeout_s):
                heard = self._ask(command)
                if heard is Outcome.NOTHING:
                    self.now_s += timeout_s
            case Open(baud):
                self.line_baud = baud if self.plugged else None
                heard = Outcome.DONE if self.plugged else Outcome.LOST
            case Shut():
                self.line_baud = None
            case Rest(seconds):
                self.now_s += seconds
            case Tell(event):
                self.told.append(event)
        self.done.append(step)
        self._next = self._steps.send(heard)

    def run(self, seconds: float) -> list[ReaderEvent]:
        """Run for so long on the counted clock; return what was told meanwhile."""
        until, told = self.now_s + seconds, len(self.told)
        while self.now_s < until:
            self.turn()
        return self.told[told:]

    def asked(self, command: Command) -> int:
        return sum(isinstance(step, Ask) and step.command is command for step in self.done)

    def _ask(self, command: Command) -> Reply | Outcome:
        if not self.plugged or self.line_baud is None:
            return Outcome.LOST
        if (spoilt := self.spoil(command)) is not None:
            return spoilt
        if self.line_baud != self.module.baud:
            return Outcome.NOTHING
        decoder = FrameDecoder()
        decoder.feed(request(command))
        (asked,) = decoder.events()
        assert isinstance(asked, Frame)
        decoder.feed(self.module.answer(asked))
        (answer,) = decoder.events()
        assert isinstance(answer, Frame)
        return reply_to(command, answer) or Outcome.NOTHING


def looking(resting: Resting = "9F") -> Bench:
    bench = Bench(resting)
    bench.rules.wanted = True
    bench.run(1)
    bench.told.clear()
    return bench


def names(events: list[ReaderEvent]) -> list[str]:
    return [
        event.trouble.name
        if isinstance(event, ReaderTrouble)
        else event.card.kind
        if isinstance(event, CardPlaced)
        else type(event).__name__
        for event in events
    ]


def test_a_reader_that_answers_says_so_with_its_id_and_rate() -> None:
    assert Bench().run(1) == [ReaderReady("05.01-20260101-0000999999-0000000001", 115200)]


@pytest.mark.parametrize("module_baud", BAUDS)
def test_a_module_at_another_rate_is_found(module_baud: int) -> None:
    (ready,) = Bench(module_baud=module_baud).run(2)
    assert isinstance(ready, ReaderReady)
    assert ready.baud == module_baud


def test_nothing_looks_for_cards_until_a_screen_asks_but_the_module_is_still_watched() -> None:
    bench = Bench()
    bench.module.place("resident")
    assert names(bench.run(20)) == ["ReaderReady"]
    assert bench.asked(Command.FIND) == 0
    assert bench.asked(Command.STATUS) >= 5
    bench.rules.wanted = True
    assert names(bench.run(4)) == ["resident"]


def test_while_looking_a_card_is_sought_every_400_to_500_ms_with_one_retry_at_once() -> None:
    bench = looking()
    bench.done.clear()
    bench.run(4.3)
    assert 8 <= bench.asked(Command.FIND) / 2 <= 11
    finds = [isinstance(step, Ask) and step.command is Command.FIND for step in bench.done[:3]]
    assert finds.count(True) == 2


@pytest.mark.parametrize("resting", BOTH)
def test_a_resting_card_is_told_once_and_gone_after_three_misses(resting: Resting) -> None:
    bench = looking(resting)
    bench.module.place("resident")
    assert names(bench.run(30)) == ["resident"]
    bench.module.place(None)
    assert bench.run(0.9) == []
    assert names(bench.run(1.2)) == ["CardGone"]


@pytest.mark.parametrize("resting", BOTH)
def test_the_same_card_placed_again_is_told_again(resting: Resting) -> None:
    bench = looking(resting)
    for _ in range(2):
        bench.module.place("resident")
        bench.run(3)
        bench.module.place(None)
        bench.run(3)
    assert names(bench.told) == ["resident", "CardGone", "resident", "CardGone"]


@pytest.mark.parametrize("resting", BOTH)
def test_a_card_that_slipped_for_a_moment_is_the_same_placing(resting: Resting) -> None:
    bench = looking(resting)
    bench.module.place("resident")
    bench.run(3)
    bench.module.place(None)
    bench.run(0.6)
    bench.module.place("resident")
    assert names(bench.run(5)) == []


@pytest.mark.parametrize("resting", BOTH)
def test_another_card_in_its_place_is_told_as_gone_and_placed(resting: Resting) -> None:
    bench = looking(resting)
    bench.module.place("resident")
    bench.run(3)
    bench.module.place(None)
    bench.run(0.6)
    bench.module.place("hmt")
    assert names(bench.run(5)) == ["CardGone", "hmt"]


@pytest.mark.parametrize("resting", BOTH)
def test_a_card_lifted_while_no_screen_asks_is_noticed_and_not_read_anew_by_itself(resting: Resting) -> None:
    bench = looking(resting)
    bench.module.place("resident")
    bench.run(3)
    bench.rules.wanted = False
    bench.run(3)
    reads = bench.asked(Command.READ)
    bench.module.place(None)
    assert names(bench.run(5)) == ["CardGone"]
    bench.module.place("hmt")
    assert bench.run(10) == []
    assert bench.asked(Command.READ) == reads


def test_another_card_that_came_while_no_screen_asked_is_told_when_one_does() -> None:
    bench = looking("9F")
    bench.module.place("resident")
    bench.run(3)
    bench.rules.wanted = False
    bench.run(1)
    bench.module.place("hmt")
    assert bench.run(3) == []
    bench.rules.wanted = True
    assert names(bench.run(2)) == ["CardGone", "hmt"]


def test_a_card_swapped_between_two_looks_is_noticed_where_the_module_tells() -> None:
    bench = looking("80")
    bench.module.place("resident")
    bench.run(3)
    bench.module.place("hmt")
    assert names(bench.run(2)) == ["CardGone", "hmt"]


@pytest.mark.parametrize("resting", BOTH)
def test_another_card_is_not_read_while_no_screen_asks(resting: Resting) -> None:
    bench = looking(resting)
    bench.module.place("resident")
    bench.run(3)
    bench.rules.wanted = False
    bench.module.place(None)
    bench.run(0.6)
    bench.module.place("hmt")
    reads = bench.asked(Command.READ)
    assert bench.run(10) == []
    assert bench.asked(Command.READ) == reads


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
