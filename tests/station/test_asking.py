"""A question from the kiosk to the county and back: only the hub reads it, only this kiosk reads the answer, once."""

import gc

import pytest
from nacl.public import PrivateKey, SealedBox

from station.asking import Question
from station.kiosk.events import Answered
from station.sealing import ReplyKey, Seal, seal_to
from wire.asking import Asker, Case, Cases, CaseStep
from wire.codec import decode, encode
from wire.orders import Ask, Reply
from wire.person import Person

# A region and a day that do not exist.
NAME, NUMBER = "测试甲", "999999199902300000"
PERSON = Person(name=NAME, id_number=NUMBER, card="resident", verified=True)
CASES = Cases([Case("10-00001-8", "legal_advice", 5, [CaseStep(5, "received")])], more=2)


@pytest.fixture
def hub() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture
def question(hub: PrivateKey) -> Question:
    return Question.about_progress(Seal(bytes(hub.public_key)), PERSON)


def answer(question: Question, content: bytes, outcome: str = "found") -> Reply:
    asked = question.ask(1000)
    return decode(encode(Reply(asked.id, outcome, seal_to(asked.reply_to, content))), Reply)


def test_the_hub_alone_reads_who_asks(hub: PrivateKey, question: Question) -> None:
    asked = decode(encode(question.ask(12_000)), Ask)
    assert (asked.about, asked.expires_ms) == ("progress", 12_000)
    assert asked.key == Seal(bytes(hub.public_key)).key
    assert decode(SealedBox(hub).decrypt(asked.box), Asker) == Asker(NAME, NUMBER, asked.reply_to)
    for told in (encode(asked), repr(asked).encode(), repr(question).encode()):
        assert NUMBER.encode() not in told
        assert NAME.encode() not in told


def test_the_matters_are_read_by_whoever_asked(question: Question) -> None:
    assert question.read(answer(question, encode(CASES))) == (Answered.FOUND, CASES)


@pytest.mark.parametrize(
    ("outcome", "answered"),
    [
        pytest.param("none", Answered.NONE, id="nothing known of this person"),
        pytest.param("offline", Answered.OFFLINE, id="the hub is away"),
        pytest.param("late", Answered.LATE, id="not in time"),
        pytest.param("expired", Answered.LATE, id="the hub found it late"),
        pytest.param("refused", Answered.REFUSED, id="refused"),
        pytest.param("found", Answered.REFUSED, id="found, but without a box"),
        pytest.param("a-newer-word", Answered.REFUSED, id="a word newer than this kiosk"),
    ],
)
def test_an_answer_without_a_box(question: Question, outcome: str, answered: Answered) -> None:
    assert question.read(Reply(question.id, outcome)) == (answered, None)


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"short", id="too short to be one"),
        pytest.param(bytes(200), id="zeros"),
        pytest.param(seal_to(ReplyKey().public, encode(CASES)), id="sealed to somebody else"),
    ],
)
def test_a_box_that_does_not_open_is_refused(question: Question, box: bytes) -> None:
    assert question.read(Reply(question.id, "found", box)) == (Answered.REFUSED, None)


def test_a_box_of_something_else_is_refused(question: Question) -> None:
    assert question.read(answer(question, b"[1, 2]")) == (Answered.REFUSED, None)


def test_no_matters_are_none(question: Question) -> None:
    assert question.read(answer(question, encode(Cases()))) == (Answered.NONE, None)


def test_an_answer_to_another_question_is_refused(hub: PrivateKey, question: Question) -> None:
    other = Question.about_progress(Seal(bytes(hub.public_key)), PERSON)
    reply = Reply(other.id, "found", seal_to(question.ask(1).reply_to, encode(CASES)))
    assert question.read(reply) == (Answered.REFUSED, None)


def test_the_key_is_gone_after_the_answer(question: Question) -> None:
    reply = answer(question, encode(CASES))
    keys = [one for one in gc.get_objects() if isinstance(one, ReplyKey)]
    assert any(key is one for key in keys for one in vars(question).values())
    del keys
    assert question.read(reply)[0] is Answered.FOUND
    assert question.read(reply) == (Answered.REFUSED, None)
    assert not any(isinstance(one, ReplyKey) for one in vars(question).values())


def test_what_was_typed_opens_nobodys_matters(hub: PrivateKey) -> None:
    with pytest.raises(ValueError, match="no card"):
        Question.about_progress(Seal(bytes(hub.public_key)), Person(name=NAME, id_number=NUMBER))


def test_every_question_has_a_key_of_its_own(hub: PrivateKey) -> None:
    seal = Seal(bytes(hub.public_key))
    asks = [Question.about_progress(seal, PERSON).ask(1) for _ in range(20)]
    assert len({ask.reply_to for ask in asks}) == len({ask.id for ask in asks}) == len({ask.box for ask in asks}) == 20


def test_a_service_card_is_asked_for_and_read() -> None:
    question = Question.for_service_card()
    asked = decode(encode(question.ask(20_000)), Ask)
    assert (asked.about, asked.box) == ("service_card", b"")
    assert question.read_card(Reply(asked.id, "found", seal_to(asked.reply_to, b"0012345678"))) == "0012345678"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda asked: Reply(asked.id, "none"), id="none seen"),
        pytest.param(lambda asked: Reply(asked.id, "found"), id="no box"),
        pytest.param(lambda asked: Reply(asked.id, "found", seal_to(asked.reply_to, b"12")), id="no number of a card"),
        pytest.param(lambda asked: Reply(asked.id, "found", seal_to(bytes(31) + b"\x09", b"0012345678")), id="foreign"),
    ],
)
def test_no_card_is_none(reply: object) -> None:
    question = Question.for_service_card()
    assert question.read_card(reply(question.ask(1))) is None  # type: ignore[operator]


def test_a_reply_key_tells_nothing_of_itself() -> None:
    key = ReplyKey()
    assert repr(key) == "ReplyKey(…)"
    assert key.open(seal_to(key.public, b"x")) == b"x"
