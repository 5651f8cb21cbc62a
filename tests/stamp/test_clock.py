"""NTP timestamps lose nothing of a nanosecond, and spans hold over eras."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamp.clock import NTP_EPOCH_S, ntp_span_ns, ptp_span_ns, to_ntp

TIMES_NS = st.integers(0, 4_294_967_296 * 10**9 - 1)


def from_ntp(ntp: int) -> int:
    """Return nanoseconds since 1970 of a time between 1970 and 2106."""
    return ((ntp - (NTP_EPOCH_S << 32)) % 2**64 * 10**9 + 2**31) >> 32


@given(TIMES_NS)
def test_a_time_comes_back_to_the_nanosecond(utc_ns: int) -> None:
    ntp = to_ntp(utc_ns)
    assert 0 <= ntp < 2**64
    assert from_ntp(ntp) == utc_ns


@given(TIMES_NS, st.integers(-(10**18), 10**18))
def test_a_span_is_right_to_the_nanosecond_over_the_era_of_2036(utc_ns: int, span_ns: int) -> None:
    assert abs(ntp_span_ns(to_ntp(utc_ns), to_ntp(utc_ns + span_ns)) - span_ns) <= 1


@pytest.mark.parametrize(
    ("year", "seconds"),
    [
        pytest.param(1970, 0x83AA7E80, id="RFC 5905, figure 4: first day UNIX"),
        pytest.param(2000, 3_155_673_600, id="RFC 5905, figure 4: 1 January 2000"),
    ],
)
def test_known_times(year: int, seconds: int) -> None:
    utc_ns = int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) * 10**9
    assert to_ntp(utc_ns) >> 32 == seconds
    assert to_ntp(utc_ns + 500_000_000) & 0xFFFFFFFF == 2**31


@pytest.mark.parametrize(
    ("begin", "end", "span_ns"),
    [
        pytest.param(0x5_0000_0001, 0x5_0000_0003, 2, id="within a second"),
        pytest.param((5 << 32) + 999_999_999, 6 << 32, 1, id="into the next"),
        pytest.param(0xFFFFFFFF_00000000, 0, 1_000_000_000, id="over the wrap of seconds"),
        pytest.param(6 << 32, 5 << 32, -1_000_000_000, id="backwards"),
    ],
)
def test_spans_of_ptp_times(begin: int, end: int, span_ns: int) -> None:
    assert ptp_span_ns(begin, end) == span_ns
