import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.reports.lifecycle import NEXT, Act, Part, State, after, checked, digest, needs, possible
from hub.reports.period import ReportError

PARTS = [Part("overview", "服务概况", "来访1人次。")]


def test_the_way_of_a_report() -> None:
    state: State = "draft"
    for act, who in (("edit", "甲"), ("submit", "甲"), ("approve", "乙"), ("distribute", "乙"), ("distribute", "乙")):
        state = after(state, act, who, {"甲"})  # type: ignore[arg-type]
    assert state == "distributed"
    with pytest.raises(ReportError, match="E-REP-02"):
        after(state, "withdraw", "乙", {"甲"})
    with pytest.raises(ReportError, match="E-REP-02"):
        after(state, "edit", "甲", {"甲"})


def test_whoever_wrote_a_part_does_not_approve() -> None:
    with pytest.raises(ReportError, match="E-REP-03"):
        after("submitted", "approve", "丙", {"甲", "丙"})
    assert "approve" not in possible("submitted", "丙", {"甲", "丙"})
    assert "approve" in possible("submitted", "乙", {"甲", "丙"})


def test_undoing_an_approval_takes_who_may_approve() -> None:
    assert (needs("withdraw", "submitted"), needs("withdraw", "approved")) == ("report", "supervise")


@given(st.lists(st.tuples(st.sampled_from(sorted(NEXT)), st.sampled_from("甲乙丙")), max_size=25))
@settings(max_examples=80)
def test_whatever_people_try_nobody_approves_their_own_words(tries: list[tuple[Act, str]]) -> None:
    state: State = "draft"
    writers, approver = {"甲"}, None
    for act, who in tries:
        try:
            state = after(state, act, who, writers)
        except ReportError:
            continue
        if act == "edit":
            writers.add(who)
        if act in {"approve", "withdraw"}:
            approver = who if act == "approve" else None
        assert (state in {"approved", "distributed"}) == (approver is not None)
        assert approver not in writers


def test_the_hash_holds_every_word_and_figure() -> None:
    held = digest("月研判", PARTS, b"figures")
    assert held != digest("月研判", [Part("overview", "服务概况", "来访2人次。")], b"figures")
    assert held != digest("月研判", PARTS, b"figured")
    assert held == digest("月研判", list(PARTS), b"figures")


def test_an_edit_keeps_the_sections() -> None:
    with pytest.raises(ReportError, match="E-REP-04"):
        checked([Part("other", "x", "y")], PARTS)
    with pytest.raises(ReportError, match="E-REP-04"):
        checked([Part("overview", "x", "长" * 10_000)], PARTS)
