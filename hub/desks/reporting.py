"""Reports as people of the centre work on them: drafting, changing, approving, handing on, warnings, scores."""

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec

from hub.incidents.delivery.letter import is_address
from hub.local_time import UNIT_MS, written
from hub.reports import layout
from hub.reports.document import Document
from hub.reports.drafts import draft
from hub.reports.figures import Effective, Figures, Linked
from hub.reports.lifecycle import STATES, Act, Part, after, checked, digest
from hub.reports.names import KINDS, ReportKind
from hub.reports.period import Length, Period, ReportError, read_period
from hub.reports.told import Frozen, Warned
from hub.store.deliveries import REPORT, Fresh, queue
from hub.store.engine import Database, Transaction
from hub.store.report_figures import FiguresReader
from hub.store.reports import (
    CopyRow,
    Head,
    New,
    Report,
    ReportsReader,
    StepRow,
    add_copies,
    add_report,
    add_step,
    change_report,
    find_report,
    packed,
    writers,
)
from hub.store.warnings import WarningRow, WarningsReader

LENGTH_OF: Final[dict[ReportKind, tuple[Length, ...]]] = {
    "daily": ("day",),
    "weekly": ("week",),
    "monthly": ("month",),
    "opinion": ("month",),
    "brief": ("day", "week", "month"),
}
KEPT_AFTER_MS: Final = 7 * UNIT_MS["d"]
"""So long after its end the figures of a period are kept: what stations had stored meanwhile has come by then."""
BROKEN: Final = "E-REP-12 内容与批准时不一致，请勿使用"
"""Stands on every page of one that is not what was approved."""
DEEDS: Final[dict[Act, str]] = {"submit": "report.submit", "approve": "report.approve", "withdraw": "report.withdraw"}
"""What the audit log calls each of what `act` does."""
ENDED_SHOWN_MS: Final = 30 * UNIT_MS["d"]
"""So long a warning that ended is still listed."""
MOST_ADDRESSEES: Final = 50
MOST_ADDRESSEE: Final = 100
_NOT_IN_FILE: Final = re.compile(r"[^\w.()（）-]+")


class Copy(NamedTuple):
    """To whom a report goes."""

    addressee: str
    port: str


