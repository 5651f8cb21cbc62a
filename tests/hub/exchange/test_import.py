"""`hub import`: tried first, all or nothing, each ticket once, nothing personal in the clear on the disk."""

from pathlib import Path

import pytest
from sqlalchemy import text

from hub.store.audit import AuditLog
from hub.store.casework_tickets import erase_tickets
from hub.store.engine import reading, writing
from hub.store.exchanges import ExchangesReader
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from tests.hub.centre import VILLAGES, Centre

HEAD = "工单编号,受理时间,来源渠道,服务类型,村居编码,办理状态,更新时间,姓名,电话,证件号,诉求内容,满意度"
NAME, PHONE, NUMBER, WORDS = "测试甲", "0000-000000", "999999190002300021", "邻居家的水排到我家院子"
PERSONAL = (NAME, PHONE, NUMBER, WORDS)


def row(number: str = "T-1", state: str = "已收到", changed: str = "", **differently: str) -> str:
    told = {"at": "2026-11-27 09:30", "channel": "电话", "grade": ""} | differently
    cells = [
        number,
        told["at"],
        told["channel"],
        "法律咨询",
        VILLAGES[0].code,
        state,
        changed,
        *PERSONAL,
        told["grade"],
    ]
    return ",".join(cells)


def file(centre: Centre, *rows: str) -> Path:
    path = centre.folder / "tickets.csv"
    path.write_text("\n".join((HEAD, *rows)) + "\n", "gbk")
    return path


def imports(centre: Centre, path: Path, *more: str) -> int:
    return centre.runs("import", path, "--platform", "hotline", "--by", "测试员", *more)


def count(centre: Centre, query: str = "SELECT count(*) FROM ticket") -> int:
    with centre.database() as (database, _), reading(database.reader) as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_a_file_is_tried_then_taken_and_then_known(centre: Centre, unsealer: Unsealer) -> None:
    path = file(centre, row(), row("T-2", grade="5"))
    assert imports(centre, path) == 0
    assert "2 可导入" in centre.out
    assert count(centre) == 0, "only tried"
    assert imports(centre, path, "--take") == 0
    assert "2 新增" in centre.out
    assert imports(centre, path, "--take") == 0
    assert "0 新增 new, 0 更新 updated, 2 未变" in centre.out
    assert "imported before" in centre.err
    with centre.database() as (database, _):
        first, second = ExchangesReader(database.reader).tickets(10)
        assert (first.external_id, first.rating, second.rating) == ("T-2", 5, None)
        assert (second.town, second.station) == (VILLAGES[0].town, VILLAGES[0].code)
        assert second.person is not None
        assert second.said is not None
        mask = unsealer.mask(second.person)
        assert mask is not None
        assert (mask.name, mask.id_number) == ("测**", "999999********0021")
        opened, said = unsealer.identity(second.person), unsealer.words(second.said)
        assert opened is not None
        assert said is not None
        assert (opened.name, opened.phone, opened.id_number, said.text) == (*PERSONAL[:3], WORDS)
        entry, *_ = AuditLog(database.reader, unsealer.secret_for(b"audit")).page(9)
        assert (entry.act, entry.who, entry.reason) == ("ticket.import", "测试员", "2/2")
        runs = ExchangesReader(database.reader).runs(5)
        assert [(run.way, run.rows, run.stored, run.unchanged) for run in runs] == [("in", 2, 0, 2), ("in", 2, 2, 0)]


def test_nothing_personal_stands_in_the_database_or_in_what_is_said(centre: Centre) -> None:
    assert (
        imports(
            centre,
            file(centre, row(), row("T-2", at="gestern")),
            "--skip-bad",
            str(centre.folder / "bad.csv"),
            "--take",
        )
        == 0
    )
    said = centre.out + centre.err + (centre.folder / "bad.csv").read_text("utf-8-sig")
    kept = b"".join(path.read_bytes() for path in centre.folder.glob("hub.sqlite3*"))
    for word in PERSONAL:
        assert word not in said
        assert word.encode() not in kept


def test_a_wrong_row_keeps_all_others_out_unless_it_is_to_be_skipped(centre: Centre) -> None:
    path, bad = file(centre, row(), row("T-2", channel="鸽子"), row("T-3")), centre.folder / "bad.csv"
    assert imports(centre, path) == 1
    assert "第 3 行 line 3: channel 来源渠道: not one of those known" in centre.err
    assert imports(centre, path, "--take") == 1
    assert "E-EXC-05" in centre.err
    assert count(centre) == 0
    assert imports(centre, path, "--take", "--skip-bad", str(bad)) == 0
    assert count(centre) == 2
    assert bad.read_text("utf-8-sig").splitlines()[1].startswith("3,")
    assert bad.stat().st_mode & 0o077 == 0
    assert imports(centre, path, "--take", "--skip-bad", str(bad)) == 1
    assert "E-FILE-01" in centre.err, "a file that is there is not overwritten"


def test_a_ticket_moves_on_and_an_older_word_of_it_changes_nothing(centre: Centre) -> None:
    imports(centre, file(centre, row(changed="2026-11-27 10:00")), "--take")
    imports(centre, file(centre, row(state="已答复", changed="2026-11-27 12:00")), "--take")
    assert "1 更新" in centre.out
    imports(centre, file(centre, row(state="办理中", changed="2026-11-27 11:00")), "--take")
    assert "1 较旧未用" in centre.out
    with centre.database() as (database, _):
        (ticket,) = ExchangesReader(database.reader).tickets(10)
        assert ticket.state == "answered"
        assert ExchangesReader(database.reader).tickets(10, towns=frozenset({VILLAGES[2].town})) == []


def test_the_same_number_of_another_platform_is_another_ticket(centre: Centre) -> None:
    path = file(centre, row())
    imports(centre, path, "--take")
    assert centre.runs("import", path, "--platform", "provincial", "--by", "测试员", "--take") == 0
    assert count(centre) == 2


def test_a_persons_tickets_are_found_and_once_erased_no_file_brings_them_back(
    centre: Centre, unsealer: Unsealer
) -> None:
    imports(centre, file(centre, row(), row("T-2")), "--take")
    key = PersonIndex(unsealer).key_of_number(NUMBER)
    assert key is not None
    with centre.database() as (database, _):
        reader = ExchangesReader(database.reader)
        found = reader.tickets(10, person_key=key)
        assert len(found) == 2
        with writing(database) as connection:
            assert erase_tickets(connection, [one.id for one in found]) == 2
    imports(centre, file(centre, row(state="已办结"), row("T-2"), row("T-3")), "--take")
    assert "1 新增 new, 1 更新 updated, 1 未变" in centre.out
    with centre.database() as (database, _):
        reader = ExchangesReader(database.reader)
        assert [one.external_id for one in reader.tickets(10, person_key=key)] == ["T-3"]
        moved = next(one for one in reader.tickets(10) if one.external_id == "T-1")
        assert (moved.state, moved.person, moved.said) == ("closed", None, None), "it moves on, without its person"


@pytest.mark.parametrize("words", [[], ["--platform", "hotline"], ["--platform", "elsewhere", "--by", "x"]])
def test_what_is_missing_is_asked_for(centre: Centre, words: list[str]) -> None:
    assert centre.runs("import", file(centre, row()), *words) == 2
