"""The alarm report of a period, from the database to the document."""

from hub.incidents.alarm_figures import figures
from hub.reports.alarm_report import AlarmReport, alarm_report, document
from hub.reports.document import Document
from hub.reports.period import Period
from hub.store.alarm_log import read_alarm_log, read_lasting, read_taken
from hub.store.engine import Database
from hub.store.report_figures import FiguresReader
from hub.visits.day import day_start_ms

TITLE = "告警质量报告"


def alarms_of(database: Database, period: Period) -> AlarmReport:
    """Return the alarm report of a period that is over, or cut at now; days before a hub ran here make nothing rarer.

    Raises StoreError.
    """
    since_ms = FiguresReader(database.reader).since_ms()
    known = since_ms is not None and since_ms < period.until_ms
    if since_ms is not None and known:
        period = period._replace(from_ms=max(period.from_ms, day_start_ms(since_ms)))
    log = read_alarm_log(database.reader, period.from_ms)
    lasting = read_lasting(database.reader, period.until_ms)
    found = figures(log.raised, log.told, lasting, period.from_ms, period.until_ms)
    return alarm_report(found, log.raised, read_taken(database.reader, period.from_ms, period.until_ms), known=known)


def alarm_document(report: AlarmReport, county: str) -> Document:
    """Return it as a document."""
    return document(report, county, TITLE)
