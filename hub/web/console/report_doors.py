"""Every page about reports, on one desk: what is made takes its turn."""

from hub.desks.reporting import ReportDesk
from hub.reports.figures import Effective, Linked
from hub.web.centre import Centre
from hub.web.console.coverage import CoveragePages
from hub.web.console.figures import FigurePages, Turns
from hub.web.console.reports import ReportPages
from hub.web.door import Door
from hub.work.effective import WITHIN_DAYS, totals


def desk_of(centre: Centre) -> ReportDesk:
    """Return where reports are worked on, with what the centre knows of who can call whom."""

    def linked() -> Linked | None:
        matrix = centre.linked.matrix()
        rate = matrix.rate
        return Linked(rate.can, rate.cannot, rate.unknown, matrix.at_ms) if rate.says_something else None

    coverage = CoveragePages(centre)

    def effective(town: str) -> Effective | None:
        every = [one for one in coverage.covered(WITHIN_DAYS)[0] if not town or one.health.town == town]
        villages, there, in_earnest = totals(every)
        return Effective(there, in_earnest, villages, centre.now_ms()) if every else None

    return ReportDesk(centre.database, linked, effective)


def report_doors(centre: Centre) -> list[Door]:
    """Return the doors."""
    desk = desk_of(centre)
    turns = Turns(desk, centre.now_ms)
    return [*FigurePages(centre, desk, turns).doors(), *ReportPages(centre, desk, turns).doors()]
