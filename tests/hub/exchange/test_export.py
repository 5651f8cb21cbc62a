"""`hub export`: masked, formula-proof, only what is new, and how complete it is."""

import csv
import io
import json

import pytest
from sqlalchemy import text

from hub.clock import now_ms
from hub.exchange.outgoing import OUT
from hub.exchange.quality import quality_of
from hub.ingest.handle import Arrived, handle
from hub.store.cases import NewStep, add_step
from hub.store.engine import reading, writing
from hub.store.intake import store
from hub.store.outgoing import Entered
from hub.visits.day import DAY_MS
from tests.hub.centre import VILLAGES, Centre
from tests.hub.exchange.conftest import PRIVATE
from tests.hub.people import ANNA, EPOCH, Kiosk, batch
from wire.codec import encode
from wire.records import Visit

KIOSK = Kiosk(PRIVATE.public_key)


def arrive(centre: Centre, *visits: Visit, first: int = 1, ago_ms: int = 3_600_000) -> None:
    with centre.database() as (database, ids), writing(database) as connection:
        at_ms = now_ms()
        payload = encode(batch(*visits, first=first, at_ms=at_ms - ago_ms))
        arrived = Arrived(f"v1/{VILLAGES[0].code}/up/records", payload, False, 1, 1, 1, at_ms)
        store(connection, [handle(arrived, ids)], ids)


def visit(number: int, **more: object) -> Visit:
    told = {"matter": "neighbours", "words": KIOSK.words("=HYPERLINK(1)")} | more
    return KIOSK.visit(f"12-{number:05d}-1", ANNA, **told)


def exports(centre: Centre, name: str, *more: str) -> list[dict[str, str]]:
    path = centre.folder / name
    assert centre.runs("export", path, "--by", "测试员", *more) == 0, centre.err
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_visits_go_out_masked_with_what_became_of_them(centre: Centre) -> None:
    arrive(centre, visit(1), KIOSK.visit("12-00002-1", None))
    with centre.database() as (database, _), writing(database) as connection:
        add_step(connection, NewStep(1, now_ms(), "测试员", "answered", None))
    first, second = exports(centre, "a.csv")
    assert list(first) == [heading for heading, _ in OUT["visits"].values()]
    assert (first["姓名"], first["证件号"], first["电话"], first["诉求内容"]) == ("测**", "999999********0021", "", "")
    assert (first["来源渠道代码"], first["事项名称"], first["办理状态"]) == ("C1", "邻里", "answered")
    assert first["记录编号"] == f"{VILLAGES[0].code}:{EPOCH}:12-00001-1"
    assert 3_590 < int(first["录入延迟（秒）"]) < 3_610
    assert (second["身份方式"], second["姓名"], second["答复时间"]) == ("anonymous", "", "")
    assert (centre.folder / "a.csv").stat().st_mode & 0o077 == 0
    for spelled in (ANNA.name, ANNA.id_number):
        assert spelled not in (centre.folder / "a.csv").read_text("utf-8-sig")


def test_only_what_is_new_or_changed_since_the_last_export_goes_out(centre: Centre) -> None:
    arrive(centre, visit(1), visit(2))
    assert len(exports(centre, "a.csv", "--since-last")) == 2
    assert exports(centre, "b.csv", "--since-last") == []
    arrive(centre, visit(3), first=3)
    with centre.database() as (database, _), writing(database) as connection:
        add_step(connection, NewStep(1, now_ms(), "测试员", "closed", None))
    assert [one["受理编号"] for one in exports(centre, "c.csv", "--since-last")] == ["12-00001-1", "12-00003-1"]
    assert exports(centre, "d.csv", "--since-last") == []
    assert len(exports(centre, "e.csv", "--from", "-1d")) == 3, "a period does not ask what went out before"


def test_an_export_that_could_not_be_written_is_no_export(centre: Centre) -> None:
    arrive(centre, visit(1))
    assert centre.runs("export", centre.folder / "no" / "a.csv", "--by", "x", "--since-last") == 1
    assert "E-FILE-02" in centre.err
    assert len(exports(centre, "a.csv", "--since-last")) == 1
    assert centre.runs("export", centre.folder / "a.csv", "--by", "x") == 1
    assert "E-FILE-01" in centre.err


def test_identities_go_out_only_with_a_reason_that_is_kept_first(centre: Centre) -> None:
    arrive(centre, visit(1))
    assert centre.runs("export", centre.folder / "a.json", "--by", "测试员", "--whole") == 2
    (row,) = exports(centre, "a.csv", "--whole", "--reason", "省平台要求")
    assert (row["姓名"], row["证件号"]) == (ANNA.name, ANNA.id_number)
    assert row["诉求内容"] == "'=HYPERLINK(1)", "a spreadsheet does not carry it out"
    with centre.database() as (database, _), reading(database.reader) as connection:
        seen = connection.execute(text("SELECT who, reason FROM visit_viewing")).all()
        deeds = connection.execute(text("SELECT act, subject, reason FROM audit")).all()
    assert list(seen) == [("测试员", "省平台要求")]
    assert ("record.export", "visits csv whole", "省平台要求") in list(deeds)


def test_json_names_its_fields(centre: Centre) -> None:
    arrive(centre, visit(1))
    path = centre.folder / "a.json"
    assert centre.runs("export", path, "--by", "测试员", "--format", "json") == 0
    told = json.loads(path.read_text("utf-8"))
    assert set(told["records"][0]) == set(told["fields"]) == set(OUT["visits"])
    empty = centre.folder / "b.json"
    assert centre.runs("export", empty, "--by", "测试员", "--format", "json", "--what", "incidents") == 0
    assert json.loads(empty.read_text("utf-8"))["records"] == []


def test_completeness_and_delay_are_those_of_the_records(centre: Centre) -> None:
    full, none = (True,) * 5, (False,) * 5
    told = [
        Entered("hotline", 0, 60_000, full),
        Entered("hotline", 0, 2 * DAY_MS, none),
        Entered("hotline", None, 5, full),
    ]
    kiosk, hotline, provincial = quality_of(told)
    assert (hotline.records, hotline.dated, hotline.median_ms, hotline.p95_ms) == (3, 2, 60_000, 2 * DAY_MS)
    assert hotline.complete == pytest.approx(2 / 3)
    assert hotline.within_day == 0.5
    assert (kiosk.records, kiosk.complete, provincial.within_day) == (0, None, None)
    arrive(centre, visit(1))
    assert centre.runs("export", "--what=quality", "--json") == 0
    said = json.loads(centre.out)
    assert (said[0]["source"], said[0]["records"], said[0]["filled"]["matter"]) == ("kiosk", 1, 1)
