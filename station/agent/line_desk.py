"""The line as the agent has it: what is measured goes into the outbox, what is ordered is done, all beside the loop."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from station.agent.camera_orders import Refused
from station.agent.guard import GuardedSpool
from station.agent.line_orders import line_order
from station.clock import Stamp
from station.devices.camera.codes import CANNOT_OPEN, NO_FRAMES
from station.devices.camera.passwords import address_to_open
from station.devices.camera.port import Camera
from station.errors import DeviceError
from station.probe.camera_watch import CameraWatch
from station.probe.prober import Prober
from station.probe.rtsp import Probed
from station.probe.rtsp_words import Address, address_of
from station.probe.trouble import SWITCHED_OFF, Troubles
from station.settings import CameraSettings, ProbeSettings
from wire.life import DeviceState
from wire.orders import Answer, Command
from wire.probe import ProbeSession
from wire.records import Body

MOST_WAITING: Final = 240
"""Records that the outbox does not take now: two hours of summaries."""
PROBE_NOTE: Final = "probe"
"""The spool's note of the session in use: by it `station doctor` tries the line beside the agent."""
NO_STREAM: Final = frozenset({CANNOT_OPEN, NO_FRAMES})
"""Codes of a camera of which nothing comes: only those does its answer to RTSP explain further."""


class LineDesk:
    """Used by the agent's loop, which never waits for it; with probing switched off it does nothing."""

    def __init__(
        self,
        settings: ProbeSettings,
        broker_host: str,
        cameras: Sequence[Camera],
        addresses: Mapping[str, Callable[[], Address | None]],
    ) -> None:
        """Take the station's cameras, and `rtsp_addresses` of them; nothing runs before `start`."""
        self._cameras = {camera.name: camera for camera in cameras}
        self._troubles = Troubles()
        self._prober: Prober | None = None
        self._watch: CameraWatch | None = None
        if settings.enabled:
            self._prober = Prober(broker_host, settings.reflect_port, self._troubles)
            self._watch = CameraWatch(addresses, self._is_without_stream, self._troubles)
        self._waiting: deque[tuple[Body, Stamp]] = deque(maxlen=MOST_WAITING)

    def start(self) -> None:
        """Begin."""
        for part in (self._prober, self._watch):
            if part is not None:
                part.start()

    def close(self) -> None:
        """End within a second; what was measured so far is there for a last `record`."""
        for part in (self._watch, self._prober):
            if part is not None:
                part.close()

    def take(self, session: ProbeSession) -> None:
        """Probe the county in this session from now on."""
        if self._prober is not None:
            self._prober.take(session)

    def carry_out(self, command: Command) -> Answer | None:
        """Do what a command of LINE_COMMANDS asks; None when its answer will be among `answers` later."""
        if self._prober is None:
            return Answer(command.id, "failed", note=SWITCHED_OFF)
        order = line_order(command)
        if isinstance(order, Refused):
            return Answer(command.id, "failed", note=order.code)
        self._prober.order(command.id, order)
        return None

    def answers(self) -> list[Answer]:
        """Return the answers that came since."""
        return [] if self._prober is None else self._prober.answers()

    def record(self, spool: GuardedSpool, now: Stamp) -> bool:
        """Record what was measured since, and what the outbox did not take before; say whether anything was.

        Called about once a second while it runs: a thread that is gone is begun again here.
        """
        bodies: list[Body] = []
        if self._prober is not None:
            self._prober.revive()
            bodies += self._prober.summaries()
        bodies += self._troubles.events()
        self._waiting.extend((body, now) for body in bodies)
        recorded = False
        while self._waiting and spool.append(*self._waiting[0]):
            self._waiting.popleft()
            recorded = True
        return recorded

    def explained(self, state: DeviceState, camera: str) -> DeviceState:
        """Return a camera's state with what it answered to RTSP: how soon, and, where no picture comes, why not."""
        probed = None if self._watch is None else self._watch.last(camera)
        return state if probed is None else explained(state, probed)

    def _is_without_stream(self, camera: str) -> bool:
        status = self._cameras[camera].status()
        return status.state == "failed" and status.code in NO_STREAM


def explained(state: DeviceState, probed: Probed) -> DeviceState:
    """Return the state of a camera with the figures of its answer, and with its code where no stream comes."""
    code = probed.code if state.code in NO_STREAM and probed.code is not None else state.code
    return replace(state, code=code, measures={**state.measures, **probed.steps})


def rtsp_addresses(cameras: Sequence[CameraSettings]) -> dict[str, Callable[[], Address | None]]:
    """Return what gives the address of each camera that speaks RTSP, by name: None while its password is not there."""
    return {one.name: partial(_address, one) for one in cameras if address_of(one.source) is not None}


def _address(camera: CameraSettings) -> Address | None:
    try:
        return address_of(address_to_open(camera, camera.source))
    except DeviceError:  # the camera itself says so
        return None
