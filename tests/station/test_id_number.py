"""GB 11643: the standard's own numbers, what people type, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.id_number import Flaw, IdNumber, check_digit, normalise, read_id_number

TODAY = date(2026, 11, 24)
# The two examples printed in the standard itself.
STANDARD_WOMAN = "11010519491231002X"
STANDARD_MAN = "440524188001010014"


def with_check(first17: str) -> str:
    return first17 + check_digit(first17)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("11010519491231002X", id="as printed"),
        pytest.param("11010519491231002x", id="with a small x"),
        pytest.param("  11010519491231002X \n", id="with space around it"),
        pytest.param("１１０１０５１９４９１２３１００２Ｘ", id="in full-width characters of a Chinese input method"),
    ],
)
def test_a_sound_number_is_taken_however_it_is_typed(typed: str) -> None:
    assert read_id_number(typed, TODAY) == IdNumber(STANDARD_WOMAN, date(1949, 12, 31), "female")


@pytest.mark.parametrize(
    ("typed", "flaw"),
    [
        pytest.param("", Flaw.FORM, id="nothing"),
        pytest.param("110105491231002", Flaw.FORM, id="the old 15 digits"),
        pytest.param("11010519491231002", Flaw.FORM, id="one digit short"),
        pytest.param("11010519491231002X0", Flaw.FORM, id="one digit long"),
        pytest.param("11010519491231 02X", Flaw.FORM, id="a space inside"),
        pytest.param("X1010519491231002X", Flaw.FORM, id="X in front"),
        pytest.param("01010519491231002X", Flaw.FORM, id="a region that begins with 0"),
        pytest.param("११०१०५१९४९१२३१००२X", Flaw.FORM, id="digits of another script"),
        pytest.param("110105194912310029", Flaw.CHECKSUM, id="a wrong check digit"),
        pytest.param("11010519491231020X", Flaw.CHECKSUM, id="two digits swapped"),
        pytest.param(with_check("99999920230230001"), Flaw.BIRTH, id="born on 30 February"),
        pytest.param(with_check("99999920230001001"), Flaw.BIRTH, id="born in month 0"),
        pytest.param(STANDARD_MAN, Flaw.BIRTH, id="born before 1900"),
        pytest.param(with_check("99999920261125001"), Flaw.BIRTH, id="born tomorrow"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(typed: str, flaw: Flaw) -> None:
    assert read_id_number(typed, TODAY) is flaw


@pytest.mark.parametrize(
    ("first17", "birth", "sex"),
    [
        pytest.param("99999920261124001", date(2026, 11, 24), "male", id="born today, a region nobody knows"),
        pytest.param("83000019900101002", date(1990, 1, 1), "female", id="Taiwan residence permit"),
        pytest.param("81000019900101001", date(1990, 1, 1), "male", id="Hong Kong residence permit"),
        pytest.param("91115619000101001", date(1900, 1, 1), "male", id="foreign permanent resident of 2023"),
        pytest.param("99999920000229003", date(2000, 2, 29), "male", id="born on a leap day"),
    ],
)
def test_numbers_that_other_libraries_refuse_are_taken(first17: str, birth: date, sex: str) -> None:
    assert read_id_number(with_check(first17), TODAY) == IdNumber(with_check(first17), birth, sex)


def test_without_a_trusted_clock_no_birth_is_called_future() -> None:
    number = with_check("99999920991231001")
    assert isinstance(read_id_number(number, None), IdNumber)
    assert read_id_number(number, TODAY) is Flaw.BIRTH


def test_the_standards_own_check_digits_come_out() -> None:
    assert check_digit(STANDARD_WOMAN[:17]) == "X"
    assert check_digit(STANDARD_MAN[:17]) == "4"


@given(st.text(max_size=24))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    answer = read_id_number(typed, TODAY)
    assert isinstance(answer, Flaw) or answer.number == normalise(typed)


@given(place=st.integers(0, 16), other=st.integers(0, 9))
def test_one_wrong_digit_never_passes(place: int, other: int) -> None:
    number = with_check("99999919900307002")
    wrong = number[:place] + str(other) + number[place + 1 :]
    assert (wrong == number) == isinstance(read_id_number(wrong, TODAY), IdNumber)


def test_its_repr_tells_nothing() -> None:
    assert repr(read_id_number(STANDARD_WOMAN, TODAY)) == "IdNumber(…)"
