"""What the commands of reports have in common: their options, the files they write."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hub.options import one_of
from hub.reports.document import Document
from hub.reports.period import Length, Period, ReportError, last_over, read_period
from hub.reports.press import FORMS, pressed

Town = Annotated[str, typer.Option("--town", help="of this town; the county if not said 只看这个乡镇")]
PeriodText = Annotated[
    str | None, typer.Option("--period", help="2026-11-27, 2026-W48, 2026-11; else the last that is over 时间段")
]
Out = Annotated[Path | None, typer.Option("--to", help="file to write; named for you if not said 输出文件")]
FormText = Annotated[str, typer.Option("--form", help="pdf, docx, xlsx, csv 格式", callback=one_of(FORMS))]


AnyForm = Annotated[
    str | None, typer.Option("--form", help="write a file: pdf, docx, xlsx, csv 输出文件", callback=one_of(FORMS))
]


def asked_period(text: str | None, at_ms: int, length: Length = "month") -> Period:
    """Return the period an option names, else the last that is over. Raises ReportError E-REP-01."""
    return read_period(text, at_ms) if text else last_over(length, at_ms)


def write_file(document: Document, form: str, to: Path | None, name: str, *, as_json: bool) -> None:
    """Make a document and write it as a file, never over another.

    Raises ReportError E-REP-15, HubError E-REP-07 … 09.
    """
    made = pressed(document, form)  # type: ignore[arg-type]
    path = to or Path(f"{name}.{form}")
    try:
        with path.open("xb") as file:
            file.write(made)
    except OSError as error:
        raise ReportError(
            "E-REP-15", f"{path}: cannot be written, or is there already 无法写入，或文件已存在: {error}"
        ) from None
    typer.echo(msgspec.json.encode({"file": str(path), "bytes": len(made)}) if as_json else f"{path} {len(made)} bytes")
