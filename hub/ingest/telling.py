"""Follows what happens to incidents and queues what people and programs are told of it.

What a step brings and how far steps were followed is one transaction: a hub that is killed loses nothing and queues
nothing twice. Nothing is sent here: `hub/incidents/delivery/sender.py` does that outside the writer's rounds.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from hub.health.windows import Calendar
from hub.incidents.alert_texts import Text, alert, digest, event_of
from hub.incidents.alerting import (
    BEGINNINGS,
    PERIOD_MS,
    Audience,
    Budget,
    Decision,
    Reason,
    decide,
    digest_is_due,
    is_moot,
    mailboxes,
)
from hub.incidents.delivery.letter import key_of
from hub.incidents.delivery.ports import Ports
from hub.incidents.duty import Roster
from hub.incidents.incident import Incident, Step
from hub.store import deliveries as queue
from hub.store.deliveries import Fresh, Held, Known
from hub.store.engine import Database, RefusedError, writing
from hub.store.incidents import IncidentsReader
from hub.store.patience import Patience

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 250
LOOK_AGAIN_EVERY_MS: Final = 5_000
"""How often is looked whether a digest is due, or what was held may be told."""
MOST_STEPS: Final = 50
"""Followed in one round, and looked at again in one."""


class County(NamedTuple):
    """What is asked about the county at each decision."""

    code: str
    name: str
    towns: Mapping[str, str]
    """The town of each station."""
    roster: Callable[[], Roster]
    calendar: Callable[[], Calendar]


class Telling:
    """Called in each of the writer's rounds; never raises for a database that takes nothing."""

    def __init__(self, database: Database, county: County, ports: Ports, wake: Callable[[], None]) -> None:
        """Take where incidents and the queue are, whom to ask, by what is sent, and what has the sender look."""
        self._database, self._county, self._ports, self._wake = database, county, ports, wake
        self._incidents = IncidentsReader(database.reader)
        self._most = MOST_STEPS
        self._position: int | None = None
        self._held_after = 0
        self._looked_ms = self._again_ms = -LOOK_AGAIN_EVERY_MS
        self._patience = Patience(logger)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Queue what is due; mail needs no broker, so it goes on without one."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._patience:
            queued = self._follow(now_ms)
            if not 0 <= now_ms - self._again_ms < LOOK_AGAIN_EVERY_MS:
                self._again_ms = now_ms
                queued = self._look_again(now_ms) or queued
            if queued:
                self._wake()
        if self._patience.tried:
            self._position = None  # what was committed, and what not, stands in the database

    def _follow(self, now_ms: int) -> bool:
        """Queue what new steps bring."""
        if self._position is None:
            self._position = queue.position(self._database.reader)
        steps = self._incidents.steps_after(self._position, self._most)
        if not steps:
            return False
        desk = self._desk([one.incident for one in steps], now_ms)
        for one in steps:
            desk.take(one.incident, one.id, one.step)
        latest = {one.incident: one.id for one in steps if one.step in BEGINNINGS}
        try:
            self._commit(desk.fresh, steps[-1].id, latest, now_ms)
        except RefusedError as error:
            if len(steps) > 1:
                self._most = 1  # the others are not its fault
                return False
            logger.error("E-SEND-15 of step %d of incidents nobody is told: %s", steps[0].id, error)  # noqa: TRY400
            self._commit([], steps[0].id, {}, now_ms)
        self._most = MOST_STEPS
        desk.log()
        return bool(desk.fresh)

    def _commit(self, fresh: Sequence[Fresh], step: int, latest: Mapping[str, int], now_ms: int) -> None:
        with writing(self._database) as connection:
            queue.queue(connection, fresh)
            for which, begins in latest.items():
                queue.end_held_before(connection, which, begins, now_ms)
            queue.note_position(connection, step)
        self._position = step

    def _look_again(self, now_ms: int) -> bool:
        """Tell what was held and may be told now, end what is over, and send the digests that are due."""
        held = queue.held(self._database.reader, self._held_after, MOST_STEPS)
        self._held_after = held[-1].id if len(held) == MOST_STEPS else 0
        queued = self._look_at_held(held, now_ms) if held else False
        waiting = queue.collected(self._database.reader, self._county.towns, self._county.name)
        if not waiting:
            return queued
        budget = Budget(queue.spent(self._database.reader, now_ms - PERIOD_MS))
        for mailbox, collected in waiting.items():
            if digest_is_due(collected, mailbox, budget, now_ms):
                text = digest(collected, now_ms)
                key = self._key("digest", mailbox, collected[0].id, now_ms)
                row = Fresh(key, None, None, "digest", "mail", mailbox, "digest", now_ms, due_ms=now_ms)
                row = row._replace(subject=text.subject, body=text.body)
                with writing(self._database) as connection:
                    queue.queue_digest(connection, row, [one.id for one in collected])
                logger.info("digest of %d events queued 告警汇总已生成", len(collected))
                queued = True
        return queued

    def _look_at_held(self, held: Sequence[Held], now_ms: int) -> bool:
        desk = self._desk([one.incident for one in held], now_ms)
        over: list[int] = []
        told: list[int] = []
        for one in held:
            incident = desk.incidents.get(one.incident)
            if incident is None or is_moot(one.event, incident):
                over.append(one.id)
            elif desk.take(one.incident, one.step, one.event):
                told.append(one.id)
        if over or told:
            with writing(self._database) as connection:
                queue.queue(connection, desk.fresh)
                queue.end_held(connection, told, "told", now_ms)
                queue.end_held(connection, over, "over", now_ms)
            desk.log()
        return bool(told)

    def _desk(self, keys: Sequence[str], now_ms: int) -> "_Desk":
        different = list(dict.fromkeys(keys))
        incidents = self._incidents.these(different)
        budget = Budget(queue.spent(self._database.reader, now_ms - PERIOD_MS))
        known = queue.known(self._database.reader, different)
        return _Desk(self._county, self._ports, incidents, known, budget, self._key, now_ms)

    def _key(self, *parts: object) -> str:
        return key_of(self._county.code, *parts)


