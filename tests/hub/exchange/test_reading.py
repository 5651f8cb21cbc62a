"""Files of other platforms, as people and machines send them: read, or refused with what to do."""

import csv
import io
import json
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.exchange.fields import FIELDS, HEADINGS, SERVICES, STATE
from hub.exchange.reading import MOST_BYTES, MOST_ROWS, FileError, rows_of
from hub.exchange.tickets import Refused, Ticket, places_of, ticket_of, tickets_of
from hub.visits.matters import RECEIVED, STATES
from wire.records import Service

NOW = 1_795_851_000_000  # 2026-11-28
PLACES = places_of({"999999101001": "测试1镇", "999999102001": "测试2镇"})
HEAD = "工单编号,受理时间,来源渠道,服务类型"
ROW = "T-1,2026-11-27 09:30,电话,法律咨询"


def one(text: str, extra: str = "", value: str = "") -> Ticket | Refused:
    head, row = (HEAD + extra, text + value)
    return ticket_of(rows_of(f"{head}\n{row}\n".encode())[0], "hotline", PLACES, NOW)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{HEAD}\n{ROW}\n".encode(), id="UTF-8"),
        pytest.param(f"{HEAD}\r\n{ROW}\r\n".encode("utf-8-sig"), id="UTF-8 with BOM, lines of Windows"),
        pytest.param(f"{HEAD}\n{ROW}\n".encode("gbk"), id="GBK"),
        pytest.param(f"\n{HEAD}\n\n{ROW}\n,,,\n".encode(), id="empty lines"),
        pytest.param(f"{HEAD}\n{ROW}\n".replace(",", "\t").encode("gbk"), id="tabs"),
        pytest.param(f"{HEAD}\n{ROW}\n".replace(",", ";").encode(), id="semicolons"),
        pytest.param(f"{HEAD}\n{ROW}\n".replace(",", "，").encode(), id="Chinese commas"),
        pytest.param(
            b'[{"external_id": "T-1", "at": "2026-11-27 09:30", "channel": "phone", "service": "legal_advice"}]',
            id="JSON",
        ),
        pytest.param(
            json.dumps({"records": [dict(zip(HEAD.split(","), ROW.split(","), strict=True))]}).encode(),
            id="JSON with Chinese names",
        ),
    ],
)
def test_the_same_ticket_is_read_from_every_form(data: bytes) -> None:
    (row,) = rows_of(data)
    ticket = ticket_of(row, "hotline", PLACES, NOW)
    assert isinstance(ticket, Ticket), ticket.told
    assert (ticket.external_id, ticket.channel, ticket.service) == ("T-1", "phone", "legal_advice")
    assert ticket.at_ms == 1_795_743_000_000, "09:30 in China"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "E-EXC-01", id="nothing"),
        pytest.param(b"x" * (MOST_BYTES + 1), "E-EXC-01", id="too large"),
        pytest.param(f"{HEAD}\n".encode() + f"{ROW}\n".encode() * (MOST_ROWS + 1), "E-EXC-01", id="too many rows"),
        pytest.param(f"{HEAD}\n".encode(), "E-EXC-01", id="a heading alone"),
        pytest.param(b"\xef\xbb\xbf\xff\xfe", "E-EXC-02", id="a BOM that lies"),
        pytest.param(HEAD.encode("utf-16"), "E-EXC-02", id="UTF-16"),
        pytest.param(b"PK\x03\x04\0\0\0\0\xff", "E-EXC-02", id="a spreadsheet instead of a CSV"),
        pytest.param(f"{HEAD},天气\n{ROW},晴\n".encode(), "E-EXC-03", id="a column nobody knows"),
        pytest.param(f"{HEAD},编号\n{ROW},2\n".encode(), "E-EXC-03", id="a field twice"),
        pytest.param("工单编号,受理时间\nT,2026-11-27\n".encode(), "E-EXC-03", id="a needed column is missing"),
        pytest.param(f'{HEAD}\n"{ROW}\n'.encode(), "E-EXC-04", id="a quote that does not end"),
        pytest.param(b"[1, 2", "E-EXC-04", id="half a JSON"),
        pytest.param(b'{"a": 1}', "E-EXC-04", id="JSON that is no list"),
        pytest.param(b"[" * 5_000, "E-EXC-04", id="nested without an end"),
    ],
)
def test_a_file_that_needs_guessing_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FileError, match=code):
        rows_of(data)


