"""办事进度 with a real agent, broker and hub: a card's holder hears of their own matters at this station, sealed."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from station.asking import Question
from station.clock import Clock
from station.kiosk.events import Answered
from station.number import visit_number
from station.sealing import Seal
from station.store.spool import Spool
from tests.online_station import online_station
from tests.waiting import wait_for
from wire.asking import Cases
from wire.person import Person
from wire.records import Visit

pytestmark = pytest.mark.slow

# A region and a day that do not exist.
HOLDER = Person(name="测试甲", id_number="999999199902300000", card="resident", verified=True)
OTHER = Person(name="测试乙", id_number="999999199902310000", card="resident", verified=True)
ANSWERED_WITHIN_S = 2.0


class Kiosk(NamedTuple):
    """What the kiosk of a station that is online has, and that station's folder."""

    spool: Spool
    seal: Seal
    folder: Path

    def asks(self, person: Person, within_ms: int = 10_000) -> tuple[Answered, Cases | None]:
        question = Question.about_progress(self.seal, person)
        self.spool.put_ask(question.ask(within_ms))
        return question.read(wait_for(lambda: self.spool.take_reply(question.id), "a reply"))


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    folder = tmp_path_factory.mktemp("asking")
    with online_station(folder) as station:
        yield Kiosk(station.spool, Seal.from_file(station.config.parent / "seal.pub"), folder)


def test_a_visit_saved_here_is_told_to_its_own_person_and_to_nobody_else(kiosk: Kiosk) -> None:
    assert kiosk.asks(HOLDER) == (Answered.NONE, None)
    sealed = kiosk.seal.person(HOLDER)
    seq = kiosk.spool.append(
        lambda seq: Visit(visit_number(kiosk.spool.epoch, seq), "legal_advice", "card", "zh", person=sealed),
        Clock().now(),
    )
    wait_for(lambda: kiosk.spool.trimmed_to() >= seq, "the county has it")
    begun_s = time.monotonic()
    answered, cases = kiosk.asks(HOLDER)
    assert time.monotonic() - begun_s < ANSWERED_WITHIN_S
    assert answered is Answered.FOUND
    assert cases is not None
    (case,) = cases.cases
    assert (case.number, case.service) == (visit_number(kiosk.spool.epoch, seq), "legal_advice")
    assert kiosk.asks(OTHER) == (Answered.NONE, None)


def test_who_asked_stands_in_no_file_in_clear(kiosk: Kiosk) -> None:
    kiosk.asks(HOLDER)
    files = b"".join(path.read_bytes() for path in kiosk.folder.rglob("*") if path.is_file())
    for clear in (HOLDER.name, HOLDER.id_number, OTHER.name, OTHER.id_number):
        assert clear.encode() not in files
