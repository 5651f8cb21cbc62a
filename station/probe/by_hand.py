"""A line probed by hand: so many packets to one session-reflector, and what came of them."""

import time
from collections.abc import Callable
from contextlib import suppress
from select import POLLIN, poll
from typing import Final, NamedTuple

from stamp.figures import Figures
from stamp.sender import Heard, SessionSender
from stamp.udp import Address, StampSocket, resolve
from station.errors import DeviceError, StationError

LAST_WAIT_S: Final = 2.0
"""How long the last replies are waited for."""


class Probe(NamedTuple):
    """What to send, to whom."""

    host: str
    port: int
    packets: int
    interval_s: float
    ssid: int
    key: bytes | None


def find(probe: Probe) -> Address:
    """Return the address to probe.

    Raises StationError E-STAMP-01 when the name is not known.
    """
    try:
        return resolve(probe.host, probe.port)
    except (OSError, UnicodeError) as error:
        raise StationError(
            "E-STAMP-01",
            f"找不到主机 {probe.host}：请核对名称，或直接用地址 unknown host: check the name, or give its address "
            f"({error})",
        ) from None


def run(probe: Probe, to: Address, tell: Callable[[Heard], None]) -> Figures:
    """Send all packets, tell of each reply, return the figures; Ctrl-C ends it early.

    Raises StationError E-STAMP-02 when this machine cannot send there, DeviceError E-STAMP-03 when nobody listens
    there.
    """
    sender = SessionSender(ssid=probe.ssid, key=probe.key)
    try:
        with StampSocket(_any_like(to[0])) as line:
            line.connect(to)
            with suppress(KeyboardInterrupt):
                _exchange(probe, to, line, sender, tell)
            refused = line.refused
    except OSError as error:
        raise StationError(
            "E-STAMP-02",
            f"本机无法向该地址发送：请检查网线、地址与路由 this machine cannot send there: check cable, address and "
            f"route ({error})",
        ) from None
    figures = sender.close_window(time.time_ns(), 0)
    if refused and not figures.received:
        raise DeviceError(
            "E-STAMP-03",
            f"{probe.host} 有应答，但 {probe.port} 端口无人监听：请核对端口，并确认对方已启动应答（`hub run` 或 `hub "
            "reflect`） the machine is there, but nobody listens on that port: check the port, and that a reflector "
            "runs there",
        )
    return figures


def nothing_came(probe: Probe) -> DeviceError:
    """Return what to check next when no packet was answered."""
    session = f"ssid {probe.ssid}" if probe.key else "无密钥 without a key"
    return DeviceError(
        "E-STAMP-04",
        f"{probe.host}:{probe.port} 没有应答：依次检查地址与端口、沿途防火墙是否放行 UDP、对方是否接受本会话"
        f"（{session}） nothing came back: check address and port, whether firewalls on the way let UDP pass, and "
        "whether the reflector knows this session (its key, or this network in `--allow`)",
    )


def _any_like(address: str) -> str:
    return "::" if ":" in address else "0.0.0.0"


def _exchange(
    probe: Probe, to: Address, line: StampSocket, sender: SessionSender, tell: Callable[[Heard], None]
) -> None:
    waiting = poll()
    waiting.register(line.fileno(), POLLIN)
    began = time.monotonic()
    answered: set[int] = set()
    for number in range(probe.packets + 1):
        due = began + number * probe.interval_s if number < probe.packets else time.monotonic() + LAST_WAIT_S
        while (left_s := due - time.monotonic()) > 0 and len(answered) < probe.packets:
            waiting.poll(left_s * 1000)
            for packet in line.packets():
                if (heard := sender.take(packet.payload, packet.at_ns)) is not None:
                    answered.add(heard.sequence)
                    tell(heard)
        if number < probe.packets:
            line.send(sender.packet(time.time_ns()), to)
