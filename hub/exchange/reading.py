"""Reading a file of another platform into rows of text, strictly: encoding, delimiter, headings, sizes (pure).

What cannot be read without guessing is refused and says what to do; nothing of a row's content stands in a message.
"""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from hub.errors import HubError
from hub.exchange.fields import FIELDS, HEADINGS

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_ROWS: Final = 5_000
"""A file is taken in one transaction, and the hub's own commits wait that long: under a second on a slow disk."""
DELIMITERS: Final = (",", "\t", ";", "，")
BOM: Final = b"\xef\xbb\xbf"


class FileError(HubError):
    """A file that cannot be read as a whole."""

    exit_code = 3


class Row(NamedTuple):
    """One record as it stands in the file."""

    line: int
    """Where it begins, from 1; of JSON its place in the list."""
    cells: dict[str, str]
    """By the names of the field dictionary, stripped; what is empty is left out."""
    broken: str = ""
    """What is wrong with its shape, in both languages."""

    def __repr__(self) -> str:
        return f"Row({self.line})"


def rows_of(data: bytes) -> list[Row]:
    """Return the rows of a CSV (with a heading) or of JSON (a list of objects, or `{"records": [...]}`).

    UTF-8, with or without BOM, or GBK (GB 18030). Raises FileError E-EXC-01 (too large, or nothing in it), E-EXC-02
    (neither encoding), E-EXC-03 (headings), E-EXC-04 (no CSV or JSON that can be understood).
    """
    if len(data) > MOST_BYTES:
        raise FileError("E-EXC-01", f"more than {MOST_BYTES // 2**20} MB; split the file 文件过大，请拆分")
    text = text_of(data)
    if not text.strip():
        raise FileError("E-EXC-01", "nothing in the file 文件是空的")
    rows = _of_json(text) if text.lstrip()[0] in "[{" else _of_csv(text)
    if not rows:
        raise FileError("E-EXC-01", "no record in the file 文件里没有记录")
    if len(rows) > MOST_ROWS:
        raise FileError("E-EXC-01", f"more than {MOST_ROWS} records; split the file 记录过多，请拆分")
    return rows


def text_of(data: bytes) -> str:
    """Return the text of a file. Raises FileError E-EXC-02."""
    with suppress(UnicodeDecodeError):
        return data.removeprefix(BOM).decode("utf-8")
    if not data.startswith(BOM) and b"\0" not in data:
        with suppress(UnicodeDecodeError):
            return data.decode("gb18030")
    raise FileError(
        "E-EXC-02", "neither UTF-8 nor GBK; save it anew as CSV UTF-8 编码不是 UTF-8 或 GBK，请另存为 UTF-8 CSV"
    )


def _of_csv(text: str) -> list[Row]:
    lines = text.splitlines()
    head = next((index for index, line in enumerate(lines) if line.strip()), 0)
    delimiter = _delimiter(lines[head])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    names: list[str] = []
    try:
        before = 0
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = _named(cells)
                continue
            if len(rows) > MOST_ROWS:
                break
            rows.append(_row(line, names, cells))
    except csv.Error:
        raise FileError(
            "E-EXC-04",
            f"line {reader.line_num}: quotes do not match 第 {reader.line_num} 行引号不成对，请检查",
        ) from None
    return rows


def _delimiter(heading: str) -> str:
    """Return the only delimiter by which the heading falls into known names; never the likeliest of several."""
    fitting = [
        sign
        for sign in DELIMITERS
        if sign in heading and {one.strip().strip('"') for one in heading.split(sign)} <= set(HEADINGS)
    ]
    if len(fitting) == 1:
        return fitting[0]
    names = next((heading.split(sign) for sign in DELIMITERS if sign in heading), [heading])
    unknown = [str(number) for number, one in enumerate(names, 1) if one.strip().strip('"') not in HEADINGS]
    raise FileError(
        "E-EXC-03",
        f"the heading has unknown columns (number {', '.join(unknown) or '-'}); see `hub import --fields`"
        f" 首行有不认识的列（第 {'、'.join(unknown) or '-'} 列），见 `hub import --fields`",
    )


def _named(cells: Sequence[str]) -> list[str]:
    names = [HEADINGS.get(cell.strip(), "") for cell in cells]
    if "" in names or len(set(names)) != len(names):
        raise FileError("E-EXC-03", "a column of the heading is unknown or stands twice 首行的列不认识或重复")
    missing = [field for field in FIELDS if field.needed and field.name not in names]
    if missing:
        said = ", ".join(f"{field.name} {field.zh}" for field in missing)
        raise FileError("E-EXC-03", f"columns are missing 缺少列: {said}")
    return names


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(names):
        return Row(
            line, {}, f"{len(cells)} columns where the heading has {len(names)} 列数为 {len(cells)}，应为 {len(names)}"
        )
    return Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()})


def _of_json(text: str) -> list[Row]:
    try:
        told: Any = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError):
        raise FileError("E-EXC-04", "no JSON 不是 JSON") from None
    if isinstance(told, dict):
        told = told.get("records")
    if not isinstance(told, list):
        raise FileError("E-EXC-04", 'a list of records, or {"records": [...]} 应为记录的列表，或 {"records": [...]}')
    return [_object(number, one) for number, one in enumerate(told[: MOST_ROWS + 1], 1)]


def _object(number: int, one: object) -> Row:
    if not isinstance(one, dict):
        return Row(number, {}, "no object 不是对象")
    cells: dict[str, str] = {}
    for heading, value in one.items():
        name = HEADINGS.get(heading)
        if name is None or name in cells:
            return Row(number, {}, "an unknown or repeated field 有不认识或重复的字段")
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int):
            return Row(number, {}, f"{name}: text or a whole number 应为文字或整数")
        if text := str(value).strip():
            cells[name] = text
    return Row(number, cells)
