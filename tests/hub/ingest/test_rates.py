"""How often a station may ask."""

from hub.ingest.rates import DAY_MS, MOST_A_DAY, MOST_A_MINUTE, Rates

ONE, TWO = "999999101001", "999999101002"
NOW = 1_795_000_000_000


def test_so_many_a_minute_and_no_more_whatever_another_does():
    rates = Rates()
    asked = [rates.admit(ONE, NOW + second) for second in range(MOST_A_MINUTE + 3)]
    assert asked == [True] * MOST_A_MINUTE + [False] * 3
    assert rates.admit(TWO, NOW)
    assert not rates.admit(ONE, NOW + 59_999)
    assert rates.admit(ONE, NOW + 60_000)


def test_so_many_a_day_and_again_a_day_later():
    rates = Rates()
    assert all(rates.admit(ONE, NOW + number * 6_000) for number in range(MOST_A_DAY))
    later = NOW + MOST_A_DAY * 6_000
    assert not rates.admit(ONE, later)
    assert not rates.admit(ONE, NOW + DAY_MS - 1)
    assert rates.admit(ONE, NOW + DAY_MS)
    assert not rates.admit(ONE, NOW + DAY_MS + 1), "one place was free, not all"


def test_what_was_asked_before_a_restart_counts():
    rates = Rates([(ONE, NOW + number) for number in range(MOST_A_MINUTE)])
    assert not rates.admit(ONE, NOW + 30_000)


def test_a_clock_set_back_locks_nobody_out_for_ever():
    rates = Rates([(ONE, NOW + DAY_MS) for _ in range(MOST_A_DAY)])
    assert rates.admit(ONE, NOW)


def test_questions_of_a_time_that_was_not_do_not_count_beside_those_that_were():
    wrong = NOW + DAY_MS * 300
    rates = Rates([(ONE, NOW - 1_000), *((ONE, wrong + number) for number in range(MOST_A_DAY - 1))])
    assert [rates.admit(ONE, NOW + number) for number in range(MOST_A_MINUTE)] == [True] * (MOST_A_MINUTE - 1) + [False]
