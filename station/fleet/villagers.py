"""What happens at a simulated station: villagers who come, devices that age. Seeded; every person is fictional."""

from collections.abc import Callable
from random import Random
from typing import Literal, TypeVar

from station.clock import Stamp
from station.devices.camera.codes import NO_FRAMES, SLOW
from station.number import visit_number
from station.sealing import Seal
from wire.life import DeviceState, StateWord
from wire.person import Person, Words
from wire.records import Body, CameraChange, CardKind, Emergency, Language, Purpose, Rating, Service, Visit

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
CAMERA_CHANGES_PER_HOUR = 0.2
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


class Devices:
    """Camera, reader, screen and disk of a simulated station, with figures that look measured."""

    def __init__(self, random: Random) -> None:
        """Draw how the devices are at first: most are well."""
        self._random = random
        self._camera: StateWord = random.choices(("ok", "degraded", "failed"), (96, 2, 2))[0]
        self._since_ms: int | None = None
        self._next_change_ms: float | None = None
        self._free_bytes = random.uniform(6e9, 20e9)

    def change(self, now: Stamp) -> CameraChange | None:
        """Return the camera's change that is due by now, or None."""
        per_ms = CAMERA_CHANGES_PER_HOUR / 3_600_000
        if self._next_change_ms is None:
            self._since_ms = now.at_ms
            self._next_change_ms = now.mono_ms + self._random.expovariate(per_ms)
        if now.mono_ms < self._next_change_ms:
            return None
        self._next_change_ms += self._random.expovariate(per_ms)
        was = self._camera
        self._camera = self._random.choice(("degraded", "failed")) if was == "ok" else "ok"
        self._since_ms = now.at_ms
        return CameraChange("main", was, self._camera, self._camera_measures())

    def states(self) -> list[DeviceState]:
        """Return every device for the beat."""
        code = {"degraded": SLOW, "failed": NO_FRAMES}.get(self._camera)
        self._free_bytes -= self._random.uniform(0, 20_000)
        return [
            DeviceState("camera/main", self._camera, self._since_ms, code, self._camera_measures()),
            DeviceState("reader", "ok", self._since_ms),
            DeviceState("screen", "ok", self._since_ms),
            DeviceState("disk", "ok", self._since_ms, None, {"free_bytes": round(self._free_bytes)}),
        ]

    def _camera_measures(self) -> dict[str, float]:
        if self._camera == "failed":
            return {"frames_per_s": 0.0, "reconnects": float(self._random.randint(1, 40))}
        frames_per_s = self._random.gauss(14.9, 0.15) if self._camera == "ok" else self._random.uniform(2, 6)
        return {
            "frames_per_s": round(frames_per_s, 1),
            "width_px": 1280.0,
            "height_px": 720.0,
            "last_frame_age_ms": float(self._random.randint(5, 90)),
        }


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
