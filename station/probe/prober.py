"""The thread that probes: the county always, other villages when ordered; it answers other villages' probes too."""

import logging
import queue
import select
import threading
from contextlib import suppress
from typing import Final, TypeVar

from stamp.udp import StampSocket
from station.probe.addresses import Addresses
from station.probe.leg import Burst
from station.probe.pair import PairOrder
from station.probe.probes import Probes
from station.probe.reflecting import Reflecting, ReflectOrder
from station.probe.steady import Steady
from station.probe.trouble import BUSY, FAILED, NO_REFLECTOR, NO_SOCKET, NOT_SET_UP, Troubles
from wire.orders import Answer
from wire.probe import ProbeSession
from wire.records import LinkSummary

LOOK_EVERY_NS: Final = 100_000_000
"""Orders and the end of a reflection wait no longer than this."""
RETRY_S: Final = 10.0
CLOSE_WITHIN_S: Final = 1.0

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
        self._probes = Probes()
        self._reflecting = Reflecting(reflect_port)
        self._wanted: queue.SimpleQueue[ProbeSession | tuple[str, Order]] = queue.SimpleQueue()
        self._summaries: queue.SimpleQueue[LinkSummary] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = self._new_thread()
        self._started = False

    def start(self) -> None:
        """Begin; there is nothing to probe before the first session."""
        self._started = True
        self._thread.start()

    def revive(self) -> None:
        """Begin again should the thread be gone, of which nothing but a lack of memory is known to be able."""
        if not self._started or self._closing.is_set() or self._thread.is_alive():
            return
        self._troubles.tell(FAILED)
        self._thread = self._new_thread()
        with suppress(RuntimeError):  # no thread to be had now
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

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="prober", daemon=True)

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
                self._probes.begin_anew(self._steady.now_ns())
                self._reflecting.close()
                self._hand_out()
                self._closing.wait(self._retry_s)
        self._probes.finish(self._steady.now_ns())
        self._hand_out()
        self._reflecting.close()

    def _probe(self, socket: StampSocket) -> None:
        begun_ns = self._steady.now_ns()
        while not self._closing.is_set():
            while not self._wanted.empty():
                self._take(self._wanted.get())
            for packet in socket.packets():  # before `_send`, which ends a while: what is here is not lost
                self._probes.take(packet.payload, self._steady.of(packet.at_ns))
            self._send(socket)
            self._hand_out()
            self._reflecting.look(self._steady.now_ns())
            self._wait(socket)
            if self._steady.now_ns() - begun_ns > self._retry_s * 1e9:  # so long without an error
                self._troubles.over(FAILED)

    def _wait(self, socket: StampSocket) -> None:
        due_ns = self._probes.due_ns
        wait_ns = LOOK_EVERY_NS if due_ns is None else min(LOOK_EVERY_NS, due_ns - self._steady.now_ns())
        reflector = self._reflecting.socket
        ready, _, _ = select.select([one for one in (socket, reflector) if one], [], [], max(0, wait_ns) / 1e9)
        if reflector in ready:
            self._reflecting.answer()

    def _send(self, socket: StampSocket) -> None:
        """Send what is due; what cannot be sent, or to nobody knows where, is lost on the way there."""
        looked_closer = None if self._probes.leg is None else self._probes.leg.suspicion
        while (packet := self._probes.step(self._steady.now_ns())) is not None:
            address = self._addresses.of(packet.host or self._host)
            if address is not None:
                socket.send(packet.payload, (address, packet.port))
        suspicion = None if self._probes.leg is None else self._probes.leg.suspicion
        if suspicion is not None and suspicion is not looked_closer:
            logger.info("the line is looked at more closely 线路异常，加密探测: %s", suspicion)

    def _hand_out(self) -> None:
        summaries, answers = self._probes.told()
        for summary in summaries:
            self._summaries.put(summary)
        for answer in answers:
            self._answers.put(answer)

    def _take(self, wanted: ProbeSession | tuple[str, Order]) -> None:
        now_ns = self._steady.now_ns()
        if isinstance(wanted, ProbeSession):
            self._probes.take_session(wanted, now_ns)
            return
        command, order = wanted
        if isinstance(order, ReflectOrder):
            refused = self._reflect(order, now_ns)
            self._answers.put(Answer(command, "done") if refused is None else Answer(command, "failed", note=refused))
        elif (refused := self._probes.begin(command, order, now_ns)) is not None:
            self._answers.put(Answer(command, "failed", note=refused))

    def _reflect(self, order: ReflectOrder, now_ns: int) -> str | None:
        """Open the own reflector for this session; return the code of why not."""
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
        return None if admitted else BUSY


def _emptied(items: "queue.SimpleQueue[T]") -> list[T]:
    found = []
    while not items.empty():
        found.append(items.get())
    return found
