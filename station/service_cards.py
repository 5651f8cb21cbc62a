"""`station service-card`: the QR code of a 便民服务卡, for a county that makes its cards."""

import io
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from station.errors import StoreError
from station.output import print_out
from wire.service_card import card_text

KINDS: Final = (".svg", ".png")
MODULE_PX: Final = 12
"""A module of a printed card: at 300 dpi 1 mm, so that a code is 29 to 33 mm wide with its border."""


def service_card(
    number: Annotated[
        str, typer.Argument(help="8 to 16 digits, or - to read them from standard input 8 至 16 位卡号，或 -")
    ],
    out: Annotated[Path | None, typer.Option(help="write it to this .svg or .png 写入 .svg 或 .png 文件")] = None,
) -> None:
    """Show or write the QR code of a service card 显示或写出便民服务卡的二维码."""
    typed = (sys.stdin.readline() if number == "-" else number).strip()
    try:
        text = card_text(typed)
    except ValueError:
        raise typer.BadParameter("卡号须为 8 至 16 位数字 a card number has 8 to 16 digits") from None
    if out is not None and out.suffix.lower() not in KINDS:
        raise typer.BadParameter("文件须以 .svg 或 .png 结尾 the file must end in .svg or .png")
    if out is None:
        print_out(_on_a_terminal(text))
    else:
        _write(text, out)


def _on_a_terminal(text: str) -> str:
    import segno

    shown = io.StringIO()
    segno.make_qr(text, error="m").terminal(shown, compact=True)
    return f"{shown.getvalue()}{text}"


def _write(text: str, out: Path) -> None:
    import segno

    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind=out.suffix.lower()[1:], scale=MODULE_PX)
    try:
        out.write_bytes(drawn.getvalue())
    except OSError as error:
        raise StoreError(
            "E-CARD-01", f"{out}: cannot be written 无法写入，请检查目录和磁盘: {error.strerror}"
        ) from None
