import pytest

from hub.reports import compare


@pytest.mark.parametrize(
    ("now", "then", "partial", "said"),
    [
        pytest.param(100, None, False, "上月无数据", id="nothing was kept: no nought, no infinity"),
        pytest.param(100, 50, True, "上月数据不全，不作比较", id="only a part was kept"),
        pytest.param(100, 0, False, "上月为0，不计增幅", id="never divided by nought"),
        pytest.param(0, 0, False, "与上月持平", id="nought as before"),
        pytest.param(5, 2, False, "上月为2，基数小，不计增幅", id="few"),
        pytest.param(150, 100, False, "比上月增长50.0%", id="more than chance"),
        pytest.param(105, 100, False, "比上月增长5.0%（属正常波动）", id="within chance"),
        pytest.param(40, 100, False, "比上月下降60.0%", id="less"),
    ],
)
def test_a_count_is_compared_honestly(now: int, then: int | None, partial: bool, said: str) -> None:
    assert compare.count_words(compare.counts(now, then, partial=partial), "上月") == said


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        pytest.param((0, 0), (9, 10), "上月无数据", id="none now is not 0 %"),
        pytest.param((9, 10), (0, 0), "上月无数据", id="none then"),
        pytest.param((90, 100), (900, 1000), "与上月持平", id="the same"),
        pytest.param((19, 20), (10, 20), "比上月上升45.00个百分点（样本少，仅供参考）", id="few"),
        pytest.param((880, 1000), (950, 1000), "比上月下降7.00个百分点", id="clear"),
        pytest.param((91, 100), (90, 100), "比上月上升1.00个百分点（属正常波动）", id="chance"),
    ],
)
def test_a_rate_is_compared_in_points(now: tuple[int, int], then: tuple[int, int], said: str) -> None:
    assert compare.rate_words(compare.rates(now, then), "上月") == said


def test_measured_time_has_no_chance_in_it() -> None:
    compared = compare.rates((9_900, 10_000), (9_950, 10_000), sampled=False)
    assert compared.clear
    assert not compared.few
