"""The alarm report of a period, from the database to the document."""

from hub.incidents.alarm_figures import figures
from hub.reports.alarm_report import AlarmReport, alarm_report, document
from hub.reports.document import Document
from hub.reports.period import Period
from hub.store.alarm_log import read_alarm_log, read_taken
from hub.store.engine import Database

TITLE = "告警质量报告"


def alarms_of(database: Database, period: Period) -> AlarmReport:
    """Return the alarm report of a period that is over, or cut at now. Raises StoreError."""
    log = read_alarm_log(database.reader, period.from_ms)
    found = figures(log.raised, log.told, log.lasting_since_ms, period.from_ms, period.until_ms)
    return alarm_report(found, log.raised, read_taken(database.reader, period.from_ms, period.until_ms))


def alarm_document(report: AlarmReport, county: str) -> Document:
    """Return it as a document."""
    return document(report, county, TITLE)
