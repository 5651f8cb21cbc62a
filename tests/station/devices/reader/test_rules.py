"""How cards are sought, told and missed, without a port and without time."""

import pytest

from station.devices.reader.frames import BAUDS, Command
from station.devices.reader.module import Resting
from station.devices.reader.port import ReaderReady
from station.devices.reader.steps import Ask
from tests.station.devices.reader.bench import BOTH, Bench, looking, names


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
