"""What a spreadsheet makes of our tables: text stays text, whoever wrote it."""

import csv
import io

import pytest

from hub.csv_text import cell, file_of

BEGINNINGS = ["=1+1", "+8613", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "\t=1", "\r=1", "\n=1", "  =1"]


@pytest.mark.parametrize("begins", BEGINNINGS)
def test_a_formula_is_text(begins: str) -> None:
    assert cell(begins) == f"'{begins}"
    assert cell(f"x{begins}") == f"x{begins}"


def test_numbers_stay_numbers_and_id_numbers_text() -> None:
    assert [cell(-5), cell(0.5), cell(None), cell("999999190001010001")] == [-5, 0.5, None, "999999190001010001"]
    assert cell("999999190001010001", digits=True) == "'999999190001010001"
    assert cell("2026-11", digits=True) == "2026-11"


def test_a_file_reads_as_it_was_written() -> None:
    rows = [["村 village", "n"], ['测试"村', 1], ["甲,乙\r\n丙", None]]
    made = file_of(rows)
    assert made.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert read == [["村 village", "n"], ['测试"村', "1"], ["甲,乙\r\n丙", ""]]
