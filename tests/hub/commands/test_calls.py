"""`hub calls …` as somebody at the centre's machine uses it."""

from pathlib import Path

import pytest

from hub.clock import now_ms
from hub.store.engine import writing
from tests.hub.centre import VILLAGES, Centre
from tests.hub.logged import logged
from tests.hub.web.acting import pressed

FIRST = VILLAGES[0]
BY = ("--by", "测试甲")


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Centre:
    centre = Centre(tmp_path, capsys, monkeypatch)
    with centre.database() as (database, ids), writing(database) as connection:
        pressed(connection, ids[FIRST.code], "c1", now_ms() - 65_000)
    return centre


def test_a_call_is_listed_taken_and_closed_with_what_it_was(centre: Centre) -> None:
    assert centre.runs("calls", "list") == 0
    for said in (FIRST.code, FIRST.town, "1 min", "待签收 waiting"):
        assert said in centre.out
    assert centre.runs("calls", "ack", "1", *BY) == 0
    assert centre.runs("calls", "dispatch", "1", *BY, "--to", "派出所") == 0
    assert centre.runs("calls", "note", "1", *BY, "--note", "已到现场") == 0
    assert centre.runs("calls", "close", "1", *BY, "--outcome", "handled", "--matter", "sudden") == 0
    assert "已处置 handled" in centre.out
    assert centre.json("calls", "list") == []
    (one,) = centre.json("calls", "list", "--all")
    told = (one["state"], one["acknowledged_by"], one["dispatched_to"], one["outcome"], one["matter"])
    assert told == ("closed", "测试甲", "派出所", "handled", "sudden")
    with centre.database() as (database, _):
        done = ["ack", "dispatch", "note", "close"]
        assert logged(database, "who", "act") == [("测试甲", f"call.{word}") for word in done]


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        pytest.param(("ack", "7", *BY), "E-CALL-01", id="no such call"),
        pytest.param(("close", "1", *BY, "--outcome", "drill"), "E-CALL-03", id="before anybody took it"),
    ],
)
def test_what_cannot_be_done_is_refused(centre: Centre, words: tuple[str, ...], refused: str) -> None:
    assert centre.runs("calls", *words) == 1
    assert refused in centre.err
