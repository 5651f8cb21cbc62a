"""Wiring of `hub run`: database, ingest, web; stopped in the reverse order."""

import logging
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from hub.access.chain import fingerprint_of
from hub.errors import HubError
from hub.incidents.delivery.ports import ports_of
from hub.incidents.delivery.sender import Sender
from hub.ingest.alarming import Alarming
from hub.ingest.announcing import Announcing
from hub.ingest.asking import AskDesk
from hub.ingest.backing_up import NightlyBackups
from hub.ingest.beside import Beside, Chore
from hub.ingest.calling import Calling
from hub.ingest.calling import Told as Called
from hub.ingest.calling_back import CallingBack
from hub.ingest.clock import HubClock
from hub.ingest.documents import Documents
from hub.ingest.edge import Edge
from hub.ingest.forgetting import OldSummaries
from hub.ingest.linking import Linking
from hub.ingest.old_visits import OldVisits
from hub.ingest.orders import Orders
from hub.ingest.outward import Outward
from hub.ingest.pairing import Pairing
from hub.ingest.planned import Planned
from hub.ingest.probing import Probing, open_reflector
from hub.ingest.purging import Purging
from hub.ingest.recall import recall
from hub.ingest.revoking import Revocations
from hub.ingest.rolling import Rolling
from hub.ingest.showing import Showing
from hub.ingest.telling import County as Told
from hub.ingest.telling import Telling
from hub.ingest.watching import Watching
from hub.ingest.writer import Writer
from hub.proof_of_work import telling_systemd
from hub.serving import WebServer, tls_of
from hub.settings import Settings, WebSettings
from hub.store.alarms import AlarmsReader
from hub.store.duty import DutyReader
from hub.store.engine import Database
from hub.store.faults import FaultsReader
from hub.store.incidents import IncidentsReader
from hub.store.intervals import IntervalsReader
from hub.store.lines import LinksReader
from hub.store.sole import sole
from hub.store.stations import read_villages
from hub.store.visits import VisitsReader
from hub.view import View
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from hub.web.app import build_app
from hub.web.centre import centre_of
from hub.web.readers import Readers

logger = logging.getLogger(__name__)


def run_hub(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; then stop the web, then the ingest.

    Raises HubError when something needed cannot be had: list, key, database, certificate or port.
    """
    villages = read_villages(Path(settings.stations_file), settings.county)
    unsealer = Unsealer.from_file(Path(settings.unseal_key_file))
    tls = tls_of(settings.web)
    with telling_systemd() as proof, ExitStack() as stack:
        door = stack.enter_context(_listen(settings.web))
        reflector = open_reflector(settings.probe)
        stack.callback(reflector.stop)
        stack.enter_context(sole(settings.database))
        database = Database(settings.database)
        stack.callback(database.stop)
        clock = HubClock()
        known = recall(database, settings.county, villages, clock.now_ms())
        county, ids = known.county, known.ids
        view = View(county.figures(clock.now_ms()))
        edge = Edge(settings.broker, settings.county, clock)
        index, alarms = PersonIndex(unsealer), AlarmsReader(database.reader)
        asks = AskDesk(
            database=database, edge=edge, unsealer=unsealer, index=index, ids=ids, view=view, clock=clock.now_ms
        )
        links = LinksReader(database.reader)
        lines = links.lines(clock.now_ms())
        probing = Probing(settings.probe, edge, county.members, reflector)
        revocations = Revocations(settings.enrolment, database, clock.now_ms)
        planned = Planned(database, county, ids, clock.now_ms(), lambda: revocations.revoked)
        roster = DutyReader(database.reader).roster
        watching = Watching(
            database=database,
            county=county,
            county_name=settings.county_name,
            ids=ids,
            lines=lines,
            probes=probing,
            calendar=lambda: planned.calendar,
            roster=roster,
            view=view,
            now_ms=clock.now_ms(),
        )
        if known.alive_ms is not None:
            watching.was_away(known.alive_ms, clock.now_ms())
        ports = ports_of(settings.alerts)
        sender = Sender(database, ports, clock.now_ms, view)
        calling = Calling(database, Called(settings.county, roster, ports.mail, tuple(ports.webhooks), sender.wake))
        told = Told(
            settings.county,
            settings.county_name,
            {village.code: village.town for village in villages},
            roster,
            lambda: planned.calendar,
        )
        pairing = Pairing(edge, county.members, lines, settings.probe.pairs_per_minute, view.incidents)
        chores: list[Chore] = [
            Orders(database, edge, known.run, settings.pictures_keep_days),
            OldVisits(database, index),
            Documents(database, edge, county.members),
            planned,
            probing,
            watching,
            OldSummaries(database, settings.probe.keep_days),
            CallingBack(database),
            Purging(database, settings.keep, view),
            Telling(database, told, ports, sender.wake),
            Announcing(database, edge, settings.county_name),
            NightlyBackups(settings, view),
            Rolling(database, county.members, ids),
            proof,
        ]
        writer = Writer(
            database=database,
            edge=edge,
            showing=Showing(view, Outward(edge)),
            beside=Beside(
                whose=index.column,
                asks=asks,
                alarming=Alarming(calling, alarms, view, villages),
                linking=Linking(county.members, lines, pairing, probing),
                pairing=pairing,
                chores=chores,
                stepped=watching.stepped,
            ),
            clock=clock,
            county=county,
            ids=ids,
            run=known.run,
            linger_ms=settings.linger_ms,
            revoked=lambda: revocations.revoked,
        )
        readers = Readers(
            VisitsReader(database.reader),
            FaultsReader(database.reader),
            alarms,
            lines,
            IncidentsReader(database.reader),
            links,
            IntervalsReader(database.reader),
        )
        centre = centre_of(view, readers, settings, unsealer, database)
        app = build_app(centre)
        writer.note_changes(known.changes)
        reflector.start()
        _begin(stack, asks, sender, revocations, writer, edge)
        logger.info("county %s: %d stations 县级中心已启动", settings.county, len(ids))
        if (head := centre.audit.head()) is not None:  # where this log is kept, `hub verify-audit --expect` finds it
            logger.info("audit log 审计日志末条 %d:%s", head.last, fingerprint_of(head.link))
        WebServer(app, tls, proof).run(sockets=[door])


class _Worker(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


def _begin(stack: ExitStack, *workers: _Worker) -> None:
    """Start each in this order; the stack stops them in the reverse one."""
    for worker in workers:
        worker.start()
        stack.callback(worker.stop)


def _listen(settings: WebSettings) -> socket.socket:
    """Return a listening socket for the web: a taken port is said at once, not after the start."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    door = socket.socket(family)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
    except OSError as error:
        door.close()
        raise HubError(
            "E-HUB-05",
            f"{settings.host}:{settings.port} cannot be served on; is another hub running?"
            f" 网页端口被占用或地址有误: {error.strerror}",
        ) from None
    return door
