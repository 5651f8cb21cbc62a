"""When a camera is asked over RTSP how it is, and how far: it has few sessions, so seldom while it is well. Pure."""

from typing import Final, Literal

Depth = Literal["options", "whole"]
"""Whether it answers at all, or up to the first packet of its picture."""

FIRST_S: Final = 30.0
WELL_EVERY_S: Final = 300.0
BAD_AFTER_S: Final = 3.0
"""From the end of the stream to the first question: the stream's own next try comes first."""
BAD_EVERY_S: Final = (30.0, 60.0, 120.0, 300.0)
"""Between one question and the next while there is no picture."""


class CameraRounds:
    """One camera; times are monotonic seconds."""

    def __init__(self, now_s: float) -> None:
        """Begin with a stream that is taken to be well."""
        self._is_bad = False
        self._asked_bad = 0
        self._due_s = now_s + FIRST_S

    def look(self, now_s: float, *, is_bad: bool) -> Depth | None:
        """Return what is to be asked now; `is_bad` says that no pictures come."""
        if is_bad != self._is_bad:
            self._is_bad, self._asked_bad = is_bad, 0
            self._due_s = now_s + (BAD_AFTER_S if is_bad else WELL_EVERY_S)
        if now_s < self._due_s:
            return None
        if not is_bad:
            self._due_s = now_s + WELL_EVERY_S
            return "options"
        self._due_s = now_s + BAD_EVERY_S[min(self._asked_bad, len(BAD_EVERY_S) - 1)]
        self._asked_bad += 1
        return "whole"
