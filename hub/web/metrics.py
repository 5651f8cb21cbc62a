"""`/metrics` for Prometheus, read from the view at each scrape; nothing of any person."""

from collections import Counter
from collections.abc import Callable, Iterator

from anyio import to_thread
from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from hub.health.lines import Lines
from hub.incidents.incident import STATES as INCIDENT_STATES
from hub.incidents.trouble import KINDS
from hub.view import OUTCOMES, Counters, StationDetail, View
from hub.web.interface.api import STATES, VIDEOS
from hub.web.line_metrics import line_families
from hub.web.live import Live
from hub.web.picture import top_faults
from hub.web.words.wall import WHY

P = "cuncuntong"
PORTS, ENDS = ("mail", "webhook"), ("sent", "refused", "given_up")
"""By which alerts go, and how that ends (`hub/incidents/delivery/sender.py`)."""

STANDING = tuple(state for state in INCIDENT_STATES if state != "closed")

_COUNTERS = {
    "messages": "MQTT messages received",
    "records_stored": "Outbox records stored",
    "records_repeated": "Outbox records that were stored already",
    "quarantined": "Payloads and records that could not be read and were set aside",
    "batches_committed": "Database commits",
    "commit_seconds": "Time spent in database commits",
    "receipts": "Receipts sent to stations",
    "not_taken": "MQTT messages not taken: their station had more than its share waiting, or the writer was behind",
    "revoked_messages": "MQTT messages of stations whose certificate was revoked: neither stored nor receipted",
    "answers_unknown": "Answers of stations to orders the hub never gave them",
}


class CountyCollector(Collector):
    """Turns the view into metric families."""

    def __init__(self, view: View, lines: Lines, live: Live, clock: Callable[[], int]) -> None:
        """Take what to read, and the time."""
        self._view, self._lines, self._live, self._clock = view, lines, live, clock

    def collect(self) -> Iterator[Metric]:
        """Yield the county, then every station, then what the hub did since it started."""
        yield from self._county()
        yield from line_families(P, self._view, self._lines, self._clock())
        details = [self._view.detail(health.station) for health in self._view.stations()]
        yield from _stations([detail for detail in details if detail is not None])
        yield from _counters(self._view.counters())
        yield from self._calls_and_asks()
        yield from self._letters()
        yield self._incidents()

    def _incidents(self) -> Metric:
        open_now = Counter((one.kind, one.state) for one in self._view.incidents())
        family = GaugeMetricFamily(f"{P}_incidents", "Incidents that are not closed", labels=["kind", "state"])
        for kind in KINDS:
            for state in STANDING:
                family.add_metric([kind, state], open_now[kind, state])
        return family

    def _letters(self) -> Iterator[Metric]:
        ended, waiting = self._view.letters()
        letters = CounterMetricFamily(f"{P}_alerts", "Alerts by how they went", labels=["port", "outcome"])
        queue = GaugeMetricFamily(f"{P}_alerts_queued", "Alerts that wait to be sent", labels=["port"])
        for port in PORTS:
            queue.add_metric([port], waiting.get(port, 0))
            for outcome in ENDS:
                letters.add_metric([port, outcome], ended.get((port, outcome), 0))
        yield from (letters, queue)

    def _calls_and_asks(self) -> Iterator[Metric]:
        alarms = self._view.alarms()
        called = self._view.counters().emergencies
        yield CounterMetricFamily(f"{P}_hub_emergencies", "Calls for help received", value=called)
        shown = GaugeMetricFamily(f"{P}_calls_shown", "Calls on the wall now, without those withdrawn", labels=["kind"])
        shown.add_metric(["emergency"], len(alarms.emergencies))
        shown.add_metric(["staff"], len(alarms.staff))
        yield shown
        asks = CounterMetricFamily(f"{P}_asks", "Questions of stations (progress), by outcome", labels=["outcome"])
        asked = self._view.asks()
        for outcome in OUTCOMES:
            asks.add_metric([outcome], asked.get(outcome, 0))
        yield asks
        purged = CounterMetricFamily(f"{P}_purged", "Erased because its time was up, by kind", labels=["kind"])
        for kind, count in sorted(self._view.purged().items()):
            purged.add_metric([kind], count)
        yield purged

    def _county(self) -> Iterator[Metric]:
        county = self._view.county()
        stations = GaugeMetricFamily(f"{P}_stations", "Stations of the county by state", labels=["state"])
        for state in STATES:
            stations.add_metric([state], getattr(county, state))
        yield stations
        video = GaugeMetricFamily(f"{P}_videos", "Stations of the county by their picture", labels=["state"])
        shown = [health.video for health in self._view.stations()]
        for word in VIDEOS:
            video.add_metric([word], shown.count(word))
        yield video
        faults = GaugeMetricFamily(f"{P}_video_faults", "Stations whose picture is a fault, by why", labels=["kind"])
        numbers = dict(top_faults(self._view.causes().values()))
        for kind in WHY:
            faults.add_metric([kind], numbers.get(kind, 0))
        yield faults
        yield GaugeMetricFamily(f"{P}_visits_today", "Visits of the county's day so far", value=county.visits_today)
        yield GaugeMetricFamily(f"{P}_quarantine_size", "Records and payloads in quarantine", value=county.quarantined)
        yield GaugeMetricFamily(
            f"{P}_broker_connected", "1 while the hub sees the broker", value=float(self._view.broker_connected())
        )
        yield GaugeMetricFamily(
            f"{P}_storage_ok", "1 while the hub can commit", value=float(self._view.storage_trouble() is None)
        )
        yield GaugeMetricFamily(
            f"{P}_figures_timestamp_seconds", "When the ingest side last spoke", value=county.at_ms / 1000
        )
        if (backed_up_ms := self._view.backed_up_ms()) is not None:
            yield GaugeMetricFamily(
                f"{P}_backup_timestamp_seconds", "When the last good nightly backup was made", value=backed_up_ms / 1000
            )
        yield GaugeMetricFamily(f"{P}_wall_streams", "Open live streams of the wall", value=self._live.streams)


