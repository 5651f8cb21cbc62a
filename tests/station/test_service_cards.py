"""`station service-card`: what it writes can be read back, and what is no card number is refused."""

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

from station.__main__ import app
from station.vision.qr_codes import CodeReader
from wire.service_card import card_text, read_card

NUMBER = "0012345678"
runner = CliRunner()


def test_a_png_is_written_that_reads_as_the_card(tmp_path: Path) -> None:
    out = tmp_path / "card.png"
    assert runner.invoke(app, ["service-card", NUMBER, "--out", str(out)]).exit_code == 0
    (text,) = CodeReader().read(cv2.copyMakeBorder(cv2.imread(str(out)), *[100] * 4, cv2.BORDER_REPLICATE))
    assert read_card(text) == NUMBER


def test_an_svg_is_written_from_a_number_on_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "card.svg"
    assert runner.invoke(app, ["service-card", "-", "--out", str(out)], input=f"{NUMBER}\n").exit_code == 0
    assert "<svg" in out.read_text()


def test_without_a_file_it_is_shown() -> None:
    shown = runner.invoke(app, ["service-card", NUMBER]).stdout
    assert "█" in shown
    assert shown.rstrip().endswith(card_text(NUMBER))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["1234567"], id="too short"),
        pytest.param(["12345678901234567"], id="too long"),
        pytest.param(["1234567x"], id="no digits"),
        pytest.param([NUMBER, "--out", "card.jpg"], id="neither svg nor png"),
    ],
)
def test_what_it_refuses(arguments: list[str]) -> None:
    assert runner.invoke(app, ["service-card", *arguments]).exit_code == 2


def test_a_file_that_cannot_be_written_has_its_code(tmp_path: Path) -> None:
    done = runner.invoke(app, ["service-card", NUMBER, "--out", str(tmp_path / "no folder" / "card.svg")])
    assert str(done.exception).startswith("E-CARD-01")
