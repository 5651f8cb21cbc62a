"""True tests of pairs of villages, ordered in turn: B is told to answer, then A to probe it.

They are too many for the table of orders: their ids stand here only, and what A saw comes as a summary of the leg
`pair/<B>` with its other records.
"""

import base64
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from hub.health.circle import Circle, Pair, Rotation
from hub.health.county import Member
from hub.health.lines import Lines
from hub.health.pairs import is_odd, predict
from hub.incidents.incident import Incident
from hub.ingest.outward import Publishes
from hub.store.intake import LinkSaid
from hub.store.orders import UNWRITTEN
from wire.codec import encode
from wire.orders import Answer, Command
from wire.probe import LOWEST_PORT, PAIR, PROBE_PAIR, REFLECT, station_address
from wire.topics import down

logger = logging.getLogger(__name__)

PACKETS: Final = 60
INTERVAL_MS: Final = 100
TAKES_MS: Final = PACKETS * INTERVAL_MS
EXPIRES_S: Final = 20
ANSWER_WITHIN_MS: Final = 10_000
"""To an order; and how much longer than a test takes its answer may."""
REFUSED_MS: Final = {"failed": 600_000, "unknown_command": 86_400_000}
"""A station that cannot now is asked later; one whose software is too old, when it began anew or a day later."""
MOST_ODD: Final = 8
"""Pairs by which one station may draw tests to itself, whatever it claims of all others; its newest count."""
NOTE: Final = re.compile(r"[A-Z0-9-]{1,20}")
"""Of an answer: a stable code."""


class _Test(NamedTuple):
    """One test under way."""

    pair: Pair
    address: tuple[str, int]
    ssid: int
    key: str
    expires_ms: int
    """When it is given up."""

    def __repr__(self) -> str:
        return f"_Test({self.pair})"  # its key is in no log


