"""The thread that probes: the county always, other villages when ordered; it answers other villages' probes too."""

import logging
import queue
import select
import threading
from typing import Final, TypeVar

from stamp.udp import StampSocket
from station.probe.addresses import Addresses
from station.probe.leg import Burst, CountyLeg, Measured
from station.probe.pair import PairOrder, PairTest
from station.probe.reflecting import Reflecting, ReflectOrder
from station.probe.steady import Steady
from station.probe.summary import measures_of
from station.probe.trouble import BUSY, FAILED, NO_REFLECTOR, NO_SESSION, NO_SOCKET, NOT_SET_UP, Troubles
from wire.orders import Answer
from wire.probe import ProbeSession
from wire.records import LinkSummary

LOOK_EVERY_NS: Final = 100_000_000
"""Orders and the end of a reflection wait no longer than this."""
RETRY_S: Final = 10.0
CLOSE_WITHIN_S: Final = 1.0
MOST_PAIRS: Final = 4

Order = Burst | PairOrder | ReflectOrder
T = TypeVar("T")

logger = logging.getLogger(__name__)


class Prober:
    """Nothing here is waited for by whoever calls: sessions and orders go in, summaries and answers come out."""

    def __init__(self, host: str, reflect_port: int, troubles: Troubles, retry_s: float = RETRY_S) -> None:
        """Take where the county is when a session does not say, and the port of the own reflector, 0 for none."""
        self._host = host
        self._troubles = troubles
        self._retry_s = retry_s
        self._steady = Steady()
        self._addresses = Addresses()
        self._reflecting = Reflecting(reflect_port)
        self._leg: CountyLeg | None = None
        self._pairs: dict[str, PairTest] = {}
        self._wanted: queue.SimpleQueue[ProbeSession | tuple[str, Order]] = queue.SimpleQueue()
        self._summaries: queue.SimpleQueue[LinkSummary] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def start(self) -> None:
        """Begin; there is nothing to probe before the first session."""
        self._thread.start()

    def close(self) -> None:
        """End within a second; what was measured so far is among `summaries`."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WITHIN_S)

    def take(self, session: ProbeSession) -> None:
        """Probe the county in this session from now on."""
        self._wanted.put(session)

    def order(self, command: str, order: Order) -> None:
        """Do this; its answer is among `answers` later."""
        self._wanted.put((command, order))

    def summaries(self) -> list[LinkSummary]:
        """Return what is to be recorded since the last call."""
        return _emptied(self._summaries)

    def answers(self) -> list[Answer]:
        """Return what became of orders since the last call."""
        return _emptied(self._answers)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                with StampSocket() as socket:
                    self._troubles.over(NO_SOCKET)
                    self._probe(socket)
            except OSError as error:
                if self._troubles.tell(NO_SOCKET, error.strerror or ""):
                    logger.warning("%s no socket to probe with 无法建立探测套接字: %s", NO_SOCKET, error.strerror)
                self._closing.wait(self._retry_s)
            except Exception:
                logger.exception("%s probing failed and begins anew 线路探测异常，将重新开始", FAILED)
                self._troubles.tell(FAILED)
                self._begin_anew()
                self._closing.wait(self._retry_s)
        if self._leg is not None:
            self._tell(self._leg.finish(self._steady.now_ns()))
        self._reflecting.close()

    def _begin_anew(self) -> None:
        """Drop what an error may have left half done; the county is probed again in the session that is known."""
        for command in self._pairs:
            self._answers.put(Answer(command, "failed", note=FAILED))
        self._pairs.clear()
        self._reflecting.close()
        if self._leg is not None:
            self._leg = CountyLeg(self._leg.session, self._steady.now_ns())

    def _probe(self, socket: StampSocket) -> None:
        worked_ns = self._steady.now_ns()
        while not self._closing.is_set():
            while not self._wanted.empty():
                self._take(self._wanted.get())
            self._send(socket)
            self._reflecting.look(self._steady.now_ns())
            self._wait(socket)
            for packet in socket.packets():
                self._offer(packet.payload, self._steady.of(packet.at_ns))
            if self._steady.now_ns() - worked_ns > self._retry_s * 1e9:  # so long without an error
                self._troubles.over(FAILED)

    def _wait(self, socket: StampSocket) -> None:
        now_ns = self._steady.now_ns()
        due_ns = [test.due_ns for test in self._pairs.values()] + ([self._leg.due_ns] if self._leg else [])
        wait_ns = min([LOOK_EVERY_NS, *(due - now_ns for due in due_ns)])
        reflector = self._reflecting.socket
        ready, _, _ = select.select([one for one in (socket, reflector) if one], [], [], max(0, wait_ns) / 1e9)
        if reflector in ready:
            self._reflecting.answer()

    def _send(self, socket: StampSocket) -> None:
        if self._leg is not None:
            looked_closer = self._leg.suspicion
            packet, measured = self._leg.step(self._steady.now_ns())
            session = self._leg.session
            self._send_one(socket, packet, session.host or self._host, session.port)
            self._tell(measured)
            if self._leg.suspicion is not looked_closer:
                logger.info("the line is looked at more closely 线路异常，加密探测: %s", self._leg.suspicion)
        for command, test in list(self._pairs.items()):
            packet, summary = test.step(self._steady.now_ns())
            self._send_one(socket, packet, test.order.host, test.order.port)
            if summary is not None:
                del self._pairs[command]
                self._summaries.put(summary)
                self._answers.put(Answer(command, "done", measures=measures_of(summary)))

    def _send_one(self, socket: StampSocket, packet: bytes | None, host: str, port: int) -> None:
        """Send it; one that cannot be sent, or to nobody knows where, is lost on the way there."""
        address = None if packet is None else self._addresses.of(host)
        if packet is not None and address is not None:
            socket.send(packet, (address, port))

    def _offer(self, payload: bytes, at_ns: int) -> None:
        if self._leg is None or not self._leg.take(payload, at_ns):
            any(test.take(payload, at_ns) for test in self._pairs.values())

    def _tell(self, measured: list[Measured]) -> None:
        for one in measured:
            if one.summary.sent:
                self._summaries.put(one.summary)
            if one.order is not None:
                self._answers.put(Answer(one.order, "done", measures=measures_of(one.summary)))

    def _take(self, wanted: ProbeSession | tuple[str, Order]) -> None:
        now_ns = self._steady.now_ns()
        if isinstance(wanted, ProbeSession):
            if self._leg is not None and self._leg.goes_on(wanted):
                return
            if self._leg is not None:
                self._tell(self._leg.finish(now_ns))
            self._leg = CountyLeg(wanted, now_ns)
            return
        command, order = wanted
        refused = self._begin(command, order, now_ns)
        if refused is not None:
            self._answers.put(Answer(command, "failed", note=refused))

    def _begin(self, command: str, order: Order, now_ns: int) -> str | None:
        """Begin what was ordered; return the code of why not."""
        match order:
            case Burst():
                if self._leg is None:
                    return NO_SESSION
                return None if self._leg.burst(order, now_ns, command) else BUSY
            case PairOrder():
                if len(self._pairs) >= MOST_PAIRS:
                    return BUSY
                self._pairs[command] = PairTest(order, now_ns)
                return None
            case ReflectOrder():
                return self._reflect(command, order, now_ns)

    def _reflect(self, command: str, order: ReflectOrder, now_ns: int) -> str | None:
        if not self._reflecting.is_set_up:
            return NOT_SET_UP
        try:
            admitted = self._reflecting.admit(order, now_ns)
        except OSError as error:
            if self._troubles.tell(NO_REFLECTOR, error.strerror or ""):
                logger.warning(
                    "%s own reflector cannot be opened 本站应答端口无法打开: %s", NO_REFLECTOR, error.strerror
                )
            return NO_REFLECTOR
        self._troubles.over(NO_REFLECTOR)
        if not admitted:
            return BUSY
        self._answers.put(Answer(command, "done"))
        return None


def _emptied(items: "queue.SimpleQueue[T]") -> list[T]:
    found = []
    while not items.empty():
        found.append(items.get())
    return found
