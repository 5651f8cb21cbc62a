"""A bad line on purpose: a UDP proxy on the loopback that delays, loses, reorders and repeats by a seed, and tells.

Any UDP service may stand behind it. What it tells is the truth: when each packet came and when it really left.
"""

import heapq
import random
import threading
import time
from select import select
from typing import NamedTuple, Self

from stamp.udp import Address, StampSocket

MS_NS = 1_000_000
BUFFER_BYTES = 4 << 20


class Way(NamedTuple):
    """What happens to packets in one direction."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Up to so much more, each packet its own."""
    loss: float = 0.0
    burst: float = 1.0
    """How many are lost in a row in the mean: over 1 a two-state chain (Gilbert) that loses all in its bad state."""
    duplicate: float = 0.0
    reorder: float = 0.0
    """This share is held back by `reorder_ms`, so that others overtake it."""
    reorder_ms: float = 10.0


class Passage:
    """One packet that came to the proxy; those that left no time were lost."""

    def __init__(self, payload: bytes, at_ns: int) -> None:
        self.payload = payload
        self.at_ns = at_ns
        self.left_ns: list[int] = []

    @property
    def lost(self) -> bool:
        return not self.left_ns

    @property
    def delays_ms(self) -> list[float]:
        return [(left_ns - self.at_ns) / MS_NS for left_ns in self.left_ns]


class _Direction:
    def __init__(self, way: Way, seed: str) -> None:
        self.way = way
        self.chance = random.Random(seed)
        self.bad = False
        self.passages: list[Passage] = []

    def loses(self) -> bool:
        way, chance = self.way, self.chance
        if way.burst <= 1:
            return chance.random() < way.loss
        leave = 1 / way.burst
        enter = 0.0 if way.loss == 0 else way.loss * leave / (1 - way.loss)
        self.bad = chance.random() >= leave if self.bad else chance.random() < enter
        return self.bad

    def delays_ms(self) -> list[float]:
        """Return a delay for each copy that leaves; none for a packet that is lost."""
        way, chance = self.way, self.chance
        if self.loses():
            return []
        copies = 2 if chance.random() < way.duplicate else 1
        held = way.reorder_ms if chance.random() < way.reorder else 0.0
        return [way.delay_ms + held + way.jitter_ms * chance.random() for _ in range(copies)]


class Impairment:
    """A line to `to`, reached at the loopback's `port`; each client has a port of its own on the other side."""

    def __init__(self, to: Address, there: Way, back: Way, seed: int | str = 1) -> None:
        self._to = to
        self._there, self._back = _Direction(there, f"{seed} there"), _Direction(back, f"{seed} back")
        self._front = StampSocket("127.0.0.1", receive_buffer_bytes=BUFFER_BYTES)
        self._clients: dict[StampSocket, Address] = {}
        self._beyond: dict[Address, StampSocket] = {}
        self._under_way: list[tuple[int, int, Passage, StampSocket, Address]] = []
        self._count = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="impairment", daemon=True)

    @property
    def port(self) -> int:
        return self._front.port

    @property
    def there(self) -> list[Passage]:
        """All packets that came from clients, in their order."""
        return self._there.passages

    @property
    def back(self) -> list[Passage]:
        return self._back.passages

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        for socket in (self._front, *self._clients):
            socket.close()

    def _run(self) -> None:
        while not self._ending.is_set():
            left_ns = self._under_way[0][0] - time.time_ns() if self._under_way else 50 * MS_NS
            select([self._front, *self._clients], [], [], min(max(left_ns, 0) / 1e9, 0.05))
            for packet in self._front.packets():
                self._take(self._there, packet.payload, packet.at_ns, self._beyond_of(packet.source), self._to)
            for socket, client in self._clients.items():
                for packet in socket.packets():
                    self._take(self._back, packet.payload, packet.at_ns, self._front, client)
            while self._under_way and self._under_way[0][0] <= time.time_ns():
                _, _, passage, socket, to = heapq.heappop(self._under_way)
                if socket.send(passage.payload, to):
                    passage.left_ns.append(time.time_ns())

    def _take(self, direction: _Direction, payload: bytes, at_ns: int, socket: StampSocket, to: Address) -> None:
        passage = Passage(payload, at_ns)
        direction.passages.append(passage)
        for delay_ms in direction.delays_ms():
            self._count += 1
            due_ns = at_ns + round(delay_ms * MS_NS)
            heapq.heappush(self._under_way, (due_ns, self._count, passage, socket, to))

    def _beyond_of(self, client: Address) -> StampSocket:
        if client not in self._beyond:
            self._beyond[client] = socket = StampSocket("127.0.0.1", receive_buffer_bytes=BUFFER_BYTES)
            self._clients[socket] = client
        return self._beyond[client]