class ReportDesk:
    """Where figures and drafts are made; each of these may raise StoreError and takes some tenths of a second."""

    def __init__(
        self,
        database: Database,
        linked: Callable[[], Linked | None] = lambda: None,
        effective: Callable[[str], Effective | None] = lambda _: None,
    ) -> None:
        """Take the county's database, and what says who can call whom and who is served in earnest (of a town) now."""
        self.database = database
        self.figures_reader = FiguresReader(database.reader)
        self.reports = ReportsReader(database.reader)
        self.warnings = WarningsReader(database.reader)
        self._linked, self._effective = linked, effective

    def frozen(self, period: Period, town: str, now_ms: int, *, compared: bool = True) -> Frozen:
        """Return all that a report is drafted from: the figures, those before and last year's, warnings, weights.

        Raises ReportError E-REP-10 when the county has no such town.
        """
        if town and town not in self.figures_reader.towns():
            raise ReportError("E-REP-10", f"{town}: the county has no such town 本县没有这个乡镇")
        linked = None if town else self._linked()
        figures = self.figures_reader.figures(period, now_ms, town, linked, self._effective(town))
        before = last_year = None
        if compared:
            length_ms = figures.until_ms - figures.from_ms
            before = self._past(period.before, town, now_ms, None if figures.over else length_ms)
            last_year = self._past(period.last_year, town, now_ms, None if figures.over else length_ms)
        warned = [
            Warned(one.rule, one.town, one.subject, one.level, one.figures, one.ended_ms is not None)
            for one in self.warnings.of(period.from_ms, figures.until_ms)
            if not town or one.town == town
        ]
        return Frozen(figures, before, last_year, warned, self.reports.weights())

    def _past(self, period: Period | None, town: str, now_ms: int, length_ms: int | None) -> Figures | None:
        """Return figures to compare with, of as long as the period has lasted; without their villages."""
        if period is None:
            return None
        since_ms = self.figures_reader.since_ms()
        if since_ms is None or since_ms >= period.until_ms:
            return None
        if length_ms is not None:
            return _bare(self.figures_reader.figures(period.part(length_ms), now_ms, town))
        kept = self.reports.kept(period.name, town)
        return kept or _bare(self.figures_reader.figures(period, now_ms, town))

    def to_keep(self, period: Period, now_ms: int) -> Figures | None:
        """Return the county's figures of a period that is long enough over and not kept yet."""
        since_ms = self.figures_reader.since_ms()
        early = now_ms < period.until_ms + KEPT_AFTER_MS or since_ms is None or since_ms >= period.until_ms
        if early or self.reports.kept(period.name, "") is not None:
            return None
        return _bare(self.figures_reader.figures(period, now_ms))

    def drafted(self, kind: ReportKind, period: Period, town: str, county: str, now_ms: int) -> New:
        """Return a new draft. Raises ReportError E-REP-01 when this kind is of another length of time."""
        if period.length not in LENGTH_OF[kind]:
            lengths = ", ".join(LENGTH_OF[kind])
            raise ReportError("E-REP-01", f"{period.name}: a {kind} report is of a {lengths} 时间段与报告种类不符")
        frozen = self.frozen(period, town, now_ms)
        title = f"{town}{KINDS[kind][0]}"
        return New(kind, period.name, town, title, draft(kind, frozen, period, county), packed(frozen))

    def corrected(self, report: Report) -> New:
        """Return the beginning of another version of a report: its text, and its figures as they were."""
        head = report.head
        return New(head.kind, head.period, head.town, head.title, report.parts, report.body)

    def warned(self, now_ms: int) -> list[WarningRow]:
        """Return the warnings that stand, then those that ended lately."""
        return self.warnings.of(now_ms - ENDED_SHOWN_MS, now_ms + 1)

    def find(self, key: int) -> Report:
        """Return one version. Raises ReportError E-REP-06."""
        found = self.reports.find(key)
        if found is None:
            raise missing(key)
        return found


def add(connection: Transaction, new: New, who: str, now_ms: int, note: str = "") -> int:
    """Write a draft down and return its id."""
    key = add_report(connection, new, who, now_ms)
    add_step(connection, key, StepRow(now_ms, who, "draft", note))
    return key


def edit(
    connection: Transaction, key: int, edits: int, title: str, parts: Sequence[Part], who: str, now_ms: int
) -> None:
    """Change a draft's text.

    Raises ReportError E-REP-02 (no draft any more), E-REP-04 (sections) or E-REP-11 (somebody else changed it).
    """
    report = _found(connection, key)
    after(report.head.state, "edit", who, ())
    _change(connection, key, edits, title=title, parts=checked(parts, report.parts), changed_ms=now_ms)
    add_step(connection, key, StepRow(now_ms, who, "edit", ""))


def act(
    connection: Transaction, key: int, what: Act, who: str, now_ms: int, note: str = "", *, edits: int | None = None
) -> Head:
    """Submit, approve or withdraw a report; `edits` is which state of it was read, None whichever it has.

    Raises ReportError E-REP-02 (not as things stand), E-REP-03 (its author approves nothing), E-REP-11.
    """
    report = _found(connection, key)
    head = report.head
    state = after(head.state, what, who, writers(connection, key))
    values: dict[str, object] = {"state": state, "approved_by": None, "approved_ms": None, "hash": None}
    if what == "approve":
        held = digest(head.title, report.parts, report.body)
        values |= {"approved_by": who, "approved_ms": now_ms, "hash": held}
    _change(connection, key, head.edits if edits is None else edits, changed_ms=now_ms, **values)
    add_step(connection, key, StepRow(now_ms, who, what, note))
    return head


