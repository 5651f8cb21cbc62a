"""QR codes on the screen: what a telephone's camera reads off the panel's cells."""

import random

import cv2
import numpy as np
import pytest
from rich.cells import cell_len

from station.kiosk.qr import MOST_BYTES, qr_rows, receipt_text, split

CELL_PX = (12, 30)
"""The panel's cell, width and height."""
PANEL = (85, 17)
"""What a screen has for a code on the panel of 85x20: title and footer are there too."""
RECEIPT = receipt_text("990105001002", "10-00042-7")


def seen(rows: list[str]) -> str:
    """Return what a camera reads of `rows`, drawn as the panel draws them."""
    width, height = CELL_PX
    page = np.full((height * len(rows), width * len(rows[0])), 255, np.uint8)
    for y, row in enumerate(rows):
        for x, sign in enumerate(row):
            top, bottom = {" ": (0, 0), "▀": (0, 15), "▄": (15, 30), "█": (0, 30)}[sign]
            page[y * height + top : y * height + bottom, x * width : (x + 1) * width] = 0
    # Like a telephone, it looks in more than one way: the first fails with few codes of modules that are not square.
    for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        text, *_ = detector.detectAndDecode(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))
        if text:
            return str(text)
    return ""


def test_a_receipt_fits_the_panel_and_reads() -> None:
    rows = qr_rows(RECEIPT, *PANEL)
    assert rows is not None
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) <= PANEL[1]
    assert seen(rows) == RECEIPT


def test_the_receipt_of_any_visit_reads() -> None:
    any_of = random.Random(3)
    for _ in range(20):
        text = receipt_text(
            f"9901050{any_of.randrange(10**5):05d}", f"{any_of.randrange(10, 100)}-{any_of.randrange(10**6):05d}-7"
        )
        rows = qr_rows(text, *PANEL)
        assert rows is not None, text
        assert seen(rows) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("申请人：测试甲乙", id="Chinese"),
        pytest.param("Maximilian-Alexandrina Testperson", id="a long English name"),
        pytest.param("𪚥䶮龘", id="rare signs"),
        pytest.param("测" * (MOST_BYTES // 3), id="as much as one code takes"),
    ],
)
def test_words_read_as_they_were_written_on_a_large_screen(text: str) -> None:
    rows = qr_rows(text, 120, 31)
    assert rows is not None
    assert seen(rows) == text


def test_the_quiet_zone_gives_way_before_the_code_does() -> None:
    rows = qr_rows(RECEIPT, *PANEL)
    assert rows is not None
    dark = [x for row in rows for x, sign in enumerate(row) if sign != " "]
    assert 2 <= min(dark) <= 4
    for spare in range(-9, 3):
        columns = len(rows[0]) + spare
        fitting = qr_rows(RECEIPT, columns, 40)
        assert fitting is None or (len(fitting[0]) <= columns and seen(fitting) == RECEIPT)


def test_what_does_not_fit_is_none() -> None:
    assert qr_rows(RECEIPT, 20, 40) is None
    assert qr_rows(RECEIPT, 85, 8) is None
    assert qr_rows("测" * 4000, 1000, 1000) is None, "more than any code holds"


def test_every_sign_is_one_cell_wide_to_the_screen() -> None:
    assert [sign for sign in " ▀▄█" if cell_len(sign) != 1] == []


def test_a_long_text_comes_apart_into_codes_that_make_it_up_again() -> None:
    signs = random.Random(3).choices("a测𪚥\n，é", k=500)
    for most in (4, 10, 120):
        text = "".join(signs)
        pieces = split(text, most)
        assert "".join(pieces) == text
        assert max(len(piece.encode()) for piece in pieces) <= most
    assert split("", 10) == [""]
    assert split("短", 1) == ["短"], "a sign is never cut"
    assert len(split("a" * 240)) == 2
