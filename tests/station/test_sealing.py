"""Only the hub opens what a kiosk sealed, and nothing of the person shows on the way."""

import base64
import traceback
from pathlib import Path

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from firmware_config.identity.authority import new_seal_keys
from station.errors import StoreError
from station.sealing import PICTURE_MAX_BYTES, Seal
from wire.codec import decode, encode
from wire.person import Mask, Person, Words
from wire.records import Visit

# A region and a day that do not exist.
NAME, NUMBER, PHONE = "测试甲", "999999199902300000", "00000000000"
PERSON = Person(name=NAME, id_number=NUMBER, card="resident", phone=PHONE, verified=True)


@pytest.fixture
def private() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture
def seal(private: PrivateKey) -> Seal:
    return Seal(bytes(private.public_key))


def opened(private: PrivateKey, box: bytes) -> bytes:
    return SealedBox(private).decrypt(box)


def test_keys_from_provisioning_seal_and_open(tmp_path: Path) -> None:
    private_text, public_text = new_seal_keys()
    file = tmp_path / "seal.pub"
    file.write_bytes(public_text)
    sealed = Seal.from_file(file).person(PERSON)
    private = PrivateKey(base64.b64decode(private_text))
    assert decode(opened(private, sealed.identity), Person) == PERSON


def test_identity_mask_and_words_are_three_boxes_with_the_name_of_the_key(private: PrivateKey, seal: Seal) -> None:
    person, words = seal.person(PERSON), seal.words(Words("想咨询土地边界"))
    assert person.key == words.key == Seal(bytes(private.public_key)).key
    assert decode(opened(private, person.mask), Mask) == Mask("测**", "999999********0000")
    assert decode(opened(private, words.box), Words).text == "想咨询土地边界"


def test_another_key_opens_nothing(seal: Seal) -> None:
    sealed = seal.person(PERSON)
    for box in (sealed.identity, sealed.mask):
        with pytest.raises(CryptoError):
            opened(PrivateKey.generate(), box)


def test_the_same_person_sealed_twice_looks_different_each_time(seal: Seal) -> None:
    first, second = seal.person(PERSON), seal.person(PERSON)
    assert first.identity != second.identity
    assert first.mask != second.mask


def test_nothing_of_the_person_is_in_what_is_stored_or_shown(seal: Seal) -> None:
    words = Words("想咨询土地边界")
    visit = Visit(
        number="10-00001-0", service="legal_advice", who="card", language="zh",
        person=seal.person(PERSON), words=seal.words(words),
    )  # fmt: skip
    shown = encode(visit).decode() + repr(visit) + repr(PERSON) + repr(words) + repr(seal) + f"{PERSON} {[words]}"
    for secret in (NAME, NUMBER, PHONE, words.text, "999999", base64.b64encode(NAME.encode()).decode()):
        assert secret not in shown


def test_a_person_that_cannot_be_sealed_does_not_show_in_the_error(seal: Seal) -> None:
    endless = Person(name=NAME, id_number=NUMBER, address=NAME * 30_000)
    with pytest.raises(ValueError, match="E-WIRE-02") as caught:
        seal.person(endless)
    shown = "".join(traceback.format_exception(caught.value))
    assert NAME not in shown
    assert NUMBER not in shown


def test_a_picture_as_large_as_an_answer_may_hold_is_sealed_and_a_larger_one_is_refused(
    private: PrivateKey, seal: Seal
) -> None:
    largest = bytes(PICTURE_MAX_BYTES)
    box = seal.picture(largest)
    assert len(box) == 44 * 1024
    assert opened(private, box) == largest
    with pytest.raises(StoreError, match="E-SEAL-03"):
        seal.picture(largest + b"x")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"not base64!\n", id="no base64"),
        pytest.param(base64.b64encode(bytes(31)), id="a byte short"),
        pytest.param(base64.b64encode(bytes(33)), id="a byte long"),
        pytest.param("钥匙".encode(), id="no ASCII"),
        pytest.param(base64.b64encode(bytes(64)) + b"\n" + base64.b64encode(bytes(32)), id="two lines"),
    ],
)
def test_a_key_file_that_holds_no_key_is_said_with_a_code(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "seal.pub"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError, match="E-SEAL-01") as caught:
        Seal.from_file(file)
    assert caught.value.__cause__ is None
