"""What an order about the line asks for: a command in, the work to be done or the reason why not out. Pure."""

from collections.abc import Mapping
from typing import Final

import msgspec

from station.agent.camera_orders import NOT_UNDERSTOOD, Refused
from station.probe.leg import Burst
from station.probe.pair import PairOrder
from station.probe.prober import Order
from station.probe.reflecting import ReflectOrder
from wire.orders import Command
from wire.probe import BURST, LOWEST_PORT, PROBE_PAIR, REFLECT, Host, Port, SessionKey, Ssid, station_address
from wire.scalars import StationId

LINE_COMMANDS: Final = frozenset({BURST, REFLECT, PROBE_PAIR})

PACKETS_PER_S: Final = (2, 40)
"""A reflector answers 50 a second of one source (`stamp/reflector.py`)."""
BURST_S: Final = (1, 120)
REFLECT_S: Final = (1, 600)
COUNT: Final = (1, 2_000)
INTERVAL_MS: Final = (20, 10_000)
PAIR_S: Final = 300
"""A longer test is cut to this."""

Argument = str | int | float | bool | None


class _NotUnderstoodError(Exception):
    pass


def line_order(command: Command) -> Order | Refused:
    """Return what a command of LINE_COMMANDS asks of this station; numbers out of bounds are taken to the bound."""
    given = command.arguments
    try:
        match command.name:
            case name if name == BURST:
                return Burst(_number(given, "packets_per_s", PACKETS_PER_S, 20), _number(given, "seconds", BURST_S, 60))
            case name if name == REFLECT:
                return ReflectOrder(_ssid(given), _key(given), _number(given, "seconds", REFLECT_S, 60))
            case name if name == PROBE_PAIR:
                return _pair(given)
    except (_NotUnderstoodError, msgspec.ValidationError):
        pass
    return Refused(NOT_UNDERSTOOD)


def _pair(given: Mapping[str, Argument]) -> PairOrder:
    interval_ms = _number(given, "interval_ms", INTERVAL_MS, 100)
    host, port = station_address(msgspec.convert(given.get("host"), Host)), msgspec.convert(given.get("port"), Port)
    if host is None or port < LOWEST_PORT:
        raise _NotUnderstoodError
    return PairOrder(
        station=msgspec.convert(given.get("station"), StationId),
        host=host,
        port=port,
        ssid=_ssid(given),
        key=_key(given),
        packets=min(_number(given, "count", COUNT, 100), max(1, PAIR_S * 1000 // interval_ms)),
        interval_ms=interval_ms,
    )


def _number(given: Mapping[str, Argument], name: str, bounds: tuple[int, int], otherwise: int) -> int:
    """Return a whole number within its bounds; a number that is no whole one, or no number, is not understood."""
    value = given.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:  # not a number % 1 is none either
        raise _NotUnderstoodError
    return int(min(max(value, bounds[0]), bounds[1]))


def _ssid(given: Mapping[str, Argument]) -> int:
    return msgspec.convert(given.get("ssid"), Ssid)


def _key(given: Mapping[str, Argument]) -> bytes:
    return msgspec.convert(given.get("key"), SessionKey)  # base64, as on the wire
