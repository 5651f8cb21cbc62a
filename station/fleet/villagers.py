"""Who comes to a simulated station. Seeded; every person is fictional."""

from collections.abc import Callable
from random import Random
from typing import Literal, TypeVar

from station.number import visit_number
from station.sealing import Seal
from wire.person import Person, Words
from wire.records import Body, CardKind, Emergency, Language, Purpose, Rating, Service, Visit

SERVICES: dict[Service, int] = {
    "legal_advice": 30, "find_person": 14, "mediation": 12, "document": 10, "learning": 9, "progress": 8,
    "legal_aid": 7, "call_staff": 4, "notary_guide": 3, "forensic_guide": 2, "disclosure": 1,
}  # fmt: skip
GRADES = {5: 62, 4: 24, 3: 9, 2: 3, 1: 2}
SAID = ("测试：邻里排水纠纷", "测试：土地承包合同咨询", "测试：赡养费问题", "测试：拖欠工资", "测试：不动产继承公证")
WHO: dict[Literal["card", "typed", "anonymous"], int] = {"card": 60, "typed": 15, "anonymous": 25}
CARDS: dict[CardKind, int] = {"resident": 97, "hmt": 2, "foreign_2023": 1}
EMERGENCY_SHARE = 0.005
RATED_SHARE = 0.6
T = TypeVar("T")
Make = Callable[[int], Body]


class Villagers:
    """Draws when the next villager comes and what they do; `visits_per_hour` on average."""

    def __init__(self, epoch: str, seal: Seal, visits_per_hour: float, random: Random) -> None:
        """Take the seal of the station and its own source of chance."""
        self._epoch = epoch
        self._seal = seal
        self._per_ms = visits_per_hour / 3_600_000
        self._random = random
        self._next_ms: float | None = None

    def come(self, now_ms: int) -> Make | None:
        """Return what a villager did who is there by now, or None."""
        if self._per_ms <= 0:
            return None
        if self._next_ms is None:
            self._next_ms = now_ms + self._random.expovariate(self._per_ms)
        if now_ms < self._next_ms:
            return None
        self._next_ms += self._random.expovariate(self._per_ms)
        return self._emergency() if self._random.random() < EMERGENCY_SHARE else self._visit()

    def rate(self, visit_seq: int) -> Make | None:
        """Return the rating of a visit, or None when the villager just leaves."""
        if self._random.random() >= RATED_SHARE:
            return None
        grade = _draw(self._random, GRADES)
        return lambda _seq: Rating(visit_seq, grade)

    def _emergency(self) -> Make:
        call = f"fleet-{self._random.getrandbits(48):012x}"
        return lambda _seq: Emergency(call)

    def _visit(self) -> Make:
        random = self._random
        service = _draw(random, SERVICES)
        who = _draw(random, WHO)
        card: CardKind | None = None
        if who == "card":
            drawn: CardKind = _draw(random, CARDS)
            card = drawn
        language: Language = "en" if random.random() < 0.02 else "zh"
        words = Words(random.choice(SAID)) if random.random() < 0.4 else None
        consents: list[Purpose] = []
        person = None
        if who != "anonymous":
            consents.append("identity")
            person = self._seal.person(_person(random, verified=who == "card"))
        if words is not None:
            consents.append("words")
        return lambda seq: Visit(
            number=visit_number(self._epoch, seq),
            service=service,
            who=who,
            language=language,
            card=card,
            consents=consents,
            notice="2026-01",
            person=person,
            words=None if words is None else self._seal.words(words),
        )


def _person(random: Random, *, verified: bool) -> Person:
    """Return somebody who cannot exist: no such region, no such date, and a name that says so."""
    return Person(
        name=f"测试{random.choice('甲乙丙丁戊己庚辛壬癸')}{random.randint(1, 999)}",
        id_number=f"999999{random.randint(1940, 2005)}0230{random.randint(0, 999):03d}X",
        card="resident" if verified else None,
        sex=random.choice("男女"),
        nation="汉",
        address="测试地址",
        verified=verified,
    )


def _draw(random: Random, weights: dict[T, int]) -> T:
    return random.choices(list(weights), list(weights.values()))[0]
