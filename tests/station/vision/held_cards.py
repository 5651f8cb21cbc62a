"""Pictures of a room where somebody holds a QR code up, as a camera sees them: tilted, leaning, out of focus."""

import cv2
import numpy as np

from station.vision import qr_codes, scenes
from station.vision.features import Frame


def holding(
    text: str,
    *,
    size_px: tuple[int, int] = (640, 360),
    high: float = 0.5,
    tilted_deg: float = 0.0,
    leaning: float = 0.0,
    blur_px: float = 0.0,
    at: tuple[float, float] = (0.5, 0.5),
    before: Frame | None = None,
    t_s: float = 1.0,
) -> Frame:
    """Return the room, or what was `before` the camera already, with a code so high as a share of the picture."""
    width, height = size_px
    room = scenes.at(scenes.draw("office", 7, width, height), t_s) if before is None else before
    card = qr_codes.drawn(text)
    card = cv2.resize(card, None, fx=12, fy=12, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    side, half = card.shape[0], high * height / 2
    corners = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    corners[:2] *= 1 - leaning
    turn = np.deg2rad(tilted_deg)
    turned = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    places = (turned + np.array([at[0] * width, at[1] * height])).astype(np.float32)
    flat = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    seen = cv2.getPerspectiveTransform(flat, places)
    shown = cv2.warpPerspective(card, seen, (width, height), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full((side, side), 255, np.uint8), seen, (width, height)) > 127
    picture = room.copy()
    picture[where] = shown[where]
    return cv2.GaussianBlur(picture, (0, 0), blur_px).astype(np.uint8) if blur_px else picture
