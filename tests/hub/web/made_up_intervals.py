"""What was said of stations, in memory, answering as the reader of the database does."""

from hub.health.availability import EVER, Village
from hub.store.intervals import IntervalsReader, Place, Recorded


class MadeUpIntervals(IntervalsReader):
    """Villages that are put in; the hub is never away."""

    def __init__(self) -> None:
        self.villages: list[tuple[Place, Village]] = []
        self.asked: list[tuple[int, int]] = []
        self.trouble: Exception | None = None

    def between(
        self, from_ms: int, until_ms: int, now_ms: int, town: str | None = None, station: str | None = None
    ) -> Recorded:
        self.asked.append((from_ms, until_ms))
        if self.trouble is not None:
            raise self.trouble
        return Recorded(
            [one for one in self.villages if town in {None, one[0].town} and station in {None, one[0].code}], []
        )


ALWAYS = [(0, EVER)]
