"""Codes on screens: read across a room, typed as people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.codes import ALPHABET, LENGTH, fresh_code, grouped, read_code


def test_no_code_has_a_sign_that_is_taken_for_another() -> None:
    for alike in ("0OQD"[:2], "1IL", "2Z", "5S", "8B", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1, alike
    codes = {fresh_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert {len(code) for code in codes} == {LENGTH}


@given(st.lists(st.sampled_from(ALPHABET), min_size=LENGTH, max_size=LENGTH).map("".join))
def test_a_code_is_read_back_however_it_is_typed(code: str) -> None:
    for typed in (code, code.lower(), grouped(code), f" {code[:2]} {code[2:]}\t", code.replace("", "-")):
        assert read_code(typed) == code


@given(st.text(max_size=12))
def test_anything_else_is_no_code(typed: str) -> None:
    read = read_code(typed)
    assert read is None or (len(read) == LENGTH and set(read) <= set(ALPHABET))


@pytest.mark.parametrize("typed", ["", "ACDE", "ACDE-FGH0", "ACDEFGHJK", "１２３４５６７８"])
def test_what_is_too_short_too_long_or_has_other_signs_is_none(typed: str) -> None:
    assert read_code(typed) is None
