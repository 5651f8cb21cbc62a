"""`hub incident …` as an operator of the centre uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.clock import now_ms
from hub.incidents.lifecycle import HOUR_MS
from hub.incidents.trouble import Began, Ended, Node, Told, Trouble
from hub.store.engine import writing
from hub.store.incidents import take
from tests.hub.centre import VILLAGES, Centre
from tests.hub.logged import logged

FIRST, TOWN = VILLAGES[0].code, VILLAGES[0].town
ALONE = Trouble("video", Node("station", VILLAGES[2].code))
WHOLE = Trouble("down", Node("town", TOWN))
BY = ("--by", "张三")


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    centre = Centre(tmp_path, capsys, monkeypatch)
    at_ms = now_ms()
    tell(
        centre,
        Began(ALONE, at_ms - HOUR_MS, (VILLAGES[2].code,), "picture_fault", "E-VQD-01"),
        Began(WHOLE, at_ms - 65_000, (FIRST, VILLAGES[1].code), "cut_together", "2/2"),
    )
    return centre


def tell(centre: Centre, *news: Told) -> None:
    names = {"": "测试县"} | {one.code: one.name for one in VILLAGES}
    with centre.database() as (database, ids), writing(database) as connection:
        take(connection, news, ids, names, now_ms())


def keys(centre: Centre, *words: str) -> list[str]:
    return [one["place"] for one in centre.json("incident", "list", *words)]


def key_of(centre: Centre, what: Trouble) -> str:
    found = centre.json("incident", "list", "--all")
    return str(next(one["id"] for one in found if one["place"] == what.node.place))


def test_the_list_says_what_is_open_the_most_important_first(centre: Centre) -> None:
    assert centre.runs("incident", "list") == 0
    town, village = centre.out.splitlines()[1:]
    assert town.split()[1:4] == ["2", "离线", "offline"]
    assert f"{TOWN} 全镇 town" in town
    assert "2/2" in town
    assert "1 min" in town
    assert "待签收 new" in town
    assert village.split()[1:5] == ["3", "画面异常", "picture", "fault"]
    assert "测试2镇 第1村" in village
    assert "\x1b" not in centre.out, "colours are for terminals"


def test_a_terminal_shows_what_matters_in_colour(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as a terminal is to rich
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert centre.runs("incident", "list") == 0
    town = next(line for line in centre.out.splitlines() if TOWN in line)
    assert "\x1b[33m" in town
    assert "离线 offline" in town


def test_filters(centre: Centre) -> None:
    key = key_of(centre, ALONE)
    tell(centre, Ended(ALONE, now_ms()))
    assert centre.runs("incident", "close", key, *BY) == 0
    assert keys(centre) == [TOWN]
    assert keys(centre, "--all") == [TOWN, VILLAGES[2].code]
    assert keys(centre, "--all", "--since", "0s") == [TOWN], "closed before"
    assert keys(centre, "--state", "closed") == [VILLAGES[2].code]
    assert keys(centre, "--state", "new") == [TOWN]
    assert keys(centre, "--all", "--town", "测试2镇") == [VILLAGES[2].code]
    assert keys(centre, "--station", FIRST) == [TOWN]
    assert centre.runs("incident", "list", "--town", "没有镇") == 1
    assert "E-INC-09" in centre.err
    listed = centre.folder / "stations.csv"
    listed.write_text("\n".join(one for one in listed.read_text("utf-8").splitlines() if FIRST not in one), "utf-8")
    assert keys(centre, "--station", FIRST) == [TOWN], "what it had is still there when it left the list"
    assert centre.runs("incident", "list", "--state", "lost") == 2
    assert centre.runs("incident", "list", "--since", "soon") == 2


def test_the_whole_way_by_command(centre: Centre) -> None:
    key = key_of(centre, WHOLE)
    acked = centre.json("incident", "ack", key, *BY, "--note", "先打电话", "--for", "30m")
    assert (acked["state"], acked["owner"]) == ("acknowledged", "张三")
    assert 0 < acked["acknowledged_until_ms"] - now_ms() <= HOUR_MS / 2
    sent = centre.json("incident", "dispatch", key, "--by", "李四", "--to", "供电所", "--deadline", "24h")
    assert abs(sent["deadline_ms"] - now_ms() - 24 * HOUR_MS) < 60_000
    assert centre.runs("incident", "resolve", key, *BY, "--cause", "power") == 1
    assert "E-INC-03" in centre.err
    assert "现在可以: dispatch, resolve, note" in centre.err
    tell(centre, Ended(WHOLE, now_ms()))
    assert centre.json("incident", "resolve", key, *BY, "--cause", "power")["cause"] == "power"
    assert centre.json("incident", "undo", key, *BY)["state"] == "dispatched"
    assert centre.json("incident", "resolve", key, *BY, "--cause", "broadband", "--note", "光缆")["state"] == "resolved"
    assert centre.json("incident", "close", key, "--by", "王五")["state"] == "closed"
    assert centre.json("incident", "reopen", key, *BY, "--note", "又断了")["state"] == "new"
    assert centre.runs("incident", "note", key, *BY, "--note", "等供电所回话") == 0
    assert centre.runs("incident", "show", key) == 0
    for line in (
        "P2 离线 offline",
        "研判依据 why 多村同时中断，疑似断电/断网 many villages together: power or line suspected · 2/2",
        "现在可以 possible now: ack, dispatch, resolve, note",
        "系统 hub 发现 opened 多村同时中断，疑似断电/断网 many villages together: power or line suspected 2/2",
        "张三 签收 acknowledged 先打电话",
        "李四 派单 dispatched → 供电所",
        "张三 处置完毕 resolved 停电 power 已撤回 taken back",
        "张三 撤回 taken back 处置完毕 resolved",
        "张三 处置完毕 resolved 宽带线路 broadband 光缆",
        "王五 复查销号 closed",
        "张三 退回 reopened 又断了",
        "张三 备注 noted 等供电所回话",
        "受影响村 villages: 0 现在 now, 2 共 in all",
        f"{FIRST} {TOWN} 第1村",
    ):
        assert line in centre.out
    with centre.database() as (database, _):
        words = [act.removeprefix("incident.") for _, act in logged(database, "who", "act")]
    assert words == ["ack", "dispatch", "resolve", "undo", "resolve", "close", "reopen", "note"], "nothing refused"


def test_show_as_json_has_everything(centre: Centre) -> None:
    told = centre.json("incident", "show", key_of(centre, WHOLE))
    assert told["possible"] == ["ack", "dispatch", "resolve", "note", "supervise"]
    assert [one["station"] for one in told["villages"]] == [FIRST, VILLAGES[1].code]
    assert [(one["step"], one["who"]) for one in told["steps"]] == [("opened", "")]
    assert "before" not in told


def test_what_another_has_needs_force(centre: Centre) -> None:
    key = key_of(centre, WHOLE)
    assert centre.runs("incident", "ack", key, *BY) == 0
    assert centre.runs("incident", "ack", key, "--by", "李四") == 1
    assert "E-INC-06" in centre.err
    assert "张三" in centre.err
    assert centre.json("incident", "ack", key, "--by", "李四", "--force")["owner"] == "李四"


@pytest.mark.parametrize(
    "words",
    [
        ("ack", "--for", "soon"),
        ("ack", "--note", "x" * 201),
        ("ack", "--note", "a\nb"),
        ("dispatch", "--to", " "),
        ("resolve", "--cause", "moon"),
        ("resolve", "--cause", "absorbed"),
        ("note", "--note", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(centre: Centre, words: tuple[str, ...]) -> None:
    command, *rest = words
    assert centre.runs("incident", command, key_of(centre, WHOLE), *BY, *rest) == 2


def test_times_that_cannot_be_are_refused_with_a_code(centre: Centre) -> None:
    key = key_of(centre, WHOLE)
    assert centre.runs("incident", "ack", key, *BY, "--for", "8d") == 1
    assert "E-INC-08" in centre.err
    assert centre.runs("incident", "dispatch", key, *BY, "--to", "电工", "--deadline", "2020-01-01 08:00") == 1
    assert "E-INC-08" in centre.err
    assert centre.runs("incident", "dispatch", key, *BY, "--to", "电工", "--deadline", "whenever") == 3
    assert "E-WIN-02" in centre.err
    assert centre.runs("incident", "show", "261128-999") == 1
    assert "E-INC-01" in centre.err
