"""Makes a document in a process of its own, one at a time, with a time limit: `python -m hub.reports.press FORM`.

JSON of a `Document` on standard input, the file on standard output; nothing on a disk. So a page is served while it is
made, and what goes wrong in it ends that process alone.
"""

import subprocess
import sys
import threading
from typing import Final, Literal

import msgspec

from hub.errors import HubError
from hub.reports.document import Document, NoFontError

Form = Literal["pdf", "docx", "xlsx", "csv"]
FORMS: Final[dict[Form, str]] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
LIMIT_S: Final = 60.0
EXIT_NO_FONT: Final = 3
_one = threading.Lock()


def pressed(document: Document, form: Form, *, limit_s: float = LIMIT_S) -> bytes:
    """Return a document as a file; waits for its turn, so never call it on the event loop.

    Raises HubError E-REP-07 (no font for Chinese), E-REP-08 (took too long) or E-REP-09 (could not be made).
    """
    command = [sys.executable, "-m", "hub.reports.press", form]
    with _one:
        try:
            made = subprocess.run(
                command, input=msgspec.json.encode(document), capture_output=True, timeout=limit_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise HubError(
                "E-REP-08", f"not made in {limit_s:g} s; ask for a shorter period or one town 生成超时，请缩小范围"
            ) from None
    if made.returncode == EXIT_NO_FONT:
        raise HubError("E-REP-07", "no font for Chinese: install fonts-noto-cjk 未安装中文字体 fonts-noto-cjk")
    if made.returncode != 0 or not made.stdout:
        raise HubError("E-REP-09", "the file could not be made; try another form 文件生成失败，请换一种格式")
    return made.stdout


def make(document: Document, form: Form) -> bytes:
    """Return a document as a file, made here and now; raises what the form's library raises."""
    if form == "pdf":
        from hub.reports.pdf import pdf_of

        return pdf_of(document)
    if form == "docx":
        from hub.reports.word import word_of

        return word_of(document)
    from hub.reports.sheet import csv_of, workbook_of

    if form == "xlsx":
        return workbook_of(document)
    return csv_of([table for section in document.sections for table in section.tables])


def main() -> int:
    """Read, make, write. Whoever called takes the exit code alone: the text of an error may quote the document."""
    form: Form = msgspec.convert(sys.argv[1], Form)
    document = msgspec.json.decode(sys.stdin.buffer.read(), type=Document)
    try:
        made = make(document, form)
    except NoFontError:
        return EXIT_NO_FONT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
