"""A station tells which documents it holds: soon after they changed, together, and no more often than that."""

import socket
from random import Random

import pytest

from station.agent.births import Births
from station.agent.messages import Connected, Subscribed
from station.agent.own_address import own_address
from tests.station.agent.conversation import EPOCH, Conversation, sent, told
from wire.codec import decode
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


@pytest.mark.parametrize(
    ("set_up", "address", "said"),
    [
        pytest.param(":8620", "192.0.2.7", "192.0.2.7:8620", id="where the connection comes from"),
        pytest.param(":8620", "2001:db8::7", "[2001:db8::7]:8620", id="by IPv6"),
        pytest.param(":8620", "", None, id="not known"),
        pytest.param("198.51.100.1:8620", "192.0.2.7", "198.51.100.1:8620", id="as the settings say"),
        pytest.param(None, "192.0.2.7", None, id="no reflector"),
    ],
)
def test_where_other_villages_reach_its_reflector(set_up: str | None, address: str, said: str | None) -> None:
    births = Births(Birth(7, EPOCH, "test", 30, 30.0, reflector=set_up), 1.0, Random(1))
    births.connected("192.0.2.99")
    births.connected(address)
    birth = decode(births.bear(EPOCH, Conversation().stamp, welcomed=False).payload, Birth)
    assert birth.reflector == said


def test_a_connection_that_is_gone_has_no_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert own_address(server) == "127.0.0.1"
    assert own_address(server) == own_address(None) == ""
