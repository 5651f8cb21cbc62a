"""What the web reads besides the view, in one value."""

from typing import NamedTuple

from hub.health.lines import Lines
from hub.store.alarms import AlarmsReader
from hub.store.faults import FaultsReader
from hub.store.incidents import IncidentsReader
from hub.store.intervals import IntervalsReader
from hub.store.lines import LinksReader
from hub.store.visits import VisitsReader


class Readers(NamedTuple):
    """Where the pages and the interface read from; each is safe from any thread."""

    visits: VisitsReader
    faults: FaultsReader
    alarms: AlarmsReader
    lines: Lines
    incidents: IncidentsReader
    links: LinksReader
    intervals: IntervalsReader
