"""The figure a technician turns a lens by: it falls as a picture gets softer, whatever its light."""

import cv2
import numpy as np
import pytest

from station.vision.focus import focus_of
from station.vision.scenes import PLACES, at, draw


def jpeg(picture: object) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("place", PLACES)
def test_it_falls_with_every_step_out_of_focus(place: str) -> None:
    picture = at(draw(place, 1, 640, 360), 0.0, people=0)  # type: ignore[arg-type]
    figures = [focus_of(jpeg(picture))]
    figures += [focus_of(jpeg(cv2.GaussianBlur(picture, (0, 0), blur))) for blur in (1.0, 2.0, 4.0)]
    assert None not in figures
    assert figures == sorted(figures, reverse=True)  # type: ignore[type-var]
    assert (figures[0] > 50, figures[-1] < 40) == (True, True)  # type: ignore[operator]
    dark = focus_of(jpeg((picture * 0.5).astype(np.uint8)))
    assert dark is not None
    assert abs(dark - figures[0]) < 15  # type: ignore[operator]


def test_what_shows_nothing_has_no_figure() -> None:
    assert focus_of(b"no picture") is None
    assert focus_of(jpeg(np.full((90, 160, 3), 90, np.uint8))) is None
    assert focus_of(jpeg(np.zeros((4, 4, 3), np.uint8))) is None
