"""What is inside a sealed box. These values live in memory only; no process logs or stores them."""

from msgspec import Struct, field

from wire.records import CardKind


class Person(Struct, frozen=True, omit_defaults=True):
    """Identity as the card or the villager gave it: the fields the forms need, no photo, no fingerprint."""

    name: str
    id_number: str
    card: CardKind | None = None
    sex: str = ""
    nation: str = ""
    birth: str = ""
    """YYYY-MM-DD, or empty."""
    address: str = ""
    phone: str = ""
    verified: bool = False
    """True when an identity card was read; what was typed, or a service card, is 未核验."""
    service_card: str = ""
    """Number of the 便民服务卡 (`wire/service_card.py`); name and number are then empty."""
    guardian_name: str = ""
    guardian_id_number: str = ""
    """Who agreed for a child under 14 (PIPL 31)."""
    guardian_verified: bool = False
    """True when the guardian's card was read."""

    def __repr__(self) -> str:
        return "Person(…)"


class Mask(Struct, frozen=True):
    """What a list may show of a person."""

    name: str
    id_number: str

    def __repr__(self) -> str:
        return "Mask(…)"


class Words(Struct, frozen=True, omit_defaults=True):
    """What a villager said, and what they told of themselves beyond the card."""

    text: str
    fields: dict[str, str] = field(default_factory=dict)
    """The form as it was filled in, by the ids of `station/kiosk/forms.py`."""

    def __repr__(self) -> str:
        return "Words(…)"


def mask(person: Person) -> Mask:
    """Return the name's first character and the number as 110105********002X; of a service card its last three digits.

    Those are what its holder knows it by, and the county alone knows whose it is.
    """
    number, card = person.id_number, person.service_card
    hidden = number[:6] + "*" * (len(number) - 10) + number[-4:] if len(number) > 10 else "*" * len(number)
    if not number and len(card) >= 8:
        hidden = "*" * (len(card) - 3) + card[-3:]
    return Mask(name=person.name[:1] + "*" * max(1, min(2, len(person.name) - 1)), id_number=hidden)
