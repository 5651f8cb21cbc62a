"""The duty roster as a file: as people write it, whole or not at all, each wrong line named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.health.every import WEEKDAYS
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster
from hub.incidents.roster_file import COLUMNS, Place, RosterError, clock, read_days, read_roster, written_roster
from hub.incidents.trouble import Node
from tests.hub.incidents.made_up import T0, TOWN, VILLAGES

HEAD = ",".join(COLUMNS)
PLACES = Place({TOWN}, set(VILLAGES))
ALWAYS = ",".join(WEEKDAYS)
GOOD = f"""{HEAD}
1,county,,值班甲,a@county.example,周一至周五,08:00,18:00
1,county,,值班乙,,mon-fri,18:00,08:00
2,镇,{TOWN},镇长,,sat sun,,
leader,county,,局长,boss@county.example,,,
领导,town,{TOWN},包挂领导,,,,
1,station,{VILLAGES[0]},村主任,,daily,6:30,24:00
"""


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "roster.csv"
    path.write_text(text, encoding)
    return path


def test_a_roster_is_read_as_people_write_it(tmp_path: Path) -> None:
    duties = read_roster(file(tmp_path, GOOD, "utf-8-sig"), PLACES)
    assert duties == [
        Duty(1, Node("county"), "值班甲", "a@county.example", "mon,tue,wed,thu,fri", 480, 1080),
        Duty(1, Node("county"), "值班乙", None, "mon,tue,wed,thu,fri", 1080, 480),
        Duty(2, Node("town", TOWN), "镇长", None, "sat,sun", 0, 1440),
        Duty(LEADER, Node("county"), "局长", "boss@county.example", ALWAYS, 0, 1440),
        Duty(LEADER, Node("town", TOWN), "包挂领导", None, ALWAYS, 0, 1440),
        Duty(1, Node("station", VILLAGES[0]), "村主任", None, ALWAYS, 390, 1440),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("0,county,,甲,,,,", "level '0'"),
        ("9,county,,甲,,,,", "level '9'"),
        ("一,county,,甲,,,,", "level '一'"),
        ("1,region,,甲,,,,", "scope 'region'"),
        ("1,county,测试1镇,甲,,,,", "leave it empty"),
        ("1,town,别镇,甲,,,,", "place '别镇'"),
        ("1,station,999999101009,甲,,,,", "place '999999101009'"),
        ("1,county,,,,,,", "who"),
        (f"1,county,,{'甲' * 65},,,,", "who"),
        ("1,county,,=cmd(),,,,", "who"),
        ("1,county,,甲,a@b@c,,,", "mail"),
        ("1,county,,甲,a b@c.example,,,", "mail"),
        ("1,county,,甲,a..b@c.example,,,", "mail"),
        (f"1,town,{TOWN},值班甲,b@county.example,,,", "another mail"),
        ("1,county,,甲,,mon-fun,,", "'fun'"),
        ("1,county,,甲,,周八,,", "周八"),
        ("1,county,,甲,,mon--fri,,", "days"),
        ("1,county,,甲,,,24:00,", "from"),
        ("1,county,,甲,,,,00:00", "from"),
        ("1,county,,甲,,,8 am,", "'8 am'"),
        ("1,county,,甲,,,,24:01", "'24:01'"),
        ("1,county,,甲,,,", "8 values"),
        ("1,county,,甲,,,,,", "8 values"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_taken(tmp_path: Path, row: str, why: str) -> None:
    path = file(tmp_path, f"{GOOD}{row}\n")
    with pytest.raises(RosterError) as caught:
        read_roster(path, PLACES)
    assert caught.value.code == "E-DUTY-03"
    assert f"{path}:8: " in str(caught.value)
    assert why in str(caught.value)


def test_every_wrong_line_is_named_and_one_that_stands_twice(tmp_path: Path) -> None:
    path = file(tmp_path, f"{GOOD}x,county,,甲,,,,\n1,county,,值班乙,,mon-fri,18:00,08:00\n")
    with pytest.raises(RosterError, match=r"(?s)2 rows.*:8: level.*:9: the same as line 3"):
        read_roster(path, PLACES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E-DUTY-02"),
        ("level,scope\n1,county\n", "E-DUTY-02"),
        (f"{HEAD},more\n", "E-DUTY-02"),
        (f"{HEAD}\n", "E-DUTY-04"),
        (f"{HEAD}\n" + "x" * 140_000, "E-DUTY-01"),
    ],
    ids=["empty", "columns missing", "a column too many", "nobody", "no CSV"],
)
def test_what_is_no_roster_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(RosterError) as caught:
        read_roster(file(tmp_path, text), PLACES)
    assert caught.value.code == code


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="E-DUTY-01"):
        read_roster(tmp_path / "none.csv", PLACES)
    (tmp_path / "gbk.csv").write_bytes(GOOD.encode("gbk"))
    with pytest.raises(RosterError, match="not UTF-8"):
        read_roster(tmp_path / "gbk.csv", PLACES)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", ALWAYS),
        ("每天", ALWAYS),
        ("Mon", "mon"),
        ("sat-mon", "mon,sat,sun"),
        ("周一、三、周五", "mon,wed,fri"),
        ("星期六，星期天", "sat,sun"),
        ("一到三;日", "mon,tue,wed,sun"),
        ("fri-fri", "fri"),
    ],
)
def test_weekdays_as_people_write_them(text: str, days: str) -> None:
    assert read_days(text) == days


ROWS = st.builds(
    Duty,
    st.integers(1, LEADER),
    st.sampled_from([Node("county"), Node("town", TOWN), Node("station", VILLAGES[1])]),
    st.text("甲乙丙 ,\"'", min_size=1, max_size=8).map(str.strip).filter(bool),
    st.sampled_from([None, "a@county.example"]),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(lambda days: ",".join(d for d in WEEKDAYS if d in days)),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


@settings(max_examples=40)
@given(duties=st.lists(ROWS, min_size=1, max_size=6, unique=True))
def test_what_is_written_is_read_again(duties: list[Duty], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = file(tmp_path_factory.getbasetemp(), written_roster(duties))
    assert read_roster(path, PLACES) == duties


def test_the_example_reads_and_leaves_no_gap() -> None:
    duties = read_roster(Path(__file__).parents[3] / "docs" / "examples" / "duty.csv", PLACES)
    roster = Roster(duties)
    assert len(duties) == 7
    assert roster.gap_ms(T0) is None
    assert [duty.who for duty in roster.leaders((Node("town", TOWN), COUNTY), T0)] == ["包挂领导"]


def test_the_last_minute_is_twenty_four() -> None:
    assert [clock(minute) for minute in (0, 390, 1440)] == ["00:00", "06:30", "24:00"]
