import pytest

from hub.health.availability import Tally
from hub.reports.period import ReportError
from hub.reports.score_report import arithmetic, arithmetic_english
from hub.reports.scores import DEFAULT, Weight, check, scored, scores
from tests.hub.reports.made_up import OCTOBER, counts, figures


def test_the_arithmetic_is_written_out_and_adds_up() -> None:
    [county, *_] = scores(figures(OCTOBER, ("测试1镇", "第1村", counts(up=0.89))), DEFAULT)
    said = arithmetic(county)
    assert said[0] == "在线率（35分）89%：(89%−80%)÷(98%−80%)×35＝17.50"
    assert said[3] == "满意率（20分）90%：达到90%，得满分 20"
    assert said[-1] == "合计：68.93÷100×100＝68.9分"
    english = arithmetic_english(county, DEFAULT)
    assert english[0] == "online rate (35) 89.00%: (89.00%−80.00%)÷(98.00%−80.00%)×35 = 17.50"
    assert english[-1] == "Together: 68.93÷100×100 = 68.9"
    assert county.score == pytest.approx(sum(line.earned for line in county.lines))


def test_what_is_not_known_is_neither_good_nor_bad() -> None:
    known = counts(up=0.89)
    unknown = counts(up=0.89, grades=(0, 0, 0, 0, 0), in_time=0, late=0, intact=Tally())
    lines, points, score = scored(unknown, DEFAULT)
    assert [line.known for line in lines] == [True, False, False, False]
    assert (points, score) == (35, pytest.approx(50))
    assert scored(known, DEFAULT)[1] == 100
    one = scores(figures(OCTOBER, ("测试1镇", "第1村", unknown)), DEFAULT)[-1]
    assert one.rank is None, "less than half of the points are known"
    nothing = scored(counts(up=None, grades=(0,) * 5, in_time=0, late=0), DEFAULT)
    assert nothing[2] is None


def test_a_town_is_the_ratio_of_its_villages_sums() -> None:
    small = counts(grades=(5, 0, 0, 0, 0))
    large = counts(grades=(0, 0, 0, 0, 95))
    every = scores(figures(OCTOBER, ("测试1镇", "第1村", small), ("测试1镇", "第2村", large)), DEFAULT)
    town = next(one for one in every if one.scope == "town")
    assert town.lines[3].share == (95, 100)
    villages = [one for one in every if one.scope == "village"]
    assert [(one.name, one.rank) for one in villages] == [("第2村", 1), ("第1村", 2)]


def test_those_alike_share_a_rank() -> None:
    every = scores(figures(OCTOBER, *[("测试1镇", f"第{at}村", counts()) for at in range(3)]), DEFAULT)
    assert [one.rank for one in every if one.scope == "village"] == [1, 1, 1]


@pytest.mark.parametrize("weight", [Weight(36, 0.8, 0.98), Weight(35, 0.98, 0.98), Weight(35, 0.8, 1.1)])
def test_weights_that_make_no_score_are_refused(weight: Weight) -> None:
    check(DEFAULT)
    with pytest.raises(ReportError, match="E-REP-05"):
        check(DEFAULT | {"online": weight})
