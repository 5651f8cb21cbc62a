"""村村通率 and the matrices: the quick count is the slow one, unknown is apart, and nothing is made better."""

import random
from collections import Counter
from statistics import median

import pytest

from hub.health.lines import FRESH_MS, LegNow
from hub.health.matrix import Rate, Village, cell_of, rate_of, town_matrix, village_matrix, villages_of
from hub.health.pairs import predict
from wire.health import StationHealth

NOW = 1_795_000_000_000
STATES = ("online", "offline", "unknown", "maintenance")


def village(
    code: str, state: str = "online", up: float | None = 1.0, down: float | None = 1.0, **more: object
) -> Village:
    return Village(code, code, str(more.get("town", "t")), state, up, down, more.get("rtt_ms", 20.0))  # type: ignore[arg-type]


def test_a_village_of_two_kiosks_is_one_village_and_its_better_one_counts() -> None:
    hall, other = "999999101001", village("999999102001")
    county = [village(hall, "offline", up=None, down=None), village(f"{hall}-1"), other]
    assert rate_of(county) == Rate(can=1)
    assert rate_of([village(hall, up=0.5), *county]) == Rate(can=1), "the better line of two"
    assert rate_of([village(hall, "offline"), village(f"{hall}-1", "maintenance"), other]) == Rate(cannot=1)
    assert sum(sum(cell.rate) for cell in town_matrix(county).values()) == 1


def a_county(villages: int, seed: int, states: tuple[float, ...] = (80, 8, 8, 4)) -> list[Village]:
    chance = random.Random(seed)
    made = []
    for number in range(villages):
        known = chance.random() < 0.9
        up, down = (1 - chance.choice((0, 0.0, 0.01, 0.02, 0.04, 1)) for _ in range(2))
        made.append(
            village(
                f"v{number}",
                chance.choices(STATES, states)[0],
                up if known else None,
                down if known else None,
                town=f"t{number % 7}",
                rtt_ms=chance.choice((5.0, 60.0, 199.0, 250.0, None)),
            )
        )
    return made


@pytest.mark.parametrize("seed", range(5))
def test_the_rate_is_that_of_every_pair_looked_at_one_by_one(seed: int) -> None:
    county = a_county(60, seed)
    words = Counter(cell_of(a, b).word for index, a in enumerate(county) for b in county[index + 1 :])
    rate = rate_of(county)
    assert rate._asdict() == {word: words[word] for word in ("can", "cannot", "unknown", "excused")}
    assert sum(rate) == 60 * 59 // 2
    assert rate.share == pytest.approx(rate.can / (rate.can + rate.cannot))


@pytest.mark.parametrize(
    ("a", "b", "word", "why"),
    [
        pytest.param(village("a"), village("b"), "can", "", id="both well"),
        pytest.param(village("a", up=0.96), village("b"), "cannot", "loss", id="a score under 2.5"),
        pytest.param(village("a", rtt_ms=250.0), village("b", rtt_ms=151.0), "cannot", "slow", id="over 400 ms"),
        pytest.param(village("a", up=0.0, down=0.0, rtt_ms=None), village("b"), "cannot", "loss", id="a lost line"),
        pytest.param(village("a", "offline"), village("b"), "cannot", "offline", id="one is away"),
        pytest.param(village("a", "offline"), village("b", "unknown"), "cannot", "offline", id="whatever the other is"),
        pytest.param(village("a", "unknown"), village("b"), "unknown", "state_unknown", id="nobody knows"),
        pytest.param(village("a", up=None, down=None), village("b"), "unknown", "not_measured", id="never measured"),
        pytest.param(village("a", "maintenance"), village("b", "offline"), "excused", "maintenance", id="planned"),
    ],
)
def test_a_pair_is_what_its_villages_and_lines_are(a: Village, b: Village, word: str, why: str) -> None:
    for cell in (cell_of(a, b), cell_of(b, a)):
        assert (cell.word, cell.why) == (word, why)
        assert (cell.mos is not None) == (why in {"", "loss", "slow"})


def test_a_county_of_nobody_and_of_one_has_no_rate() -> None:
    assert rate_of([]) == rate_of([village("a")]) == Rate()
    assert (Rate().share, Rate().coverage) == (None, None)
    assert Rate(3, 1, 4, 9).coverage == 0.5


def test_a_matrix_of_villages_has_no_pair_of_one_with_itself() -> None:
    county = a_county(5, 1)
    matrix = village_matrix(county, county[:2])
    assert [[cell is None for cell in row] for row in matrix] == [
        [True, False], [False, True], [False, False], [False, False], [False, False]
    ]  # fmt: skip
    assert matrix[0][1] == matrix[1][0]


def test_towns_add_up_to_the_county_and_say_their_worst_pair() -> None:
    county = a_county(40, 3)
    towns = town_matrix(county)
    names = list(dict.fromkeys(one.town for one in county))
    assert list(dict.fromkeys(pair[0] for pair in towns)) == names
    upper = [towns[a, b] for index, a in enumerate(names) for b in names[index:]]
    assert [sum(getattr(cell.rate, word) for cell in upper) for word in Rate._fields] == list(rate_of(county))
    cell = towns["t1", "t2"]
    assert towns["t2", "t1"] is cell
    pairs = [(a, b) for a in county if a.town == "t1" for b in county if b.town == "t2"]
    scores = {(a.code, b.code): cell_of(a, b).mos for a, b in pairs}
    known = [mos for mos in scores.values() if mos is not None]
    assert (cell.mos_median, cell.mos_worst) == (pytest.approx(median(known)), min(known))
    assert cell.worst is not None
    assert scores[cell.worst] == min(known)


@pytest.mark.parametrize(
    ("state", "sent", "known"),
    [("ok", 89, False), ("ok", 90, True), ("degraded", 60, True), ("lost", 60, True), ("unmeasured", 90, False)],
)
def test_one_lost_of_thirty_makes_no_pair_bad(state: str, sent: int, known: bool) -> None:
    health = StationHealth("999999101001", "村", "镇", "online", NOW, "born")
    leg = LegNow(state, NOW, "", NOW, sent, sent - 1, sent - 1, 30.0, 1.0)  # type: ignore[arg-type]
    (village,) = villages_of([health], {health.station: leg}, NOW)
    assert (village.up is not None) is known


def test_a_village_is_known_by_its_last_minutes_only() -> None:
    def health(code: str) -> StationHealth:
        return StationHealth(f"99999910100{code}", "村", "镇", "online", NOW, "born")

    legs = {
        f"99999910100{code}": LegNow(state, NOW, "", at_ms, 300, 291, 288, 30.0, 1.0)  # type: ignore[arg-type]
        for code, state, at_ms in (("1", "ok", NOW), ("2", "lost", NOW), ("3", "ok", NOW - FRESH_MS - 1))
    }
    fresh, lost, stale, none = villages_of(map(health, "1234"), legs, NOW)
    assert (fresh.up, fresh.down, fresh.rtt_ms) == (pytest.approx(0.97), pytest.approx(288 / 291), 30.0)
    assert (lost.up, lost.down, lost.rtt_ms) == (0, 0, None)
    assert (stale.up, none.up) == (None, None)
    cell, pair = cell_of(fresh, fresh._replace(code="other")), predict(legs[fresh.code], legs[fresh.code])
    assert (cell.mos, cell.word == "can") == (pytest.approx(pair.mos), pair.can_call)
