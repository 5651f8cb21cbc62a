"""A writer on a real database, with an edge that only remembers."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from nacl.public import PrivateKey

from hub.health.lines import Lines
from hub.ingest.alarming import Alarming
from hub.ingest.asking import AskDesk
from hub.ingest.beside import Beside
from hub.ingest.calling import Calling, Told
from hub.ingest.clock import HubClock
from hub.ingest.handle import Arrived
from hub.ingest.items import Item
from hub.ingest.linking import Linking
from hub.ingest.old_visits import OldVisits
from hub.ingest.orders import Orders
from hub.ingest.outward import Outward
from hub.ingest.pairing import Pairing
from hub.ingest.recall import recall
from hub.ingest.showing import Showing
from hub.ingest.writer import Writer
from hub.store.alarms import AlarmsReader
from hub.store.stations import Village
from hub.view import View
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from tests.hub.fresh_database import fresh_database
from wire.codec import decode, encode
from wire.orders import Receipt

VILLAGES = [Village(f"99999910100{unit}", f"第{unit}村", "测试镇") for unit in range(1, 5)]
STATION = VILLAGES[0].code


class Published(NamedTuple):
    topic: str
    payload: bytes
    retain: bool
    expires_s: int | None


class FakeEdge:
    """Gives what was put into it, and remembers what was acknowledged and published."""

    def __init__(self) -> None:
        self.items: deque[Item] = deque()
        self.acknowledged: list[int] = []
        self.published: list[Published] = []
        self.renewed = 0
        self.not_taken = 0
        self.connected = True
        self._mid = 0

    def put(
        self,
        family: str,
        payload: bytes | msgspec.Struct,
        *,
        station: str = STATION,
        at_ms: int,
        qos: int = 1,
        retain: bool = False,
    ):
        self._mid += 1
        data = encode(payload) if isinstance(payload, msgspec.Struct) else payload
        self.items.append(Arrived(f"v1/{station}/up/{family}", data, retain, qos, self._mid, 1, at_ms))

    def take(self, timeout_s: float) -> Item | None:
        return self.items.popleft() if self.items else None

    def acknowledge(self, arrived: Arrived) -> None:
        self.acknowledged.append(arrived.mid)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expires_s: int | None = None) -> bool:
        if self.connected:
            self.published.append(Published(topic, payload, retain, expires_s))
        return self.connected

    def renew(self) -> None:
        self.renewed += 1

    def receipts(self) -> list[Receipt]:
        return [decode(one.payload, Receipt) for one in self.published if one.topic.endswith("/down/receipt")]


class Sessions:
    """Every station has its session of the county's reflector for ever, or as a test says."""

    def __init__(self) -> None:
        self.since_ms: dict[str, int | None] = {}

    def session_since_ms(self, station: str) -> int | None:
        return self.since_ms.get(station, 0)


class Bench:
    """One run of a hub without broker and web; `round` is one turn of its writer."""

    def __init__(self, path: Path) -> None:
        self.database = fresh_database(path)
        self.edge = FakeEdge()
        self.revoked: dict[str, int] = {}
        self.clock = HubClock()
        self.recalled = recall(self.database, "999999", VILLAGES, self.clock.now_ms())
        self.view = View(self.recalled.county.figures(self.clock.now_ms()))
        self.private = PrivateKey(bytes(range(32)))
        self.unsealer = Unsealer(bytes(self.private))
        self.index = PersonIndex(self.unsealer)
        self.asks = AskDesk(
            database=self.database,
            edge=self.edge,
            unsealer=self.unsealer,
            index=self.index,
            ids=self.recalled.ids,
            view=self.view,
            clock=self.clock.now_ms,
        )
        self.told = Told("999999")
        self.calling = Calling(self.database, self.told)
        self.alarming = Alarming(self.calling, AlarmsReader(self.database.reader), self.view, VILLAGES)
        self.old_visits = OldVisits(self.database, self.index)
        self.lines = Lines()
        self.sessions = Sessions()
        self.pairing = Pairing(self.edge, self.recalled.county.members, self.lines, 0)
        self.writer = Writer(
            database=self.database,
            edge=self.edge,
            showing=Showing(self.view, Outward(self.edge)),
            beside=Beside(
                whose=self.index.column,
                asks=self.asks,
                alarming=self.alarming,
                linking=Linking(self.recalled.county.members, self.lines, self.pairing, self.sessions),
                pairing=self.pairing,
                chores=[Orders(self.database, self.edge, self.recalled.run, 7), self.old_visits],
            ),
            clock=self.clock,
            county=self.recalled.county,
            ids=self.recalled.ids,
            run=self.recalled.run,
            linger_ms=0,
            revoked=lambda: self.revoked,
        )
        self.writer.note_changes(self.recalled.changes)

    def round(self) -> None:
        self.writer.turn(0.0)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "hub.sqlite3")
    yield made
    made.database.stop()
