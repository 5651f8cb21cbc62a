"""Reading a QR code that somebody holds up: however they hold it, whatever else hangs in the room."""

from typing import Any

import cv2
import numpy as np
import pytest

from station.vision import qr_codes, scenes
from station.vision.qr_codes import CodeReader
from tests.station.vision.held_cards import holding

CARD, POSTER = "CCT1:0012345678:2", "https://example.com/a-poster-on-the-wall"
LOOKS = 4


def texts(frame: Any) -> set[str]:
    reader = CodeReader()
    return {text for _ in range(LOOKS) for text in reader.read(frame)}


@pytest.mark.parametrize("size_px", [(1280, 720), (640, 360), (352, 288)])
@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="straight"),
        pytest.param({"tilted_deg": 15, "leaning": 0.1, "blur": 1.0}, id="a little tilted and blurred"),
        pytest.param({"tilted_deg": 30, "leaning": 0.15, "blur": 1.5}, id="tilted more"),
        pytest.param({"tilted_deg": 45, "blur": 1.5, "high": 0.6}, id="on its corner"),
        pytest.param({"tilted_deg": 180, "high": 0.35}, id="upside down and farther away"),
        pytest.param({"high": 0.8}, id="very near"),
        pytest.param({"at": (0.28, 0.6), "high": 0.45}, id="to one side"),
    ],
)
def test_a_card_held_up_is_read(size_px: tuple[int, int], how: dict[str, Any]) -> None:
    shape = dict(how)
    blur_px = shape.pop("blur", 0.0) * size_px[0] / 1280
    assert CARD in texts(holding(CARD, size_px=size_px, blur_px=blur_px, **shape))


def test_a_card_is_read_in_the_picture_of_a_large_camera() -> None:
    assert CARD in texts(holding(CARD, size_px=(2560, 1440), high=0.4, tilted_deg=10))


@pytest.mark.parametrize("size_px", [(1280, 720), (640, 360)])
def test_a_card_is_read_in_a_room_where_a_poster_has_a_code_too(size_px: tuple[int, int]) -> None:
    wall = holding(POSTER, size_px=size_px, high=0.3, at=(0.1, 0.2))
    assert CARD in texts(holding(CARD, size_px=size_px, high=0.5, tilted_deg=10, before=wall))


def test_a_room_without_a_code_has_none() -> None:
    assert texts(scenes.at(scenes.draw("shelves", 5, 640, 360), 1.0)) == set()


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(None, id="nothing"),
        pytest.param(np.zeros((0, 0, 3), np.uint8), id="no pixels"),
        pytest.param(np.zeros((1, 1, 3), np.uint8), id="one pixel"),
        pytest.param(np.zeros((2, 3000, 3), np.uint8), id="a line"),
        pytest.param(np.zeros((3000, 1), np.uint8), id="an upright line"),
        pytest.param(np.full((50, 50, 3), np.nan), id="no numbers"),
        pytest.param(np.zeros((20, 20, 7), np.uint8), id="seven colours"),
        pytest.param(np.random.default_rng(3).integers(0, 255, (360, 640, 3), np.uint8), id="noise"),
        pytest.param("a picture", id="text"),
    ],
)
def test_what_is_no_picture_has_no_code_and_does_no_harm(odd: Any) -> None:
    assert texts(odd) == set()


def test_a_code_that_is_torn_is_not_made_up() -> None:
    frame = holding(CARD)
    frame[150:210, 250:390] = 255
    assert texts(frame) <= {CARD}


def test_a_picture_file_is_shown_as_it_is() -> None:
    png = cv2.imencode(".png", cv2.resize(qr_codes.drawn(CARD), None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST))[1]
    picture = qr_codes.decoded_image(png.tobytes())
    assert picture is not None
    assert CARD in texts(qr_codes.held_up(scenes.at(scenes.draw("office", 7, 640, 360), 1.0), picture))


@pytest.mark.parametrize("data", [b"", b"CCT1:0012345678:2", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_file_is_none(data: bytes) -> None:
    assert qr_codes.decoded_image(data) is None
