import csv
import io
import shutil
import subprocess
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from hub.errors import HubError
from hub.reports.charts import Bar, Limit, bars, columns
from hub.reports.document import Cell, Chart, Document, Section, Table, percent, shown
from hub.reports.press import make, pressed
from hub.reports.sheet import csv_of

RARE = "𠮷䶮㛃龑"
ATTACK = '=HYPERLINK("http://x") #let x = 1 *b* $a$ <script>alert(1)</script>'
SVG = "{http://www.w3.org/2000/svg}"


def a_document(svg_words: str = "第1村") -> Document:
    chart = bars("在线率", [Bar(svg_words, 0.5, "50%"), Bar("未知村", None, "无数据")], limit=Limit(0.95, "95%"))
    rows = [[f"{RARE}村", 1, 0.99999, None], [ATTACK, 2, 1.0, 3_600_000], ["-1", 3, 0.0, 0]]
    table = Table("明细", ["名称", "数", "率", "小时"], ["text", "count", "percent", "hours"], rows)
    section = Section("服务概况", [f"{RARE} {ATTACK}"], [chart], [table])
    return Document("月研判", "测试县", "2026年10月", "草稿", [section], "口径")


def test_a_pdf_shows_rare_characters_and_takes_text_as_text() -> None:
    made = make(a_document(), "pdf")
    if not (shutil.which("pdftotext") and shutil.which("pdffonts")):
        pytest.skip("poppler-utils is not installed")
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True).stdout
    said = text.decode().replace("\u200b", "").replace("\n", "")
    assert RARE in said
    assert "#let x = 1" in said
    assert "第 1 页，共 1 页" in said
    fonts = subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode()
    assert fonts.count("CJK") == len(fonts.splitlines()) - 2, "no letter falls back to another font"
    assert "no " not in {line.split()[-6] for line in fonts.splitlines()[2:]}, "all are embedded"


def test_a_workbook_keeps_numbers_numbers_and_formulas_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(a_document(), "xlsx")))
    assert book.sheetnames == ["正文", "明细"]
    rows = [[cell.value for cell in row] for row in book["明细"].iter_rows()]
    assert rows[1] == [f"{RARE}村", 1, 0.9999, "无数据"], "a share is not rounded up to 100 %"
    assert rows[2] == [ATTACK, 2, 1, 1]
    assert {cell.data_type for row in book["明细"].iter_rows() for cell in row} <= {"s", "n"}
    assert rows[3][0] == "-1"


def test_a_csv_opens_in_a_spreadsheet_and_starts_no_formula() -> None:
    made = make(a_document(), "csv")
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    assert rows[2][0] == "'" + ATTACK
    assert rows[3][0] == "'-1"
    assert rows[1] == [f"{RARE}村", "1", "0.99999", ""]


def test_a_word_file_has_text_tables_and_the_chart_with_its_words() -> None:
    file = docx.Document(io.BytesIO(make(a_document(), "docx")))
    assert any(RARE in paragraph.text and "#let x" in paragraph.text for paragraph in file.paragraphs)
    assert [cell.text for cell in file.tables[0].rows[1].cells] == [f"{RARE}村", "1", "<100%", "无数据"]
    [picture] = file.inline_shapes
    assert "未知村 无数据" in picture._inline.docPr.get("descr")
    assert "测试县" in file.sections[0].header.paragraphs[0].text


def test_a_file_is_made_in_a_process_of_its_own_within_a_time() -> None:
    assert pressed(a_document(), "csv") == make(a_document(), "csv")
    with pytest.raises(HubError, match="E-REP-08"):
        pressed(a_document(), "csv", limit_s=0.001)
    broken = Document("x", "x", "x", "", [Section("x", [], [Chart("x", "no svg", "")])])
    with pytest.raises(HubError, match="E-REP-09"):
        pressed(broken, "pdf")


def test_a_chart_is_a_picture_that_says_its_figures_and_runs_nothing() -> None:
    chart = a_document("<script>&").sections[0].charts[0]
    root = ElementTree.fromstring(chart.svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}desc").text == "<script>& 50%；未知村 无数据；95%"  # type: ignore[union-attr]
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "desc", "text", "rect", "line"}
    assert all(not name.startswith(("on", "style")) for element in root.iter() for name in element.attrib)
    assert len(root.findall(f"{SVG}rect")) == 1, "what is not known has no bar"


def test_columns_stand_for_days_with_those_before_behind() -> None:
    chart = columns("来访", ["1", "2"], [3, 0], [1, 2], names=("本月", "上月"))
    assert chart.words == "本月合计 3：1 3，2 0；上月合计 3"
    ElementTree.fromstring(columns("空", [], [], names=("本月", "")).svg)


@pytest.mark.parametrize(
    ("share", "said"), [(1.0, "100%"), (0.99999, "<100%"), (0.00001, ">0%"), (0.0, "0%"), (0.5, "50.00%")]
)
def test_no_share_is_rounded_up_to_all(share: float, said: str) -> None:
    assert percent(share) == shown(share, "percent") == said


def test_figures_written_for_people_are_numbers_in_csv_and_codes_stay_text() -> None:
    cells: list[Cell] = ["7", "2,600", "+30.0%", "-0.35", "110", "56.91%", "<100%", "999999101001", "=1+1", "-0.35＊"]
    table = Table("指标", list("abcdefghij"), ["text"] * 10, [cells])
    line = csv_of([table]).decode("utf-8-sig").splitlines()[1]
    assert line == "'7,2600,0.3,-0.35,110,0.5691,<100%,'999999101001,'=1+1,'-0.35＊"


def test_no_data_is_written_out() -> None:
    assert [shown(None, kind) for kind in ("percent", "count", "text")] == ["无数据", "无数据", ""]
