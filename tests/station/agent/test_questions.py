"""Questions in the conversation with the hub: asked once, answered once, and never after their time."""

import pytest

from station.agent.messages import (
    Action,
    Connected,
    Disconnected,
    OutboxChanged,
    Publish,
    Published,
    Received,
    Subscribed,
)
from station.agent.session import NO_SUBSCRIBER, NOT_AUTHORISED, SUCCESS
from tests.station.agent.conversation import EMERGENCY, UTC_MS, Conversation, hub_state, sent, told
from wire.orders import Ask, Reply


def ask(ask_id: str = "a1") -> Ask:
    return Ask(ask_id, "progress", "0" * 16, b"sealed", bytes(range(32)), 10_000)


class Asking(Conversation):
    """A conversation in which the kiosk asks."""

    def asks(self, ask_id: str = "a1", within_s: float = 10.0) -> list[Action]:
        return self.session.ask(ask(ask_id), int((self.now_s + within_s) * 1000), self.stamp)


@pytest.fixture
def talk() -> Asking:
    return Asking()


def test_a_question_is_published_dated_by_the_hub_and_expires_at_the_broker(talk: Asking) -> None:
    talk.welcome()
    (published,) = done = talk.asks(within_s=7.9)
    assert isinstance(published, Publish)
    assert (published.family, published.qos, published.retain, published.expiry_s) == ("ask", 1, False, 7)
    assert sent(done, "ask") == [Ask("a1", "progress", "0" * 16, b"sealed", bytes(range(32)), UTC_MS + 107_900)]


def test_the_hubs_clock_counts_and_not_the_stations(talk: Asking) -> None:
    talk.happens(Connected(), Subscribed(), talk.receipt(0, at_ms=5_000_000))
    (asked,) = sent(talk.asks(within_s=10), "ask")
    assert isinstance(asked, Ask)
    assert asked.expires_ms == 5_010_000


def test_the_reply_is_for_the_kiosk_once(talk: Asking) -> None:
    talk.welcome()
    talk.asks()
    talk.happens(Published("ask", 1, SUCCESS))
    reply = Received(Reply("a1", "found", b"box"), retained=False)
    assert told(talk.happens(reply)) == ["reply a1 found"]
    assert told(talk.happens(reply)) == []


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([], id="no line"),
        pytest.param([Connected(), Subscribed()], id="not welcomed yet"),
        pytest.param(["welcome", Disconnected()], id="the line went"),
        pytest.param(["welcome", hub_state(False)], id="the hub went"),
    ],
)
def test_while_the_hub_does_not_answer_the_kiosk_is_told_at_once(talk: Asking, before: list[object]) -> None:
    for event in before:
        talk.welcome() if event == "welcome" else talk.happens(event)
    assert told(talk.asks()) == ["reply a1 offline"]
    assert told(talk.welcome() if not before else talk.after(60)).count("ask a1") == 0


@pytest.mark.parametrize("within_s", [-5.0, 0.0, 0.999])
def test_a_question_whose_time_is_over_is_not_asked(talk: Asking, within_s: float) -> None:
    talk.welcome()
    assert told(talk.asks(within_s=within_s)) == ["reply a1 late"]


def test_without_an_answer_it_is_late_when_its_time_is_over_and_a_later_one_is_dropped(talk: Asking) -> None:
    talk.welcome()
    talk.asks("a1", within_s=10)
    talk.asks("a2", within_s=12)
    assert told(talk.after(9.9)) == []
    assert talk.session.due_ms() == int(110.0 * 1000)
    assert told(talk.after(0.1)) == ["reply a1 late"]
    assert told(talk.happens(Received(Reply("a1", "found", b"box"), retained=False))) == []
    assert told(talk.happens(Received(Reply("a2", "none"), retained=False))) == ["reply a2 none"]
    assert told(talk.after(5)) == []


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(Disconnected(), id="the line goes"),
        pytest.param(hub_state(False), id="the hub goes"),
        pytest.param(Published("ask", 1, NO_SUBSCRIBER), id="nobody was there to take it"),
    ],
)
def test_a_question_on_its_way_when_all_breaks_is_given_up_and_never_sent_again(talk: Asking, event: object) -> None:
    talk.welcome()
    talk.asks()
    assert told(talk.happens(event))[-1] == "reply a1 offline"
    talk.happens(Disconnected())
    assert "ask a1" not in told([*talk.welcome(), *talk.after(1), *talk.after(60)])


def test_a_broker_that_forbids_asking_is_told_of_once(talk: Asking) -> None:
    talk.welcome()
    talk.asks("a1")
    assert told(talk.happens(Published("ask", 1, NOT_AUTHORISED))) == ["denied", "reply a1 offline"]
    talk.asks("a2")
    assert told(talk.happens(Published("ask", 2, NOT_AUTHORISED))) == ["reply a2 offline"]


def test_an_agent_that_stops_leaves_no_question_open(talk: Asking) -> None:
    talk.welcome()
    talk.asks()
    assert told(talk.session.farewell()) == ["hub is away", "reply a1 offline", "orderly death"]


def test_the_kiosk_is_told_of_an_emergency_that_the_hub_has_ahead_of_its_turn(talk: Asking) -> None:
    talk.record(3000)
    talk.welcome()
    call = talk.record(1, EMERGENCY)
    assert told(talk.happens(OutboxChanged())) == [f"urgent {call}"]
    assert told(talk.happens(talk.receipt(50, [call])))[:2] == [f"hub has {call}", "trim 50"]
    assert "hub has" not in " ".join(told(talk.happens(talk.receipt(100, [call])))), "told once"


def test_an_emergency_whose_turn_has_come_is_trimmed_and_needs_no_note(talk: Asking) -> None:
    talk.welcome()
    call = talk.record(1, EMERGENCY)
    talk.happens(OutboxChanged())
    assert told(talk.happens(talk.receipt(call, [call]))) == [f"trim {call}"]
