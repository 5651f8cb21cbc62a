"""A station tells which documents it holds: soon after they changed, together, and no more often than that."""

from station.agent.messages import Connected, Subscribed
from tests.station.agent.conversation import Conversation, sent, told
from wire.life import Birth


def births(talk: Conversation, after_s: float) -> list[dict[str, int]]:
    """Return what each birth of the time to come says of documents, looking ten times a second."""
    found = []
    for _ in range(int(after_s * 10)):
        for birth in sent(talk.after(0.1), "life"):
            assert isinstance(birth, Birth)
            found.append(birth.library)
    return found


def test_documents_that_come_one_by_one_are_told_of_together_and_once() -> None:
    talk = Conversation()
    talk.welcome()
    talk.session.hold({"roster": 7}, talk.stamp)
    talk.after(0.5)
    talk.session.hold({"roster": 7, "papers": 8}, talk.stamp)
    assert births(talk, 200) == [{"roster": 7, "papers": 8}]


def test_what_did_not_change_is_not_told() -> None:
    talk = Conversation()
    talk.welcome()
    talk.session.hold({"roster": 7}, talk.stamp)
    assert births(talk, 2) == [{"roster": 7}]
    talk.session.hold({"roster": 7}, talk.stamp)
    assert births(talk, 200) == []


def test_without_a_line_the_next_birth_tells_it() -> None:
    talk = Conversation()
    talk.session.hold({"roster": 7}, talk.stamp)
    assert births(talk, 5) == []
    (birth,) = sent(talk.welcome(), "life")
    assert isinstance(birth, Birth)
    assert birth.library == {"roster": 7}
    assert births(talk, 200) == []


def test_the_next_look_is_due_when_it_is_to_be_told() -> None:
    talk = Conversation()
    talk.welcome()
    talk.session.hold({"roster": 7}, talk.stamp)
    due_ms = talk.session.due_ms()
    assert due_ms is not None
    talk.now_s = due_ms / 1000
    assert told(talk.happens()) == ["birth aa"]


def test_a_hub_that_does_not_welcome_is_asked_again_ever_less_often() -> None:
    talk = Conversation()
    talk.happens(Connected(), Subscribed())
    talk.session.hold({"roster": 7}, talk.stamp)
    assert 5 < len(births(talk, 300)) < 12
