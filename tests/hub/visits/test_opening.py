"""Opening what was sealed to this hub, and nothing else."""

import base64
import logging
from pathlib import Path

import msgspec
import pytest
from nacl.public import PrivateKey, SealedBox

from hub.errors import HubError
from hub.visits.day import day_start_ms
from hub.visits.opening import Unsealer
from wire.codec import encode
from wire.orders import SealedPicture
from wire.person import Person, mask
from wire.records import SealedPerson

PERSON = Person("测试甲", "999999190002300021", address="测试镇第1村")


def seal(private: PrivateKey, key: str) -> SealedPerson:
    box = SealedBox(private.public_key)
    return SealedPerson(key, box.encrypt(encode(PERSON)), box.encrypt(encode(mask(PERSON))))


@pytest.fixture
def private() -> PrivateKey:
    return PrivateKey.generate()


def test_a_list_gets_the_mask_and_a_named_person_the_identity(private: PrivateKey):
    unsealer = Unsealer(bytes(private))
    sealed = seal(private, unsealer.key)
    opened = unsealer.mask(sealed)
    assert opened is not None
    assert (opened.name, opened.id_number) == ("测**", "999999********0021")
    assert unsealer.identity(sealed) == PERSON


def test_what_was_sealed_to_another_key_or_damaged_opens_to_nothing_and_says_nothing(
    private: PrivateKey, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    unsealer = Unsealer(bytes(private))
    good = seal(private, unsealer.key)
    other = seal(PrivateKey.generate(), unsealer.key)
    box = SealedBox(private.public_key)
    for bad in (
        other,
        msgspec.structs.replace(good, key="0" * 16),
        msgspec.structs.replace(good, mask=good.mask[:-1] + bytes([good.mask[-1] ^ 1])),
        msgspec.structs.replace(good, mask=b""),
        msgspec.structs.replace(good, mask=box.encrypt(b'{"name": 5}')),
    ):
        assert unsealer.mask(bad) is None
    assert caplog.records == []
    assert repr(unsealer) == "Unsealer(…)"


def test_the_station_and_the_hub_name_the_key_alike(tmp_path: Path):
    """What the kiosk of a laid-out county seals, its hub opens."""
    from firmware_config.identity.authority import new_seal_keys
    from station.sealing import Seal

    private, public = new_seal_keys()
    (tmp_path / "unseal.key").write_bytes(private)
    (tmp_path / "seal.pub").write_bytes(public)
    unsealer = Unsealer.from_file(tmp_path / "unseal.key")
    sealed = Seal.from_file(tmp_path / "seal.pub").person(PERSON)
    assert sealed.key == unsealer.key
    assert unsealer.identity(sealed) == PERSON


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"", id="empty"),
        pytest.param(b"not base64 !", id="no base64"),
        pytest.param(base64.b64encode(b"short"), id="too short"),
        pytest.param(b"\xff\xfe", id="no text"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_said(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "unseal.key").write_bytes(content)
    with pytest.raises(HubError, match="E-SEAL-02"):
        Unsealer.from_file(tmp_path / "unseal.key")


MIDNIGHT = 1_795_536_000_000  # 2026-11-25 00:00 in China


@pytest.mark.parametrize(
    ("at_ms", "start_ms"),
    [
        pytest.param(MIDNIGHT - 1, MIDNIGHT - 86_400_000, id="just before midnight in China"),
        pytest.param(MIDNIGHT, MIDNIGHT, id="midnight"),
        pytest.param(MIDNIGHT + 8 * 3_600_000, MIDNIGHT, id="midnight in Greenwich is eight in the morning"),
        pytest.param(MIDNIGHT + 86_399_999, MIDNIGHT, id="the last instant"),
    ],
)
def test_the_countys_day(at_ms: int, start_ms: int):
    assert day_start_ms(at_ms) == start_ms


@pytest.mark.parametrize(
    ("differently", "opens"),
    [
        pytest.param({}, True, id="a picture"),
        pytest.param({"key": "0" * 16}, False, id="of another key"),
        pytest.param({"box": b"x" * 100}, False, id="damaged"),
        pytest.param({"box": b""}, False, id="empty"),
        pytest.param({"inside": b"<html>"}, False, id="no JPEG"),
        pytest.param({"inside": b"\xff\xd8\xff cut short"}, False, id="cut short"),
    ],
)
def test_a_picture_opens_only_if_it_is_one(private: PrivateKey, differently: dict[str, object], opens: bool):
    unsealer = Unsealer(bytes(private))
    inside = differently.pop("inside", b"\xff\xd8\xff drawn by a test \xff\xd9")
    assert isinstance(inside, bytes)
    sealed = SealedPicture(unsealer.key, SealedBox(private.public_key).encrypt(inside), "hall", 1, 1)
    jpeg = unsealer.picture(msgspec.structs.replace(sealed, **differently))
    assert jpeg == (inside if opens else None)
