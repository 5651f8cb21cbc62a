"""Sheets as people save them, and as nobody should: read, or refused with a line; never a crash."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_config.inventory.entry import Entry
from firmware_config.inventory.planning import cells_of, plan_of
from firmware_config.inventory.spreadsheet import COLUMNS, TEMPLATE_ROWS, read_sheet, sheet_of
from tests.faults.mutants import mutated
from tests.faults.provisioning_files import read_a_sheet

ROW = "999999101001,测试一村,测试镇"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param('="999999101001",a,b', "999999101001", id="as a formula, which keeps Excel from counting"),
        pytest.param("'999999101001,a,b", "999999101001", id="with an apostrophe"),
        pytest.param("９９９９９９１０１００１－２,a,b", "999999101001-2", id="full-width digits and dash"),
        pytest.param("999999 101001–2,a,b", "999999101001-2", id="a blank and a long dash"),
    ],
)
def test_a_code_is_read_however_it_was_typed(text: str, code: str) -> None:
    plan = plan_of(read_sheet(f"code,name,town\n{text}\n".encode()).rows, {}, None)
    assert ([edit.after.code for edit in plan.added], plan.flaws) == ([code], [])


def test_columns_like_ours_are_asked_about_and_others_left_out() -> None:
    sheet = read_sheet(f"code,name,town,pirnter,电话\n{ROW},x,12348\n".encode())
    assert [(flaw.code, "printer" in flaw.what) for flaw in sheet.flaws] == [("E-INV-02", True)]
    sheet = read_sheet(f"code,name,town,电话\n{ROW},12348\n".encode())
    assert (sheet.flaws, sheet.ignored) == ([], ["电话"])


def test_a_column_that_is_not_there_stays_and_an_empty_cell_empties() -> None:
    before = Entry("999999101001", "测试一村", "测试镇", printer="HP", note="n")
    rows = read_sheet(f"code,name,town,note\n{ROW},\n".encode()).rows
    (edit,) = plan_of(rows, {before.code: before}, "999999").changed
    assert (edit.after.printer, edit.after.note) == ("HP", "")


names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=60)
@given(
    names=st.lists(names, min_size=1, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_a_sheet_written_is_the_sheet_read(names: list[str], encoding: str) -> None:
    entries = {
        code: Entry(code, name, name[::-1], panel="800x480", note=name, printer=name)
        for code, name in ((f"999999101{at:03d}", name) for at, name in enumerate(names))
    }
    text = sheet_of([cells_of(entry) for entry in entries.values()])
    try:
        text.encode("gb18030").decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        encoding = "utf-8-sig"  # GB18030 that happens to be UTF-8 as well is read as that
    plan = plan_of(read_sheet(text.encode(encoding)).rows, entries, None)
    assert (len(plan.unchanged), plan.changed, plan.added, plan.flaws) == (len(names), [], [], [])


def test_mutated_sheets_are_read_or_refused_with_a_line() -> None:
    source = sheet_of(TEMPLATE_ROWS).encode("utf-8-sig")
    chance = random.Random(7)
    results = [read_a_sheet(mutated(source, chance)) for _ in range(300)]
    assert [what for what in results if what and not what.startswith("E-INV-0")] == []
    assert len({what for what in results if what}) > 2
    assert len(COLUMNS) == len(set(COLUMNS))
