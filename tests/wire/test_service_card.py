"""A card's code is read back, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.service_card import card_text, read_card

numbers = st.text("0123456789", min_size=8, max_size=16)


@given(numbers)
def test_a_card_reads_as_its_number(number: str) -> None:
    assert read_card(card_text(number)) == number


@given(numbers, st.integers(1, 9), st.data())
def test_one_wrong_digit_is_no_card(number: str, by: int, data: st.DataObject) -> None:
    text = card_text(number)
    place = data.draw(st.integers(5, 4 + len(number)))
    wrong = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    assert read_card(wrong) is None


@pytest.mark.parametrize(
    "text", ["", "https://example.invalid", "CCT1:1234567:3", "CCT2:12345678:2", "CCT1:１２３４５６７８:2"]
)
def test_other_codes_are_no_cards(text: str) -> None:
    assert read_card(text) is None


@pytest.mark.parametrize("number", ["", "1234567", "1" * 17, "1234567a"])
def test_a_card_number_has_8_to_16_digits(number: str) -> None:
    with pytest.raises(ValueError, match="8 to 16 digits"):
        card_text(number)
