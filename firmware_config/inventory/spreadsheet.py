"""A spreadsheet of stations: CSV as Excel writes it in China, with every flaw told at once by its line (pure)."""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

MAX_BYTES: Final = 8 * 1024 * 1024
CAMERAS: Final = 4
COLUMNS: Final = (
    "code", "name", "town", "os", "panel", "reader", "reader_baud",
    *(column for number in range(1, CAMERAS + 1) for column in (f"camera_{number}", f"camera_{number}_name")),
    "printer", "wifi_ssid", "address", "gateway", "dns", "note",
)  # fmt: skip
CHINESE: Final = {
    "编码": "code", "站点编码": "code", "村": "name", "村名": "name", "村居": "name",
    "名称": "name", "站点名称": "name",
    "镇": "town", "镇名": "town", "镇街": "town", "乡镇": "town", "所属乡镇": "town", "系统": "os", "屏幕": "panel",
    "读卡器": "reader", "读卡器速率": "reader_baud", "打印机": "printer", "无线名称": "wifi_ssid",
    "地址": "address", "IP地址": "address", "网关": "gateway", "域名服务器": "dns", "备注": "note",
    **{f"摄像机{number}": f"camera_{number}" for number in range(1, CAMERAS + 1)},
    **{f"摄像机{number}名称": f"camera_{number}_name" for number in range(1, CAMERAS + 1)},
}  # fmt: skip
TEMPLATE_ROWS: Final = (
    {
        "code": "999999101001", "name": "示例一村", "town": "示例镇", "os": "trixie", "panel": "1024x600",
        "reader": "/dev/ttyUSB0", "reader_baud": "115200", "camera_1": "/dev/video0", "camera_1_name": "hall",
        "printer": "HP-1020", "wifi_ssid": "village-office",
    },
    {
        "code": "999999101001-2", "name": "示例一村二号机", "town": "示例镇", "os": "bookworm", "panel": "800x480",
        "reader": "/dev/ttyUSB0", "camera_1": "rtsp://admin@10.32.4.20/stream1", "camera_1_name": "gate",
        "address": "10.32.4.17/24", "gateway": "10.32.4.1", "dns": "10.32.0.5",
    },
)  # fmt: skip
"""999999 is no county: an example left in by mistake is refused as another county's."""
_BY_EXCEL: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")


class Row(NamedTuple):
    """One station of the sheet: what stands in the columns that it has."""

    line: int
    cells: Mapping[str, str]


class Sheet(NamedTuple):
    """What a CSV file says."""

    rows: list[Row]
    flaws: list["Flaw"]
    ignored: list[str] = []  # noqa: RUF012  # never changed
    """Columns that are none of ours and like none."""


class Flaw(NamedTuple):
    """What is wrong at a line of the sheet."""

    line: int
    code: str
    what: str


def decoded(content: bytes) -> str | None:
    """Return the text of a CSV: UTF-8 with or without BOM, UTF-16 with one, else GB18030; None when it is none."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def read_sheet(content: bytes) -> Sheet:
    """Return the rows of a CSV file, and every flaw of its form.

    Columns may stand in any order, be named in English or Chinese, and be divided by comma, semicolon or tab. A row
    whose cells are all empty is none. Flaws: E-INV-01 (not text), E-INV-02 (columns), E-INV-03 (not CSV, or more cells
    than columns).
    """
    if len(content) > MAX_BYTES:
        return Sheet([], [Flaw(1, "E-INV-01", f"larger than {MAX_BYTES // 2**20} MB 文件过大")])
    text = decoded(content)
    if text is None:
        return Sheet([], [Flaw(1, "E-INV-01", "not text in UTF-8 or GB18030: save it as CSV 不是文本，请另存为 CSV")])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        return Sheet([], [Flaw(max(reader.line_num, 1), "E-INV-03", f"not CSV 不是有效的 CSV: {error}")])
    columns, flaws, ignored = _columns(lines[0][1] if lines else [])
    if flaws:
        return Sheet([], flaws)
    filled = [(line, cells) for line, cells in lines[1:] if any(cells)]
    flaws = [
        Flaw(line, "E-INV-03", "more cells than columns 单元格多于列数")
        for line, cells in filled
        if any(cells[len(columns) :])
    ]
    known = [
        Row(line, {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS})
        for line, cells in filled
    ]
    return Sheet(known, flaws, ignored)


def sheet_of(cells: Sequence[Mapping[str, str]]) -> str:
    """Return a sheet of all columns; of TEMPLATE_ROWS one to fill in."""
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    rows.writeheader()
    rows.writerows(cells)
    return out.getvalue()


def tidy_code(text: str) -> str:
    """Return a code as people type it in its one form: full-width signs, blanks, Excel's ' and ="…"."""
    tidied = unicodedata.normalize("NFKC", text).strip().removeprefix("'").removeprefix('="').removesuffix('"')
    return re.sub(r"[\u2010-\u2015\u2212_]", "-", tidied.replace(" ", ""))


def why_no_code(text: str) -> str:
    """Return what is wrong with a tidied code that is none, and what to do."""
    if _BY_EXCEL.fullmatch(text):
        return (
            f"'{text}' is what Excel made of the code: format the column as text and fill it in again "
            "Excel 把编码变成了科学计数，请把该列设为文本后重新填写"
        )
    if not text:
        return "no code 缺少编码"
    return f"'{text[:20]}' is no code of 12 digits, with -2 to -99 for further kiosks 编码应为 12 位，第二台起加 -2"


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(header: Sequence[str]) -> tuple[list[str], list[Flaw], list[str]]:
    """Return the columns by our names, what is wrong with them, and those that are none of ours."""
    named = [unicodedata.normalize("NFKC", cell).strip().replace(" ", "_") for cell in header]
    columns = [CHINESE.get(name, name.lower()) for name in named]
    while columns and not columns[-1]:
        columns.pop()
    flaws, ignored = list[Flaw](), list[str]()
    for name in columns:
        near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.75)
        if name not in COLUMNS and near:  # a slip of the pen: what stands in it must not be lost unseen
            flaws.append(Flaw(1, "E-INV-02", f"column '{name[:40]}': did you mean '{near[0]}'? 是否想写 {near[0]}"))
        elif name not in COLUMNS:
            ignored.append(name[:40])
    flaws += [
        Flaw(1, "E-INV-02", f"column '{name}' stands twice 列重复")
        for name in sorted({one for one in columns if one in COLUMNS and columns.count(one) > 1})
    ]
    if "code" not in columns:
        flaws.append(Flaw(1, "E-INV-02", "begin with code,name,town 首行应为 code,name,town（编码、村名、镇名）"))
    return columns, flaws, ignored
