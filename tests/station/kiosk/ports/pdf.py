"""Reading a PDF back as paper is read: its words, and its pages as pictures."""

import re
import subprocess
from typing import Any

import cv2
import numpy as np


def text_of(pdf: bytes) -> str:
    """Return the words of `pdf`."""
    return _poppler(["pdftotext", "-enc", "UTF-8", "-layout", "-", "-"], pdf).decode("utf-8")


def pages_of(pdf: bytes) -> int:
    """Return how many pages `pdf` has."""
    said = _poppler(["pdfinfo", "-"], pdf).decode("utf-8")
    return next(int(line.split()[1]) for line in said.splitlines() if line.startswith("Pages:"))


def fonts_of(pdf: bytes) -> list[list[str]]:
    """Return the columns of each font in `pdf`: name, type and so on, `emb` among them."""
    return [line.split() for line in _poppler(["pdffonts", "-"], pdf).decode("utf-8").splitlines()[2:]]


def heights_of(pdf: bytes) -> list[float]:
    """Return the height in points of every word of `pdf`, as its font's size gives it."""
    boxes = _poppler(["pdftotext", "-bbox", "-", "-"], pdf).decode("utf-8")
    edges = re.findall(r'<word xMin="[0-9.]+" yMin="([0-9.]+)" xMax="[0-9.]+" yMax="([0-9.]+)"', boxes)
    return [float(bottom) - float(top) for top, bottom in edges]


def page_of(pdf: bytes, number: int) -> Any:
    """Return page `number`, from 1, as a grey picture of 200 dots an inch."""
    png = _poppler(["pdftoppm", "-gray", "-png", "-r", "200", "-f", str(number), "-l", str(number), "-"], pdf)
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def _poppler(command: list[str], pdf: bytes) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
