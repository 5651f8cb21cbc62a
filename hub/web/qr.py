"""QR codes for pages: an SVG picture of ours, so that a page asks no other host and needs no inline style."""

import io
from typing import Final

import segno
from starlette.responses import Response

QUIET: Final = 4
"""White modules around a code, by the standard (ISO/IEC 18004)."""


def qr_answer(text: str) -> Response:
    """Return the code of `text` as a picture, black on white in either theme; any size of it is sharp."""
    picture = io.BytesIO()
    code = segno.make(text, micro=False, error="m", encoding=None if text.isascii() else "utf-8")
    code.save(picture, kind="svg", border=QUIET, light="#fff", dark="#000", omitsize=True, nl=False)
    return Response(picture.getvalue(), media_type="image/svg+xml")
