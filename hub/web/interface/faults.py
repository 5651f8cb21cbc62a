"""Faults of cameras' pictures for other programs: of one station over time, and what goes on in the county now."""

from typing import Final

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.store.faults import FaultsReader, StationFault, state_of
from hub.view import View
from hub.web.door import Door
from hub.web.interface.query import number_of, query_of
from hub.web.problem import no_such_station
from wire.life import CAMERA, DeviceState
from wire.video import FAULTS, KIND_OF_CODE

DEFAULT_LIMIT: Final = 50
MOST_FAULTS: Final = 500


class FaultsApi:
    """The routes, and what they read from."""

    def __init__(self, view: View, faults: FaultsReader) -> None:
        """Take everything that is read."""
        self._view, self._faults = view, faults

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [
            Door("/api/v1/stations/{station}/faults", self.of_station, "see", kind="data"),
            Door("/api/v1/faults", self.open, "see", kind="data"),
        ]

    async def of_station(self, request: Request) -> JSONResponse:
        """Return a station's faults, newest first; `next` is the `before` of the following page, or null."""
        query = query_of(request, ("limit", "before"))
        limit = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_FAULTS)
        before = number_of(query, "before", None, most=2**63 - 1)
        station = request.path_params["station"]
        if self._view.detail(station) is None:
            raise no_such_station()
        found = await to_thread.run_sync(self._faults.of_station, station, limit, before)
        following = found[-1].interval.id if len(found) == limit else None
        return JSONResponse({"faults": [self.shown(fault) for fault in found], "next": following})

    async def open(self, request: Request) -> JSONResponse:
        """Return what goes on in the county now, as far as is known, newest first."""
        query_of(request, ())
        found = await to_thread.run_sync(self._faults.open)
        shown = [{"station": fault.station, "name": fault.name, **self.shown(fault)} for fault in found]
        return JSONResponse({"faults": [fault for fault in shown if fault["state"] == "open"]})

    def shown(self, fault: StationFault) -> dict[str, object]:
        """Return one interval with its words and whether it goes on."""
        interval, detail = fault.interval, self._view.detail(fault.station)
        now = ("unknown", ()) if detail is None else (detail.health.state, detail.health.devices)
        return {
            "id": interval.id,
            "camera": interval.camera,
            "kind": interval.fault,
            **words_of(interval.fault),
            "state": state_of(fault, *now),
            "raised_ms": interval.raised_ms,
            "cleared_ms": interval.cleared_ms,
            "severity": interval.severity,
            "confidence": interval.confidence,
        }


def words_of(kind: str) -> dict[str, object]:
    """Return what people and monitoring devices call a kind of fault; nulls for one that this hub does not know."""
    words = FAULTS.get(kind)  # type: ignore[call-overload]
    if words is None:
        return dict.fromkeys(("code", "chinese", "english", "blind", "alarm_method", "alarm_type"))
    method, kind_of_alarm = words.alarm
    return {
        "code": words.code,
        "chinese": words.chinese,
        "english": words.english,
        "blind": words.blind,
        "alarm_method": method,
        "alarm_type": kind_of_alarm,
    }


def device_of(device: DeviceState) -> dict[str, object]:
    """Return a device's state; of a camera also which fault of the picture it is, or null."""
    shown: dict[str, object] = msgspec.to_builtins(device)
    if device.device.startswith(CAMERA):
        kind = KIND_OF_CODE.get(device.code or "")
        shown["fault"] = None if kind is None else {"kind": kind, **words_of(kind)}
    return shown
