"""在线率 and 完好率: the example that is written down, the limits of rounding, and every second of random histories."""

import pytest

from hub.health.availability import (
    EVER,
    Camera,
    Said,
    ServiceChange,
    Tally,
    Village,
    blind_spans,
    fared,
    percent,
    service_spans,
    total,
)
from hub.health.faults import Interval
from hub.health.windows import Calendar
from hub.local_time import month_ms
from tests.hub.health.seconds import STATION, TOWN, Drawn, by_seconds, drawn

HOUR = 3_600_000
ALWAYS = [(0, EVER)]


def shown(tally: Tally) -> tuple[str, ...]:
    service, known = tally.service_ms, tally.known_ms
    pairs = ((tally.up_ms, known), (known, service), (tally.up_ms, service), (service - tally.down_ms, service))
    return tuple(percent(pair) for pair in pairs)


def test_thirty_days_with_maintenance_unknown_and_down_come_out_as_written_down() -> None:
    said = [
        Said(0, "up"), Said(100 * HOUR, "down"), Said(106 * HOUR, "up"),
        Said(200 * HOUR, "unknown"), Said(210 * HOUR, "up"),
    ]  # fmt: skip
    village = Village(said, ALWAYS, maintenance=[(300 * HOUR, 304 * HOUR)])
    online = fared(village, (0, 720 * HOUR)).online
    assert shown(online) == ("99.15 %", "98.60 %", "97.77 %", "99.16 %")
    assert (online.outages, online.longest_ms) == (1, 6 * HOUR)
    assert online.rate == pytest.approx(700 / 706)
    assert online.lowest == pytest.approx(700 / 716)
    assert online.highest == pytest.approx(710 / 716)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        pytest.param(0, 0, "-", id="of nothing there is no share"),
        pytest.param(7, 7, "100 %", id="all of it"),
        pytest.param(2_591_999_999, 2_592_000_000, "<100 %", id="a millisecond short of a month is not all"),
        pytest.param(99_995, 100_000, "<100 %", id="what would round up to 100"),
        pytest.param(99_994, 100_000, "99.99 %", id="just under that"),
        pytest.param(1, 2_592_000_000, ">0 %", id="a millisecond is not nothing"),
        pytest.param(1, 20_000, "0.01 %", id="what rounds to the last figure shown"),
        pytest.param(0, 5, "0 %", id="nothing"),
        pytest.param(1, 2, "50.00 %", id="half"),
    ],
)
def test_percent_is_never_more_than_it_is(part: int, whole: int, text: str) -> None:
    assert percent((part, whole)) == text


def test_a_rate_is_one_only_when_nothing_was_down() -> None:
    year = 366 * 24 * HOUR * 20_000
    assert Tally(year, year - 1, 1).rate != 1.0
    assert Tally(year, year, 0).rate == 1.0
    assert Tally(year, 0, 0).rate is None, "nothing is known"


def test_the_countys_figure_is_a_ratio_of_sums() -> None:
    both = total([Tally(100, 100, 0, 0, 0), Tally(1000, 0, 900, 3, 500)])
    assert both == Tally(1100, 100, 900, 3, 500)
    assert both.rate == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("said", "up_ms", "down_ms"),
    [
        pytest.param([(0, "up"), (50, "down"), (50, "up")], 100, 0, id="of two of one time the later counts"),
        pytest.param([(0, "up"), (80, "down"), (40, "up")], 100, 0, id="a clock set back takes back what was ahead"),
        pytest.param([(0, "up"), (200, "down"), (60, "down")], 60, 40, id="a date ahead of the period, then put right"),
        pytest.param([(30, "down")], 0, 70, id="before the first word nothing is known"),
        pytest.param([(-10, "up")], 100, 0, id="the last word before the period holds"),
        pytest.param([], 0, 0, id="never heard"),
    ],
)
def test_words_out_of_order(said: list, up_ms: int, down_ms: int) -> None:
    online = fared(Village([Said(*one) for one in said], ALWAYS), (0, 100)).online
    assert (online.service_ms, online.up_ms, online.down_ms) == (100, up_ms, down_ms)


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        pytest.param([], [], id="never in service"),
        pytest.param([(10, True)], [(10, EVER)], id="since its first birth"),
        pytest.param([(10, True), (20, False)], [(10, 20)], id="taken out"),
        pytest.param([(10, True), (20, False), (30, True)], [(10, 20), (30, EVER)], id="and put back"),
        pytest.param([(10, True), (15, True)], [(15, EVER)], id="its beginning is corrected to later"),
        pytest.param([(10, True), (5, True)], [(5, EVER)], id="and to earlier"),
        pytest.param([(10, True), (10, False)], [], id="taken out at once"),
        pytest.param([(10, False), (20, False)], [], id="taken out before it was in"),
    ],
)
def test_service(changes: list, spans: list) -> None:
    assert service_spans([ServiceChange(*one) for one in changes]) == spans


