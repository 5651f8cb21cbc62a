"""A county that exists only in memory: the real View, told what the ingest side would tell."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from nacl.public import PrivateKey, SealedBox
from starlette.applications import Starlette

from demo.villages import made_up_county
from hub.access.passwords import Cost
from hub.health.faults import FaultSaid, pair
from hub.health.lines import LegNow
from hub.health.seen import LegState
from hub.health.video import cause_of
from hub.incidents.incident import Incident
from hub.incidents.trouble import Kind, Scope
from hub.settings import BrokerSettings, Settings, WebSettings
from hub.store.alarms import AlarmsReader, CallSaid
from hub.store.engine import Database
from hub.store.faults import FaultsReader, StationFault
from hub.store.lines import LinksReader, Summary
from hub.store.visits import VisitRow, VisitsReader
from hub.view import Alarm, Alarms, Counters, StationDetail, View
from hub.visits.opening import Unsealer
from hub.web.app import build_app
from hub.web.centre import centre_of
from hub.web.hashing import Hashing
from hub.web.readers import Readers
from tests.hub.web.made_up_database import a_database
from tests.hub.web.made_up_incidents import MadeUpIncidents, MadeUpLines, incident, now_ms
from tests.hub.web.made_up_intervals import MadeUpIntervals
from wire.codec import encode
from wire.health import CountyHealth, State, StationHealth, Video
from wire.life import DeviceState, OutboxDepth
from wire.person import Mask
from wire.probe import COUNTY_LEG
from wire.records import SealedPerson
from wire.video import FAULTS

TOKEN = "a-token-of-this-test-only"
EPOCH = "00c0ffee00c0ffee"
PRIVATE = PrivateKey(bytes(range(32)))
CHEAP = Hashing(Cost(passes=1, memory_kib=8, lanes=1), refused_after_s=0.0)
"""Passwords of tests cost nothing; those of a centre cost what `hub/access/passwords.py` says."""

Mix = dict[str, tuple[State, Video, str]]


class MadeUpCounty:
    """Stations that can be set to any state; `view` learns it as from the ingest side."""

    def __init__(self, villages: Sequence[tuple[str, str, str]]) -> None:
        self.villages = {code: (name, town) for code, name, town in villages}
        self.healths: dict[str, StationHealth] = {}
        self.connected = True
        self.behind_ms = 0
        self.storage_trouble: str | None = None
        self.visits_today = 57
        self.quarantined = 0
        self._database: Database | None = None
        self.map: dict[str, object] | None = None
        """GeoJSON that the county gives."""
        self.counters = Counters(9_000, 600, 7, 2, 300, 4.5, 310, 4)
        self.visits = MadeUpVisits()
        self.faults = MadeUpFaults()
        self.alarms = MadeUpAlarms()
        self.lines = MadeUpLines()
        self.links = MadeUpLinks()
        self.incidents: dict[str, Incident] = {}
        self.stored = MadeUpIncidents(self.incidents)
        self.intervals = MadeUpIntervals()
        self.view = View(self.figures())
        for code in self.villages:
            self.put(code, "online")
        self.tell(*self.villages)

    def put(
        self,
        code: str,
        state: State,
        *,
        video: Video = "ok",
        reason: str = "born",
        since_ms: int | None = None,
        fault: str = "E-CAM-03",
        measures: dict[str, float] | None = None,
    ) -> None:
        name, town = self.villages[code]
        at_ms = now_ms()
        self.healths[code] = StationHealth(
            station=code,
            name=name,
            town=town,
            state=state,
            since_ms=at_ms - 600_000 if since_ms is None else since_ms,
            reason=reason,
            video=video if state == "online" else "unknown",
            last_heard_ms=at_ms - 1_000,
            devices=[
                DeviceState(
                    device="camera/main",
                    state="failed" if video == "fault" else "ok",
                    since_ms=at_ms - 90_000,
                    code=fault if video == "fault" else None,
                    measures={
                        "frames_per_s": 14.9,
                        "width_px": 1280.0,
                        "height_px": 720.0,
                        "last_frame_age_ms": 41.0,
                        "reconnects": 0.0,
                    }
                    | (measures or {}),
                ),
                DeviceState(device="reader", state="ok", since_ms=at_ms - 90_000),
            ],
        )

    def set(self, code: str, state: State, **how: object) -> None:
        """Put one station into a state, and tell the view."""
        self.put(code, state, **how)  # type: ignore[arg-type]
        self.tell(code)

    def tell(self, *codes: str) -> None:
        self.view.update(
            county=self.figures(),
            details=[(self._detail(code), True) for code in codes],
            counters=self.counters,
            connected=self.connected,
            storage_trouble=self.storage_trouble,
        )

    def _detail(self, code: str) -> StationDetail:
        return StationDetail(
            health=self.healths[code],
            software="cuncuntong 0.1.0",
            boot=7,
            epoch=EPOCH,
            outbox=OutboxDepth(records=2, bytes=1_480, oldest_ms=now_ms() - 65_000),
            skew_ms=-40,
            keepalive_s=30,
            visits_today=1,
            stored_to=118,
            cause=cause_of(self.healths[code].state, self.healths[code].devices),
        )

    def figures(self) -> CountyHealth:
        states = [health.state for health in self.healths.values()]
        return CountyHealth(
            county="999999",
            at_ms=now_ms() - self.behind_ms,
            stations=len(states),
            online=states.count("online"),
            offline=states.count("offline"),
            unknown=states.count("unknown"),
            maintenance=states.count("maintenance"),
            video_ok=sum(health.video == "ok" for health in self.healths.values()),
            visits_today=self.visits_today,
            quarantined=self.quarantined,
        )

    def app(self, folder: Path, county_name: str = "测试县", settings: Settings | None = None) -> Starlette:
        """Return the web of this county; its database is a real one in `folder`, made at the first call."""
        settings = settings or settings_in(folder, county_name, self.map)
        if self._database is None:
            self._database = a_database(folder, [(code, name, town) for code, (name, town) in self.villages.items()])
        readers = Readers(self.visits, self.faults, self.alarms, self.lines, self.stored, self.links, self.intervals)
        centre = centre_of(self.view, readers, settings, Unsealer(bytes(PRIVATE)), self._database, CHEAP)
        self.centre = centre
        return build_app(centre)

    @property
    def database(self) -> Database:
        """The database of the application that was made."""
        assert self._database is not None, "no application was made"
        return self._database

    def close(self) -> None:
        if self._database is not None:
            self._database.stop()
            self._database = None

    def trouble(self, kind: Kind, scope: Scope, place: str, *stations: str, **how: object) -> Incident:
        """Have an incident, or another word of one that there is (`id`), and tell the view of all that are open."""
        name, town = self.villages[place] if scope == "station" else (place, place if scope == "town" else "")
        told = {"id": f"i{len(self.incidents) + 1}", "name": name, "town": town, "stations": stations} | how
        one = incident(kind=kind, scope=scope, place=place, **told)
        self.incidents[one.id] = one
        self.stored.hold(one.id, {code: self.villages[code] for code in stations}, one.since_ms)
        standing = [one for one in self.incidents.values() if one.state != "closed"]
        self.view.show_incidents(tuple(sorted(standing, key=lambda one: (one.priority, -one.since_ms))))
        return one

    def line(
        self,
        code: str,
        state: LegState = "ok",
        *,
        sent: int = 180,
        reached: int = 180,
        received: int = 180,
        rtt_ms: float = 22.0,
        ago_ms: int = 5_000,
    ) -> None:
        """Have the line of a station measured."""
        at_ms = now_ms() - ago_ms
        leg = LegNow(state, at_ms - 600_000, "answered", at_ms, sent, reached, received, rtt_ms, 2.1)
        self.lines.told[code] = leg

    def call(self, code: str, *, staff: bool = False, ago_ms: int = 0, withdrawn: bool = False) -> None:
        """Have somebody at a station call for help, or for staff."""
        name, town = self.villages[code]
        at_ms, key = now_ms() - ago_ms, 1 + len(self.alarms.emergencies_told) + len(self.alarms.staff_told)
        call = Alarm(key, code, name, town, f"c{key}", at_ms, at_ms, withdrawn)
        (self.alarms.staff_told if staff else self.alarms.emergencies_told).insert(0, call)
        self.show_alarms()

    def show_alarms(self) -> None:
        told = self.alarms
        standing = tuple(call for call in told.emergencies_told if not call.withdrawn)
        self.view.alarm(Alarms(standing, tuple(told.staff_told)))


class MadeUpVisits(VisitsReader):
    """Visits in memory, newest first, answering as the reader of the database does."""

    def __init__(self) -> None:
        self.rows: list[VisitRow] = []
        self.trouble: Exception | None = None

    def recent(
        self,
        limit: int,
        before: int | None = None,
        station: str | None = None,
        since_ms: int | None = None,
        towns: frozenset[str] = frozenset(),
    ) -> list[VisitRow]:
        if self.trouble is not None:
            raise self.trouble
        fitting = [
            row
            for row in self.rows
            if (before is None or row.id < before) and (station is None or row.station == station)
            if not towns or row.town in towns
        ]
        return fitting[:limit]

    def total(self) -> int:
        if self.trouble is not None:
            raise self.trouble
        return len(self.rows)


class MadeUpLinks(LinksReader):
    """Summaries of lines in memory, newest first, answering as the reader of the database does."""

    def __init__(self) -> None:
        self.summaries: list[Summary] = []

    def of_station(
        self,
        station: str,
        limit: int,
        *,
        before: tuple[int, int] | None = None,
        since_ms: int = 0,
        leg: str = COUNTY_LEG,
    ) -> list[Summary]:
        fitting = [
            one
            for one in self.summaries
            if one.station == station and (before is None or (one.ended_ms, one.id) < before)
        ]
        return fitting[:limit]


class MadeUpAlarms(AlarmsReader):
    """Calls in memory, newest first, answering as the reader of the database does."""

    def __init__(self) -> None:
        self.emergencies_told: list[Alarm] = []
        self.staff_told: list[Alarm] = []
        self.trouble: Exception | None = None

    def emergencies(self, since_ms: int, limit: int) -> list[CallSaid]:
        if self.trouble is not None:
            raise self.trouble
        told = [one for one in self.emergencies_told if one.received_ms >= since_ms][:limit]
        return [CallSaid(*one[:8], one.id, "waiting", one.level, *[None] * 5) for one in told]


class MadeUpFaults(FaultsReader):
    """What stations said of their pictures, in memory, answering as the reader of the database does."""

    def __init__(self) -> None:
        self.said: dict[str, list[FaultSaid]] = {}
        self.trouble: Exception | None = None

    def say(self, station: str, fault: str, change: str, *, at_ms: int, camera: str = "main") -> None:
        key = 1 + sum(map(len, self.said.values()))
        said = FaultSaid(key, camera, fault, change, 0.5, 0.9, at_ms, at_ms)
        self.said.setdefault(station, []).append(said)

    def _paired(self, station: str | None) -> list[StationFault]:
        if self.trouble is not None:
            raise self.trouble
        found = [
            StationFault(code, "测试村", interval)
            for code, said in self.said.items()
            if station in {None, code}
            for interval in pair(said)
        ]
        return sorted(found, key=lambda fault: fault.interval.id, reverse=True)


def sealed(name: str, id_number: str) -> SealedPerson:
    """Seal a made-up mask as a kiosk would; the identity box holds nothing."""
    box = SealedBox(PRIVATE.public_key)
    return SealedPerson(
        key=Unsealer(bytes(PRIVATE)).key, identity=b"", mask=box.encrypt(encode(Mask(name=name, id_number=id_number)))
    )


def a_visit(number: int, station: str, **differently: object) -> VisitRow:
    row = VisitRow(
        id=number,
        station=station,
        name="测试1镇第1村",
        town="测试1镇",
        number=f"42-{number:05d}-7",
        service="legal_advice",
        who="card",
        language="zh",
        at_ms=1_795_545_000_000 + number,
        received_ms=1_795_545_001_000 + number,
        rating=5,
        person=None,
        epoch=EPOCH,
        seq=number,
    )
    return row._replace(**differently)


def settings_in(folder: Path, county_name: str = "测试县", told_map: dict[str, object] | None = None) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    if told_map is not None:
        (folder / "county.geojson").write_text(json.dumps(told_map, ensure_ascii=False), "utf-8")
    (folder / "api.token").write_text(TOKEN + "\n")
    return Settings(
        county="999999",
        county_name=county_name,
        database="sqlite://",
        stations_file=str(folder / "stations.csv"),
        unseal_key_file=str(folder / "unseal.key"),
        broker=BrokerSettings(host="127.0.0.1", ca_file="ca", cert_file="crt", key_file="key"),
        web=WebSettings(
            names=["hub.test", "hub", "testserver"],
            api_token_file=str(folder / "api.token"),
            map_file=None if told_map is None else str(folder / "county.geojson"),
        ),
    )


def large_county(stations: int = 248) -> MadeUpCounty:
    """A county of made-up villages in a realistic morning: most well, one town dark, some troubles."""
    villages = made_up_county()
    more = [(f"9{v.code[1:6]}{int(v.code[6:9]) + 50}{v.code[9:]}", f"东{v.name}", f"东{v.town}") for v in villages]
    every = [*[(v.code, v.name, v.town) for v in villages], *more]
    county = MadeUpCounty(every[:stations])
    chance, at_ms = random.Random(7), now_ms()
    for code, (_, town) in county.villages.items():
        drawn = chance.random()
        ago_ms = at_ms - chance.randint(60_000, 20_000_000)
        if town == "沿河镇":
            county.put(code, "offline", reason="died", since_ms=at_ms - 742_000)
        elif drawn < 0.012:
            county.put(code, "offline", reason="silent", since_ms=ago_ms)
        elif drawn < 0.03:
            code_of_fault = FAULTS[chance.choice(list(FAULTS))].code
            county.put(code, "online", video="fault", since_ms=ago_ms, fault=code_of_fault)
        elif drawn < 0.045:
            county.put(code, "unknown", reason="not_heard_yet", since_ms=ago_ms)
        elif drawn < 0.06:
            county.put(code, "maintenance", reason="planned", since_ms=ago_ms)
        elif drawn < 0.075:
            county.put(code, "online", video="unknown", since_ms=ago_ms)
    county.tell(*county.villages)
    county.trouble("down", "town", "沿河镇", *(c for c, (_, town) in county.villages.items() if town == "沿河镇"))
    return county
