"""`hub duty …` as whoever keeps the roster uses it."""

from pathlib import Path

import pytest

from hub.incidents.roster_file import COLUMNS
from tests.hub.centre import VILLAGES, Centre
from tests.hub.logged import logged

HEAD = ",".join(COLUMNS)
TOWN = VILLAGES[0].town
WORKDAYS = "1,county,,值班甲,a@county.example,周一至周五,08:00,18:00"
NIGHTS = "1,county,,值班乙,,mon-fri,18:00,08:00"
WEEKENDS = "1,county,,值班丙,,fri sat sun,18:00,18:00"
LEADERS = f"leader,county,,局长,,,,\nleader,town,{TOWN},包挂领导,,,,"


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Centre:
    return Centre(tmp_path, capsys, monkeypatch)


def file(centre: Centre, *rows: str, name: str = "roster.csv") -> Path:
    path = centre.folder / name
    path.write_text("\n".join((HEAD, *rows)) + "\n", "utf-8")
    return path


def names(centre: Centre, *words: str) -> dict[str, bool]:
    return {one["who"]: one["on_duty"] for one in centre.json("duty", "show", *words)}


def test_a_roster_comes_in_is_shown_and_goes_out_as_it_came(centre: Centre) -> None:
    path = file(centre, WORKDAYS, NIGHTS, WEEKENDS, LEADERS)
    told = centre.json("duty", "import", path, "--by", "张三")
    assert ([one["who"] for one in told["added"]], told["ended"], told["kept"]) == (
        ["值班丙", "值班乙", "值班甲", "局长", "包挂领导"], [], 0,
    )  # fmt: skip
    assert names(centre, "--at", "2099-11-27 07:59") == {  # a Friday
        "值班甲": False, "值班乙": True, "值班丙": False, "局长": True, "包挂领导": True,
    }  # fmt: skip
    assert names(centre, "--at", "2099-11-28 12:00")["值班丙"]
    with centre.database() as (database, _):
        assert logged(database, "who", "act") == [("张三", "duty.import")]
    assert centre.runs("duty", "export") == 0
    again = file(centre, *centre.out.splitlines()[1:], name="again.csv")
    told = centre.json("duty", "import", again, "--by", "张三")
    assert (told["added"], told["ended"], told["kept"]) == ([], [], 5)


def test_what_changes_is_said_and_the_roster_of_before_can_be_had_again(centre: Centre) -> None:
    assert centre.runs("duty", "import", file(centre, WORKDAYS, LEADERS), "--by", "张三") == 0
    assert "新增 added 3, 停用 ended 0, 不变 kept 0" in centre.out
    assert "该时刻全县无人值班" in centre.err
    path = file(centre, NIGHTS, LEADERS)
    assert centre.runs("duty", "import", path, "--by", "张三", "--dry-run") == 0
    assert "未导入" in centre.err
    assert "停用 ended" in centre.out
    assert set(names(centre)) == {"值班甲", "局长", "包挂领导"}
    assert centre.runs("duty", "import", path, "--by", "张三") == 0
    assert "新增 added 1, 停用 ended 1, 不变 kept 2" in centre.out
    assert set(names(centre)) == {"值班乙", "局长", "包挂领导"}
    with centre.database() as (database, _), database.writer.begin() as connection:  # a while goes by
        connection.exec_driver_sql("UPDATE duty SET made_ms = made_ms - 600000, ended_ms = ended_ms - 120000")
    assert centre.runs("duty", "export", "--at", "-5m") == 0
    assert "值班甲" in centre.out
    assert centre.runs("duty", "export") == 0
    assert "值班甲" not in centre.out


def test_a_line_for_a_place_that_is_no_more_is_said(centre: Centre) -> None:
    assert centre.runs("duty", "import", file(centre, WORKDAYS, LEADERS), "--by", "张三") == 0
    assert centre.runs("duty", "show") == 0
    assert "本县已无此地" not in centre.err
    listed = centre.folder / "stations.csv"
    listed.write_text(listed.read_text("utf-8").replace(TOWN, "新名镇"), "utf-8")
    assert centre.runs("duty", "show") == 0
    assert f"{TOWN}: not of the county any more" in centre.err


def test_a_roster_with_a_wrong_line_changes_nothing(centre: Centre) -> None:
    assert centre.runs("duty", "import", file(centre, WORKDAYS, LEADERS), "--by", "张三") == 0
    bad = file(centre, NIGHTS, "1,town,没有镇,值班丁,,,,", name="bad.csv")
    assert centre.runs("duty", "import", bad, "--by", "张三") == 3
    assert "E-DUTY-03" in centre.err
    assert "bad.csv:3: place '没有镇'" in centre.err
    assert "值班甲" in names(centre)


def test_who_is_on_duty_now_stands_out_and_gaps_are_said(centre: Centre) -> None:
    assert centre.runs("duty", "show") == 0
    assert "该时刻全县无人值班" in centre.err
    assert "没有全县的包挂领导" in centre.err
    assert centre.runs("duty", "import", file(centre, WORKDAYS, NIGHTS, WEEKENDS, LEADERS), "--by", "张三") == 0
    assert centre.err == ""
    assert centre.runs("duty", "show") == 0
    assert "● 当值 yes" in centre.out
    assert "领导 leader" in centre.out
    assert centre.err == ""