@pytest.mark.parametrize(
    ("extra", "value", "said"),
    [
        pytest.param(",村居编码", ",999999109009", "no such station", id="a village of nobody"),
        pytest.param(",乡镇", ",别的镇", "no such town", id="a town of nobody"),
        pytest.param(",村居编码,乡镇", ",999999101001,测试2镇", "not the village's town", id="village and town differ"),
        pytest.param(",答复时间", ",2026-11-26", "before it was taken", id="answered before it was asked"),
        pytest.param(",满意度", ",6", "not one of those", id="a grade beyond the scale"),
        pytest.param(",电话", ",打不通", "no telephone number", id="no telephone"),
        pytest.param(",证件号", ",1234", "15 or 18", id="no id number"),
        pytest.param(",姓名", "," + "长" * 65, "at most 64", id="too long"),
        pytest.param(",姓名", ",甲\x07", "printable", id="a control sign"),
        pytest.param(",满意度", "", "columns", id="a cell is missing"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_field(extra: str, value: str, said: str) -> None:
    refused = one(ROW, extra, value)
    assert isinstance(refused, Refused)
    assert said in refused.told
    assert refused.line == 2
    assert "打不通" not in refused.told, "what stood there is not repeated"


@pytest.mark.parametrize("at", ["1999-12-31", "2026-11-30", "2026-02-30", "昨天", "2026-11-27 25:00", "27.11.2026"])
def test_a_time_that_cannot_be_is_refused(at: str) -> None:
    assert isinstance(one(f"T-1,{at},电话,法律咨询"), Refused)


@pytest.mark.parametrize("at", ["2026-11-27 09:30:00", "2026/11/27 9:30", "2026年11月27日 09:30", "2026-11-27T09:30"])
def test_times_are_read_as_platforms_write_them(at: str) -> None:
    ticket = one(f"T-1,{at},电话,法律咨询")
    assert isinstance(ticket, Ticket)
    assert ticket.at_ms == 1_795_743_000_000


def test_every_wrong_field_of_a_row_is_said_at_once_and_a_number_given_twice_refuses_both() -> None:
    refused = one("?,gestern,鸽子,算命")
    assert isinstance(refused, Refused)
    assert len(refused.reasons) == 4
    other = ROW.replace("T-1", "T-2")
    tickets, bad = tickets_of(rows_of(f"{HEAD}\n{ROW}\n{other}\n{ROW}\n".encode()), "hotline", PLACES, NOW)
    assert [ticket.line for ticket in tickets] == [3]
    assert [one.line for one in bad] == [2, 4]
    assert "2, 4" in bad[0].told


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(
        st.tuples(st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True), st.text(st.characters(codec="utf-8"), max_size=40)),
        min_size=1,
        max_size=8,
        unique_by=lambda cell: cell[0],
    )
)
def test_whatever_people_write_a_csv_of_it_is_read_back_or_refused_row_by_row(cells: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*HEAD.split(","), "诉求内容"])
    writer.writerows([number, "2026-11-27", "电话", "法律咨询", said] for number, said in cells)
    rows = rows_of(text.getvalue().encode())
    tickets, refused = tickets_of(rows, "hotline", PLACES, NOW)
    assert len(tickets) + len(refused) == len(rows) == len(cells)
    said = {number: text.strip() for number, text in cells}
    assert all(ticket.words == said[ticket.external_id] for ticket in tickets)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(FileError):
        rows_of(data)


def test_the_dictionary_holds_every_service_and_state_and_no_heading_twice() -> None:
    services = get_args(Service)
    assert set(SERVICES) == set(services)
    assert set(STATE) == {RECEIVED, *STATES}
    assert len(HEADINGS) == sum(2 + len(field.also) for field in FIELDS)
    words = [word for field in FIELDS for choice in field.choices.values() for word in (choice.zh, *choice.also)]
    per_field = [word for field in FIELDS for word in {w for c in field.choices.values() for w in (c.zh, *c.also)}]
    assert len(words) == len(per_field), "a word means one thing in a field"
