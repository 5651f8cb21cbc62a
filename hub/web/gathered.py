"""The county's facts for work lists, from the readers of every room; a room that cannot be read leaves its part out."""

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from hub.access.caller import Caller
from hub.library.desk import Holding
from hub.local_time import day_ms, day_of
from hub.store.calls import CallsReader
from hub.store.casework import Inbox, Work
from hub.store.casework_calls import CallsReader as CallBacksReader
from hub.store.engine import StoreError
from hub.store.ticket_work import TicketWorkReader
from hub.store.warnings import WarningsReader
from hub.store.worklists import WorkReader
from hub.visits import calls_back
from hub.visits.clocks import clocks_of, most_urgent
from hub.visits.day import DAY_MS
from hub.web.centre import Centre
from hub.web.console.disclosure import Disclosures, Due
from hub.web.shelf import Shelf
from hub.work.sources import Facts, Waiting

MOST_CALLS: Final = 50
WARNINGS_BACK_MS: Final = 90 * 86_400_000
NEARING: Final = frozenset({"near", "overdue"})


class Gathered:
    """Reads the facts for one person's list."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._disclosures, self._shelf = centre, Disclosures(centre), Shelf(centre)
        engine = centre.database.reader
        self._calls, self._cases, self._backs = CallsReader(engine), Inbox(engine), CallBacksReader(engine)
        self._tickets = TicketWorkReader(engine)
        self._warnings, self._work = WarningsReader(engine), WorkReader(engine)

    def facts(self, caller: Caller) -> tuple[Facts, bool]:
        """Return the facts somebody may have to do with, and whether some room could not be read."""
        failed: list[str] = []

        def part(read: Callable[[], Sequence[Waiting]]) -> Sequence[Waiting]:
            try:
                return read()
            except StoreError as error:
                failed.append(error.code)
                return ()

        view, now_ms = self._centre.view, self._centre.now_ms()
        towns, resting = caller.area.towns, view.out_of_service()
        visits, edits = caller.may("visit"), caller.may("library")
        try:
            inspected = self._work.inspected(day_ms(day_of(now_ms)))
        except StoreError as error:
            inspected = frozenset()
            failed.append(error.code)
        facts = Facts(
            incidents=view.incidents(),
            calls=part(self._of_calls),
            matters=part(lambda: self._of_matters(towns)) if visits else (),
            tickets=part(lambda: self._of_tickets(towns)) if visits else (),
            call_backs=part(lambda: self._of_call_backs(towns)) if visits else (),
            disclosures=part(self._of_disclosures) if edits else (),
            notices=part(self._of_notices) if caller.may("supervise") else (),
            documents=part(self._of_documents) if edits else (),
            warnings=part(self._of_warnings) if caller.may("report") else (),
            stations=[one for one in view.stations() if one.station not in resting],
            inspected=inspected,
        )
        return facts, bool(failed)

    def _of_calls(self) -> list[Waiting]:
        """Return who waits for help, and what somebody took and nobody closed: after a day it is everybody's."""
        now_ms = self._centre.now_ms()
        found = [
            Waiting(str(one.id), one.state, one.name, one.town, one.at_ms) for one in self._calls.waiting(MOST_CALLS)
        ]
        for one in self._calls.page(MOST_CALLS, state="acknowledged"):
            due_ms = (one.acknowledged_ms or one.received_ms) + DAY_MS
            who = one.acknowledged_by if now_ms < due_ms else None
            found.append(Waiting(str(one.id), one.state, one.name, one.town, one.at_ms, due_ms, who))
        return found

    def _of_matters(self, towns: frozenset[str]) -> list[Waiting]:
        return self._near(self._cases.waiting(towns))

    def _of_tickets(self, towns: frozenset[str]) -> list[Waiting]:
        return self._near([one.work for one in self._tickets.waiting(towns)])

    def _near(self, works: Sequence[Work]) -> list[Waiting]:
        """Return those whose time is up or nearly."""
        now_ms, found = self._centre.now_ms(), []
        for work in works:
            row = work.row
            clock = most_urgent(clocks_of(row.service, row.matter, row.shown_ms, work.steps, now_ms))
            if clock is not None and clock.standing(now_ms) in NEARING:
                who = None if work.assigned is None or work.assigned.role != "self" else work.assigned.whom
                found.append(
                    Waiting(str(row.id), clock.name, row.name, row.town, row.shown_ms, clock.due_ms, who, row.number)
                )
        return found

    def _of_call_backs(self, towns: frozenset[str]) -> list[Waiting]:
        found = []
        for one in self._backs.open(towns):
            clock = most_urgent(calls_back.clocks(one.opened_ms, one.calls, one.fixed_ms))
            what, due = ("call_back", None) if clock is None else (str(clock.name), clock.due_ms)
            found.append(Waiting(str(one.id), what, one.name, one.town, one.opened_ms, due, None, one.number))
        return found

    def _of_disclosures(self) -> list[Waiting]:
        """Return what is late or nearly: the same of several villages of a town is one thing to do there."""
        grouped: dict[tuple[str, str, int], list[Due]] = {}
        for one in self._disclosures.due():
            if one.owed.standing in {"late", "near"}:
                grouped.setdefault((one.village.town, one.owed.title_zh, one.owed.due_day), []).append(one)
        found = []
        for (town, title, due_day), some in grouped.items():
            standing, place = some[0].owed.standing, some[0].village.name if len(some) == 1 else town
            key = urlencode({"town": town, "standing": standing, "what": some[0].owed.key})
            more = title + (f" ×{len(some)}" if len(some) > 1 else "")
            found.append(Waiting(key, standing, place, town, None, day_ms(due_day + 1), None, more))
        return found

    def _of_notices(self) -> list[Waiting]:
        villages = {one.code: one for one in self._shelf.villages()}
        return [
            Waiting(
                str(one.id), one.state, villages[one.station].name, villages[one.station].town, one.changed_ms,
                None if one.state == "answered" else day_ms(one.deadline_day + 1), None, one.title,
            )
            for one in self._disclosures.reader.notices(open_only=True)
            if one.station in villages
        ]  # fmt: skip

    def _of_documents(self) -> list[Waiting]:
        """Return which documents stations did not take: the same of several stations of a town is one thing to do."""
        desk = self._shelf.desk()
        grouped: dict[tuple[str, str, str, str], list[Holding]] = {}
        for one in desk.holdings(desk.villages):
            if one.state in {"refused", "ahead"}:
                grouped.setdefault((one.station.town, one.due.name, one.state, one.code or ""), []).append(one)
        found = []
        for (town, name, state, code), some in grouped.items():
            spot, place = f"town:{town}", town
            if len(some) == 1:
                spot, place = f"station:{some[0].station.code}", some[0].station.name
            more = f"{name} {code}".strip() + (f" ×{len(some)}" if len(some) > 1 else "")
            found.append(Waiting(f"{name}?{urlencode({'spot': spot})}", state, place, town, None, None, None, more))
        return found

    def _of_warnings(self) -> list[Waiting]:
        now_ms = self._centre.now_ms()
        return [
            Waiting(str(one.id), one.rule, one.town, one.town, one.began_ms, None, one.acknowledged_by, one.level)
            for one in self._warnings.of(now_ms - WARNINGS_BACK_MS, now_ms + 1)
            if one.ended_ms is None and one.acknowledged_ms is None
        ]
