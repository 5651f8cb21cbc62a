"""Looking for a card in frames: when it looks, what it takes for a card, and what leaves it."""

import pytest

from station.devices.camera.card_finder import LOOKS_PER_S, CardFinder
from station.devices.camera.reports import CardFound, FindCard
from station.sealing import ReplyKey
from station.vision import scenes
from tests.station.vision.held_cards import holding
from wire.service_card import card_text

NUMBER = "0012345678"
ROOM = scenes.at(scenes.draw("office", 7, 640, 360), 1.0)


@pytest.fixture
def key() -> ReplyKey:
    return ReplyKey()


def found(finder: CardFinder, frame: object, looks: int = 4) -> CardFound | None:
    return next((card for _ in range(looks) if (card := finder.look(frame)) is not None), None)


def test_it_looks_only_while_it_is_asked_to(key: ReplyKey) -> None:
    finder = CardFinder()
    assert not finder.due(1.0)
    assert found(finder, holding(card_text(NUMBER))) is None
    finder.ask(FindCard(key.public, 5.0), 10.0)
    assert finder.due(10.0)
    assert finder.due(14.9)
    assert not finder.due(15.0)
    assert found(finder, holding(card_text(NUMBER))) is None


def test_it_looks_a_few_times_a_second_and_leaves_the_rest_to_the_doctor(key: ReplyKey) -> None:
    clock = iter((20.0, 20.01, 30.0, 30.5))  # a quick look, then one on a slow machine
    finder = CardFinder(lambda: next(clock))
    finder.ask(FindCard(key.public, 100.0), 20.0)
    finder.look(ROOM)
    assert [finder.due(20.0 + 1 / LOOKS_PER_S + late_s) for late_s in (-0.01, 0.01)] == [False, True]
    finder.look(ROOM)
    assert [finder.due(31.5 + late_s) for late_s in (-0.01, 0.01)] == [False, True]


def test_the_number_leaves_sealed_and_the_search_is_over(key: ReplyKey) -> None:
    finder = CardFinder()
    finder.ask(FindCard(key.public, 5.0), 10.0)
    assert finder.look(ROOM) is None
    card = found(finder, holding(card_text(NUMBER), tilted_deg=12, blur_px=0.6))
    assert card is not None
    assert card.reply_to == key.public
    assert NUMBER.encode() not in card.box
    assert key.open(card.box) == NUMBER.encode()
    assert not finder.due(10.5)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://example.com/pay?me=1", id="a poster"),
        pytest.param("CCT1:0012345678:3", id="the wrong check digit"),
        pytest.param("CCT2:0012345678:2", id="another kind of card"),
        pytest.param("999999199902300000", id="a number alone"),
    ],
)
def test_a_foreign_code_is_no_card_and_the_search_goes_on(key: ReplyKey, text: str) -> None:
    finder = CardFinder(lambda: 10.0)
    finder.ask(FindCard(key.public, 5.0), 10.0)
    assert found(finder, holding(text), looks=8) is None
    assert finder.due(14.0)
    assert found(finder, holding(card_text(NUMBER))) is not None


def test_the_last_one_asked_for_counts(key: ReplyKey) -> None:
    finder = CardFinder()
    finder.ask(FindCard(ReplyKey().public, 5.0), 10.0)
    finder.ask(FindCard(key.public, 5.0), 12.0)
    assert finder.due(16.0)
    card = found(finder, holding(card_text(NUMBER)))
    assert card is not None
    assert key.open(card.box) == NUMBER.encode()