def _stations(details: list[StationDetail]) -> Iterator[Metric]:
    state = GaugeMetricFamily(f"{P}_station_state", "1 for the state the station is in", labels=["station", "state"])
    video = GaugeMetricFamily(f"{P}_station_video", "1 for how its picture is", labels=["station", "state"])
    since = _station_gauge("state_since_timestamp_seconds", "Since when it is in this state")
    heard = _station_gauge("last_heard_timestamp_seconds", "When the hub last heard it")
    skew = _station_gauge("clock_skew_seconds", "Its clock minus the hub's")
    visits = _station_gauge("visits_today", "Visits of the county's day so far")
    records = _station_gauge("outbox_records", "Records it still holds for the hub")
    size = _station_gauge("outbox_bytes", "Bytes it still holds for the hub")
    for detail in details:
        health = detail.health
        code = [health.station]
        for word in STATES:
            state.add_metric([*code, word], float(health.state == word))
        for picture in VIDEOS:
            video.add_metric([*code, picture], float(health.video == picture))
        since.add_metric(code, health.since_ms / 1000)
        visits.add_metric(code, detail.visits_today)
        if health.last_heard_ms is not None:
            heard.add_metric(code, health.last_heard_ms / 1000)
        if detail.skew_ms is not None:
            skew.add_metric(code, detail.skew_ms / 1000)
        if detail.outbox is not None:
            records.add_metric(code, detail.outbox.records)
            size.add_metric(code, detail.outbox.bytes)
    yield from (state, video, since, heard, skew, visits, records, size)
    yield from _cameras(details)


def _cameras(details: list[StationDetail]) -> Iterator[Metric]:
    labels = ["station", "camera"]
    rate = GaugeMetricFamily(f"{P}_camera_frame_rate_hertz", "Frames per second", labels=labels)
    age = GaugeMetricFamily(f"{P}_camera_last_frame_age_seconds", "Age of the last frame", labels=labels)
    for detail in details:
        for device in detail.health.devices:
            kind, _, name = device.device.partition("/")
            if kind != "camera":
                continue
            if "frames_per_s" in device.measures:
                rate.add_metric([detail.health.station, name], device.measures["frames_per_s"])
            if "last_frame_age_ms" in device.measures:
                age.add_metric([detail.health.station, name], device.measures["last_frame_age_ms"] / 1000)
    yield from (rate, age)


def _counters(counters: Counters) -> Iterator[Metric]:
    for field, text in _COUNTERS.items():
        yield CounterMetricFamily(f"{P}_{field}", text, value=getattr(counters, field))


def _station_gauge(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{P}_station_{name}", text, labels=["station"])


class Metrics:
    """The endpoint."""

    def __init__(self, view: View, lines: Lines, live: Live, clock: Callable[[], int]) -> None:
        """Build the registry."""
        self._registry = CollectorRegistry()
        self._registry.register(CountyCollector(view, lines, live, clock))
        ProcessCollector(registry=self._registry)

    async def endpoint(self, request: Request) -> Response:
        """Return everything in the format asked for."""
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        body = await to_thread.run_sync(encode, self._registry)
        return Response(body, headers={"Content-Type": content_type})
