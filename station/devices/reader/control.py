"""Steering a simulated reader over a unix socket: one JSON object a line, each answered by one."""

import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

import msgspec

from station.devices.reader.simulated import Misbehaviour, SimulatedReader
from station.errors import DeviceError
from wire.records import CardKind

_ANSWER_WITHIN_S: Final = 8.0
_LONGEST_LINE_BYTES: Final = 4096


class Place(msgspec.Struct, frozen=True, tag_field="do", tag="place"):
    """Put a card on the reader: `{"do": "place", "card": "resident"}`."""

    card: CardKind = "resident"


class Lift(msgspec.Struct, frozen=True, tag_field="do", tag="lift"):
    """Take the card away: `{"do": "lift"}`."""


class Misbehave(msgspec.Struct, frozen=True, tag_field="do", tag="misbehave"):
    """Begin or end a misbehaviour: `{"do": "misbehave", "name": "mute", "off": false, "times": null}`."""

    name: Misbehaviour
    off: bool = False
    times: int | None = None


class SetBaud(msgspec.Struct, frozen=True, tag_field="do", tag="baud"):
    """Speak at another rate: `{"do": "baud", "baud": 9600}`."""

    baud: Literal[115200, 57600, 38400, 19200, 9600]


Order = Place | Lift | Misbehave | SetBaud


class Done(msgspec.Struct, frozen=True):
    """The answer to an order."""

    ok: bool
    error: str = ""


def steer(control: Path, order: Order) -> None:
    """Have the simulated reader behind the socket `control` carry out `order`; returns when it did.

    Raises DeviceError E-READER-40 when none is there, E-READER-43 when it refused.
    """
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_ANSWER_WITHIN_S)
            client.connect(str(control))
            client.sendall(msgspec.json.encode(order) + b"\n")
            with client.makefile("rb") as answers:
                done = msgspec.json.decode(answers.readline(_LONGEST_LINE_BYTES), type=Done)
    except (OSError, msgspec.MsgspecError):
        raise DeviceError(
            "E-READER-40",
            f"{control}: no simulated reader listens there; start one with `station reader simulate --control …` "
            "没有模拟读卡器，请先启动",
        ) from None
    if not done.ok:
        raise DeviceError("E-READER-43", f"{control}: the simulated reader refused: {done.error} 模拟读卡器拒绝了指令")


@contextmanager
def steered(reader: SimulatedReader, control: Path) -> Iterator[None]:
    """Let `reader` be steered over the socket `control`, which is made, and removed at the end.

    Raises DeviceError E-READER-41 when the socket cannot be made, or another twin listens on it.
    """
    _clear_away(control)
    try:
        server = _Server(str(control), _Session)
    except OSError as error:
        raise DeviceError(
            "E-READER-41", f"{control}: the control socket cannot be made ({error.strerror or error}) 无法建立控制接口"
        ) from None
    server.reader = reader
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="reader control", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        control.unlink(missing_ok=True)


def _clear_away(control: Path) -> None:
    """Remove a socket that nobody listens on any more."""
    if not control.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(control))
        except OSError:
            control.unlink(missing_ok=True)
            return
    raise DeviceError("E-READER-41", f"{control}: another simulated reader runs here 已有模拟读卡器在运行")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    reader: SimulatedReader

    def server_bind(self) -> None:
        old = os.umask(0o177)
        try:
            super().server_bind()
        finally:
            os.umask(old)


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Answer line by line until the other side closes."""
        with suppress(OSError):
            while line := self.rfile.readline(_LONGEST_LINE_BYTES):
                self.wfile.write(msgspec.json.encode(self._carry_out(line)) + b"\n")

    def _carry_out(self, line: bytes) -> Done:
        try:
            order = msgspec.json.decode(line, type=Order)
        except msgspec.MsgspecError as error:
            return Done(ok=False, error=str(error))
        match order:
            case Place(card):
                self.server.reader.place(card)
            case Lift():
                self.server.reader.lift()
            case Misbehave(name, off=True):
                self.server.reader.behave(name)
            case Misbehave(name, times=times):
                self.server.reader.misbehave(name, times=times)
            case SetBaud(baud):
                self.server.reader.set_baud(baud)
        return Done(ok=True)