@pytest.mark.parametrize(
    ("lives", "now_ms", "spans"),
    [
        pytest.param([(10, 50), (60, 90)], 95, [(-EVER, 10), (50, 60)], id="between two runs"),
        pytest.param([(10, 50), (40, 90)], 95, [(-EVER, 10)], id="a clock set back leaves no gap"),
        pytest.param([(10, 50)], 40_000, [(-EVER, 10), (50, EVER)], id="no hub runs now"),
        pytest.param([], 95, [(-EVER, EVER)], id="no hub ever ran"),
    ],
)
def test_when_the_hub_was_away_nothing_is_known(lives: list, now_ms: int, spans: list) -> None:
    assert blind_spans(lives, now_ms) == spans


def test_an_outage_of_the_hub_is_unknown_and_never_down() -> None:
    online = fared(Village([Said(0, "down")], ALWAYS), (0, 100), blind=[(20, 60)]).online
    assert (online.service_ms, online.down_ms, online.outages) == (100, 60, 2)


class TestCamera:
    """A camera is intact only while its village is online and itself ok."""

    def at(self, village: list, camera: Camera) -> tuple[int, int, int]:
        told = Village([Said(*one) for one in village], ALWAYS, cameras={"hall": camera})
        tally = fared(told, (0, 100)).cameras["hall"]
        return tally.service_ms, tally.up_ms, tally.down_ms

    def test_ok_while_its_village_is_offline_is_down(self) -> None:
        assert self.at([(0, "up"), (70, "down")], Camera([Said(0, "up")])) == (100, 70, 30)

    def test_bad_while_its_village_is_unknown_is_unknown(self) -> None:
        assert self.at([(0, "up"), (70, "unknown")], Camera([Said(0, "down")])) == (100, 0, 70)

    def test_never_told_is_unknown_while_its_village_is_online(self) -> None:
        assert self.at([(0, "up"), (70, "down")], Camera()) == (100, 0, 30)

    def test_a_fault_is_down_though_its_state_says_ok(self) -> None:
        fault = Interval(1, "hall", "moved", 20, 50, 0.5, 0.9, 25)
        assert self.at([(0, "up")], Camera([Said(0, "up")], [fault])) == (100, 70, 30)

    def test_a_fault_nobody_closed_ends_when_its_camera_is_said_to_be_ok_later(self) -> None:
        fault = Interval(1, "hall", "black", 20, None, 0.5, 0.9, 25)
        assert self.at([(0, "up")], Camera([Said(0, "up"), Said(60, "up")], [fault])) == (100, 60, 40)
        assert self.at([(0, "up")], Camera([Said(0, "up"), Said(22, "up")], [fault])) == (100, 20, 80)

    def test_one_that_was_taken_away_counts_no_longer(self) -> None:
        assert self.at([(0, "up")], Camera([Said(0, "up")], gone_ms=40)) == (40, 40, 0)


@pytest.mark.parametrize("seed", range(200))
def test_every_second_of_a_random_history_agrees(seed: int) -> None:
    assert differing(drawn(seed, reach_s=240)) == []


def differing(history: Drawn) -> list[str]:
    """Return where the sums over spans and the count of seconds part, before and after the end of the month."""
    reach_ms = history.reach_s * 1000
    month = next(end for name in ("2026-11", "2026-12", "2027-01", "2027-03", "2028-03", "2028-05")
                 for end in [month_ms(name)] if end is not None and end[0] == history.edge_ms)  # fmt: skip
    wrong = []
    for from_ms, until_ms in ((month[0] - reach_ms, month[0]), (month[0], month[0] + reach_ms)):
        calendar = Calendar(history.windows, {STATION: TOWN})
        village = Village(
            history.said,
            service_spans(history.changes),
            calendar.maintenance(STATION, from_ms, until_ms),
            history.cameras,
        )
        found = fared(village, (from_ms, until_ms), blind_spans(history.lives, history.lives[-1][1]))
        wanted = by_seconds(history, from_ms, until_ms)
        wrong += [
            f"{name}: {got} is not {wanted[name]}"
            for name, got in {"": found.online, **found.cameras}.items()
            if got != wanted[name]
        ]
    return wrong
