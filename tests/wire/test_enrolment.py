"""Tokens and labels: typed badly, scanned, and never taken for another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.enrolment import Label, label_text, new_token, proof_of, read_label, read_token, shown_token, signed_bytes
from wire.errors import WireError


@given(st.binary(min_size=10, max_size=10))
def test_a_token_is_read_however_it_is_typed(random: bytes) -> None:
    token = new_token(random)
    typed = shown_token(token).lower().replace("0", "o").replace("1", "l")
    assert read_token(f" {typed} ") == token


@pytest.mark.parametrize("text", ["", "ABCD", "ABCD-EFGH-JKMN-PQRSX", "ABCD-EFGH-JKMN-PQR!", "ABCDEFGHJKMNPQRU"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(WireError, match="E-ENR-01"):
        read_token(text)


@pytest.mark.parametrize("station", ["320925100001", "320925100001-2"])
def test_a_label_comes_back_from_its_code(station: str) -> None:
    label = Label(station, "ab" * 32, new_token(b"0123456789"))
    assert read_label(label_text(label)) == label


@pytest.mark.parametrize("text", ["", "CCT1:", "https://example.cn", "CCT1:020925100001:" + "AB" * 32 + ":" + "A" * 16])
def test_another_code_is_no_label(text: str) -> None:
    with pytest.raises(WireError, match="E-ENR-02"):
        read_label(text)


def test_a_proof_is_of_one_token_station_and_request() -> None:
    proofs = {
        proof_of(*said)
        for said in [("A" * 16, "320925100001", "x"), ("B" * 16, "320925100001", "x"), ("A" * 16, "320925100002", "x"),
                     ("A" * 16, "320925100001", "y")]
    }  # fmt: skip
    assert len(proofs) == 4


def test_what_is_signed_says_for_what_and_when() -> None:
    assert (
        len({signed_bytes("renew", 1, b"x"), signed_bytes("renew", None, b"1\0x"), signed_bytes("acceptance", 1, b"x")})
        == 3
    )
