"""The fleet's probing: real packets of all stations over one socket, with each village's made-up line around it.

A made-up delay is no waiting: it is added to a reply's time of arrival, and taken from when a reflector says it
answered. So the figures are exact, however busy the process is, and cost nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from stamp.packet import SIGNED_BYTES, SIGNED_REPLY, SIGNED_TEST
from stamp.reflector import Peer, SessionReflector
from stamp.udp import StampSocket
from station.errors import StationError
from station.fleet.lines import VillageLine
from station.probe.addresses import Addresses
from station.probe.prober import Order
from station.probe.probes import Probes, Told
from station.probe.reflecting import ReflectOrder
from station.probe.steady import Steady
from station.probe.trouble import BUSY, SWITCHED_OFF
from wire.orders import Answer
from wire.probe import ProbeSession

RECEIVE_BUFFER_BYTES: Final = 4_000_000
"""Hundreds of stations answered while a handshake holds this process up."""
MOST_REFLECTED: Final = 4_096
SSID: Final = 3
"""Place of the session identifier in an authenticated packet, there and back (`stamp/packet.py`)."""

Taker = Callable[[bytes, int], bool]


class Sockets:
    """One socket to probe with and one reflector for all stations of a crew; read once a round."""

    def __init__(self) -> None:
        """Open both, at ports that are free.

        Raises StationError E-FLEET-04.
        """
        try:
            self._out = StampSocket(receive_buffer_bytes=RECEIVE_BUFFER_BYTES)
            self._in = StampSocket(receive_buffer_bytes=RECEIVE_BUFFER_BYTES)
        except OSError as error:
            raise StationError("E-FLEET-04", f"no socket to probe with 无法建立探测套接字: {error.strerror}") from None
        self.steady = Steady()
        self.now_ns = self.steady.now_ns()
        """As of the last `serve`."""
        self._addresses = Addresses()
        self._takers: dict[int, list[Taker]] = {}
        self._reflector = SessionReflector()
        self._reflected: dict[int, tuple[VillageLine, int]] = {}

    @property
    def reflect_port(self) -> int:
        """Return the port at which all stations of this crew answer."""
        return self._in.port

    def listen(self, taker: Taker, before: set[int], ssids: set[int]) -> None:
        """Give the replies of these sessions to `taker`, and those of sessions that it had before no more."""
        for ssid in before - ssids:
            self._takers[ssid].remove(taker)
            if not self._takers[ssid]:
                del self._takers[ssid]
        for ssid in ssids - before:
            self._takers.setdefault(ssid, []).append(taker)

    def send(self, payload: bytes, host: str, port: int) -> None:
        """Send a packet, if it is known by now where to."""
        address = self._addresses.of(host)
        if address is not None:
            self._out.send(payload, (address, port))

    def reflect(self, order: ReflectOrder, line: VillageLine) -> bool:
        """Answer this session at the end of this line; False when there are too many."""
        if order.ssid not in self._reflected and len(self._reflected) >= MOST_REFLECTED:
            return False
        self._reflector.admit(Peer(order.ssid, order.key, "village"))
        self._reflected[order.ssid] = (line, self.now_ns + order.seconds * 1_000_000_000)
        return True

    def serve(self) -> None:
        """Answer and hand out what has come."""
        self.now_ns = self.steady.now_ns()
        for packet in self._in.packets():
            if len(packet.payload) >= SIGNED_BYTES:
                self._answer(packet.payload, packet.source, packet.at_ns, packet.ttl)
        for packet in self._out.packets():
            if len(packet.payload) >= SIGNED_BYTES:
                at_ns = self.steady.of(packet.at_ns)
                for taker in self._takers.get(SIGNED_REPLY.unpack_from(packet.payload)[SSID], ()):
                    if taker(packet.payload, at_ns):
                        break
        for ssid in [ssid for ssid, (_, until_ns) in self._reflected.items() if self.now_ns >= until_ns]:
            del self._reflected[ssid]
            self._reflector.dismiss(ssid)

    def close(self) -> None:
        """Close both sockets."""
        for one in (self._in, self._out):
            with suppress(OSError):
                one.close()

    def _answer(self, payload: bytes, source: tuple[str, int], at_ns: int, ttl: int) -> None:
        line, _ = self._reflected.get(SIGNED_TEST.unpack_from(payload)[SSID], (None, 0))
        if line is None or line.loses_down():
            return
        reply = self._reflector.reply(payload, source, at_ns, ttl, time.time_ns() - line.delay_ns())
        if reply is not None and not line.loses_up():
            self._in.send(reply, source)


class StationProbing:
    """What one simulated station probes, at the end of its line; without `sockets` probing is switched off."""

    def __init__(self, sockets: Sockets | None, line: VillageLine, broker_host: str) -> None:
        """Begin without a session."""
        self._sockets = sockets
        self._line = line
        self._host = broker_host
        self._probes = Probes()
        self._due_ns: int | None = None
        self._ssids: set[int] = set()

    def start_anew(self) -> None:
        """Forget all, as a station does that starts: the hub will say whom to probe."""
        self._probes = Probes()
        self._settle()

    def take_session(self, session: ProbeSession) -> None:
        """Probe the county in this session from now on."""
        if self._sockets is not None:
            self._probes.take_session(session, self._sockets.now_ns)
            self._settle()

    def order(self, command: str, order: Order) -> Answer | None:
        """Do this; None when its answer comes later with `work`."""
        if self._sockets is None:
            return Answer(command, "failed", note=SWITCHED_OFF)
        if isinstance(order, ReflectOrder):
            admitted = self._sockets.reflect(order, self._line)
            return Answer(command, "done") if admitted else Answer(command, "failed", note=BUSY)
        refused = self._probes.begin(command, order, self._sockets.now_ns)
        self._settle()
        return None if refused is None else Answer(command, "failed", note=refused)

    def work(self) -> Told | None:
        """Send what is due; return what is to be recorded and answered, None for nothing."""
        if self._due_ns is None or self._sockets is None or self._sockets.now_ns < self._due_ns:
            return None
        while (packet := self._probes.step(self._sockets.steady.now_ns())) is not None:
            if not self._line.loses_up():
                self._sockets.send(packet.payload, packet.host or self._host, packet.port)
        self._settle()
        told = self._probes.told()
        return told if told.summaries or told.answers else None

    def _settle(self) -> None:
        """Know what is due next, and hear the sessions that are under way."""
        self._due_ns = self._probes.due_ns
        ssids = self._probes.ssids
        if self._sockets is not None and ssids != self._ssids:
            self._sockets.listen(self._take, self._ssids, ssids)
            self._ssids = ssids

    def _take(self, payload: bytes, at_ns: int) -> bool:
        """Take a reply, if it does not get lost on the last of its way; a lost one was taken too."""
        return self._line.loses_down() or self._probes.take(payload, at_ns + self._line.delay_ns())
