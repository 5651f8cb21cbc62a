"""The station's own devices as the agent sees them: what goes into the beat, and what is worth a record."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from station.agent.fault_recorder import FaultRecorder
from station.agent.guard import GuardedSpool
from station.clock import Stamp
from station.devices.camera.port import Camera
from wire.life import DeviceState
from wire.records import CameraChange


class DeviceWatch:
    """Looks at cameras and disk; a change that could not be recorded is recorded when there is room again."""

    def __init__(
        self,
        cameras: Sequence[Camera],
        spool: GuardedSpool,
        folder: Path,
        explained: Callable[[DeviceState, str], DeviceState] = lambda state, _camera: state,
    ) -> None:
        """Take cameras already started, the folder whose disk matters, and what adds to the state of a named camera."""
        self._cameras = cameras
        self._explained = explained
        self._spool = spool
        self._folder = folder
        self._faults = FaultRecorder(cameras, spool)
        self._recorded = {camera.name: "unknown" for camera in cameras}
        self._told: dict[str, tuple[str, str | None]] = {}
        self._disk = DeviceState("disk", "unknown")

    def begin(self) -> None:
        """Take over what an agent before this one recorded; before anything is sent."""
        self._faults.begin()

    def states(self) -> list[DeviceState]:
        """Return every device for the beat; what the kiosk owns comes out of the spool."""
        own = {state.device: state for state in (*self._camera_states(), self._disk)}
        return [*(state for state in self._spool.devices() if state.device not in own), *own.values()]

    def look(self, stamp: Stamp) -> bool:
        """Record cameras that changed and their faults; say whether there is any news for the hub."""
        recorded = self._faults.look(stamp)
        for camera in self._cameras:
            status = camera.status()
            was = self._recorded[camera.name]
            if status.state != was:
                measures = dict(camera.device_state().measures)
                if self._spool.append(CameraChange(camera.name, was, status.state, measures), stamp):
                    self._recorded[camera.name] = status.state
                    recorded = True
        self._disk = self._spool.disk_state(stamp, shutil.disk_usage(self._folder).free)
        changed = [state for state in (*self._camera_states(), self._disk) if self._is_news(state)]
        for state in changed:
            self._spool.put_device(state)
        return recorded or bool(changed)

    def _camera_states(self) -> list[DeviceState]:
        return [self._explained(camera.device_state(), camera.name) for camera in self._cameras]

    def _is_news(self, state: DeviceState) -> bool:
        now = (state.state, state.code)
        if self._told.get(state.device) == now:
            return False
        self._told[state.device] = now
        return True
