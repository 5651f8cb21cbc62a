"""The course of an incident: stages, steps in words, and what may be done."""

import pytest

from hub.store.incidents import StepRow
from hub.web import course
from hub.web.pages import WORDS
from tests.hub.web.made_up_incidents import incident


def steps(*told: tuple[str, str]) -> list[StepRow]:
    return [StepRow(n, "i1", 1_000 * n, who, step, "", None) for n, (step, who) in enumerate(told, 1)]  # type: ignore[arg-type]


OPENED = ("opened", "")


@pytest.mark.parametrize(
    ("state", "told", "standing", "by"),
    [
        pytest.param("new", [OPENED], "done here to_come to_come", ["", "", "", ""], id="nobody has it"),
        pytest.param(
            "acknowledged",
            [OPENED, ("acknowledged", "王某")],
            "done here to_come to_come",
            ["", "", "", ""],
            id="judged now",
        ),
        pytest.param(
            "dispatched",
            [OPENED, ("acknowledged", "王某"), ("dispatched", "李某")],
            "done done here to_come",
            ["", "李某", "", ""],
            id="handled now",
        ),
        pytest.param(
            "resolved", [OPENED, ("resolved", "")], "done done done here", ["", "", "", ""], id="recovered by itself"
        ),
        pytest.param(
            "closed",
            [OPENED, ("dispatched", "李某"), ("resolved", "李某"), ("closed", "王某")],
            "done done done done",
            ["", "李某", "李某", "王某"],
            id="over",
        ),
        pytest.param(
            "acknowledged",
            [OPENED, ("resolved", "李某"), ("reopened", "王某"), ("acknowledged", "赵某")],
            "done here to_come to_come",
            ["", "", "", ""],
            id="what was done before it was reopened is not done",
        ),
    ],
)
def test_where_it_stands(state: str, told: list[tuple[str, str]], standing: str, by: list[str]) -> None:
    shown = course.stages_of(incident(state=state), steps(*told))
    assert " ".join(one.standing for one in shown) == standing
    assert [one.who for one in shown] == by


def test_what_was_taken_back_is_no_stage() -> None:
    told = steps(OPENED, ("acknowledged", "王某"), ("dispatched", "李某"))
    told[1] = told[1]._replace(withdrawn_ms=9)
    shown = course.stages_of(incident(state="dispatched"), told)
    assert (shown[1].who, shown[1].at_ms) == ("李某", 3_000)


@pytest.mark.parametrize(
    ("step", "note", "zh"),
    [
        pytest.param(
            "opened", "cut_together 15/15", "多村同时中断，疑似断电/断网 15/15", id="a reason and its figures"
        ),
        pytest.param(
            "opened",
            "died town 1/45 (-173.4)",
            "连接突然中断 本镇已知 45 村中 1 村如此（全镇证据 -173.4）",
            id="what it was decided by",
        ),
        pytest.param("opened", "some_new_code x", "some_new_code x", id="a code without words stays one"),
        pytest.param("resolved", "power 变压器", "停电 变压器", id="a cause and what was said of it"),
        pytest.param("recovered", "recovered", "自行恢复", id="it recovered"),
        pytest.param("recovered", "steady", "不再反复", id="it flaps no more"),
        pytest.param("recovered", "gone", "已不在名单", id="it left the list"),
        pytest.param("spread", "+3 -0 = 12", "新增 3 村 · 现 12 村", id="it took in more"),
        pytest.param("grew", "+9 -2 = 20", "新增 9 村 · 减少 2 村 · 现 20 村", id="so many that it ranks higher"),
        pytest.param("recovered", "+0 -2 = 0", "减少 2 村 · 现 0 村", id="the last of its villages are well"),
        pytest.param("undone", "dispatched", "派单", id="what was taken back"),
        pytest.param("closed", "no return", "未再发生，自动办结", id="closed by time"),
        pytest.param("noted", "power 只是备注", "power 只是备注", id="what a person says stays as it was said"),
    ],
)
def test_a_step_is_told_in_words(step: str, note: str, zh: str) -> None:
    assert course.note_of(steps((step, ""))[0]._replace(note=note), WORDS["zh"]) == zh
