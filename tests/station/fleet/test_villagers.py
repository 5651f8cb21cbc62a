"""Who comes to a simulated station: seeded, plausible on the wire, and nobody who could exist."""

import datetime as dt
import re
from random import Random

import pytest
from nacl.public import PrivateKey, SealedBox

from station.clock import Stamp
from station.fleet.outbox import MemoryOutbox
from station.fleet.villagers import Villagers
from station.sealing import Seal
from wire.codec import decode, encode
from wire.person import Mask, Person
from wire.records import Body, Emergency, Record, Visit

EPOCH = "00000000000000aa"
KEY = PrivateKey.generate()
DAY_MS = 24 * 3600 * 1000


def a_day(seed: int, visits_per_hour: float = 40.0) -> list[Body]:
    """Return what happens in one day."""
    villagers = Villagers(EPOCH, Seal(bytes(KEY.public_key)), visits_per_hour, Random(seed))
    outbox = MemoryOutbox(EPOCH)
    bodies: list[Body] = []
    for now_ms in range(0, DAY_MS, 60_000):
        while (make := villagers.come(now_ms)) is not None:
            for one in (make, villagers.rate(len(bodies) + 1)):
                if one is not None:
                    outbox.append(lambda seq, one=one: bodies.append(one(seq)) or bodies[-1], Stamp(1, 1, "a" * 16))  # type: ignore[misc]
    return bodies


def test_as_many_come_as_asked() -> None:
    visits = [body for body in a_day(1) if isinstance(body, Visit | Emergency)]
    assert 860 < len(visits) < 1060


def test_the_same_seed_brings_the_same_villagers_and_another_seed_others() -> None:
    def story(seed: int) -> list[tuple[str, str]]:
        return [(body.service, body.who) for body in a_day(seed, 5.0) if isinstance(body, Visit)]

    assert story(1) == story(1)
    assert story(1) != story(2)


def test_nobody_comes_when_nobody_is_asked_for() -> None:
    assert a_day(1, 0.0) == []


def test_everything_they_do_is_of_the_contract() -> None:
    for seq, body in enumerate(a_day(3), start=1):
        record = Record(seq, body, at_ms=1)
        assert decode(encode(record), Record) == record


def test_every_person_is_sealed_and_could_not_exist() -> None:
    people = [body.person for body in a_day(4) if isinstance(body, Visit) and body.person is not None]
    assert len(people) > 100
    for sealed in people:
        person = decode(SealedBox(KEY).decrypt(sealed.identity), Person)
        assert person.name.startswith("测试")
        assert person.id_number.startswith("999999")
        birth = re.fullmatch(r"999999(\d{4})(\d{2})(\d{2})\d{3}X", person.id_number)
        assert birth is not None
        with pytest.raises(ValueError, match="day is out of range"):
            dt.date(int(birth[1]), int(birth[2]), int(birth[3]))
        mask = decode(SealedBox(KEY).decrypt(sealed.mask), Mask)
        assert mask.name == "测**"
