"""A window of the county with matters in it, sealed as kiosks do: fictional people, in every state and at every age."""

import time

import msgspec
from nacl.public import PrivateKey

from hub.ingest.handle import Arrived, handle
from hub.library.rules import Spot
from hub.store.cases import NewStep, add_step
from hub.store.casework import assign
from hub.store.casework_calls import open_for_ratings
from hub.store.documents import add_edition
from hub.store.engine import Database, writing
from hub.store.intake import store
from hub.store.orders import OrdersReader
from hub.visits.clocks import HOUR_MS, end_of_day
from hub.visits.day import DAY_MS
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from tests.hub.people import ANNA, BERT, Kiosk
from wire.codec import encode
from wire.records import Batch, Rating, Record, Visit

SAID = "邻居家的水排到我家院子，说了几次都不听。"
ATTACK = '=HYPERLINK("http://evil.example","x")<script>alert(1)</script>'


def due_soon_ago_ms() -> int:
    """Return how long ago came what must be answered within hours, and before this day ends whatever the time is."""
    now_ms = time.time_ns() // 1_000_000
    return DAY_MS - min(3 * HOUR_MS, (end_of_day(now_ms, 0) - now_ms) // 2)


class Window:
    """Puts visits, ratings and steps into a made-up county's database."""

    def __init__(self, database: Database, private: PrivateKey) -> None:
        self.database = database
        self.unsealer = Unsealer(bytes(private))
        self.kiosk = Kiosk(private.public_key)
        self.index = PersonIndex(self.unsealer)
        self.ids = OrdersReader(database.reader).station_ids()
        self._seq: dict[str, int] = {}
        self._number = 0

    def visit(self, station: str, person: object, *, ago_ms: int = HOUR_MS, words: str = SAID, **more: object) -> int:
        """Have somebody visit; return the row."""
        self._number += 1
        sealed = self.kiosk.words(words) if words and person is not None else None
        visit = self.kiosk.visit(f"12-{self._number:05d}-1", person, words=sealed, **more)  # type: ignore[arg-type]
        self.send(station, visit, ago_ms)
        return self._number

    def rate(self, station: str, grade: int, *, ago_ms: int = HOUR_MS) -> None:
        """Have the visitor before rate the visit, and the hub look at it."""
        self.send(station, Rating(self._seq[station], grade), ago_ms)
        with writing(self.database) as connection:
            open_for_ratings(connection, 0)

    def send(self, station: str, body: Visit | Rating, ago_ms: int = 0) -> None:
        now_ms = time.time_ns() // 1_000_000
        seq = self._seq[station] = self._seq.get(station, 0) + 1
        record = msgspec.Raw(msgspec.json.encode(Record(seq, body, at_ms=now_ms - ago_ms)))
        sent = encode(Batch("c" * 16, 0, [record]))
        arrived = Arrived(f"v1/{station}/up/records", sent, False, 1, 1, 1, now_ms - ago_ms + 1_000)
        with writing(self.database) as connection:
            store(connection, [handle(arrived, set(self.ids))], self.ids, self.index.column)

    def step(self, visit: int, state: str, note: str = "", *, ago_ms: int = 0, who: str = "测试值") -> None:
        now_ms = time.time_ns() // 1_000_000
        sealed = self.unsealer.seal_note(note) if note else None
        with writing(self.database) as connection:
            add_step(connection, NewStep(visit, now_ms - ago_ms, who, state, sealed))

    def assign(self, visit: int, whom: str, role: str = "legal_adviser") -> None:
        now_ms = time.time_ns() // 1_000_000
        with writing(self.database) as connection:
            assign(connection, NewStep(visit, now_ms, "测试督", "assigned", None), whom, role, None)

    def roster(self, *people: tuple[str, str]) -> None:
        """Publish the county's directory."""
        told = {"people": [{"name": name, "role": role} for name, role in people]}
        with writing(self.database) as connection:
            text = msgspec.json.encode(told).decode()
            add_edition(connection, "roster", Spot("county", "999999"), text, "测试督", time.time_ns() // 1_000_000)

    def busy_day(self, first: str, second: str) -> None:
        """Fill two stations with matters of every kind."""
        self.roster(("测试律师", "legal_adviser"), ("测试调解员", "mediator"))
        self.visit(first, ANNA, ago_ms=30 * HOUR_MS, matter="neighbours")
        self.visit(first, BERT, ago_ms=due_soon_ago_ms(), service="legal_advice", matter="labour", words=ATTACK)
        aid = self.visit(second, ANNA, ago_ms=3 * DAY_MS, service="legal_aid", matter="injury")
        self.step(aid, "need_papers", "请带工伤认定书", ago_ms=2 * DAY_MS)
        self.visit(second, BERT, ago_ms=1_000, service="legal_aid", matter="wages")  # of this very day
        mine = self.visit(first, None, ago_ms=HOUR_MS, service="legal_advice", matter="family")
        self.assign(mine, "测试值", "self")
        done = self.visit(first, BERT, ago_ms=26 * HOUR_MS, service="legal_advice", matter="consumer")
        self.step(done, "answered", "可向市场监管部门投诉", ago_ms=20 * HOUR_MS)
        self.rate(first, 1, ago_ms=19 * HOUR_MS)
        self.visit(second, ANNA, ago_ms=DAY_MS, service="document", words="")
