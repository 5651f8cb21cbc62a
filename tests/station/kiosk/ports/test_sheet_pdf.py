"""What comes out on paper: every word as it was given, large, in a font that is in the file, with a code that reads."""

import json
import subprocess
import sys

import cv2
import pytest

from station.kiosk.ports import sheet_pdf
from station.kiosk.ports.printer import Sheet
from station.kiosk.ports.sheet_pdf import pdf_of
from tests.station.kiosk.ports.pdf import fonts_of, heights_of, page_of, pages_of, text_of

HOSTILE = '#import "x": * $x^2$ *bold* _a_ \\ `raw` <label> @ref // c /* #{panic()} ["]'


def set_(*lines: str, title: str = "受理回执", footer: str = "", qr: str = "") -> bytes:
    pdf = pdf_of(Sheet(title, lines, footer, qr))
    assert pdf is not None, "fonts-noto-cjk is installed by ./run"
    return pdf


def together(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(HOSTILE, id="what would be markup"),
        pytest.param("姓名：测试䶮龘㙍", id="rare signs"),
        pytest.param("Maximilian-Alexandrina Testpers", id="a long English name"),
        pytest.param("ＡＢＣ　全角，１２３", id="full width"),
        pytest.param("w" * 140, id="a word longer than the paper"),
        pytest.param("阿依古丽·测试", id="a dot between names"),
    ],
)
def test_every_word_is_on_paper_as_it_was_given(line: str) -> None:
    pdf = set_(line, title=line, footer=line)
    assert together(text_of(pdf)).count(together(line)) == 3
    assert inside_the_margins(pdf)


def inside_the_margins(pdf: bytes) -> bool:
    page = page_of(pdf, 1)
    dark_columns = (page < 128).any(axis=0).nonzero()[0]
    return bool(dark_columns[0] > 120 and dark_columns[-1] < page.shape[1] - 120)


def test_lines_stay_lines_and_signs_that_control_something_are_gone() -> None:
    lines = [
        line.strip() for line in text_of(set_("第一行\n第二行", "", "响铃\x07\x1b[31m")).splitlines() if line.strip()
    ]
    assert lines == ["受理回执", "第一行", "第二行", "响铃 [31m"]


def test_three_pages_are_numbered_and_one_is_not() -> None:
    long = set_(*(f"第{count}条 " + "测试文字" * 20 for count in range(24)))
    assert pages_of(long) == 3
    assert [number for number in ("1/3", "2/3", "3/3") if number not in text_of(long)] == []
    short = set_("一页")
    assert pages_of(short) == 1
    assert "1/1" not in text_of(short)


def test_nothing_is_smaller_than_fourteen_points() -> None:
    pdf = set_("正文文字", footer="页脚文字", qr="CCT 990105001002 10-00042-7")
    assert min(heights_of(pdf)) >= 14


def test_its_fonts_are_in_the_file() -> None:
    fonts = fonts_of(set_("正文 text", footer="页脚"))
    assert fonts
    assert {font[0].split("+")[1].partition("-")[0] for font in fonts} == {"NotoSansCJKsc"}
    assert all(font[-5] == "yes" for font in fonts)


@pytest.mark.parametrize(
    "qr", ["CCT 990105001002 10-00042-7", "申请人：测试甲乙\n" + "事由文字" * 8], ids=["receipt", "Chinese"]
)
def test_its_code_reads(qr: str) -> None:
    page = page_of(set_("正文", footer="受理编号 10-00042-7", qr=qr), 1)
    text, *_ = cv2.QRCodeDetector().detectAndDecode(page)
    assert text == qr


def test_its_metadata_say_nothing_of_whom_or_when() -> None:
    pdf = set_("姓名：测试甲乙", title="Zhang Testname")
    info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "Title" not in info
    assert "Date" not in info


def test_without_the_font_there_is_no_paper_of_empty_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_pdf, "FONT", "No Such Font")
    assert pdf_of(Sheet("受理回执", ())) is None


def test_the_process_reads_json_and_writes_pdf() -> None:
    given = json.dumps(Sheet("受理回执", ("姓名：测试甲乙",))._asdict()).encode()
    command = [sys.executable, "-P", "-m", "station.kiosk.ports.sheet_pdf"]
    run = subprocess.run(command, input=given, capture_output=True, check=True)
    assert "测试甲乙" in text_of(run.stdout)
    assert run.stderr == b""