class _Desk:
    """One transaction's worth of decisions."""

    def __init__(
        self,
        county: County,
        ports: Ports,
        incidents: Mapping[str, Incident],
        known: Known,
        budget: Budget,
        key: Callable[..., str],
        now_ms: int,
    ) -> None:
        self.incidents = incidents
        self.fresh: list[Fresh] = []
        self._county, self._ports, self._known, self._budget, self._key = county, ports, known, budget, key
        self._roster, self._calendar, self._now_ms = county.roster(), county.calendar(), now_ms

    def take(self, which: str, step: int, event: Step) -> bool:
        """Decide about one event; return whether it is no longer to be held."""
        incident = self.incidents.get(which)
        if incident is None:
            return True
        if event == "returned":  # who was told of the time before knows nothing of this one
            self._known.told[which] = {}
        knows = self._known.told.setdefault(which, {})
        boxes: list[str] = []
        why: Reason = "no_port"
        if event in BEGINNINGS and self._ports.mail:
            boxes, why = mailboxes(event, incident, self._roster, self._now_ms)
        audience = Audience(boxes, self._ports.webhooks, dict(knows), why)
        quiet = event in BEGINNINGS and self._calendar.silences(incident.stations, self._now_ms)
        decisions = decide(event, incident.priority, audience, self._budget, suppressed=quiet)
        for one in decisions:
            self.fresh.append(self._row(one, incident, step, event))
            if event in BEGINNINGS and one.port != "none":
                knows[one.port, one.recipient] = knows.get((one.port, one.recipient), False) or one.how == "now"
        return all(one.how != "hold" for one in decisions)

    def log(self) -> None:
        """Say what was decided, without anybody's address."""
        for one in self.fresh:
            logger.info(
                "incident %s %s: %s %s 告警决定", one.incident, one.event, one.port if one.due_ms else "-", one.reason
            )

    def _row(self, one: Decision, incident: Incident, step: int, event: Step) -> Fresh:
        # Numbers begin anew in a new database; when an incident was noticed does not.
        key = self._key(incident.id, incident.noticed_ms, step, event, one.port, one.recipient)
        now_ms, county = self._now_ms, self._county.name
        row = Fresh(key, incident.id, step, event, one.port, one.recipient, one.reason, now_ms)
        if one.how == "not":
            return row._replace(ended_ms=now_ms, outcome="over")
        if one.how != "now":
            return row
        text: Text
        if one.port == "webhook":
            text, thread = event_of(event, incident, county, now_ms), None
        else:
            text = alert(event, incident, county, now_ms)
            thread = self._known.threads.setdefault((incident.id, one.recipient), key)
        return row._replace(subject=text.subject, body=text.body, thread=thread, due_ms=now_ms)
