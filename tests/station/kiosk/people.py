"""Fictional people: the standard's own example of a number, and numbers made after it; names that say it is a test."""

from station.devices.reader.port import Card
from station.id_number import check_digit
from wire.person import Person

CARD = Card(
    kind="resident",
    name="测试甲乙",
    sex="female",
    nation="汉",
    birth="1949-12-31",
    id_number="11010519491231002X",
    valid_from="2006-01-01",
    valid_to="长期",
    address="测试市测试路[1]号",
    authority="测试分局",
)
PERSON = Person(
    name=CARD.name,
    id_number=CARD.id_number,
    card="resident",
    sex=CARD.sex,
    nation=CARD.nation,
    birth=CARD.birth,
    address=CARD.address,
    verified=True,
)


def number(first17: str) -> str:
    """Return a sound number of a region that is nobody's."""
    return first17 + check_digit(first17)


CHILD = Person(
    name="测试小丙",
    id_number=number("99999920200101001"),
    card="resident",
    sex="male",
    birth="2020-01-01",
    verified=True,
)
