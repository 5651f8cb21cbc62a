"""Codes of a telephone: the right one, once, a step early or late."""

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.totp import CODES, address_of, digest_of_code, fresh_codes, fresh_secret, plain_code, step_of

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Of RFC 6238, appendix B."""


@pytest.mark.parametrize(("at_s", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_the_codes_of_the_standard_open(at_s: int, code: str) -> None:
    assert step_of(SECRET, code, at_s * 1000, None) == at_s // 30
    assert step_of(SECRET, f"{code[:3]} {code[3:]}", at_s * 1000, None) == at_s // 30


@pytest.mark.parametrize(
    ("late_s", "opens"), [(-60, False), (-30, True), (0, True), (30, True), (60, False), (3600, False)]
)
def test_a_telephone_may_be_a_step_off(late_s: int, opens: bool) -> None:
    at_s = 1_795_545_000
    code = pyotp.TOTP(SECRET).at(at_s)
    assert (step_of(SECRET, code, (at_s + late_s) * 1000, None) is not None) == opens


def test_no_code_opens_twice_nor_after_a_later_one() -> None:
    at_s = 1_795_545_000
    code = pyotp.TOTP(SECRET).at(at_s)
    step = step_of(SECRET, code, at_s * 1000, None)
    assert step is not None
    assert step_of(SECRET, code, at_s * 1000, step) is None
    assert step_of(SECRET, code, (at_s + 30) * 1000, step) is None
    assert step_of(SECRET, code, at_s * 1000, step - 1) == step


@given(st.text(max_size=12))
@settings(max_examples=100)
def test_whatever_is_typed_gets_an_answer(typed: str) -> None:
    step_of(SECRET, typed, 1_795_545_000_000, None)
    plain_code(typed)


def test_recovery_codes_are_read_however_they_are_typed_and_kept_for_one_account() -> None:
    codes = fresh_codes()
    assert len(set(codes)) == CODES
    first = codes[0]
    assert plain_code(f" {first.upper().replace('-', ' ')} ") == first.replace("-", "")
    kept = digest_of_code(b"key", 1, first)
    assert kept == digest_of_code(b"key", 1, first.upper())
    assert kept not in {digest_of_code(b"key", 2, first), digest_of_code(b"another", 1, first)}


def test_a_telephone_is_told_whose_it_is() -> None:
    told = address_of(fresh_secret(), "张三", "测试县")
    parsed = pyotp.parse_uri(told)
    assert (parsed.name, parsed.issuer) == ("张三", "测试县")
