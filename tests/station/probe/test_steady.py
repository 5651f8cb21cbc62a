from station.probe.steady import SET_NS, Steady


class Clocks:
    def __init__(self) -> None:
        self.utc_ns, self.mono_ns = 1_000_000_000_000, 5_000_000_000

    def pass_(self, ns: int) -> None:
        self.utc_ns += ns
        self.mono_ns += ns

    def steady(self) -> Steady:
        return Steady(lambda: self.utc_ns, lambda: self.mono_ns)


def test_it_begins_with_utc_and_runs_on_whatever_the_clock_is_set_to() -> None:
    clocks = Clocks()
    steady = clocks.steady()
    begun_ns = steady.now_ns()
    assert begun_ns == clocks.utc_ns
    for step_ns in (3_600_000_000_000, -7_200_000_000_000, SET_NS * 2):
        clocks.utc_ns += step_ns
        clocks.pass_(1_000)
        assert steady.now_ns() == (begun_ns := begun_ns + 1_000)
        assert steady.of(clocks.utc_ns - 400) == begun_ns - 400


def test_the_time_of_two_readings_torn_apart_once_is_no_step() -> None:
    clocks = Clocks()
    torn = [0]

    def utc_ns() -> int:
        late, torn[0] = torn[0], 0
        return clocks.utc_ns + late

    steady = Steady(utc_ns, lambda: clocks.mono_ns)
    torn[0] = SET_NS * 3
    assert steady.of(clocks.utc_ns) == clocks.utc_ns
    assert steady.of(clocks.utc_ns) == clocks.utc_ns