class Pairing:
    """A chore of the writer: keeps a few tests under way, and learns from what becomes of them."""

    def __init__(
        self,
        edge: Publishes,
        members: Mapping[str, Member],
        lines: Lines,
        per_minute: int,
        incidents: Callable[[], Iterable[Incident]] = tuple,
    ) -> None:
        """Take what publishes, the stations, what is known of their lines, how many tests a minute are ordered.

        `incidents` returns those that are open: their stations are measured more often.
        """
        self._edge, self._members, self._lines, self._incidents = edge, members, lines, incidents
        self._every_ms = 60_000 // per_minute if per_minute else None
        self._rotation = Rotation(Circle(sorted(members)))
        self._due_ms: int | None = None
        self._now_ms = 0
        self._tests: dict[str, _Test] = {}
        """By the id of the order whose answer is awaited."""
        self._busy: set[str] = set()
        self._refused: dict[str, tuple[tuple[str, int], int]] = {}
        """Who could not do such an order, in which session of theirs, and until when it is not asked again."""
        self.odd: dict[Pair, None] = {}
        """Pairs that are worse than their legs say, by the last test of each."""

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Give up what took too long, and begin the next test when it is due."""
        self._now_ms = now_ms
        for key in [key for key, test in self._tests.items() if now_ms >= test.expires_ms]:
            self._end(key)
        if self._every_ms is None or not connected:
            return
        if self._due_ms is not None and 0 < self._due_ms - now_ms <= self._every_ms:
            return
        self._due_ms = now_ms + self._every_ms
        pair = self._rotation.next(
            now_ms,
            ready=self._is_ready,
            reflects=self._reflects,
            busy=self._busy.__contains__,
            odd=self.odd,
            troubled=self._troubled(),
        )
        if pair is not None:
            if pair in self.odd:  # those that wait longest come first
                self.odd[pair] = self.odd.pop(pair)
            self._begin(pair, now_ms)

    def answered(self, station: str, answer: Answer, now_ms: int) -> None:
        """Take a station's answer to one of these orders: B answers probes now, or A has probed."""
        test = self._tests.get(answer.id)
        if test is None:
            return
        asked_to_answer = station == test.pair[1]
        if station not in test.pair or (answer.id.endswith("r") != asked_to_answer):
            return
        self._end(answer.id)
        if answer.outcome != "done":
            wait_ms = REFUSED_MS.get(answer.outcome, 0)
            self._refused[station] = self._session(station), now_ms + wait_ms
            note = answer.note if NOTE.fullmatch(answer.note) else ""  # it is a station's, and goes into a log
            logger.info("pair test %s: %s %s 实测未能进行", "→".join(test.pair), answer.outcome, note)
        elif asked_to_answer:
            self._probe(test, now_ms)

    def heard(self, link: LinkSaid) -> None:
        """Take a summary after `Lines` did: what a test saw tells whom to measure again, and whom nobody reaches."""
        pair = (link.station, link.summary.leg.removeprefix(PAIR))
        measured = self._lines.measured_pair(*pair) if link.summary.leg.startswith(PAIR) else None
        if measured is None or pair[1] not in self._members:
            return
        self._rotation.saw(pair, reached=measured.unreachable_since_ms is None)
        legs = [leg for leg in map(self._lines.leg, pair) if leg is not None and leg.is_fresh(measured.at_ms)]
        if len(legs) == 2 and is_odd(measured, predict(*legs)):
            self.odd[pair] = None
            of_one = [odd for odd in self.odd if odd[0] == pair[0]]
            for odd in of_one[:-MOST_ODD]:
                del self.odd[odd]
        else:
            self.odd.pop(pair, None)

    def _begin(self, pair: Pair, now_ms: int) -> None:
        address = self._address(pair[1])
        if address is None:
            return
        key, ssid = secrets.token_bytes(32), 1 + secrets.randbelow(65_535)
        test = _Test(pair, address, ssid, base64.b64encode(key).decode(), now_ms + ANSWER_WITHIN_MS)
        seconds = (TAKES_MS + 2 * ANSWER_WITHIN_MS) // 1000
        self._order("r", test, pair[1], REFLECT, {"ssid": ssid, "key": test.key, "seconds": seconds}, now_ms)

    def _probe(self, test: _Test, now_ms: int) -> None:
        a, b = test.pair
        host, port = test.address
        self._order(
            "p",
            test._replace(expires_ms=now_ms + TAKES_MS + ANSWER_WITHIN_MS),
            a,
            PROBE_PAIR,
            {
                "station": b, "host": host, "port": port, "ssid": test.ssid, "key": test.key,
                "count": PACKETS, "interval_ms": INTERVAL_MS,
            },
            now_ms,
        )  # fmt: skip

    def _order(
        self,
        kind: str,
        test: _Test,
        station: str,
        name: str,
        arguments: dict[str, str | int | float | bool],
        now_ms: int,
    ) -> None:
        command = Command(
            f"{UNWRITTEN}{secrets.token_hex(8)}{kind}", name, now_ms + EXPIRES_S * 1000, arguments, "true pair test"
        )
        if self._edge.publish(down(station, "command"), encode(command), expires_s=EXPIRES_S):
            self._tests[command.id] = test
            self._busy.update(test.pair)

    def _end(self, key: str) -> None:
        self._busy.difference_update(self._tests.pop(key).pair)

    def _is_ready(self, code: str) -> bool:
        member = self._members[code]
        if member.known.state != "online" or member.birth is None:
            return False
        session, until_ms = self._refused.get(code, (None, 0))
        return session != self._session(code) or not 0 < until_ms - self._now_ms <= max(REFUSED_MS.values())

    def _troubled(self) -> list[str]:
        held = {code for incident in self._incidents() for code in incident.stations}
        return sorted(code for code in held if code in self._members)

    def _reflects(self, code: str) -> bool:
        return self._address(code) is not None

    def _session(self, code: str) -> tuple[str, int]:
        known = self._members[code].known
        return known.epoch, known.boot

    def _address(self, code: str) -> tuple[str, int] | None:
        birth = self._members[code].birth
        return None if birth is None or birth.reflector is None else address_of(birth.reflector)


def address_of(reflector: str) -> tuple[str, int] | None:
    """Return address and port of a birth's `address:port`; None for what no station's reflector can be."""
    host, _, port = reflector.rpartition(":")
    address = station_address(host.removeprefix("[").removesuffix("]"))
    if address is None or not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    number = int(port)
    return (address, number) if LOWEST_PORT <= number <= 65_535 else None
