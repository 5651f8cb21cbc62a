"""One person is found again by the hub that has the key, and by nobody else."""

import hashlib
import hmac

import msgspec
import pytest
from nacl.public import PrivateKey

from hub.visits.index import NOBODY, PersonIndex
from hub.visits.opening import Unsealer
from tests.hub.people import ANNA, BERT, Kiosk
from wire.person import Person

PRIVATE = PrivateKey(bytes(range(32)))


@pytest.fixture
def index() -> PersonIndex:
    return PersonIndex(Unsealer(bytes(PRIVATE)))


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk(PRIVATE.public_key)


def test_two_visits_of_one_person_have_one_key_and_another_person_another(index: PersonIndex, kiosk: Kiosk):
    one, again = (index.key_of(kiosk.person(ANNA)) for _ in range(2))
    assert one == again == index.key_of_number(ANNA.id_number)
    assert one is not None
    assert len(one) == 16
    assert index.key_of(kiosk.person(BERT)) not in {one, None}


def test_the_key_stays_the_same_over_versions_of_this_program(index: PersonIndex):
    secret = hmac.digest(bytes(PRIVATE), b"cuncuntong visit.person_key 1", "sha256")
    assert index.key_of_number(ANNA.id_number) == hmac.digest(secret, ANNA.id_number.encode(), "sha256")[:16]


def test_without_the_private_key_nobody_can_try_numbers(index: PersonIndex):
    other = PersonIndex(Unsealer(bytes(PrivateKey.generate())))
    plain = hashlib.sha256(ANNA.id_number.encode()).digest()[:16]
    public = hmac.digest(bytes(PRIVATE.public_key), ANNA.id_number.encode(), "sha256")[:16]
    assert index.key_of_number(ANNA.id_number) not in {other.key_of_number(ANNA.id_number), plain, public}


def test_a_small_x_is_the_same_digit(index: PersonIndex):
    assert index.key_of_number("99999919000230002x ") == index.key_of_number("99999919000230002X")


def test_who_cannot_be_named_has_no_key(index: PersonIndex, kiosk: Kiosk):
    sealed = kiosk.person(ANNA)
    stranger = Kiosk(PrivateKey.generate().public_key)
    for nobody in (
        None,
        stranger.person(ANNA),
        msgspec.structs.replace(stranger.person(ANNA), key=sealed.key),
        msgspec.structs.replace(sealed, identity=sealed.identity[:-1]),
        kiosk.person(Person("", "", service_card="12345678")),
    ):
        assert index.key_of(nobody) is None
    assert index.column(kiosk.visit("12-00001-1", None)) == NOBODY
    assert repr(index) == "PersonIndex(…)"
