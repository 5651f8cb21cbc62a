"""Every page about reports, on one desk: what is made takes its turn."""

from hub.reporting import ReportDesk
from hub.reports.figures import Linked
from hub.web.centre import Centre
from hub.web.console.figures import FigurePages, Turns
from hub.web.console.reports import ReportPages
from hub.web.door import Door


def desk_of(centre: Centre) -> ReportDesk:
    """Return where reports are worked on, with what the centre knows of who can call whom."""

    def linked() -> Linked | None:
        matrix = centre.linked.matrix()
        rate = matrix.rate
        return Linked(rate.can, rate.cannot, rate.unknown, matrix.at_ms) if rate.says_something else None

    return ReportDesk(centre.database, linked)


def report_doors(centre: Centre) -> list[Door]:
    """Return the doors."""
    desk = desk_of(centre)
    turns = Turns(desk, centre.now_ms)
    return [*FigurePages(centre, desk, turns).doors(), *ReportPages(centre, desk, turns).doors()]
