"""The list of villages."""

from pathlib import Path

import pytest
from sqlalchemy import select

from hub.errors import HubError
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.stations import Village, enrol, read_villages

HEAD = "code,name,town\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "stations.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_reading(tmp_path: Path, mark: str):
    path = write(tmp_path, mark + HEAD + "999999101001, 第1村 ,测试镇\n999999101001-2,第1村,测试镇\n")
    assert read_villages(path, "999999") == [
        Village("999999101001", "第1村", "测试镇"),
        Village("999999101001-2", "第1村", "测试镇"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        pytest.param("name,town\nx,y\n", "E-HUB-02", ":1", id="a column is missing"),
        pytest.param("", "E-HUB-02", ":1", id="empty"),
        pytest.param(HEAD, "E-HUB-04", "", id="no village"),
        pytest.param(HEAD + "999999101001,第1村,测试镇\n12,x,y\n", "E-HUB-03", ":3", id="a code too short"),
        pytest.param(HEAD + "999999101001,,测试镇\n", "E-HUB-03", ":2", id="no name"),
        pytest.param(HEAD + "999999101001,第1村\n", "E-HUB-03", ":2", id="a row too short"),
        pytest.param(HEAD + f"999999101001,{'长' * 65},测试镇\n", "E-HUB-03", ":2", id="a name too long"),
        pytest.param(HEAD + "999999101001,a,b\n\n999999101001,c,d\n", "E-HUB-04", ":4", id="a code twice"),
        pytest.param(HEAD + "888888101001,a,b\n", "E-HUB-04", ":2", id="another county's"),
        pytest.param(HEAD.encode() + "999999101001,第1村,镇".encode("gbk"), "E-HUB-01", "", id="not utf-8"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(tmp_path: Path, text: str | bytes, code: str, where: str):
    with pytest.raises(HubError) as caught:
        read_villages(write(tmp_path, text), "999999")
    assert caught.value.code == code
    assert f"stations.csv{where}:" in str(caught.value)


def test_a_missing_list_is_said(tmp_path: Path):
    with pytest.raises(HubError, match="E-HUB-01"):
        read_villages(tmp_path / "none.csv", "999999")


def test_a_station_keeps_its_key_through_renaming_and_leaving_the_list(database: Database):
    first, second = Village("999999101001", "旧名", "甲镇"), Village("999999101002", "二村", "甲镇")
    with writing(database) as connection:
        before = enrol(connection, [first, second])
        assert enrol(connection, [first._replace(name="新名")]) == {first.code: before[first.code]}
        assert enrol(connection, [first._replace(name="新名"), second]) == before
        enrol(connection, [first._replace(name="新名")])
    with reading(database.reader) as connection:
        rows = connection.execute(select(t.station.c.name, t.station.c.enrolled).order_by(t.station.c.code)).all()
    assert [tuple(row) for row in rows] == [("新名", True), ("二村", False)]


def test_the_real_villages_are_read(shared: Path):
    assert len(read_villages(shared / "villages" / "jianhu_villages.csv", "320925")) == 248
