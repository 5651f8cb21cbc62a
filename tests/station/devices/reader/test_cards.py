"""What a card says: all four layouts, and everything that is odd without being an error."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.reader.cards import FOREIGN_2017, FOREIGN_2023, RESIDENT, Span, read_card, text_area
from station.devices.reader.persons import PERSONS, card_data, text_of
from station.devices.reader.port import Card
from station.id_number import check_digit
from wire.records import CardKind

TODAY = date(2023, 6, 1)
"""On which the cards of all four persons are valid, but for the one of 2023, which is not yet."""
NAMES: dict[CardKind, str] = {"resident": "resident", "hmt": "J", "foreign_2017": "I", "foreign_2023": "Y"}


def resident(*changes: tuple[Span, str]) -> Card:
    return read_card(text_of(PERSONS["resident"] + list(changes)), TODAY)


EXPECTED: dict[CardKind, Card] = {
    "resident": Card(
        kind="resident",
        name="测试甲",
        sex="female",
        nation="汉",
        birth="1949-12-31",
        id_number="11010519491231002X",
        valid_from="2006-01-01",
        valid_to="长期",
        address="北京市朝阳区测试路1号",
        authority="北京市公安局测试分局",
    ),
    "hmt": Card(
        kind="hmt",
        name="测试乙",
        sex="male",
        nation="",
        birth="1880-01-01",
        id_number="810000188001010015",
        valid_from="2019-01-01",
        valid_to="2023-12-31",
        address="广东省深圳市测试路2号",
        authority="深圳市公安局测试分局",
        warnings=("number_birth",),
    ),
    "foreign_2017": Card(
        kind="foreign_2017",
        name="测试丙",
        sex="male",
        nation="XXA",
        birth="1900-01-01",
        id_number="XXA110000010100",
        valid_from="2017-06-16",
        valid_to="2027-06-15",
        address="",
        authority="1100",
    ),
    "foreign_2023": Card(
        kind="foreign_2023",
        name="测试丁",
        sex="male",
        nation="XXA",
        birth="1900-01-01",
        id_number="91115619000101001X",
        valid_from="2023-12-01",
        valid_to="2033-11-30",
        address="",
        authority="",
        warnings=("not_yet_valid",),
    ),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_layout_is_read(kind: CardKind) -> None:
    assert tuple(read_card(text_of(PERSONS[kind]), TODAY)) == tuple(EXPECTED[kind])


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_recorded_frames_are_read_and_the_twin_makes_the_same_bytes(shared: Path, kind: CardKind) -> None:
    recorded = (shared / "reader" / f"{NAMES[kind]}.bin").read_bytes()
    text = text_area(recorded[10:-1])
    assert text == text_of(PERSONS[kind])
    assert tuple(read_card(text or b"", TODAY)) == tuple(EXPECTED[kind])
    assert len(card_data(text or b"")) == len(recorded) - 11


@pytest.mark.parametrize(
    ("field", "span", "raw", "shown"),
    [
        pytest.param("name", RESIDENT.name, "阿依 夏木", "阿依 夏木", id="a space in a name stays"),
        pytest.param("name", RESIDENT.name, "  测试", "  测试", id="space in front stays"),
        pytest.param("name", RESIDENT.name, "测试\0\0", "测试", id="padding of NULs goes"),
        pytest.param("name", RESIDENT.name, "\ufeff测试", "\ufeff测试", id="FFFE in front is no byte-order mark"),
        pytest.param(
            "name", RESIDENT.name, "测\ue863", "测\ue863", id="a rare character of the private use area stays"
        ),
        pytest.param("name", RESIDENT.name, "测\U00020bb7", "测\U00020bb7", id="a character beyond the first plane"),
        pytest.param("sex", RESIDENT.sex, "0", "unknown", id="sex 0"),
        pytest.param("sex", RESIDENT.sex, "1", "male", id="sex 1"),
        pytest.param("sex", RESIDENT.sex, "2", "female", id="sex 2"),
        pytest.param("sex", RESIDENT.sex, "9", "unstated", id="sex 9 is not read as female"),
        pytest.param("sex", RESIDENT.sex, "5", "5", id="an unknown sex stays raw"),
        pytest.param("nation", RESIDENT.nation, "56", "基诺", id="the last nation"),
        pytest.param("nation", RESIDENT.nation, "11", "满", id="nation 11"),
        pytest.param("nation", RESIDENT.nation, "50", "塔塔尔", id="nation 50"),
        pytest.param("nation", RESIDENT.nation, "97", "其他", id="other nation"),
        pytest.param("nation", RESIDENT.nation, "98", "外国血统中国籍人士", id="of foreign descent"),
        pytest.param("nation", RESIDENT.nation, "57", "57", id="an unknown nation stays raw"),
        pytest.param("nation", RESIDENT.nation, "A1", "A1", id="a nation that is no number stays raw"),
        pytest.param("valid_to", RESIDENT.valid_to, "长期", "长期", id="valid for ever"),
        pytest.param("valid_to", RESIDENT.valid_to, "20230230", "20230230", id="a date that is none stays raw"),
        pytest.param("valid_to", RESIDENT.valid_to, "", "", id="no date"),
    ],
)
def test_a_field_is_shown_as_it_is_meant(field: str, span: Span, raw: str, shown: str) -> None:
    assert getattr(resident((span, raw)), field) == shown


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        pytest.param([(RESIDENT.birth, "19491230")], "birth_differs_from_number", id="another birth than the number's"),
        pytest.param([(RESIDENT.sex, "1")], "sex_differs_from_number", id="another sex than the number's"),
        pytest.param([(RESIDENT.id_number, "110105194912310021")], "number_checksum", id="a wrong check digit"),
        pytest.param([(RESIDENT.id_number, "12345")], "number_form", id="a number that is none"),
        pytest.param([(RESIDENT.valid_to, "20230531")], "expired", id="expired yesterday"),
        pytest.param([(RESIDENT.valid_from, "20230602")], "not_yet_valid", id="valid from tomorrow"),
        pytest.param([(RESIDENT.name, "")], "name_missing", id="no name"),
        pytest.param([(RESIDENT.valid_to, "20230601")], None, id="expires today: still valid"),
        pytest.param([(RESIDENT.sex, "0")], None, id="unknown sex contradicts nothing"),
    ],
)
def test_what_is_odd_is_a_warning_and_never_a_refusal(changes: list[tuple[Span, str]], warning: str | None) -> None:
    card = resident(*changes)
    assert list(card.warnings) == ([warning] if warning else [])
    assert card.kind == "resident"


def test_a_lone_surrogate_is_replaced_and_warned_of_so_that_the_card_can_be_sent() -> None:
    text = bytearray(text_of(PERSONS["resident"]))
    text[0:2] = b"\x00\xd8"
    card = read_card(bytes(text), TODAY)
    card.name.encode()
    assert "text_damaged" in card.warnings


def test_without_a_trusted_clock_nothing_is_called_expired() -> None:
    assert read_card(text_of(PERSONS["hmt"]), None).warnings == ("number_birth",)
    assert "expired" in read_card(text_of(PERSONS["hmt"]), date(2026, 1, 1)).warnings


def test_an_unknown_type_letter_is_read_as_a_resident() -> None:
    assert resident(((248, 2), "Z")).kind == "resident"


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param("foreign_2017", FOREIGN_2017.name, "TEST, PERSON A", id="2017"),
        pytest.param("foreign_2023", FOREIGN_2023.name, "TEST, PERSON B", id="2023"),
    ],
)
def test_without_a_chinese_name_the_english_one_is_shown(kind: CardKind, name: Span, expected: str) -> None:
    assert read_card(text_of([*PERSONS[kind], (name, "")]), TODAY).name == expected


def test_an_english_name_of_2023_goes_on_in_its_second_field() -> None:
    first, second = FOREIGN_2023.other_name
    fields = [*PERSONS["foreign_2023"], (FOREIGN_2023.name, ""), (first, "A" * 34 + " "), (second, "BC")]
    assert read_card(text_of(fields), TODAY).name == "A" * 34 + " BC"


def test_a_foreign_number_of_2023_carries_the_same_check() -> None:
    number = "91115619000101001"
    wrong = number + "0123456789X"[("0123456789X".index(check_digit(number)) + 1) % 11]
    fields = [*PERSONS["foreign_2023"], (FOREIGN_2023.id_number, wrong)]
    assert "number_checksum" in read_card(text_of(fields), TODAY).warnings


def test_the_sizes_in_front_are_followed_with_and_without_a_fingerprint() -> None:
    text = text_of(PERSONS["resident"])
    assert text_area(card_data(text)) == text
    assert text_area(card_data(text, fingerprint_sizes=True), lengths=3) == text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01\x00\x04\x00" + bytes(100), id="less than the sizes say"),
        pytest.param(b"\x00\x10\x00\x00" + bytes(100), id="a text too short to hold a type"),
    ],
)
def test_sizes_that_do_not_fit_give_no_text(data: bytes) -> None:
    assert text_area(data) is None


@given(st.binary(min_size=256, max_size=256))
def test_any_text_area_gives_a_card_that_can_be_sent(text: bytes) -> None:
    card = read_card(text, TODAY)
    for value in card[:10]:
        value.encode()


def test_a_card_shows_nothing_in_its_repr() -> None:
    assert repr(resident()) == "Card(resident, …)"
