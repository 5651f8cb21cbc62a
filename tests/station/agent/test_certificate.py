import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.identity.authority import CountyCa
from station.agent.certificate import common_name

CA = CountyCa.create("999999", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize("name", ["999999101001", "999999101001-12", "hub", "monitor-3"])
def test_it_tells_whose_a_certificate_is_not_who_signed_it(name: str) -> None:
    pem = CA.issue_client(name, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).cert_pem.decode()
    assert common_name(pem) == name
    assert common_name("some text before\n" + pem + CA.cert_pem.decode()) == name


@given(st.text())
def test_what_is_no_certificate_has_no_name(text: str) -> None:
    assert common_name(text) is None
    common_name(f"-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----")


def test_a_key_is_no_certificate(tmp_path: Path) -> None:
    CA.save(tmp_path)
    assert common_name((tmp_path / "ca.key").read_text()) is None
