"""The four fictional persons whose cards the simulated reader holds, and the bytes a module answers for them. Pure."""

from typing import Final

from station.devices.reader.cards import FOREIGN_2017, FOREIGN_2023, HMT, KIND_AT, RESIDENT, TEXT_BYTES, Span
from wire.records import CardKind

_MARK: Span = (KIND_AT, 2)
_PHOTO_BYTES: Final = 1024

_Fields = list[tuple[Span, str]]

PERSONS: Final[dict[CardKind, _Fields]] = {
    "resident": [
        (RESIDENT.name, "测试甲"),
        (RESIDENT.sex, "2"),
        (RESIDENT.nation, "01"),
        (RESIDENT.birth, "19491231"),
        (RESIDENT.address, "北京市朝阳区测试路1号"),
        (RESIDENT.id_number, "11010519491231002X"),
        (RESIDENT.authority, "北京市公安局测试分局"),
        (RESIDENT.valid_from, "20060101"),
        (RESIDENT.valid_to, "长期"),
    ],
    "hmt": [
        (HMT.name, "测试乙"),
        (HMT.sex, "1"),
        (HMT.birth, "18800101"),
        (HMT.address, "广东省深圳市测试路2号"),
        (HMT.id_number, "810000188001010015"),
        (HMT.authority, "深圳市公安局测试分局"),
        (HMT.valid_from, "20190101"),
        (HMT.valid_to, "20231231"),
        ((220, 18), "H00000000"),
        ((238, 4), "01"),
        (_MARK, "J"),
    ],
    "foreign_2017": [
        (FOREIGN_2017.other_name[0], "TEST, PERSON A"),
        (FOREIGN_2017.sex, "1"),
        (FOREIGN_2017.id_number, "XXA110000010100"),
        (FOREIGN_2017.nationality, "XXA"),
        (FOREIGN_2017.name, "测试丙"),
        (FOREIGN_2017.valid_from, "20170616"),
        (FOREIGN_2017.valid_to, "20270615"),
        (FOREIGN_2017.birth, "19000101"),
        ((236, 4), "01"),
        (FOREIGN_2017.authority, "1100"),
        (_MARK, "I"),
    ],
    "foreign_2023": [
        (FOREIGN_2023.name, "测试丁"),
        (FOREIGN_2023.sex, "1"),
        ((32, 4), "00"),
        (FOREIGN_2023.birth, "19000101"),
        (FOREIGN_2023.other_name[0], "TEST, PERSON B"),
        (FOREIGN_2023.id_number, "91115619000101001X"),
        (FOREIGN_2023.valid_from, "20231201"),
        (FOREIGN_2023.valid_to, "20331130"),
        (FOREIGN_2023.nationality, "XXA"),
        (_MARK, "Y"),
        ((250, 6), "000"),
    ],
}
"""Fictional all of them: births before anyone alive, streets and offices that say 测试, country XXA."""


def text_of(fields: _Fields) -> bytes:
    """Return the text area that holds `fields`, padded as a card pads."""
    text = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
    for (offset, length), value in fields:
        text[offset : offset + length] = (value + " " * length).encode("utf-16-le")[:length]
    return bytes(text)


def card_data(text: bytes, *, fingerprint_sizes: bool = False) -> bytes:
    """Return what a module answers to a read after 90: sizes, text, and a photo that is none."""
    sizes = [len(text), _PHOTO_BYTES, *([0] if fingerprint_sizes else [])]
    photo = bytes((place * place * 3) % 251 for place in range(_PHOTO_BYTES))
    return b"".join(size.to_bytes(2, "big") for size in sizes) + text + photo