def distribute(
    connection: Transaction, key: int, to: Sequence[Copy], who: str, county: str, now_ms: int,
    *, edits: int | None = None,
) -> None:  # fmt: skip
    """Hand a report on: by mail into the queue of letters, else it is noted as handed over; `edits` as in `act`.

    Raises ReportError E-REP-02, E-REP-11, E-REP-12 (it is not as it was approved).
    """
    report = _found(connection, key)
    head = report.head
    after(head.state, "distribute", who, ())
    if not intact(report):
        raise ReportError("E-REP-12", "it is not as it was approved: make a new version 内容与批准时不一致，请更正重发")
    letters, copies = [], []
    for one in to:
        letter = None
        if one.port == "mail":
            letter = hashlib.sha256(f"report {key} {one.addressee} {now_ms}".encode()).hexdigest()
            subject = f"{county} {head.title}（{period_title(head)}）"[:200]
            letters.append(
                Fresh(
                    letter, None, None, REPORT, "mail", one.addressee, REPORT, now_ms, subject, text_of(report, county),
                    due_ms=now_ms,
                )
            )  # fmt: skip
        copies.append(CopyRow(one.addressee, one.port, letter, now_ms))
    queue(connection, letters)
    add_copies(connection, key, copies)
    _change(connection, key, head.edits if edits is None else edits, state="distributed", changed_ms=now_ms)
    add_step(connection, key, StepRow(now_ms, who, "distribute", "、".join(one.addressee for one in to)[:200]))


def addressees(text: str, *, mail: bool) -> list[Copy]:
    """Read a list of addressees, a line each: a mail address goes by mail where that is set up, a name by hand.

    Raises ReportError E-REP-13.
    """
    lines = [line.strip() for line in re.split(r"[\n;；]", text) if line.strip()]
    wrong = [line for line in lines if len(line) > MOST_ADDRESSEE or not line.isprintable()]
    if not lines or len(lines) > MOST_ADDRESSEES or wrong:
        what = f"1 to {MOST_ADDRESSEES} addressees, a line each 收件人 1 到 {MOST_ADDRESSEES} 个，每行一个"
        raise ReportError("E-REP-13", what)
    return [Copy(line, "mail" if mail and is_address(line) else "hand") for line in dict.fromkeys(lines)]


def intact(report: Report) -> bool:
    """Say whether an approved report is still what was approved."""
    return report.head.hash == digest(report.head.title, report.parts, report.body)


def document_of(report: Report, county: str) -> Document:
    """Return a report as a document."""
    head = report.head
    marked = stamp(head) if head.hash is None or intact(report) else BROKEN
    return layout.document(head.title, county, period_of_head(head), marked, report.parts, report.frozen)


def stamp(head: Head) -> str:
    """Return how far a report is, as its pages say it."""
    version = f"第{head.version}版 " if head.version > 1 else ""
    if head.approved_ms is None or head.approved_by is None:
        return f"{version}{STATES[head.state][0]}（未批准）"
    held = f"校验 {head.hash.hex()[:12]}" if head.hash else ""
    return f"{version}{head.approved_by} {written(head.approved_ms)} 批准 {held}".strip()


def text_of(report: Report, county: str) -> str:
    """Return a report as plain text, for a letter."""
    head = report.head
    lines = [f"{county} {head.title}（{period_title(head)}）", stamp(head), ""]
    for part in report.parts:
        lines += [f"【{part.title}】", part.text, ""]
    return "\n".join(lines)


def period_of_head(head: Head) -> Period:
    """Return the period of a report."""
    return read_period(head.period, 2**62)


def period_title(head: Head) -> str:
    """Return what Chinese calls the period of a report."""
    return period_of_head(head).title


def file_name(*parts: str) -> str:
    """Return a file's name of these, without what no file system takes."""
    return _NOT_IN_FILE.sub("_", "_".join(part for part in parts if part))[:80]


def missing(key: int) -> ReportError:
    """Return what is said of a report that is not there."""
    return ReportError("E-REP-06", f"{key}: no such report 没有这份报告")


def _found(connection: Transaction, key: int) -> Report:
    report = find_report(connection, key)
    if report is None:
        raise missing(key)
    return report


def _change(connection: Transaction, key: int, edits: int, **values: object) -> None:
    if not change_report(connection, key, edits, **values):
        what = "somebody else changed it meanwhile: open it again 他人已修改，请重新打开后再改"
        raise ReportError("E-REP-11", what)


def _bare(figures: Figures) -> Figures:
    return msgspec.structs.replace(figures, villages=[], effective=None)
