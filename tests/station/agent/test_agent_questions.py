"""The agent as a process: what the kiosk asks is answered by the hub, by the camera, or at once with why not."""

import base64
import time
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from station.asking import Question
from station.clock import Clock
from station.kiosk.events import Answered
from station.sealing import Seal, seal_to
from station.settings import CameraSettings
from tests.county import County
from tests.station.agent.processes import Make, Station
from tests.station.small_hub import SmallHub
from tests.waiting import wait_for
from wire.asking import Asker, Case, Cases
from wire.codec import decode, encode
from wire.orders import Ask, Reply
from wire.person import Person
from wire.records import Emergency
from wire.service_card import card_text

# A region and a day that do not exist.
PERSON = Person(name="测试甲", id_number="999999199902300000", card="resident", verified=True)
CASES = Cases([Case("10-00001-8", "legal_advice", 5)])
CARD = "0012345678"


class Matters:
    """What a hub knows: it opens the question with the county's key and seals the answer to the kiosk's."""

    def __init__(self, county: County) -> None:
        self._private = PrivateKey(base64.b64decode(Path(county.hub_settings().unseal_key_file).read_text()))

    def __call__(self, ask: Ask) -> Reply:
        asker = decode(SealedBox(self._private).decrypt(ask.box), Asker)
        if asker.id_number != PERSON.id_number:
            return Reply(ask.id, "none")
        return Reply(ask.id, "found", seal_to(ask.reply_to, encode(CASES)))


def asks(station: Station, question: Question, within_ms: int = 10_000) -> Reply:
    station.spool.put_ask(question.ask(within_ms))
    reply = wait_for(lambda: station.spool.take_reply(question.id), "a reply")
    assert isinstance(reply, Reply)
    return reply


def progress(station: Station) -> Question:
    return Question.about_progress(Seal.from_file(station.config.parent / "seal.pub"), PERSON)


def test_a_persons_matters_are_asked_of_the_hub_and_nothing_of_them_is_left(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        hub.reply = Matters(county)
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        question = progress(station)
        begun_s = time.monotonic()
        reply = asks(station, question)
        assert time.monotonic() - begun_s < 1.0
        assert question.read(reply) == (Answered.FOUND, CASES)
        ((asker, asked, kept_s),) = hub.asks
        assert (asker, kept_s) == (station.id, 9)
        assert 8_000 < asked.expires_ms - time.time_ns() // 1_000_000 <= 10_000
        assert station.spool.open_asks() == []
    files = b"".join(path.read_bytes() for path in [*station.state.iterdir(), station.log])
    for clear in (PERSON.id_number, PERSON.name, "10-00001-8"):
        assert clear.encode() not in files


def test_without_the_hub_the_answer_is_offline_at_once_and_nothing_is_asked_later(
    county: County, stations: Make
) -> None:
    station = stations()
    with SmallHub(county) as hub:
        hub.stop()
        station.start()
        wait_for((station.state / "agent.lock").exists, "the agent")
        question = progress(station)
        assert question.read(asks(station, question)) == (Answered.OFFLINE, None)
        hub.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        second = progress(station)
        station.spool.put_ask(second.ask(1_500))
        reply = wait_for(lambda: station.spool.take_reply(second.id), "a reply")
        assert isinstance(reply, Reply)
        assert second.read(reply) == (Answered.LATE, None)
        assert [asked.id for _, asked, _ in hub.asks] == [second.id]


def test_a_question_from_before_the_agents_start_is_answered_while_its_time_lasts(
    county: County, stations: Make
) -> None:
    station = stations()
    with SmallHub(county) as hub:
        hub.reply = Matters(county)
        question, old = progress(station), progress(station)
        station.spool.put_ask(old.ask(0))
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        assert question.read(asks(station, question)) == (Answered.FOUND, CASES)
        reply = station.spool.take_reply(old.id)
        assert reply is not None
        assert old.read(reply)[0] in {Answered.LATE, Answered.OFFLINE}


def card_camera(source: str) -> CameraSettings:
    return CameraSettings("main", source, width_px=640, height_px=360, frames_per_s=10.0)


def test_a_service_card_is_read_before_the_camera_and_never_asked_of_the_hub(
    county: County, stations: Make, tmp_path: Path
) -> None:
    held = tmp_path / "card"
    station = stations(cameras=[card_camera(f"simulated:?card={held}")])
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: any(state.state == "ok" for state in station.spool.devices()), "pictures")
        question = Question.for_service_card()
        station.spool.put_ask(question.ask(20_000))
        held.write_text(card_text(CARD))
        reply = wait_for(lambda: station.spool.take_reply(question.id), "a card")
        assert isinstance(reply, Reply)
        assert question.read_card(reply) == CARD
        assert hub.asks == []
    files = b"".join(path.read_bytes() for path in [*station.state.rglob("*"), station.log] if path.is_file())
    assert CARD.encode() not in files


@pytest.mark.parametrize(
    "cameras",
    [
        pytest.param([], id="no camera"),
        pytest.param([card_camera("simulated:?fault=refuse")], id="a camera that does not open"),
    ],
)
def test_without_a_camera_there_is_no_card_and_nobody_waits(
    county: County, stations: Make, cameras: list[CameraSettings]
) -> None:
    station = stations(cameras=cameras)
    station.start()
    if cameras:
        wait_for(lambda: any(state.code == "E-CAM-02" for state in station.spool.devices()), "the fault")
    else:
        wait_for((station.state / "agent.lock").exists, "the agent")
        wait_for(lambda: station.spool.note("hub") == "offline", "the loop")
    question = Question.for_service_card()
    begun_s = time.monotonic()
    assert question.read_card(asks(station, question, 20_000)) is None
    assert time.monotonic() - begun_s < 2.0


def test_the_kiosk_hears_that_the_hub_has_an_emergency_long_before_its_turn(county: County, stations: Make) -> None:
    station = stations()
    with SmallHub(county) as hub:
        station.start()
        wait_for(lambda: station.spool.note("hub") == "online", "welcomed")
        hub.storing = False  # the backlog cannot move
        station.record(300)
        seq = station.spool.append(lambda _: Emergency("c1"), Clock().now(), urgent=True)
        wait_for(lambda: seq in station.spool.urgent_receipted(), "the county has it")
        assert station.spool.trimmed_to() == 0
        again = station.spool.append(lambda _: Emergency("c1", withdrawn=True), Clock().now(), urgent=True)
        wait_for(lambda: station.spool.urgent_receipted() == {seq, again}, "the county has that too")
        assert [urgent for _, urgent in hub.urgent] == [seq, again]
